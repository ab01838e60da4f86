/*
 * The function of lines.h for one set of instructions; lines.c includes this once for each, with
 * these defined:
 *   WAY(name)       the name of a function of this way
 *   TARGET          the attributes that let the compiler use the instructions
 *   copy64(to, p)   copies 64 bytes with NULs for marks; bit i is set where p[i] is a mark
 *   lowest(bits)    the number of the lowest bit set; anything if none is
 */

TARGET static inline uint64_t WAY(put4)(uint32_t *to, uint64_t bits, uint32_t base)
{
    for (int i = 0; i < 4; i++, bits &= bits - 1)
        to[i] = base + lowest(bits);
    return bits;
}

/*
 * Of the blocks of an event 85 in 100 have at most four marks, and one in a thousand has more than
 * eight: so four are written without asking, because a branch for each would be guessed wrong in
 * every block.
 */
TARGET static inline uint32_t *WAY(put)(uint32_t *to, const uint32_t *full, uint64_t bits,
                                        uint32_t base)
{
    uint32_t *end = to + __builtin_popcountll(bits);
    bits = WAY(put4)(to, bits, base);
    if (bits) {
        bits = WAY(put4)(to + 4, bits, base);
        for (to += 8; bits && to <= full; to += 4)
            bits = WAY(put4)(to, bits, base);
    }
    return end;
}

TARGET static size_t WAY(copy)(char *text, const char *bytes, size_t len, uint32_t *marks,
                               size_t max)
{
    const uint32_t *full = marks + max;
    uint32_t *to = marks;
    size_t at = 0, last = len - BLOCK;
    for (; at <= last; at += BLOCK) {
        __builtin_prefetch(bytes + at + AHEAD);
        to = WAY(put)(to, full, copy64(text + at, bytes + at), (uint32_t)at);
        if (to > full)
            break;
    }
    if (at < len && to <= full) { /* the last block once more, as far as it is new */
        uint64_t bits = copy64(text + last, bytes + last) >> (at - last) << (at - last);
        to = WAY(put)(to, full, bits, (uint32_t)last);
    }
    return (size_t)(to - marks);
}

#undef WAY
#undef TARGET
#undef copy64
#undef lowest

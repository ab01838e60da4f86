/*
 * The two functions of lines.h for one set of instructions; lines.c includes this once for each,
 * with these defined:
 *   WAY(name)      the name of a function of this way
 *   TARGET         the attributes that let the compiler use the instructions
 *   newlines(p)    bit i of 64 is set where p[i] is '\n'
 *   colons(p)      bit i of 32 is set where p[i] is ':'
 *   lowest(bits)   the number of the lowest bit set; anything if none is
 */

/*
 * A block of an event has at most three line ends, but for one in a thousand: so three are written
 * without asking, because a branch for each would be guessed wrong in every block.
 */
TARGET static inline uint32_t *WAY(put)(uint32_t *to, uint64_t bits, uint32_t base)
{
    uint32_t *end = to + __builtin_popcountll(bits);
    to[0] = base + lowest(bits);
    bits &= bits - 1;
    to[1] = base + lowest(bits);
    bits &= bits - 1;
    to[2] = base + lowest(bits);
    bits &= bits - 1;
    for (to += 3; to < end; to++) {
        to[0] = base + lowest(bits);
        bits &= bits - 1;
    }
    return end;
}

TARGET static size_t WAY(ends)(const char *bytes, size_t len, uint32_t *ends, size_t max)
{
    const uint32_t *full = ends + max;
    uint32_t *to = ends;
    size_t at = 0;
    for (; len - at >= BLOCK && to <= full; at += BLOCK) {
        __builtin_prefetch(bytes + at + AHEAD);
        to = WAY(put)(to, newlines(bytes + at), (uint32_t)at);
    }
    if (at < len && to <= full) {
        char rest[BLOCK] = {0};
        memcpy(rest, bytes + at, len - at);
        to = WAY(put)(to, newlines(rest), (uint32_t)at);
    }
    return (size_t)(to - ends);
}

TARGET static size_t WAY(split)(char *text, const uint32_t *ends, size_t count, swio_entry *entries,
                                uint8_t *prints)
{
    uint32_t line = 0; /* no call in the loop: the compiler would save registers in every turn */
    for (size_t i = 0; i < count; i++) {
        uint32_t end = ends[i], at = line, bits = colons(text + at);
        while (!bits && (at += 32) < end) /* one name in twenty is that long */
            bits = colons(text + at);
        uint32_t colon = at + lowest(bits);
        if (!bits || colon >= end || text[colon + 1] != ' ')
            return i;
        entries[i] = (swio_entry){colon, end};
        prints[i] = swio_fingerprint(text + line, colon - line);
        text[colon] = '\0';
        text[end] = '\0';
        line = end + 1;
    }
    return count;
}

#undef WAY
#undef TARGET
#undef newlines
#undef colons
#undef lowest

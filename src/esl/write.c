#include "esl/write.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* SWITCH_URL_UNSAFE of switch_utils.h; bytes below ' ' and above '~' are unsafe as well. */
static bool unsafe(unsigned char c)
{
    static const bool listed[256] = {
        [' '] = 1, ['#'] = 1, ['%'] = 1, ['&'] = 1, ['+'] = 1, [':'] = 1, [';'] = 1,
        ['<'] = 1, ['='] = 1, ['>'] = 1, ['?'] = 1, ['@'] = 1, ['['] = 1, [']'] = 1,
        ['^'] = 1, ['`'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['"'] = 1, ['\\'] = 1,
    };
    return c < ' ' || c > '~' || listed[c];
}

static bool upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* Of what most texts are made, and what is never encoded. */
static inline bool plain(unsigned char c)
{
    unsigned letter = (c | 0x20u) - 'a', number = (unsigned)c - ','; /* , - . / 0 … 9 */
    return letter <= 'z' - 'a' || number <= '9' - ',' || c == '_';
}

#ifdef __SSE2__
enum { WINDOW = 16 };

static inline __m128i at_most(__m128i x, char most)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(most)), x);
}

/* A bit for each byte that is not plain. */
static inline uint32_t odd_bytes(__m128i x)
{
    __m128i lower = _mm_or_si128(x, _mm_set1_epi8(0x20));
    __m128i letter = at_most(_mm_sub_epi8(lower, _mm_set1_epi8('a')), 'z' - 'a');
    __m128i number = at_most(_mm_sub_epi8(x, _mm_set1_epi8(',')), '9' - ',');
    __m128i line = _mm_cmpeq_epi8(x, _mm_set1_epi8('_'));
    __m128i fine = _mm_or_si128(_mm_or_si128(letter, number), line);
    return (uint32_t)_mm_movemask_epi8(fine) ^ 0xffff;
}

static inline __m128i window_at(const char *text)
{
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}

/* All of a text that is shorter than a window and has at least 4 bytes, some of them twice. */
static inline __m128i short_window(const char *text, size_t len)
{
    if (len >= 8) {
        __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)text);
        __m128i last = _mm_loadl_epi64((const __m128i *)(const void *)(text + len - 8));
        return _mm_unpacklo_epi64(first, last);
    }
    int32_t first, last;
    memcpy(&first, text, sizeof first);
    memcpy(&last, text + len - sizeof last, sizeof last);
    return _mm_set_epi32(first, last, first, last);
}

bool swio_write_is_plain(const char *value, size_t len)
{
    if (len >= WINDOW) {
        uint32_t odd = odd_bytes(window_at(value + len - WINDOW));
        for (size_t i = 0; !odd && i + WINDOW < len; i += WINDOW)
            odd = odd_bytes(window_at(value + i));
        return !odd;
    }
    if (len >= 4)
        return !odd_bytes(short_window(value, len));
    for (size_t i = 0; i < len; i++)
        if (!plain((unsigned char)value[i]))
            return false;
    return true;
}

/* Copies a window, and says how many bytes in front are plain. 0 where there is no window. */
static inline size_t copy_plain(char *to, const char *from, size_t len)
{
    if (len < WINDOW)
        return 0;
    __m128i window = window_at(from);
    _mm_storeu_si128((__m128i *)(void *)to, window);
    return (size_t)__builtin_ctz(odd_bytes(window) | 1u << WINDOW);
}

#else
enum { WINDOW = 1 };

bool swio_write_is_plain(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!plain((unsigned char)value[i]))
            return false;
    return true;
}

static inline size_t copy_plain(char *to, const char *from, size_t len)
{
    *to = *from;
    return len && plain((unsigned char)*from);
}
#endif

void swio_write_encoded(swio_buf *out, const char *value, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    char chunk[256];
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t run = copy_plain(chunk + n, value + i, len - i);
        n += run;
        i += run;
        if (run < WINDOW) {
            unsigned char c = (unsigned char)value[i];
            /* what looks encoded is left alone: the defect of the format, kept */
            bool escape =
                c == '%' && len - i > 2 && upper_hex(value[i + 1]) && upper_hex(value[i + 2]);
            if (escape || !unsafe(c)) {
                chunk[n++] = value[i];
            } else {
                chunk[n++] = '%';
                chunk[n++] = hex[c >> 4];
                chunk[n++] = hex[c & 15];
            }
            i++;
        }
        if (n > sizeof chunk - 2 * WINDOW - 3) {
            swio_buf_add(out, chunk, n);
            n = 0;
        }
    }
    swio_buf_add(out, chunk, n);
}

#include "conn/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { COMMAND_SHOWN = 120 };

/* Bytes of the UTF-8 character at `s`, 0 where there is none. RFC 3629, without its last corners
 * (surrogates): it is for looking at. */
static size_t utf8_length(const unsigned char *s, size_t len)
{
    size_t need = s[0] < 0x80                   ? 1
                  : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                  : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                  : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                : 0;
    if (need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return need;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *swio_words_show(char *out, size_t size, const char *bytes, size_t len, size_t max)
{
    static const char more[] = "…";
    const unsigned char *s = (const unsigned char *)bytes;
    size_t room = size - sizeof more - 1; /* for a blank and the sign that something is missing */
    size_t at = 0, i = 0;
    bool blank = false;
    while (len && is_blank(s[len - 1]))
        len--;
    for (; i < len && i < max;) {
        if (is_blank(s[i])) {
            blank = at > 0;
            i++;
            continue;
        }
        size_t n = s[i] < 0x20 || s[i] == 0x7f ? 0 : utf8_length(s + i, len - i);
        size_t takes = (n ? n : 4) + blank;
        if (at + takes > room)
            break;
        if (blank)
            out[at++] = ' ';
        blank = false;
        if (n) {
            memcpy(out + at, s + i, n);
            at += n;
        } else {
            at += (size_t)snprintf(out + at, 5, "\\x%02x", s[i]);
        }
        i += n ? n : 1;
    }
    memcpy(out + at, i < len ? more : "", i < len ? sizeof more : 1);
    return out;
}

static bool shown_without_secret(char *out, size_t size, const char *bytes, size_t len)
{
    static const char *const secret[] = {"auth ", "userauth "};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        size_t n = strlen(secret[i]);
        if (len < n || strncasecmp(bytes, secret[i], n) != 0)
            continue;
        snprintf(out, size, "%s***", secret[i]);
        return true;
    }
    return false;
}

const char *swio_words_command(char *out, size_t size, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    size_t line = end ? (size_t)(end - bytes) : len;
    if (shown_without_secret(out, size, bytes, len))
        return out;
    return swio_words_show(out, size, bytes, line, COMMAND_SHOWN);
}

const char *swio_words_frame(char *out, size_t size, const char *bytes, size_t len)
{
    if (shown_without_secret(out, size, bytes, len))
        return out;
    return swio_words_show(out, size, bytes, len, len);
}

const char *swio_words_keep(char out[SWIO_ERRMSG_MAX])
{
    snprintf(out, SWIO_ERRMSG_MAX, "%s", swio_errmsg());
    return out;
}

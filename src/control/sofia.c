#include "control/sofia.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"

/* The next line of `*at` as text and length; moves on. False at the end. */
static bool next_line(const char **at, const char **line, size_t *len)
{
    if (!**at)
        return false;
    *line = *at;
    *len = strcspn(*at, "\n");
    *at += *len + ((*at)[*len] == '\n');
    return true;
}

/* The blank-separated word after `*at`, within `end`. */
static size_t next_word(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t' || **at == '\r'))
        (*at)++;
    size_t len = 0;
    while (*at + len < end && !strchr(" \t\r", (*at)[len]))
        len++;
    return len;
}

int swio_sofia_address(const char *status, swio_buf *out)
{
    const char *line;
    size_t len;
    while (next_line(&status, &line, &len)) {
        const char *word = line, *end = line + len;
        size_t word_len = next_word(&word, end);
        if (word_len != 3 || memcmp(word, "URL", 3) != 0)
            continue;
        word += word_len;
        word_len = next_word(&word, end);
        const char *before = memchr(word, '@', word_len);
        if (!before)
            before = memchr(word, ':', word_len); /* of "sip:" */
        const char *host = before ? before + 1 : word;
        size_t host_len = 0;
        while (host + host_len < word + word_len && !strchr(";?>", host[host_len]))
            host_len++;
        if (!host_len)
            break;
        swio_buf_add(out, host, host_len);
        return swio_buf_error(out);
    }
    return swio_err(SWIO_ENOENT, "no SIP profile in the answer of the switch");
}

/* The rows of the table: "external  profile  sip:mod_sofia@127.0.0.1:5090  RUNNING (0)". */
void swio_sofia_profiles(const char *status, swio_buf *out)
{
    const char *line;
    size_t len;
    bool some = false;
    while (next_line(&status, &line, &len)) {
        const char *name = line, *end = line + len;
        size_t name_len = next_word(&name, end);
        const char *type = name + name_len;
        size_t type_len = next_word(&type, end);
        if (!name_len || type_len != 7 || memcmp(type, "profile", 7) != 0)
            continue;
        if (some)
            swio_buf_puts(out, ", ");
        swio_buf_add(out, name, name_len);
        some = true;
    }
}

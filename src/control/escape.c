#include "control/escape.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

/* What splits a call into several on the switch (switch_types.h, SWITCH_ENT_ORIGINATE_DELIM). */
static const char ENTERPRISE_DELIMITER[] = ":_:";

/* So many bytes are none of these. */
static size_t ordinary(const char *text, size_t len, const char *special)
{
    size_t n = 0;
    while (n < len && !strchr(special, text[n]))
        n++;
    return n;
}

void swio_escape(swio_buf *out, const char *text, size_t len, const char *special)
{
    while (len) {
        size_t n = ordinary(text, len, special);
        swio_buf_add(out, text, n);
        if (n == len)
            return;
        swio_buf_putc(out, '\\');
        swio_buf_putc(out, text[n]);
        text += n + 1;
        len -= n + 1;
    }
}

void swio_escape_word(swio_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == ' ')
            swio_buf_puts(out, "\\s");
        else
            swio_escape(out, text, 1, "\\'");
    }
}

static void put_blanks(swio_buf *out, size_t count)
{
    while (count--)
        swio_buf_puts(out, "\\s"); /* else the reader trims it */
}

void swio_escape_part(swio_buf *out, const char *text, char separator)
{
    const char special[] = {'\\', '\'', separator, '\0'};
    size_t len = strlen(text);
    size_t first = strspn(text, " ");
    size_t end = len;
    while (end > first && text[end - 1] == ' ')
        end--;
    put_blanks(out, first);
    swio_escape(out, text + first, end - first, special);
    put_blanks(out, len - end);
}

void swio_escape_argument(swio_buf *out, const char *text, bool literal)
{
    for (; *text; text++) {
        bool variable = text[0] == '$' && (text[1] == '{' || text[1] == '$');
        if (*text == '\\' || (literal && variable))
            swio_buf_putc(out, '\\');
        swio_buf_putc(out, *text);
    }
}

/* The end of the variables is found by counting brackets, whatever is quoted or escaped
 * (switch_utils.c switch_find_end_paren()). */
static bool brackets_match(const char *value)
{
    long depth = 0;
    for (; *value; value++) {
        depth += *value == '{' ? 1 : *value == '}' ? -1 : 0;
        if (depth < 0)
            return false;
    }
    return depth == 0;
}

int swio_check_line(const char *what, const char *part, const char *text)
{
    if (strpbrk(text, "\r\n"))
        return swio_err(SWIO_EINVAL,
                        "%s: the %s holds a line break, which would end the command: leave it out",
                        what, part);
    return 0;
}

static int check_value(const char *what, const char *name, const char *value)
{
    if (strpbrk(value, "\r\n"))
        return swio_err(SWIO_EINVAL,
                        "%s: the value of %s holds a line break, which would end the command: "
                        "leave it out",
                        what, name);
    if (!brackets_match(value))
        return swio_err(SWIO_EINVAL,
                        "%s: the value of %s has a curly bracket without its partner, which "
                        "FreeSWITCH cannot be told to take as text: '%s'",
                        what, name, value);
    if (strstr(value, ENTERPRISE_DELIMITER))
        return swio_err(SWIO_EINVAL,
                        "%s: the value of %s holds '%s', with which FreeSWITCH would separate "
                        "calls: '%s'",
                        what, name, ENTERPRISE_DELIMITER, value);
    return 0;
}

/* As switch_string_var_check_const() looks for it (switch_utils.h). */
static bool means_variable(const char *value)
{
    for (const char *p = strchr(value, '$'); p; p = strchr(p + 1, '$'))
        if (p[1 + strspn(p + 1, "$\\")] == '{')
            return true;
    return false;
}

int swio_check_literal(const char *what, const char *name, const char *value)
{
    return means_variable(value)
               ? swio_err(SWIO_EINVAL,
                          "%s: the value of %s holds '${', and FreeSWITCH drops such values here: "
                          "set it with swio_session_setvar(): '%s'",
                          what, name, value)
               : 0;
}

int swio_check_name(const char *what, const char *name)
{
    size_t len = name ? strlen(name) : 0;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && !strchr("_-.:", name[i]))
            len = 0;
    if (!len)
        return swio_err(SWIO_EINVAL,
                        "%s: '%s' is no name of a channel variable: use letters, digits and "
                        "_ - . :",
                        what, name ? name : "");
    return 0;
}

int swio_escape_value(swio_buf *out, const char *what, const char *name, const char *value)
{
    int error = swio_check_name(what, name);
    if (!error)
        error = check_value(what, name, value);
    if (error)
        return error;
    swio_buf inner = {0};
    size_t before = out->len;
    swio_escape_part(&inner, value, '\\');
    swio_escape(out, inner.data ? inner.data : "", inner.len, "\\',");
    error = inner.error ? inner.error : out->error;
    if (error)
        out->len = before;
    swio_buf_free(&inner);
    return error ? swio_err_nomem() : 0;
}

int swio_check_plain(const char *what, const char *part, const char *text, const char *refused)
{
    if (!text || !*text)
        return swio_err(SWIO_EINVAL, "%s: the %s is empty", what, part);
    int error = swio_check_line(what, part, text);
    if (error)
        return error;
    const char *bad = strpbrk(text, refused);
    for (const char *p = text; *p && !bad; p++)
        if (iscntrl((unsigned char)*p))
            bad = p;
    if (bad)
        return swio_err(SWIO_EINVAL,
                        "%s: the %s '%s' holds a '%c', which FreeSWITCH would take for its own "
                        "syntax",
                        what, part, text, isprint((unsigned char)*bad) ? *bad : '?');
    if (strstr(text, ENTERPRISE_DELIMITER))
        return swio_err(SWIO_EINVAL, "%s: the %s '%s' holds '%s', which separates calls", what,
                        part, text, ENTERPRISE_DELIMITER);
    return 0;
}

static const char *without_scheme(const char *url)
{
    return strncasecmp(url, "sip:", 4) == 0 ? url + 4 : url;
}

static int put_proxy(swio_buf *out, const char *what, const char *proxy)
{
    int error = swio_check_plain(what, "proxy", proxy, " '\"\\,|{}<>^/@");
    if (error)
        return error;
    swio_buf_puts(out, ";fs_path=sip:");
    for (const char *p = without_scheme(proxy); *p; p++) {
        if (*p == ';')
            swio_buf_puts(out, "%3B"); /* a parameter of the proxy, not of the destination */
        else
            swio_buf_putc(out, *p);
    }
    return 0;
}

int swio_dial_string(swio_buf *out, const char *what, const swio_route *route)
{
    const char *via = route->gateway ? route->gateway : route->profile;
    int error =
        swio_check_plain(what, route->gateway ? "gateway" : "profile", via, " '\"\\,|{}<>[]^/;");
    if (!error)
        error = swio_check_plain(what, "destination", route->dest_url, " '\"\\,|{}<>^");
    if (error)
        return error;
    swio_buf_puts(out, route->gateway ? "sofia/gateway/" : "sofia/");
    swio_buf_puts(out, via);
    swio_buf_putc(out, '/');
    swio_buf_puts(out, without_scheme(route->dest_url));
    return route->proxy ? put_proxy(out, what, route->proxy) : 0;
}

#include "conn/contact.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum {
    NAME_MAX_BYTES = 253, /* RFC 1035 section 2.3.4, as text */
    LABEL_MAX_BYTES = 63,
    SHOWN = 80, /* of a text that is quoted in a sentence */
};

#define HOST_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* A part of the text. */
typedef struct span {
    const char *at;
    size_t len;
} span;

static int refuse(const char *text, const char *why)
{
    return swio_err(SWIO_EINVAL,
                    "'%.*s' is no contact: %s; use HOST, HOST:PORT, [IPV6]:PORT or an IPv6 address",
                    SHOWN, text, why);
}

static bool only(span s, const char *chars)
{
    for (size_t i = 0; i < s.len; i++)
        if (!s.at[i] || !strchr(chars, s.at[i]))
            return false;
    return s.len > 0;
}

/* False for everything but 1…65535 in plain digits. */
static bool read_port(span s, uint16_t *port)
{
    unsigned value = 0;
    if (s.len > 5 || !only(s, "0123456789"))
        return false;
    for (size_t i = 0; i < s.len; i++)
        value = value * 10 + (unsigned)(s.at[i] - '0');
    *port = (uint16_t)value;
    return value >= 1 && value <= UINT16_MAX;
}

/* An address as inet_pton() takes it; an IPv6 one may end in "%scope". */
static bool is_address(int family, span s)
{
    char address[INET6_ADDRSTRLEN] = "";
    unsigned char binary[sizeof(struct in6_addr)];
    const char *scope = family == AF_INET6 ? memchr(s.at, '%', s.len) : NULL;
    size_t len = scope ? (size_t)(scope - s.at) : s.len;
    if (scope && len + 1 == s.len)
        return false;
    if (len >= sizeof address)
        return false;
    memcpy(address, s.at, len);
    return inet_pton(family, address, binary) == 1;
}

/* What is wrong with a host that is no IPv6 address; NULL if nothing is. */
static const char *fault_of_name(span host)
{
    if (host.len == 0)
        return "it names no host";
    if (!only(host, HOST_CHARS))
        return "it holds a character that no host name has";
    if (only(host, "0123456789."))
        return is_address(AF_INET, host) ? NULL : "that is no IPv4 address";
    if (host.len > NAME_MAX_BYTES)
        return "a host name has at most 253 characters";
    size_t label = 0;
    for (size_t i = 0; i < host.len; i++) {
        label = host.at[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MAX_BYTES)
            return "a part of a host name has at most 63 characters";
        if (host.at[i] == '.' && (i == 0 || host.at[i - 1] == '.'))
            return "a part of the host name is empty";
    }
    return NULL;
}

/* Splits the text into host and port (NULL where there is none). Returns what is wrong, or NULL. */
static const char *split(const char *text, span *host, span *port)
{
    const char *end = text + strlen(text);
    const char *first = strchr(text, ':'), *last = strrchr(text, ':');
    *port = (span){NULL, 0};
    if (strstr(text, "://"))
        return "it is a URL";
    if (*text == '[') {
        const char *close = strchr(text, ']');
        if (!close)
            return "the ']' is missing";
        *host = (span){text + 1, (size_t)(close - text) - 1};
        if (close[1] == ':')
            *port = (span){close + 2, (size_t)(end - close) - 2};
        else if (close[1])
            return "something other than :PORT follows the ']'";
        return is_address(AF_INET6, *host) ? NULL : "that is no IPv6 address";
    }
    if (first != last) {
        *host = (span){text, (size_t)(end - text)};
        return is_address(AF_INET6, *host)
                   ? NULL
                   : "that is no IPv6 address (with a port it is written [IPV6]:PORT)";
    }
    *host = (span){text, (size_t)((first ? first : end) - text)};
    if (first)
        *port = (span){first + 1, (size_t)(end - first) - 1};
    return fault_of_name(*host);
}

int swio_contact_parse(const char *text, uint16_t default_port, swio_contact *out)
{
    span host, port;
    uint16_t number = default_port;
    if (!text || !*text)
        return swio_err(SWIO_EINVAL, "no contact is given: use HOST, HOST:PORT, [IPV6]:PORT or an "
                                     "IPv6 address");
    const char *fault = split(text, &host, &port);
    if (fault)
        return refuse(text, fault);
    if (port.at && !read_port(port, &number))
        return refuse(text, "the port is no number from 1 to 65535");

    swio_buf shown = {0};
    bool brackets = memchr(host.at, ':', host.len) != NULL;
    swio_buf_printf(&shown, brackets ? "[%.*s]:%u" : "%.*s:%u", (int)host.len, host.at,
                    (unsigned)number);
    swio_contact made = {.host = swio_strndup(host.at, host.len), .port = number};
    made.text = swio_buf_steal(&shown, NULL);
    if (!made.host || !made.text) {
        swio_buf_free(&shown);
        swio_contact_free(&made);
        return swio_err_nomem();
    }
    *out = made;
    return 0;
}

void swio_contact_free(swio_contact *contact)
{
    swio_free(contact->host);
    swio_free(contact->text);
    *contact = (swio_contact){0};
}

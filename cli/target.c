#include "cli/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/originate.h>
#include <unistd.h>

/* As it will be called for the first time. The caller frees it; NULL without memory. */
static char *first_destination(const char *dest_url)
{
    static const char field[] = "{number}";
    char *text = malloc(strlen(dest_url) + 1), *to = text;
    for (const char *p = dest_url, *end; to; p = end + sizeof field - 1) {
        end = strstr(p, field);
        to = stpncpy(to, p, end ? (size_t)(end - p) : strlen(p) + 1);
        if (!end)
            break;
        *to++ = '1';
    }
    return text;
}

/* Behind a host: nothing, or a colon and a port. */
static bool is_port(const char *text, const char *end)
{
    char *behind;
    if (text == end)
        return true;
    if (*text != ':' || text[1] < '0' || text[1] > '9')
        return false;
    long port = strtol(text + 1, &behind, 10);
    return behind == end && port >= 1 && port <= 65535;
}

/* What is wrong with HOST[:PORT][;PARAMETER…], NULL: nothing. Each call would fail by it, and the
 * switch would not say why. */
static const char *mistake_of(const char *proxy)
{
    const char *end = proxy + strcspn(proxy, ";"), *host_end = proxy + strcspn(proxy, ":;");
    if (*proxy == '[') {
        host_end = memchr(proxy, ']', (size_t)(end - proxy));
        if (!host_end)
            return "the ']' is missing";
        host_end++;
    } else if (memchr(proxy, ':', (size_t)(end - proxy)) !=
               memrchr(proxy, ':', (size_t)(end - proxy))) {
        return "an IPv6 address is written in brackets, as [::1]:5060";
    }
    if (host_end == proxy)
        return "the host is missing";
    return is_port(host_end, end) ? NULL : "the port is no number from 1 to 65535";
}

int target_check(const command *cmd, const target *t)
{
    char *line = NULL, *first = first_destination(t->dest_url ? t->dest_url : "switchio@host");
    if (!first) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    swio_originate_opts originate = {
        .dest_url = first,
        .proxy = t->proxy,
        .profile = t->profile,
        .gateway = t->gateway,
    };
    int error = swio_originate_line(&originate, &line);
    swio_text_free(line);
    free(first);
    if (error)
        return usage_error(cmd, "%s", swio_errmsg());
    const char *mistake = t->proxy ? mistake_of(t->proxy) : NULL;
    return mistake ? usage_error(cmd, "--proxy %s: %s", t->proxy, mistake) : -1;
}

/* Each switch calls the destination; where none is given, the proxy, else its own profile. */
static int set_node(const target *t, const cluster *c, size_t node, const char *app_id)
{
    const char *host = t->proxy ? t->proxy : c->sip_addresses[node];
    const char *user = t->dest_url ? t->dest_url : "switchio";
    char *url = NULL;
    if (strchr(user, '@') ? asprintf(&url, "%s", user) < 0
                          : asprintf(&url, "%s@%.*s", user, (int)strcspn(host, ";"), host) < 0)
        return SWIO_ENOMEM;
    swio_originate_opts originate = {.dest_url = url,
                                     .proxy = t->proxy,
                                     .profile = t->profile,
                                     .gateway = t->gateway,
                                     .timeout = t->originate_timeout,
                                     .app_id = app_id};
    int error = swio_client_set_originate(swio_pool_client(c->pool, node), &originate);
    free(url);
    return error;
}

int target_set(const target *t, cluster *c, const char *app_id)
{
    int error = 0;
    for (size_t i = 0; !error && i < c->count; i++)
        error = set_node(t, c, i, app_id);
    return error;
}

const char *target_server(const target *t, const cluster *c)
{
    return t->proxy ? t->proxy : t->dest_url ? t->dest_url : c->sip_addresses[0];
}

void make_app_id(const char *app, char *id, size_t size)
{
    uint32_t random;
    if (getentropy(&random, sizeof random))
        abort();
    snprintf(id, size, "%s-%08x", app, random);
}

#include "cli/target.h"

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
    return error ? usage_error(cmd, "%s", swio_errmsg()) : -1;
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

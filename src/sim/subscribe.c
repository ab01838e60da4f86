/* Which events a client gets: types, subclasses of CUSTOM, filters, the events of one channel. */
#include <string.h>
#include <strings.h>

#include "sim/client.h"
#include "sim/render.h"

int swio_sim_event_type_by_name(const char *name)
{
    for (int i = 0; i < SIM_EVENT_COUNT; i++)
        if (strcasecmp(swio_sim_event_names[i], name) == 0)
            return i;
    return -1;
}

static bool subscribed(const sim_client *client, sim_event_type type)
{
    return client->wants[type / 64] >> (type % 64) & 1;
}

void swio_sim_client_subscribe(sim_client *client, sim_event_type type, bool on)
{
    if (subscribed(client, type) == on)
        return;
    client->wants[type / 64] ^= (uint64_t)1 << (type % 64);
    if (on)
        client->node->subscribers[type]++;
    else
        client->node->subscribers[type]--;
    swio_sim_node_subscribed(client->node);
}

bool swio_sim_client_subscribe_subclass(sim_client *client, const char *name, bool on)
{
    for (size_t i = 0; i < client->subclass_count; i++) {
        if (strcasecmp(client->subclasses[i], name) != 0)
            continue;
        if (!on) {
            swio_free(client->subclasses[i]);
            client->subclasses[i] = client->subclasses[--client->subclass_count];
        }
        return true;
    }
    if (!on || client->subclass_count == SIM_SUBCLASSES)
        return false;
    char *copy = swio_strdup(name);
    if (!copy)
        return false;
    client->subclasses[client->subclass_count++] = copy;
    swio_sim_client_subscribe(client, SIM_EV_CUSTOM, true);
    return true;
}

void swio_sim_client_unsubscribe_all(sim_client *client)
{
    for (int i = 0; i < SIM_EVENT_COUNT; i++)
        swio_sim_client_subscribe(client, (sim_event_type)i, false);
    while (client->subclass_count)
        swio_free(client->subclasses[--client->subclass_count]);
    client->all_custom = false;
}

int swio_sim_client_filter_add(sim_client *client, const char *name, const char *value)
{
    if (client->filter_count == SIM_FILTERS)
        return -1;
    sim_filter filter = {.negative = *value == '!'};
    filter.name = swio_strdup(name + (*name == '+' || *name == '-'));
    filter.value = swio_strdup(value + filter.negative);
    filter.negative |= *name == '-';
    if (!filter.name || !filter.value) {
        swio_free(filter.name);
        swio_free(filter.value);
        return -1;
    }
    client->filters[client->filter_count++] = filter;
    return 0;
}

void swio_sim_client_filter_delete(sim_client *client, const char *name, const char *value)
{
    size_t kept = 0;
    bool all = strcasecmp(name, "all") == 0;
    for (size_t i = 0; i < client->filter_count; i++) {
        sim_filter *filter = &client->filters[i];
        bool hit = all || (strcasecmp(filter->name, name) == 0 &&
                           (!*value || strcmp(filter->value, value) == 0));
        if (!hit) {
            client->filters[kept++] = *filter;
            continue;
        }
        swio_free(filter->name);
        swio_free(filter->value);
    }
    client->filter_count = kept;
}

/* mod_event_socket.c: "/…/" is a pattern there; here it is looked for as a plain part. */
static bool value_matches(const char *pattern, const char *value)
{
    size_t len = strlen(pattern);
    if (len >= 2 && pattern[0] == '/' && pattern[len - 1] == '/')
        return memmem(value, strlen(value), pattern + 1, len - 2) != NULL;
    return strcasecmp(pattern, value) == 0;
}

/* Positive filters are ORed, a matching negative one wins; a lone negative one lets nothing pass.
 */
static bool passes(const sim_client *client, const sim_view *view)
{
    bool sends = false;
    swio_buf value = {0};
    for (size_t i = 0; i < client->filter_count; i++) {
        const sim_filter *filter = &client->filters[i];
        swio_buf_clear(&value);
        if (!swio_sim_event_header(view, filter->name, &value))
            continue;
        if (!value_matches(filter->value, value.data ? value.data : ""))
            continue;
        sends = !filter->negative;
        if (filter->negative)
            break;
    }
    swio_buf_free(&value);
    return sends;
}

static bool wants_subclass(const sim_client *client, const char *subclass)
{
    if (client->all_custom || !subclass)
        return true;
    for (size_t i = 0; i < client->subclass_count; i++)
        if (strcasecmp(client->subclasses[i], subclass) == 0)
            return true;
    return false;
}

bool swio_sim_client_wants(sim_client *client, const sim_view *view, const char *subclass)
{
    sim_event_type type = view->source->type;
    if (client->closing || !client->authed || !subscribed(client, type))
        return false;
    if (type == SIM_EV_CUSTOM && !wants_subclass(client, subclass))
        return false;
    if (client->bound_to && view->channel &&
        (client->ended || strcmp(view->channel->uuid, client->bound_to) != 0))
        return false;
    return !client->filter_count || passes(client, view);
}

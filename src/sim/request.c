#include "sim/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/command.h"

static void link_request(sim_request *request)
{
    swio_sim *sim = request->node->sim;
    request->next = sim->requests;
    if (request->next)
        request->next->prev = request;
    sim->requests = request;
}

static void free_request(sim_request *request)
{
    if (request->prev)
        request->prev->next = request->next;
    else
        request->node->sim->requests = request->next;
    if (request->next)
        request->next->prev = request->prev;
    swio_buf_free(&request->out);
    swio_free(request->text);
    swio_free(request->shown);
    swio_free(request);
}

static sim_request *new_request(sim_node *node, const char *job, const char *text)
{
    sim_request *request = swio_calloc(1, sizeof *request + strlen(job) + 1);
    char *copy = swio_strdup(text);
    char *shown = swio_strdup(text);
    if (!request || !copy || !shown) {
        swio_free(request);
        swio_free(copy);
        swio_free(shown);
        return NULL;
    }
    memcpy(request->job, job, strlen(job) + 1);
    request->node = node;
    request->began = node->clock;
    request->sequence = ++node->sequence;
    request->text = copy;
    request->shown = shown;
    request->arg = copy;
    request->command = swio_sim_word(&request->arg);
    link_request(request);
    return request;
}

static const sim_api *find_api(const char *name)
{
    static const sim_api *const tables[] = {
        swio_sim_api_switch, swio_sim_api_channel, swio_sim_api_call,  swio_sim_api_media,
        swio_sim_api_show,   swio_sim_api_sofia,   swio_sim_api_global};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
        for (const sim_api *api = tables[t]; api->name; api++)
            if (strcasecmp(api->name, name) == 0)
                return api;
    return NULL;
}

static void run(sim_request *request)
{
    const sim_api *api = find_api(request->command);
    if (!api)
        swio_buf_printf(&request->out, "-ERR %s Command not found!\n", request->command);
    if (!api || api->run(request))
        swio_sim_request_done(request);
}

/* The argument as the client wrote it. */
static const char *shown_arg(const sim_request *request)
{
    const char *arg = request->shown + strlen(request->command);
    return arg + strspn(arg, " ");
}

static void fire_job(const sim_request *request)
{
    const char *body = request->out.data ? request->out.data : "";
    sim_args args = {
        .v = {request->job, request->command, shown_arg(request)},
        .body = body,
        .body_len = request->out.len,
    };
    swio_sim_fire(request->node, SIM_FROM_JOB, NULL, &args);
}

void swio_sim_request_done(sim_request *request)
{
    sim_client *client = request->client;
    sim_args args = {
        .v = {request->command, shown_arg(request)},
        .sequence = request->sequence,
        .clock = &request->began,
    };
    if (client)
        swio_sim_client_respond(client, request->out.data, request->out.len);
    swio_sim_fire(request->node, SIM_FROM_API, NULL, &args);
    if (request->background)
        fire_job(request);
    bool waited = client && client->blocked;
    free_request(request);
    if (waited)
        swio_sim_client_unblock(client);
}

void swio_sim_request_api(sim_client *client, const char *text)
{
    sim_request *request = new_request(client->node, "", text);
    if (!request) {
        swio_sim_client_close(client);
        return;
    }
    request->client = client;
    const sim_api *api = find_api(request->command);
    if (!api)
        swio_buf_printf(&request->out, "-ERR %s Command not found!\n", request->command);
    if (!api || api->run(request))
        swio_sim_request_done(request);
    else
        client->blocked = true;
}

void swio_sim_request_bgapi(sim_node *node, const char *job, const char *text)
{
    sim_request *request = new_request(node, job, text);
    if (!request)
        return; /* as a switch that could not start the thread */
    request->background = true;
    run(request);
}

void swio_sim_request_silent(sim_node *node, const char *text)
{
    sim_request *request = new_request(node, "", text);
    if (request)
        run(request);
}

void swio_sim_requests_forget(sim_client *client)
{
    for (sim_request *r = client->node->sim->requests; r; r = r->next)
        if (r->client == client)
            r->client = NULL;
}

void swio_sim_requests_free(swio_sim *sim)
{
    while (sim->requests)
        free_request(sim->requests);
}

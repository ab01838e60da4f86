#include "sim/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/command.h"
#include "sim/faults.h"
#include "sim/request.h"

enum {
    HIGH_WATER = 1024 * 1024, /* bytes handed to the stream before the rest waits here */
    MAX_COMMAND = 16 * 1024 * 1024,
    LOST_IN_ROW = 500, /* mod_event_socket.c: one more ends the connection */
};

void swio_sim_client_touch(sim_client *client)
{
    if (client->dirty)
        return;
    client->dirty = true;
    client->next_dirty = client->node->sim->dirty;
    client->node->sim->dirty = client;
}

void swio_sim_client_reply(sim_client *client, const char *bytes, size_t len)
{
    if (client->closing)
        return;
    swio_buf_add(&client->out, bytes, len);
    swio_sim_fault_delay(client, len);
    swio_sim_client_touch(client);
}

void swio_sim_client_say(sim_client *client, const char *fmt, ...)
{
    swio_buf reply = {0};
    va_list args;
    va_start(args, fmt);
    swio_buf_puts(&reply, "Content-Type: command/reply\nReply-Text: ");
    swio_buf_vprintf(&reply, fmt, args);
    swio_buf_puts(&reply, "\n\n");
    va_end(args);
    swio_sim_client_reply(client, reply.data, reply.len);
    swio_buf_free(&reply);
}

void swio_sim_client_respond(sim_client *client, const char *body, size_t len)
{
    swio_buf reply = {0};
    if (!len) {
        body = "-ERR no reply\n";
        len = strlen(body);
    }
    swio_buf_printf(&reply, "Content-Type: api/response\nContent-Length: %zu\n\n", len);
    swio_buf_add(&reply, body, len);
    swio_sim_client_reply(client, reply.data, reply.len);
    swio_buf_free(&reply);
}

/* As the switch does: lost without a word, and the 501st in a row ends the connection. */
static void lose(sim_client *client)
{
    atomic_fetch_add(&client->node->sim->counters.events_lost, 1);
    if (++client->lost_in_row > LOST_IN_ROW)
        swio_sim_client_close(client);
}

void swio_sim_client_notice(sim_client *client, const char *head, size_t head_len, const char *body,
                            size_t len)
{
    if (client->events.frames >= client->max_queued ||
        !swio_sim_queue_add(&client->events, head, head_len, body, len)) {
        lose(client);
        return;
    }
    client->lost_in_row = 0;
    swio_sim_client_touch(client);
}

void swio_sim_client_event(sim_client *client, swio_event_format format, const char *body,
                           size_t len)
{
    static const char length[] = "Content-Length: ", type[] = "\nContent-Type: text/event-";
    static const char *const names[] = {"plain\n\n", "json\n\n", "xml\n\n"};
    char head[96], *at = head;
    if (client->closing)
        return;
    if (swio_sim_fault_loses(client->node->sim)) {
        atomic_fetch_add(&client->node->sim->counters.events_lost, 1);
        return;
    }
    at = mempcpy(at, length, sizeof length - 1);
    at += swio_sim_digits(at, len);
    at = mempcpy(at, type, sizeof type - 1);
    at = stpcpy(at, names[format]);
    swio_sim_client_notice(client, head, (size_t)(at - head), body, len);
}

void swio_sim_client_log(sim_client *client, int level, const char *text)
{
    char head[256];
    int n = snprintf(head, sizeof head,
                     "Content-Type: log/data\nContent-Length: %zu\nLog-Level: %d\nText-Channel: 3\n"
                     "Log-File: sim.c\nLog-Func: sim\nLog-Line: 1\nUser-Data: \n\n",
                     strlen(text), level);
    swio_sim_client_notice(client, head, (size_t)n, text, strlen(text));
}

/* Hands whole events to the stream until it has enough. */
static void send_events(sim_client *client)
{
    while (!client->closing && swio_tcp_queued(client->tcp) < HIGH_WATER) {
        sim_block_of_frames *block = swio_sim_queue_take(&client->events);
        if (!block)
            return;
        atomic_fetch_add_explicit(&client->node->sim->counters.events_sent, block->frames,
                                  memory_order_relaxed);
        swio_sim_fault_send(client, block->bytes, block->len);
        swio_sim_queue_give_back(&client->events, block);
    }
}

void swio_sim_client_flush(sim_client *client)
{
    if (client->closing || !client->tcp)
        return;
    size_t due = swio_sim_fault_due(client);
    if (due) {
        swio_sim_fault_send(client, client->out.data, due);
        swio_buf_consume(&client->out, due);
    }
    /* The switch does not send events while it waits for the rest of a command. */
    if (client->in.len && !client->blocked)
        return;
    send_events(client);
    if (!client->closing && client->finishing && !client->events.frames && !client->out.len &&
        !client->pieces.len) {
        client->closing = true;
        swio_tcp_finish(client->tcp);
    }
}

void swio_sim_client_finish(sim_client *client)
{
    client->finishing = true;
    swio_sim_client_touch(client);
}

void swio_sim_client_close(sim_client *client)
{
    if (client->closing)
        return;
    client->closing = true;
    swio_tcp_close(client->tcp);
}

/* The end of the first command in `in`: its length with the empty line, or 0. */
static size_t command_length(sim_client *client)
{
    const char *data = client->in.data;
    size_t len = client->in.len;
    for (size_t i = client->scanned; i + 1 < len; i++) {
        if (data[i] != '\n')
            continue;
        size_t next = i + 1 + (data[i + 1] == '\r');
        if (next < len && data[next] == '\n')
            return next + 1;
    }
    client->scanned = len > 2 ? len - 2 : 0;
    return 0;
}

/* Line feeds between commands mean nothing. */
static void skip_empty(sim_client *client)
{
    size_t n = 0;
    while (n < client->in.len && (client->in.data[n] == '\n' || client->in.data[n] == '\r'))
        n++;
    if (n) {
        swio_buf_consume(&client->in, n);
        client->scanned = 0;
    }
}

static void run_commands(sim_client *client)
{
    while (!client->closing && !client->finishing && !client->blocked) {
        skip_empty(client);
        size_t len = command_length(client);
        if (!len)
            break;
        size_t body = swio_sim_command_body(client->in.data, len);
        if (client->in.len - len < body)
            break;
        swio_buf whole = {0};
        swio_buf_add(&whole, client->in.data, len + body);
        swio_buf_consume(&client->in, len + body);
        client->scanned = 0;
        atomic_fetch_add_explicit(&client->node->sim->counters.commands, 1, memory_order_relaxed);
        if (whole.error)
            swio_sim_client_close(client);
        else
            swio_sim_command_run(client, whole.data, len, body);
        swio_buf_free(&whole);
    }
    if (client->in.len > MAX_COMMAND)
        swio_sim_client_close(client);
}

void swio_sim_client_unblock(sim_client *client)
{
    client->blocked = false;
    run_commands(client);
    swio_sim_client_touch(client);
}

static void on_received(swio_tcp *tcp, const char *bytes, size_t len, void *arg)
{
    sim_client *client = arg;
    (void)tcp;
    if (client->silent)
        return;
    swio_sim *sim = client->node->sim;
    swio_sim_enter(sim);
    swio_buf_add(&client->in, bytes, len);
    if (client->in.error)
        swio_sim_client_close(client);
    run_commands(client);
    swio_sim_client_touch(client); /* events that waited for the rest of a command may go */
    swio_sim_leave(sim);
}

static void on_drained(swio_tcp *tcp, void *arg)
{
    sim_client *client = arg;
    (void)tcp;
    swio_sim_enter(client->node->sim);
    swio_sim_client_touch(client);
    swio_sim_leave(client->node->sim);
}

static void unlink_client(sim_client *client)
{
    if (client->prev)
        client->prev->next = client->next;
    else
        client->node->clients = client->next;
    if (client->next)
        client->next->prev = client->prev;
    for (sim_client **at = &client->node->sim->dirty; *at; at = &(*at)->next_dirty) {
        if (*at == client) {
            *at = client->next_dirty;
            break;
        }
    }
}

static void client_free(sim_client *client)
{
    swio_timer_stop(&client->delay);
    swio_timer_stop(&client->piece);
    swio_sim_timer_stop(&client->lingering);
    swio_buf_free(&client->pieces);
    swio_buf_free(&client->in);
    swio_buf_free(&client->out);
    swio_sim_queue_free(&client->events);
    swio_free(client->delayed);
    swio_free(client->bound_to);
    swio_free(client);
}

static void on_closed(swio_tcp *tcp, int error, const char *sentence, void *arg)
{
    sim_client *client = arg;
    swio_sim *sim = client->node->sim;
    (void)tcp, (void)error, (void)sentence;
    swio_sim_client_unsubscribe_all(client);
    swio_sim_client_filter_delete(client, "all", "");
    swio_sim_requests_forget(client);
    unlink_client(client);
    client_free(client);
    swio_sim_stream_gone(sim);
}

static const swio_tcp_handlers handlers = {
    .received = on_received,
    .drained = on_drained,
    .closed = on_closed,
};

void swio_sim_client_accept(sim_node *node, swio_tcp *tcp)
{
    swio_sim *sim = node->sim;
    sim_client *client = swio_calloc(1, sizeof *client);
    if (!client)
        return; /* not accepted: the stream is closed */
    client->node = node;
    client->tcp = tcp;
    client->log_level = -1;
    client->max_queued = sim->opts.queue ? sim->opts.queue : SIM_QUEUE;
    client->next = node->clients;
    if (client->next)
        client->next->prev = client;
    node->clients = client;
    sim->streams++;
    atomic_fetch_add(&sim->counters.connections, 1);
    swio_tcp_accept_as(tcp, &(swio_tcp_opts){.max_queued = SIZE_MAX / 8}, &handlers, client);
    swio_sim_enter(sim);
    if (!swio_sim_fault_greets(client))
        swio_sim_client_reply(client, "Content-Type: auth/request\n\n", 28);
    swio_sim_leave(sim);
}

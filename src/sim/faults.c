#include "sim/faults.h"

#include <string.h>

#include "loop/loop.h"
#include "sim/cause.h"

bool swio_sim_fault_greets(sim_client *client)
{
    static const char rude[] = "Content-Type: text/rude-rejection\nContent-Length: 24\n\n"
                               "Access Denied, go away.\n";
    static const char web[] = "HTTP/1.1 400 Bad Request\r\nServer: teapot\r\n"
                              "Content-Length: 0\r\n\r\n\x01\x02\xff<html>\n\n";
    const swio_sim_faults *faults = &client->node->sim->opts.faults;
    if (faults->silent) {
        client->silent = true;
    } else if (faults->refuse) {
        client->silent = true;
        swio_sim_client_reply(client, rude, sizeof rude - 1);
        swio_sim_client_finish(client);
    } else if (faults->garbage) {
        client->silent = true;
        swio_sim_client_reply(client, web, sizeof web - 1);
    } else {
        return false;
    }
    return true;
}

static uint64_t delay_ns(const sim_client *client)
{
    double seconds = client->node->sim->opts.faults.reply_delay;
    return seconds > 0 ? (uint64_t)(seconds * 1e9) : 0;
}

void swio_sim_fault_delay(sim_client *client, size_t len)
{
    uint64_t delay = delay_ns(client);
    if (!delay)
        return;
    if (client->delayed_count == client->delayed_room) {
        size_t room = client->delayed_room ? client->delayed_room * 2 : 16;
        sim_delayed *delayed = swio_realloc(client->delayed, room * sizeof *delayed);
        if (!delayed) {
            swio_sim_client_close(client);
            return;
        }
        client->delayed = delayed;
        client->delayed_room = room;
    }
    client->delayed[client->delayed_count++] = (sim_delayed){swio_now_ns() + delay, len};
}

static void on_due(void *arg)
{
    sim_client *client = arg;
    swio_sim *sim = client->node->sim;
    swio_sim_enter(sim);
    swio_sim_client_touch(client);
    swio_sim_leave(sim);
}

size_t swio_sim_fault_due(sim_client *client)
{
    if (!delay_ns(client))
        return client->out.len;
    uint64_t now = swio_now_ns();
    size_t due = 0, n = 0;
    while (n < client->delayed_count && client->delayed[n].due_ns <= now)
        due += client->delayed[n++].len;
    memmove(client->delayed, client->delayed + n,
            (client->delayed_count - n) * sizeof *client->delayed);
    client->delayed_count -= n;
    if (client->delayed_count)
        swio_timer_start(client->node->sim->loop, &client->delay, client->delayed[0].due_ns, on_due,
                         client);
    return due;
}

static void send_piece(void *arg);

/* Pieces leave one per turn of the loop, so that they arrive apart. */
static void next_piece(sim_client *client)
{
    if (client->pieces.len && !client->closing)
        swio_timer_start(client->node->sim->loop, &client->piece, 0, send_piece, client);
}

static void send_piece(void *arg)
{
    sim_client *client = arg;
    swio_sim *sim = client->node->sim;
    size_t len = sim->opts.faults.split;
    if (len > client->pieces.len)
        len = client->pieces.len;
    swio_sim_enter(sim);
    swio_tcp_write(client->tcp, client->pieces.data, len);
    swio_buf_consume(&client->pieces, len);
    if (client->pieces.len)
        next_piece(client);
    else
        swio_sim_client_touch(client);
    swio_sim_leave(sim);
}

void swio_sim_fault_send(sim_client *client, const char *bytes, size_t len)
{
    const swio_sim_faults *faults = &client->node->sim->opts.faults;
    bool drops = false;
    if (faults->stall_after && client->sent + len > faults->stall_after)
        len = faults->stall_after > client->sent ? faults->stall_after - client->sent : 0;
    if (faults->drop_after && client->sent + len >= faults->drop_after) {
        len = faults->drop_after - client->sent;
        drops = true;
    }
    client->sent += len;
    if (faults->split) {
        swio_buf_add(&client->pieces, bytes, len);
        next_piece(client);
    } else if (len && swio_tcp_write(client->tcp, bytes, len)) {
        swio_sim_client_close(client);
    }
    if (drops && !client->closing) {
        client->closing = true;
        swio_tcp_finish(client->tcp);
    }
}

bool swio_sim_fault_loses(swio_sim *sim)
{
    double share = sim->opts.faults.lose_events;
    return share > 0 && swio_sim_random_share(sim) < share;
}

const char *swio_sim_fault_cause(swio_sim *sim)
{
    double share = sim->opts.faults.fail_share;
    uint64_t n = sim->originates++;
    /* Spread evenly, so that of 100 originates exactly the share fails. */
    if (share <= 0 || (uint64_t)((double)(n + 1) * share) == (uint64_t)((double)n * share))
        return NULL;
    return swio_sim_cause_in_turn(sim->fail_causes, sim->next_cause++);
}

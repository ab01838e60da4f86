/* Connecting: resolving, then the attempts of RFC 8305 ("happy eyeballs"), or one after the other.
 */
#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/tcp_internal.h"

/* One address of the peer. */
typedef struct target {
    struct sockaddr_storage address;
    swio_socket *socket; /* while it is tried */
    int failed;          /* libuv's error, when it was */
} target;

typedef struct swio_connecting {
    swio_tcp *tcp;
    uint16_t port;
    swio_lookup *lookup; /* while it runs */
    uint64_t due_ns;     /* the end of the whole */
    swio_timer delay;    /* until the next attempt */
    target *targets;
    size_t count;
    size_t next;    /* not tried yet */
    size_t running; /* under way */
} connecting;

/* What to look for, where an error has a usual reason. */
static const struct {
    int failed;
    const char *hint;
} hints[] = {
    {UV_ECONNREFUSED, "is FreeSWITCH running, and does event_socket.conf listen there?"},
    {UV_EHOSTUNREACH, "is the host up, and does a firewall let us through?"},
    {UV_ENETUNREACH, "has this machine a route to that network?"},
};

void swio_connecting_drop(connecting *c)
{
    if (!c)
        return;
    swio_timer_stop(&c->delay);
    if (c->lookup)
        swio_lookup_drop(c->lookup);
    for (size_t i = 0; i < c->count; i++)
        swio_socket_drop(c->targets[i].socket);
    swio_free(c->targets);
    swio_free(c);
}

/* ---- the end of it ---- */

static void fail_alike(connecting *c)
{
    int failed = c->targets[0].failed;
    const char *name = c->tcp->name;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].failed == failed) {
            swio_tcp_end(c->tcp, SWIO_ECONN, "%s: %s (%s)", name, uv_strerror(failed),
                         hints[i].hint);
            return;
        }
    swio_tcp_end(c->tcp, SWIO_ECONN, "%s: %s", name, uv_strerror(failed));
}

static void fail_each(connecting *c)
{
    swio_buf text = {0};
    for (size_t i = 0; i < c->count; i++) {
        char peer[SWIO_PEER_MAX];
        swio_peer_print((struct sockaddr *)&c->targets[i].address, peer);
        swio_buf_printf(&text, "%s%s: %s", i ? ", " : "", peer, uv_strerror(c->targets[i].failed));
    }
    swio_tcp_end(c->tcp, SWIO_ECONN, "%s: no connection (%s)", c->tcp->name,
                 text.error ? "out of memory" : text.data);
    swio_buf_free(&text);
}

static void fail_all(connecting *c)
{
    bool alike = true;
    for (size_t i = 1; i < c->count; i++)
        alike = alike && c->targets[i].failed == c->targets[0].failed;
    if (alike)
        fail_alike(c);
    else
        fail_each(c);
}

static void on_deadline(void *arg)
{
    connecting *c = arg;
    swio_tcp_end(c->tcp, SWIO_ECONN, "%s: %s within %g s", c->tcp->name,
                 c->lookup ? "not resolved" : "no connection", c->tcp->opts.timeout);
}

static void succeed(connecting *c, target *t)
{
    swio_tcp *tcp = c->tcp;
    swio_socket *socket = t->socket;
    char peer[SWIO_PEER_MAX];
    swio_peer_print((struct sockaddr *)&t->address, peer);
    t->socket = NULL;
    swio_timer_stop(&tcp->timer);
    tcp->connecting = NULL;
    swio_connecting_drop(c);
    swio_tcp_open(tcp, socket);
    if (tcp->state == SWIO_TCP_OPEN && tcp->handlers.connected && !tcp->finishing)
        tcp->handlers.connected(tcp, peer, tcp->arg);
}

/* ---- the attempts ---- */

static void go_on(connecting *c);

static void drop_attempt(connecting *c, target *t, int failed)
{
    t->failed = failed;
    swio_socket_drop(t->socket);
    t->socket = NULL;
    c->running--;
}

static void on_connected(uv_connect_t *request, int status)
{
    swio_socket *socket = request->data;
    if (!socket->tcp)
        return; /* dropped: another was faster */
    connecting *c = socket->tcp->connecting;
    target *t = &c->targets[socket->address];
    if (status == 0) {
        succeed(c, t);
        return;
    }
    drop_attempt(c, t, status);
    go_on(c);
}

static void on_delay(void *arg)
{
    connecting *c = arg;
    target *last = &c->targets[c->next - 1];
    if (c->tcp->opts.in_order && last->socket)
        drop_attempt(c, last, UV_ETIMEDOUT);
    go_on(c);
}

static void try_next(connecting *c)
{
    target *t = &c->targets[c->next];
    t->socket = swio_socket_new(c->tcp->loop, c->tcp);
    if (!t->socket) {
        t->failed = UV_ENOMEM;
        c->next++;
        return;
    }
    t->socket->address = c->next++;
    t->socket->request.data = t->socket;
    c->running++;
    int failed = uv_tcp_connect(&t->socket->request, &t->socket->handle,
                                (struct sockaddr *)&t->address, on_connected);
    if (failed)
        drop_attempt(c, t, failed);
}

/* When the next address has its turn if the present one stays silent. */
static uint64_t next_turn(const connecting *c)
{
    uint64_t now = swio_now_ns();
    if (!c->tcp->opts.in_order)
        return now + c->tcp->opts.attempt_delay_ms * 1000000ull;
    /* Each gets its share of the time that is left. */
    return c->due_ns > now ? now + (c->due_ns - now) / (c->count - c->next + 1) : now;
}

/* Starts the next attempt: the last one failed, or has had its time. */
static void go_on(connecting *c)
{
    swio_timer_stop(&c->delay);
    size_t running = c->running;
    while (c->next < c->count && c->running == running)
        try_next(c);
    if (c->running == 0) {
        fail_all(c);
        return;
    }
    if (c->next == c->count)
        return;
    int error = swio_timer_start(c->tcp->loop, &c->delay, next_turn(c), on_delay, c);
    if (error)
        swio_tcp_end(c->tcp, error, "%s: %s", c->tcp->name, swio_errmsg());
}

/* ---- the addresses ---- */

/*
 * The list in its order, or (RFC 8305, section 4) the families alternating, that of the first
 * address going first.
 */
static void order_targets(connecting *c, const struct addrinfo *list)
{
    const struct addrinfo *same = list, *other = list;
    bool alternate = !c->tcp->opts.in_order;
    for (size_t i = 0; i < c->count; i++) {
        while (same && alternate && same->ai_family != list->ai_family)
            same = same->ai_next;
        while (other && other->ai_family == list->ai_family)
            other = other->ai_next;
        bool second = alternate && (i % 2 == 1 ? other != NULL : same == NULL);
        const struct addrinfo **from = second ? &other : &same;
        memcpy(&c->targets[i].address, (*from)->ai_addr, (*from)->ai_addrlen);
        *from = (*from)->ai_next;
        /* The port stands at the same place for both families. */
        ((struct sockaddr_in *)&c->targets[i].address)->sin_port = htons(c->port);
    }
}

static int take_addresses(connecting *c, const struct addrinfo *list)
{
    size_t count = 0;
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        count++;
    c->targets = swio_calloc(count, sizeof *c->targets);
    if (!c->targets)
        return swio_err_nomem();
    c->count = count;
    order_targets(c, list);
    return 0;
}

static void on_addresses(struct addrinfo *list, const char *problem, void *arg)
{
    connecting *c = arg;
    swio_tcp *tcp = c->tcp;
    c->lookup = NULL;
    if (!list) {
        swio_tcp_end(tcp, SWIO_ECONN, "%s: cannot be resolved (%s)", tcp->name, problem);
        return;
    }
    int error = take_addresses(c, list);
    freeaddrinfo(list);
    if (error)
        swio_tcp_end(tcp, error, "%s: %s", tcp->name, swio_errmsg());
    else
        go_on(c);
}

static int find_addresses(connecting *c, const char *host)
{
    static const struct addrinfo numeric = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *list;
    if (getaddrinfo(host, NULL, &numeric, &list) != 0)
        return swio_lookup_start(c->tcp->loop, host, on_addresses, c, &c->lookup);
    int error = take_addresses(c, list);
    freeaddrinfo(list);
    if (!error)
        go_on(c);
    return error;
}

/* ---- the start ---- */

static swio_tcp *make(swio_loop *loop, const char *host, uint16_t port, const swio_tcp_opts *opts)
{
    char *name = swio_peer_name(host, port);
    connecting *c = swio_calloc(1, sizeof *c);
    swio_tcp *tcp = name && c ? swio_tcp_make(loop, name) : NULL;
    if (!tcp) {
        swio_free(name);
        swio_free(c);
        return NULL;
    }
    swio_tcp_set_opts(tcp, opts);
    c->tcp = tcp;
    c->port = port;
    c->due_ns = swio_deadline_ns(tcp->opts.timeout);
    tcp->connecting = c;
    return tcp;
}

int swio_tcp_connect(swio_loop *loop, const char *host, uint16_t port, const swio_tcp_opts *opts,
                     const swio_tcp_handlers *handlers, void *arg, swio_tcp **out)
{
    assert(swio_loop_is_current(loop));
    int error = swio_loop_refuses(loop);
    if (error)
        return error;
    swio_tcp *tcp = make(loop, host, port, opts);
    if (!tcp)
        return swio_err_nomem();
    connecting *c = tcp->connecting;
    error = swio_timer_start(loop, &tcp->timer, c->due_ns, on_deadline, c);
    if (!error)
        error = find_addresses(c, host);
    if (error) {
        swio_tcp_end(tcp, error, "%s", swio_errmsg()); /* without handlers: in silence */
        return error;
    }
    tcp->handlers = *handlers;
    tcp->arg = arg;
    *out = tcp;
    return 0;
}

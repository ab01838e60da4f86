/* One Event Socket connection as the switch sees it. */
#ifndef SWIO_SIM_CLIENT_H
#define SWIO_SIM_CLIENT_H

#include <switchio/event.h>

#include "sim/field.h"
#include "sim/queue.h"
#include "sim/sim.h"

/* mod_event_socket.c: 100,000 events wait for a client at most. */
enum { SIM_FILTERS = 128, SIM_SUBCLASSES = 128, SIM_QUEUE = 100000 };

typedef struct sim_filter {
    char *name, *value;
    bool negative;
} sim_filter;

/* A reply that waits for its time (faults.reply_delay). */
typedef struct sim_delayed {
    uint64_t due_ns;
    size_t len;
} sim_delayed;

struct sim_client {
    sim_client *prev, *next; /* of the node */
    sim_client *next_dirty;
    sim_node *node;
    swio_tcp *tcp;
    swio_buf in;
    size_t scanned; /* bytes of `in` in which no end of a command was found */
    swio_buf out;   /* replies, sent before the events of the same turn */
    sim_queue events;
    size_t max_queued; /* events */
    unsigned lost_in_row;
    swio_event_format format;
    bool authed, dirty, closing, finishing, blocked, silent;
    swio_buf pieces; /* what is sent in small pieces, or was stalled (faults) */
    swio_timer piece;
    uint64_t wants[2]; /* event types, a bit each */
    char *subclasses[SIM_SUBCLASSES];
    size_t subclass_count;
    bool all_custom;
    sim_filter filters[SIM_FILTERS];
    size_t filter_count;
    char *bound_to; /* uuid of the session whose events alone it gets; NULL */
    bool ended;     /* that session has told all it has to tell */
    int linger;     /* seconds (bound.c) */
    sim_timer lingering;
    int log_level; /* -1: none */
    uint64_t sent; /* bytes, for the faults */
    swio_timer delay;
    sim_delayed *delayed; /* the replies in `out`, oldest first, where replies are delayed */
    size_t delayed_count, delayed_room;
};

/* Takes over an accepted stream. */
void swio_sim_client_accept(sim_node *node, swio_tcp *tcp);

/* Whether it subscribed to the event, and its filters let it pass. */
bool swio_sim_client_wants(sim_client *client, const sim_view *view, const char *subclass);

/* Queues an event whose body is rendered. */
void swio_sim_client_event(sim_client *client, swio_event_format format, const char *body,
                           size_t len);

/* Queues a frame behind the events, counted among them and as easily lost. */
void swio_sim_client_notice(sim_client *client, const char *head, size_t head_len, const char *body,
                            size_t len);

/* Queues bytes of a reply, whole. */
void swio_sim_client_reply(sim_client *client, const char *bytes, size_t len);
/* "Content-Type: command/reply\nReply-Text: TEXT\n\n" */
void swio_sim_client_say(sim_client *client, const char *fmt, ...) SWIO_PRINTF(2, 3);
/* An api/response with this body. */
void swio_sim_client_respond(sim_client *client, const char *body, size_t len);
/* A log/data frame. */
void swio_sim_client_log(sim_client *client, int level, const char *text);

/* Has it flushed at the end of this turn. */
void swio_sim_client_touch(sim_client *client);
/* Sends what is due. */
void swio_sim_client_flush(sim_client *client);
/* Ends the connection after what is queued was sent. */
void swio_sim_client_finish(sim_client *client);
/* The disconnect notice, and the end. */
void swio_sim_client_goodbye(sim_client *client);
void swio_sim_client_close(sim_client *client);

/* Goes on with commands that came while a long api command ran. */
void swio_sim_client_unblock(sim_client *client);

/* Subscriptions (subscribe.c). */
void swio_sim_client_subscribe(sim_client *client, sim_event_type type, bool on);
bool swio_sim_client_subscribe_subclass(sim_client *client, const char *name, bool on);
void swio_sim_client_unsubscribe_all(sim_client *client);
int swio_sim_client_filter_add(sim_client *client, const char *name, const char *value);
void swio_sim_client_filter_delete(sim_client *client, const char *name, const char *value);
/* The type of this name (any case), or -1. */
int swio_sim_event_type_by_name(const char *name);

#endif

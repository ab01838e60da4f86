#include "control/resync.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conn/conn.h"
#include "control/channel_list.h"
#include "control/listener.h"
#include "esl/command.h"
#include "esl/event.h"
#include "loop/timer.h"

/* Questions that are sent at once: between two such batches the switch gets round to sending
 * events. */
enum { BATCH = 64 };

/* Seconds until the channels are listed again: at first, and at most. */
static const double FIRST_REST = 0.5;
static const double LONGEST_REST = 30;

/* Seconds after which a channel is in the table: ten times the longest that was seen. */
static const double ROW = 4;

/* A session that was in the model before the events were subscribed to. */
typedef struct suspect {
    swio_resync *resync;
    swio_session *session; /* a reference */
    size_t events;         /* that it had */
    bool gone;             /* it has hung up */
    bool listed;           /* and has a row all the same */
    UT_hash_handle hh;     /* while a list is read */
} suspect;

struct swio_resync {
    swio_listener *listener; /* its memory */
    suspect *suspects;       /* those about whom nothing is known yet */
    size_t count;
    size_t next;       /* to be asked about */
    size_t open;       /* questions without an answer */
    bool blind;        /* the channels could not be listed */
    uint64_t begun_ns; /* by then they had all begun */
    double rest;
    swio_timer timer; /* for the next list, or the end of the patience with a fence */
    bool fencing;
    swio_uuid fence; /* the job */
};

static void destroy(void *obj)
{
    swio_resync *r = obj;
    for (size_t i = 0; i < r->count; i++)
        swio_session_unref(r->suspects[i].session);
    swio_free(r->suspects);
    swio_obj_unref(r->listener);
}

swio_resync *swio_resync_new(swio_listener *listener)
{
    swio_session **list = NULL;
    swio_resync *r = NULL;
    size_t count = 0;
    int error = swio_track_list_sessions(listener->track, &list, &count);
    if (!error && count) {
        r = swio_obj_new(sizeof *r, destroy);
        suspect *suspects = swio_calloc(count, sizeof *suspects);
        if (r && suspects) {
            r->listener = swio_obj_ref(listener);
            r->suspects = suspects;
            r->rest = FIRST_REST;
            r->begun_ns = swio_now_ns();
            for (; r->count < count; r->count++)
                suspects[r->count] = (suspect){.resync = r,
                                               .session = swio_session_ref(list[r->count]),
                                               .events = swio_session_event_count(list[r->count])};
        } else {
            swio_free(suspects);
            r = swio_obj_unref(r);
            error = SWIO_ENOMEM;
        }
    }
    swio_sessions_free(list);
    if (error)
        swio_warning("%s: what becomes of the sessions until the listener is there again is not "
                     "asked: %s",
                     swio_listener_contact(listener), swio_strerror(error));
    return r;
}

/* ---- who is left ---- */

static bool is_current(const swio_resync *r)
{
    return r->listener->resync == r;
}

/* It ended, or an event of it came: the events tell the rest. */
static bool has_news(const suspect *s)
{
    return swio_session_ended(s->session) || swio_session_event_count(s->session) != s->events;
}

static bool is_gone(const suspect *s)
{
    return s->gone && !has_news(s);
}

static bool is_listed(const suspect *s)
{
    return s->listed && !has_news(s);
}

static void keep(swio_resync *r, bool (*stays)(const suspect *s))
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        suspect s = r->suspects[i];
        if (stays(&s))
            r->suspects[kept++] = s;
        else
            swio_session_unref(s.session);
    }
    r->count = kept;
}

void swio_resync_drop(swio_listener *listener)
{
    swio_resync *r = listener->resync;
    if (!r)
        return;
    listener->resync = NULL;
    swio_timer_stop(&r->timer);
    swio_obj_unref(r);
}

/* ---- commands ---- */

/* Sends what was built; each reply has a reference of its own, which `done` gives up. */
static int send(swio_resync *r, swio_buf *command, swio_conn_reply_fn *done, void *arg)
{
    const swio_listener *l = r->listener;
    int error = swio_buf_error(command);
    if (!error)
        error = swio_conn_send(l->conn, command->data, command->len, l->timeout, done, arg);
    if (!error)
        swio_obj_ref(r);
    swio_buf_free(command);
    return error;
}

static void look(void *arg);

/* Later once more: each time after a longer while, for a channel that hangs in the switch. */
static void rest(swio_resync *r)
{
    uint64_t due = swio_deadline_ns(r->rest);
    r->rest = r->rest * 2 < LONGEST_REST ? r->rest * 2 : LONGEST_REST;
    if (swio_timer_start(r->listener->loop, &r->timer, due, look, r))
        swio_resync_drop(r->listener);
}

/* ---- the fence ---- */

/* Everything that had happened by the time of the list has been told. */
static void judge(void *arg)
{
    swio_resync *r = swio_obj_ref(arg);
    swio_listener *l = r->listener;
    size_t lost = 0;
    r->fencing = false;
    swio_timer_stop(&r->timer);
    /* An app that is told may close the listener. */
    for (size_t i = 0; i < r->count && is_current(r); i++)
        if (!r->suspects[i].listed && !has_news(&r->suspects[i])) {
            swio_listener_lose(l, r->suspects[i].session);
            lost++;
        }
    keep(r, is_listed);
    if (lost)
        swio_info("%s: %zu session%s ended while the listener was away", swio_listener_contact(l),
                  lost, lost == 1 ? "" : "s");
    if (is_current(r) && r->count)
        rest(r);
    else if (is_current(r))
        swio_resync_drop(l);
    swio_obj_unref(r);
}

/* Refused: it will not come. */
static void on_fence(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    swio_resync *r = arg;
    (void)conn, (void)sentence, (void)reply;
    if (error && is_current(r) && r->fencing)
        judge(r);
    swio_obj_unref(r);
}

bool swio_resync_takes(swio_listener *listener, const swio_event *event)
{
    swio_resync *r = listener->resync;
    if (!r || !r->fencing)
        return false;
    const char *name = swio_event_name(event), *job = swio_event_get(event, "Job-UUID");
    if (!name || strcmp(name, "BACKGROUND_JOB") != 0 || !job || strcmp(job, r->fence.text) != 0)
        return false;
    judge(r);
    return true;
}

static bool hears_of_jobs(swio_listener *l)
{
    pthread_mutex_lock(&l->lock);
    bool hears =
        swio_strings_has(l->events, "BACKGROUND_JOB") || swio_strings_has(l->events, "ALL");
    pthread_mutex_unlock(&l->lock);
    return hears;
}

/* Without one, who ended in this moment may be taken for lost. */
static void put_fence(swio_resync *r)
{
    swio_listener *l = r->listener;
    swio_buf command = {0};
    r->fence = swio_uuid_new();
    r->fencing = true;
    if (!hears_of_jobs(l) || swio_command_bgapi(&command, r->fence.text, "uuid_exists none") ||
        send(r, &command, on_fence, r) ||
        swio_timer_start(l->loop, &r->timer, swio_deadline_ns(l->timeout), judge, r))
        judge(r);
}

/* ---- who has a row ---- */

static void mark_listed(const char *uuid, size_t len, void *arg)
{
    suspect *s;
    HASH_FIND(hh, *(suspect **)arg, uuid, len, s);
    if (s)
        s->listed = true;
}

/* By its own clock it is at least so old as the newest event is younger than it; by ours, as we
 * have been asking. */
static bool is_young(const suspect *s)
{
    swio_listener *l = s->resync->listener;
    double newest = (double)swio_listener_epoch_us(l) / 1e6 + swio_listener_uptime(l);
    double born = (double)swio_session_time_us(s->session, SWIO_TIME_CREATE) / 1e6;
    double asking = (double)(swio_now_ns() - s->resync->begun_ns) / 1e9;
    return newest - born < ROW && asking < ROW;
}

static int read_list(swio_resync *r, const swio_event *reply)
{
    size_t len;
    const char *body = swio_event_body(reply, &len);
    suspect *by_uuid = NULL;
    int error = 0;
    for (size_t i = 0; i < r->count && !error; i++) {
        suspect *s = &r->suspects[i];
        const char *uuid = swio_session_uuid(s->session);
        HASH_ADD_KEYPTR(hh, by_uuid, uuid, strlen(uuid), s);
        error = SWIO_HASH_FAILED(s->hh) ? swio_err_nomem() : 0;
    }
    if (!error)
        error = swio_channel_list_read(body, len, mark_listed, &by_uuid);
    HASH_CLEAR(hh, by_uuid);
    return error;
}

/* A switch may keep no such table ("SQL disabled"): then they are given a while, and go. */
static void on_list(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    swio_resync *r = arg;
    if (is_current(r) && swio_conn_connected(conn)) {
        size_t listed = 0;
        bool once = !r->blind;
        for (size_t i = 0; i < r->count; i++)
            r->suspects[i].listed = false;
        if (!error && (error = read_list(r, reply)))
            sentence = swio_errmsg();
        for (size_t i = 0; i < r->count; i++) {
            suspect *s = &r->suspects[i];
            s->listed = s->listed || is_young(s);
            listed += s->listed;
        }
        if (error && once)
            swio_warning("%s: the channels were not listed: %s: permit the user show "
                         "(esl-allowed-api), and see that the switch keeps its table",
                         swio_conn_contact(conn), sentence);
        r->blind = error;
        if ((error && once) || listed == r->count)
            rest(r);
        else
            put_fence(r);
    }
    swio_obj_unref(r);
}

static void look(void *arg)
{
    swio_resync *r = arg;
    swio_buf command = {0};
    keep(r, is_gone);
    if (!r->count)
        swio_resync_drop(r->listener);
    else if (swio_command_api(&command, "show channels as json") || send(r, &command, on_list, r))
        rest(r);
}

/* ---- who has hung up ---- */

/* What it became while nobody listened. */
static void catch_up(const suspect *s, const char *dump, size_t len)
{
    swio_event *event;
    swio_change change = {0};
    if (has_news(s) || swio_event_from_json(dump, len, 0, &event))
        return;
    const char *uuid = swio_event_get(event, "Unique-ID");
    if (uuid && strcmp(uuid, swio_session_uuid(s->session)) == 0) {
        swio_track_adopt(s->resync->listener->track, event, 0, &change);
        swio_change_clear(&change);
    }
    swio_event_unref(event);
}

static void ask(swio_resync *r);

/* Once for each listener: it will not be different the next time. */
static void say_untold(swio_resync *r, const char *sentence)
{
    swio_listener *l = r->listener;
    if (l->told_untold)
        return;
    l->told_untold = true;
    swio_warning("%s: sessions that ended while the listener was away stay in its model, as the "
                 "switch does not say which are there: %s: permit the user uuid_exists, uuid_dump "
                 "and show (esl-allowed-api)",
                 swio_listener_contact(l), sentence);
}

static void on_answer(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                      void *arg)
{
    static const char nobody[] = "-ERR No such channel";
    suspect *s = arg;
    swio_resync *r = s->resync;
    (void)conn;
    r->open--;
    if (is_current(r)) {
        size_t len = 0;
        const char *body = reply ? swio_event_body(reply, &len) : "";
        s->gone = strcmp(body, "false") == 0 || strncmp(body, nobody, sizeof nobody - 1) == 0;
        if (*body == '{')
            catch_up(s, body, len);
        else if (error && !s->gone)
            say_untold(r, sentence);
        if (!r->open)
            ask(r);
    }
    swio_obj_unref(r);
}

/* Who cannot be asked about is taken for living. */
static void ask_about(suspect *s)
{
    swio_buf text = {0}, command = {0};
    bool answered = swio_session_answered(s->session);
    swio_buf_printf(&text, answered ? "uuid_exists %s" : "uuid_dump %s json",
                    swio_session_uuid(s->session));
    s->resync->open += !swio_buf_error(&text) && !swio_command_api(&command, text.data) &&
                       !send(s->resync, &command, on_answer, s);
    swio_buf_free(&text);
}

static void ask(swio_resync *r)
{
    for (size_t sent = 0; r->next < r->count && (sent < BATCH || !r->open); sent++)
        ask_about(&r->suspects[r->next++]);
    if (!r->open)
        look(r);
}

void swio_resync_set(swio_listener *listener, swio_resync *resync)
{
    swio_resync_drop(listener);
    listener->resync = resync;
}

void swio_resync_begin(swio_listener *listener)
{
    if (listener->resync)
        ask(listener->resync);
}

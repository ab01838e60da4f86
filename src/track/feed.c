/* The rules of the model: what an event does to sessions and calls. */
#include <string.h>

#include "base/err.h"
#include "track/model.h"

void swio_feed_say(swio_feed *feed, swio_session *session)
{
    feed->out->session = swio_obj_ref(session);
    feed->out->call = swio_obj_ref(session->call);
    feed->out->app = session->app;
}

/* A failure that leaves the rest of the event to be done; the first one is reported. */
static void failed(swio_feed *feed, int error)
{
    if (!feed->error)
        feed->error = error;
}

/* The names for a new session: a new table once the old one is full. */
static swio_names *names_for_new(swio_track *track)
{
    swio_names *fresh;
    if (swio_names_count(track->names) >= SWIO_NAMES_FULL && swio_names_new(&fresh) == 0) {
        swio_names_unref(track->names);
        track->names = fresh;
    }
    return track->names;
}

/* The call that the event names, else the session's own; made if it is not there. */
static swio_call *call_for_new(swio_feed *feed, const char *uuid)
{
    swio_track *track = feed->track;
    const char *named = swio_track_said(feed->event, track->call_header);
    swio_call *call = swio_track_call_at(track, named ? named : uuid);
    if (call)
        return call;
    call = swio_call_make(track->home, named ? named : uuid);
    if (call && !swio_track_put_call(track, call))
        call = swio_obj_unref(call);
    if (call) {
        track->totals.calls++;
        feed->out->what |= SWIO_CALL_CREATED;
    }
    return call;
}

static swio_session *create(swio_feed *feed, const char *uuid)
{
    swio_track *track = feed->track;
    swio_session *session = swio_session_make(track->home, uuid, names_for_new(track));
    swio_call *call = session ? call_for_new(feed, uuid) : NULL;
    if (!call || !swio_track_put_session(track, session)) {
        failed(feed, swio_err_nomem());
        if (call && !call->leg_count) {
            swio_track_take_call(track, call);
            swio_obj_unref(call);
            track->totals.calls--;
            feed->out->what &= ~(unsigned)SWIO_CALL_CREATED;
        }
        return swio_obj_unref(session);
    }
    feed->dropped = swio_call_join(call, session);
    session->job = swio_obj_ref(swio_track_job_of_session(track, uuid));
    if (session->job)
        swio_track_started(track, session->job);
    session->times[SWIO_TIME_CREATE] = feed->time_us;
    track->totals.sessions++;
    feed->out->what |= SWIO_SESSION_CREATED;
    return session;
}

/* The app id of the event becomes that of the session; an event without one changes nothing. */
static void set_app(swio_feed *feed, swio_session *session, bool remembered)
{
    swio_counts *up = feed->track->counts[SWIO_COUNT_APPS];
    const char *before = session->app;
    if (feed->app && remembered && strcmp(feed->app, before) != 0) {
        const char *app = swio_history_get_at(&session->history, 0, feed->app_header, NULL);
        session->app = app ? app : before;
    }
    if (feed->out->what & SWIO_SESSION_CREATED) {
        swio_counts_add(up, session->app, 1);
        swio_counts_add(feed->track->counts[SWIO_COUNT_APPS_TOTAL], session->app, 1);
    } else if (session->app != before) {
        swio_counts_add(up, before, -1);
        swio_counts_add(up, session->app, 1);
    }
}

/* What every event of a session does. */
static void update(swio_feed *feed, swio_session *session)
{
    int error = swio_history_append(&session->history, &feed->track->scratch, feed->event);
    if (error) {
        failed(feed, error);
        feed->track->totals.forgotten++;
    }
    if (feed->time_us)
        session->times[SWIO_TIME_LAST_EVENT] = feed->time_us;
    set_app(feed, session, !error);
    if (!(feed->out->what & SWIO_SESSION_CREATED))
        feed->out->what |= SWIO_SESSION_UPDATED;
    swio_feed_say(feed, session);
}

static void on_originate(swio_feed *feed, swio_session *session)
{
    if (session->times[SWIO_TIME_ORIGINATE])
        return;
    session->times[SWIO_TIME_ORIGINATE] = feed->time_us;
    session->times[SWIO_TIME_REQ_ORIGINATE] = feed->now_us;
    feed->track->totals.originated++;
}

static void answer(swio_feed *feed, swio_session *session, int64_t time_us)
{
    if (session->answered)
        return;
    session->answered = true;
    session->times[SWIO_TIME_ANSWER] = time_us;
    feed->track->totals.answered++;
    feed->out->what |= SWIO_SESSION_ANSWERED;
}

static void on_answer(swio_feed *feed, swio_session *session)
{
    answer(feed, session, feed->time_us);
}

static void hang_up(swio_feed *feed, swio_session *session)
{
    if (session->hungup)
        return;
    session->hungup = true;
    session->times[SWIO_TIME_HANGUP] = feed->time_us;
    feed->out->what |= SWIO_SESSION_HUNGUP;
}

static void on_hangup(swio_feed *feed, swio_session *session)
{
    const char *cause = swio_history_get(&session->history, "Hangup-Cause", NULL);
    if (cause)
        session->cause = cause;
    hang_up(feed, session);
}

/* The job of an originate that was completed goes with its session; one under way stays until it
 * ends. */
static void drop_job(swio_track *track, const swio_session *session)
{
    swio_job *job = session->job;
    if (!job || job->state == SWIO_JOB_PENDING || swio_track_job_at(track, job->uuid) != job)
        return;
    swio_track_take_job(track, job);
    swio_obj_unref(job); /* not the last: the session has one */
}

static void leave_call(swio_feed *feed, swio_session *session)
{
    swio_call *call = session->call;
    swio_call_leave(call, session);
    if (call->leg_count)
        return;
    swio_track_take_call(feed->track, call);
    swio_obj_unref(call); /* not the last: the session has one */
    feed->out->what |= SWIO_CALL_ENDED;
}

/* The end of a session, whose cause is known by now. */
static void end(swio_feed *feed, swio_session *session)
{
    swio_track *track = feed->track;
    hang_up(feed, session);
    session->ended = true;
    session->times[SWIO_TIME_DESTROY] = feed->time_us;
    swio_counts_add(track->counts[SWIO_COUNT_CAUSES], session->cause, 1);
    swio_counts_add(track->counts[SWIO_COUNT_APPS], session->app, -1);
    if (!session->answered || strcmp(session->cause, "NORMAL_CLEARING") != 0) {
        track->totals.failed++;
        feed->dropped = swio_failed_keep(track, session->cause, session);
    }
    swio_history_forget(&session->history, &track->scratch);
    drop_job(track, session);
    leave_call(feed, session);
    swio_track_take_session(track, session);
    swio_obj_unref(session); /* not the last: the answer has one */
    feed->out->what |= SWIO_SESSION_DESTROYED;
}

static void on_destroy(swio_feed *feed, swio_session *session)
{
    const char *cause = swio_history_get(&session->history, "Hangup-Cause", NULL);
    if (cause)
        session->cause = cause;
    else if (!session->cause)
        session->cause = "UNKNOWN";
    end(feed, session);
}

/* What particular events do; every event of a session updates it first. */
static const struct rule {
    const char *event;
    bool creates;
    void (*apply)(swio_feed *feed, swio_session *session);
} rules[] = {
    {"CHANNEL_CREATE", true, NULL},         {"CHANNEL_ORIGINATE", true, on_originate},
    {"CHANNEL_ANSWER", false, on_answer},   {"CHANNEL_HANGUP", false, on_hangup},
    {"CHANNEL_DESTROY", false, on_destroy},
};

static const struct rule *rule_of(const char *event)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(event, rules[i].event) == 0)
            return &rules[i];
    return NULL;
}

/* An event of a channel: of one that is known, or one that makes it known. */
static void feed_session(swio_feed *feed, const char *uuid)
{
    const struct rule *rule = rule_of(swio_event_name(feed->event));
    swio_session *session = swio_track_session_at(feed->track, uuid);
    if (!session && !(rule && rule->creates)) {
        feed->track->totals.unknown++;
        feed->out->what |= SWIO_UNKNOWN_UUID;
        return;
    }
    if (!session)
        session = create(feed, uuid);
    if (!session)
        return;
    update(feed, session);
    if (rule && rule->apply)
        rule->apply(feed, session);
}

static void begin(swio_feed *feed)
{
    swio_track *track = feed->track;
    *feed->out = (swio_change){.app = SWIO_DEFAULT_APP, .event = swio_event_ref(feed->event)};
    swio_home_lock(track->home);
    if (!feed->event)
        return;
    feed->app = swio_track_app_of(track, feed->event, &feed->app_header);
    if (feed->app)
        feed->out->app = feed->app;
    feed->out->key = swio_event_key(feed->event);
    feed->time_us = swio_event_get_int(feed->event, "Event-Date-Timestamp", 0);
    if (feed->time_us && !track->first_event_us)
        track->first_event_us = feed->time_us;
    if (feed->time_us > track->last_event_us)
        track->last_event_us = feed->time_us;
    track->totals.events++;
}

static int finish(swio_feed *feed)
{
    const swio_home *home = feed->track->home;
    swio_home_unlock(home);
    if (feed->ended && home->hooks.on_job)
        home->hooks.on_job(feed->ended, home->hooks.arg);
    swio_job_unref(feed->ended);
    swio_session_unref(feed->dropped);
    return feed->error;
}

int swio_track_feed(swio_track *track, swio_event *event, int64_t now_us, swio_change *out)
{
    swio_feed feed = {.track = track, .event = event, .now_us = now_us, .out = out};
    const char *name = swio_event_name(event);
    if (!name) {
        *out = (swio_change){.app = SWIO_DEFAULT_APP, .event = swio_event_ref(event)};
        return 0;
    }
    begin(&feed);
    const char *uuid = swio_event_get(event, "Unique-ID");
    if (strcmp(name, "BACKGROUND_JOB") == 0)
        swio_feed_job(&feed);
    else if (uuid && *uuid)
        feed_session(&feed, uuid);
    return finish(&feed);
}

int swio_track_adopt(swio_track *track, swio_event *event, int64_t now_us, swio_change *out)
{
    swio_feed feed = {.track = track, .event = event, .now_us = now_us, .out = out};
    const char *uuid = swio_event_get(event, "Unique-ID");
    if (!uuid || !*uuid) {
        *out = (swio_change){.app = SWIO_DEFAULT_APP};
        return swio_err(SWIO_ENOENT, "the event names no session: it has no Unique-ID");
    }
    begin(&feed);
    swio_session *session = swio_track_session_at(track, uuid);
    if (!session && (session = create(&feed, uuid)) != NULL)
        session->times[SWIO_TIME_CREATE] =
            swio_event_get_int(event, "Caller-Channel-Created-Time", feed.time_us);
    if (session) {
        const char *state = swio_event_get(event, "Answer-State");
        update(&feed, session);
        if (state && strcmp(state, "answered") == 0)
            answer(&feed, session,
                   swio_event_get_int(event, "Caller-Channel-Answered-Time", feed.time_us));
    }
    return finish(&feed);
}

int swio_track_lost(swio_track *track, const char *uuid, const char *cause, swio_change *out)
{
    swio_feed feed = {.track = track, .out = out};
    begin(&feed);
    swio_session *session = swio_track_session_at(track, uuid);
    if (session) {
        out->what |= SWIO_SESSION_UPDATED;
        swio_feed_say(&feed, session);
        if (!session->cause)
            session->cause = session->lost_cause = swio_strdup(cause);
        if (!session->cause)
            session->cause = "UNKNOWN";
        end(&feed, session);
    } else {
        failed(&feed, swio_err(SWIO_ENOENT, "no session %s", uuid));
    }
    return finish(&feed);
}

void swio_change_clear(swio_change *change)
{
    if (change->call && (change->what & SWIO_CALL_ENDED))
        swio_call_close(change->call);
    swio_session_unref(change->session);
    swio_call_unref(change->call);
    swio_job_unref(change->job);
    swio_event_unref(change->event);
    *change = (swio_change){0};
}

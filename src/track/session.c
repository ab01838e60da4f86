#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "track/model.h"

static void destroy(void *obj)
{
    swio_session *session = obj;
    swio_vars_free(&session->vars);
    if (session->slot && session->home->hooks.free_slot)
        session->home->hooks.free_slot(session->slot);
    swio_call_unref(session->call);
    swio_job_unref(session->job);
    swio_history_free(&session->history);
    swio_free(session->lost_cause);
    swio_obj_unref(session->home);
}

swio_session *swio_session_make(swio_home *home, const char *uuid, swio_names *names)
{
    size_t size = strlen(uuid) + 1;
    swio_session *session = swio_obj_new(sizeof *session + size, destroy);
    if (!session)
        return NULL;
    session->home = swio_obj_ref(home);
    session->app = SWIO_DEFAULT_APP;
    swio_history_init(&session->history, names);
    swio_vars_init(&session->vars, home, session);
    memcpy(session->uuid, uuid, size);
    return session;
}

swio_session *swio_session_ref(swio_session *session)
{
    return swio_obj_ref(session);
}

swio_session *swio_session_unref(swio_session *session)
{
    return swio_obj_unref(session);
}

const char *swio_session_uuid(const swio_session *session)
{
    return session->uuid;
}

const char *swio_session_host(const swio_session *session)
{
    return session->home->host;
}

/* Reading decodes, which the session does not show. */
static swio_history *history_of(const swio_session *session)
{
    return &((swio_session *)(uintptr_t)session)->history;
}

const char *swio_session_get(const swio_session *session, const char *name)
{
    swio_home_lock(session->home);
    const char *value = swio_history_get(history_of(session), name, NULL);
    swio_home_unlock(session->home);
    return value;
}

long long swio_session_get_int(const swio_session *session, const char *name, long long otherwise)
{
    const char *value = swio_session_get(session, name);
    if (!value || !*value || value[strspn(value, "+-0123456789")])
        return otherwise;
    char *end;
    int saved = errno;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    bool whole = errno == 0 && *end == '\0';
    errno = saved;
    return whole ? number : otherwise;
}

size_t swio_session_event_count(const swio_session *session)
{
    swio_home_lock(session->home);
    size_t count = swio_history_count(&session->history);
    swio_home_unlock(session->home);
    return count;
}

const char *swio_session_event_get(const swio_session *session, size_t index, const char *name)
{
    swio_home_lock(session->home);
    const char *value = swio_history_get_at(history_of(session), index, name, NULL);
    swio_home_unlock(session->home);
    return value;
}

int swio_session_event(const swio_session *session, size_t index, swio_event **out)
{
    swio_home_lock(session->home);
    int error = swio_history_event(&session->history, index, out);
    swio_home_unlock(session->home);
    return error;
}

swio_call *swio_session_call(const swio_session *session)
{
    swio_home_lock(session->home);
    swio_call *call = swio_obj_ref(session->call);
    swio_home_unlock(session->home);
    return call;
}

swio_job *swio_session_job(const swio_session *session)
{
    swio_home_lock(session->home);
    swio_job *job = swio_obj_ref(session->job);
    swio_home_unlock(session->home);
    return job;
}

const char *swio_session_appname(const swio_session *session)
{
    swio_home_lock(session->home);
    const char *app = session->app;
    swio_home_unlock(session->home);
    return app;
}

/* One of the marks, by its place in the struct. */
static bool mark(const swio_session *session, const bool *at)
{
    swio_home_lock(session->home);
    bool set = *at;
    swio_home_unlock(session->home);
    return set;
}

bool swio_session_answered(const swio_session *session)
{
    return mark(session, &session->answered);
}

bool swio_session_hungup(const swio_session *session)
{
    return mark(session, &session->hungup);
}

bool swio_session_ended(const swio_session *session)
{
    return mark(session, &session->ended);
}

static bool direction_is(const swio_session *session, const char *direction)
{
    const char *value = swio_session_get(session, "Call-Direction");
    return value && strcasecmp(value, direction) == 0;
}

bool swio_session_is_inbound(const swio_session *session)
{
    return direction_is(session, "inbound");
}

bool swio_session_is_outbound(const swio_session *session)
{
    return direction_is(session, "outbound");
}

const char *swio_session_cause(const swio_session *session)
{
    swio_home_lock(session->home);
    const char *cause = session->cause;
    swio_home_unlock(session->home);
    return cause;
}

int64_t swio_session_time_us(const swio_session *session, swio_session_time which)
{
    if ((unsigned)which >= SWIO_TIMES)
        return 0;
    swio_home_lock(session->home);
    int64_t time = session->times[which];
    swio_home_unlock(session->home);
    return time;
}

double swio_session_uptime(const swio_session *session)
{
    swio_home_lock(session->home);
    int64_t from = session->times[SWIO_TIME_CREATE], to = session->times[SWIO_TIME_LAST_EVENT];
    swio_home_unlock(session->home);
    return from && to > from ? (double)(to - from) / 1e6 : 0;
}

swio_vars *swio_session_vars(swio_session *session)
{
    return &session->vars;
}

void *swio_session_owner(const swio_session *session)
{
    return session->home->owner;
}

void *swio_session_slot(const swio_session *session)
{
    swio_home_lock(session->home);
    void *slot = session->slot;
    swio_home_unlock(session->home);
    return slot;
}

void *swio_session_set_slot(swio_session *session, void *slot)
{
    swio_home_lock(session->home);
    void *before = session->slot;
    session->slot = slot;
    swio_home_unlock(session->home);
    return before;
}

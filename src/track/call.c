#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "track/model.h"

static void destroy(void *obj)
{
    swio_call *call = obj;
    swio_vars_free(&call->vars);
    swio_session_unref(call->first);
    swio_session_unref(call->last);
    swio_obj_unref(call->home);
}

swio_call *swio_call_make(swio_home *home, const char *uuid)
{
    size_t size = strlen(uuid) + 1;
    swio_call *call = swio_obj_new(sizeof *call + size, destroy);
    if (!call)
        return NULL;
    call->home = swio_obj_ref(home);
    swio_vars_init(&call->vars, home, NULL);
    memcpy(call->uuid, uuid, size);
    return call;
}

swio_session *swio_call_join(swio_call *call, swio_session *session)
{
    DL_APPEND2(call->legs, session, leg_prev, leg_next);
    call->leg_count++;
    session->call = swio_obj_ref(call);
    if (!call->first)
        call->first = swio_obj_ref(session);
    swio_session *before = call->last;
    call->last = swio_obj_ref(session);
    return before;
}

void swio_call_leave(swio_call *call, swio_session *session)
{
    DL_DELETE2(call->legs, session, leg_prev, leg_next);
    session->leg_prev = session->leg_next = NULL;
    call->leg_count--;
}

void swio_call_close(swio_call *call)
{
    swio_home_lock(call->home);
    swio_session *first = call->first, *last = call->last;
    call->first = call->last = NULL;
    swio_home_unlock(call->home);
    swio_session_unref(first);
    swio_session_unref(last);
}

swio_call *swio_call_ref(swio_call *call)
{
    return swio_obj_ref(call);
}

swio_call *swio_call_unref(swio_call *call)
{
    return swio_obj_unref(call);
}

const char *swio_call_uuid(const swio_call *call)
{
    return call->uuid;
}

size_t swio_call_session_count(const swio_call *call)
{
    swio_home_lock(call->home);
    size_t count = call->leg_count;
    swio_home_unlock(call->home);
    return count;
}

swio_session *swio_call_session(const swio_call *call, size_t index)
{
    swio_home_lock(call->home);
    swio_session *session = call->legs;
    for (; session && index; index--)
        session = session->leg_next;
    swio_obj_ref(session);
    swio_home_unlock(call->home);
    return session;
}

swio_session *swio_call_first(const swio_call *call)
{
    swio_home_lock(call->home);
    swio_session *session = swio_obj_ref(call->first);
    swio_home_unlock(call->home);
    return session;
}

swio_session *swio_call_last(const swio_call *call)
{
    swio_home_lock(call->home);
    swio_session *session = swio_obj_ref(call->last);
    swio_home_unlock(call->home);
    return session;
}

swio_session *swio_call_get_peer(const swio_call *call, const swio_session *session)
{
    swio_session *peer = NULL;
    swio_home_lock(call->home);
    if (call->first != call->last && session == call->first)
        peer = swio_obj_ref(call->last);
    else if (call->first != call->last && session == call->last)
        peer = swio_obj_ref(call->first);
    swio_home_unlock(call->home);
    return peer;
}

swio_vars *swio_call_vars(swio_call *call)
{
    return &call->vars;
}

int swio_call_format(const swio_call *call, char *text, size_t size)
{
    return snprintf(text, size, "<Call(%s, %zu sessions)>", call->uuid,
                    swio_call_session_count(call));
}

void *swio_call_owner(const swio_call *call)
{
    return call->home->owner;
}

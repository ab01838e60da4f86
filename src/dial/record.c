/* The records of an originator's arrivals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dial/dial.h"

int64_t swio_record_time(const swio_originator *o, uint64_t ns)
{
    return o->wall_us + (int64_t)(ns / 1000);
}

void swio_record_text(char *field, size_t size, const char *text)
{
    size_t len = strnlen(text, size - 1);
    memcpy(field, text, len);
    field[len] = '\0';
}

void swio_record_arrival(swio_originator *o, uint64_t due_ns, swio_cdr *cdr)
{
    swio_cdr_init(cdr);
    cdr->number = ++o->arrived;
    cdr->outcome = SWIO_OUTCOME_LOST; /* until it is known */
    cdr->due_us = swio_record_time(o, due_ns);
    cdr->rate = swio_pacer_rate(&o->pacer, due_ns);
    cdr->duration = swio_originator_duration(o);
    pthread_mutex_lock(&o->lock);
    cdr->limit = o->limit;
    pthread_mutex_unlock(&o->lock);
}

/* The number that a variable of the session holds; NAN without one. */
static double number(const swio_session *session, const char *name)
{
    const char *text = swio_session_get(session, name);
    char *end = NULL;
    double n = text ? strtod(text, &end) : NAN;
    return text && end != text && isfinite(n) ? n : NAN;
}

/*
 * CHANNEL_DESTROY tells them (as CHANNEL_HANGUP_COMPLETE does), once the media was up
 * (switch_core_media.c set_stats()). Where no packet came the rest says nothing: the score of a
 * stream that never was is 4.50.
 */
static void read_media(swio_cdr_leg *leg, const swio_session *session)
{
    double packets = number(session, "variable_rtp_audio_in_media_packet_count");
    if (!(packets > 0))
        return;
    double missing = number(session, "variable_rtp_audio_in_flaw_total");
    leg->mos = number(session, "variable_rtp_audio_in_mos");
    leg->jitter_ms = sqrt(number(session, "variable_rtp_audio_in_jitter_max_variance"));
    leg->packet_loss = missing / (missing + packets);
}

void swio_record_leg(swio_cdr_leg *leg, const swio_session *session)
{
    const char *cause = swio_session_cause(session);
    leg->create_us = swio_session_time_us(session, SWIO_TIME_CREATE);
    leg->answer_us = swio_session_time_us(session, SWIO_TIME_ANSWER);
    leg->hangup_us = swio_session_time_us(session, SWIO_TIME_HANGUP);
    swio_record_text(leg->cause, sizeof leg->cause, cause ? cause : "");
    read_media(leg, session);
}

void swio_record_end(swio_originator *o, swio_cdr *cdr)
{
    cdr->active_sessions = 0;
    for (size_t i = 0; i < o->node_count; i++)
        cdr->active_sessions += swio_listener_count_sessions(o->nodes[i].listener);
    pthread_mutex_lock(&o->lock);
    cdr->failed_calls = o->counts.failed;
    cdr->erlangs = o->counts.active;
    pthread_mutex_unlock(&o->lock);
}

void swio_record_give(swio_originator *o, const swio_cdr *cdr)
{
    if (o->on_cdr)
        o->on_cdr(cdr, o->arg);
}

void swio_record_finish(swio_originator *o, swio_cdr *cdr)
{
    swio_record_end(o, cdr);
    swio_record_give(o, cdr);
}

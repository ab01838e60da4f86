/*
 * Ringing and early media of the simulator. What is expected was seen on a FreeSWITCH 1.10.12,
 * event for event. labels: threaded
 */
#include <string.h>

#include "support/cmocka.h"
#include "support/peer.h"
#include "switchio/sim.h"

typedef struct rig {
    swio_sim *sim;
    peer p;
    char caller[40], callee[40];
} rig;

static void open_rig(rig *r, const char *vars)
{
    size_t at = 0;
    *r = (rig){.sim = NULL};
    assert_int_equal(swio_sim_start(NULL, &r->sim), 0);
    peer_login(&r->p, swio_sim_contact(r->sim, 0), "ALL");
    peer_ask(&r->p, "api fsctl verbose_events true");
    peer_ask(&r->p, "bgapi originate {%s}sofia/external/1@%s &park()", vars,
             swio_sim_sip_address(r->sim, 0, "external"));
    swio_event *parked = peer_event(&r->p, &at, "CHANNEL_PARK", NULL);
    strcpy(r->callee, swio_event_get(parked, "Unique-ID"));
    at = 0;
    swio_event *created = peer_event(&r->p, &at, "CHANNEL_CREATE", NULL);
    strcpy(r->caller, swio_event_get(created, "Unique-ID"));
}

static void close_rig(rig *r)
{
    peer_close(&r->p);
    swio_sim_stop(r->sim);
}

static const swio_event *first(rig *r, const char *name, const char *uuid)
{
    size_t at = 0;
    return peer_event(&r->p, &at, name, uuid);
}

/* Whether the leg rang, and whether it had early media, by this event. */
static void expect_progress(const swio_event *event, bool rang, bool media)
{
    bool has_rung = strcmp(swio_event_get(event, "Caller-Channel-Progress-Time"), "0") != 0;
    bool has_media = strcmp(swio_event_get(event, "Caller-Channel-Progress-Media-Time"), "0") != 0;
    assert_int_equal(has_rung, rang);
    assert_int_equal(has_media, media);
}

static void early_media_is_no_ringing(void **state)
{
    rig r;
    (void)state;
    open_rig(&r, "ignore_early_media=true");
    peer_ask(&r.p, "api uuid_pre_answer %s", r.callee);
    expect_progress(first(&r, "CHANNEL_PROGRESS_MEDIA", r.caller), false, true);
    expect_progress(first(&r, "CHANNEL_PROGRESS_MEDIA", r.callee), false, true);
    peer_ask(&r.p, "api uuid_answer %s", r.callee);
    expect_progress(first(&r, "CHANNEL_ANSWER", r.caller), false, true);
    assert_int_equal(peer_count(&r.p, "CHANNEL_PROGRESS", NULL), 0);
    close_rig(&r);
}

static void a_leg_may_ring_and_then_have_early_media(void **state)
{
    rig r;
    (void)state;
    open_rig(&r, "ignore_early_media=true");
    peer_ask(&r.p, "sendmsg %s\ncall-command: execute\nexecute-app-name: ring_ready", r.callee);
    expect_progress(first(&r, "CHANNEL_PROGRESS", r.caller), true, false);
    peer_ask(&r.p, "api uuid_pre_answer %s", r.callee);
    expect_progress(first(&r, "CHANNEL_PROGRESS_MEDIA", r.caller), true, true);
    close_rig(&r);
}

static void early_media_completes_an_originate_that_takes_it(void **state)
{
    rig r;
    (void)state;
    open_rig(&r, "ignore_early_media=false");
    peer_ask(&r.p, "api uuid_pre_answer %s", r.callee);
    first(&r, "BACKGROUND_JOB", NULL);
    assert_string_equal(swio_event_get(first(&r, "CHANNEL_PARK", r.caller), "Answer-State"),
                        "early");
    close_rig(&r);
}

static void media_is_timed_as_the_leg_says(void **state)
{
    rig r;
    (void)state;
    open_rig(&r, "rtp_timer_name=soft");
    peer_ask(&r.p, "api uuid_answer %s", r.callee);
    assert_string_equal(
        swio_event_get(first(&r, "CHANNEL_ANSWER", r.caller), "variable_rtp_use_timer_name"),
        "soft");
    assert_null(
        swio_event_get(first(&r, "CHANNEL_ANSWER", r.callee), "variable_rtp_use_timer_name"));
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_media_is_no_ringing),
        cmocka_unit_test(a_leg_may_ring_and_then_have_early_media),
        cmocka_unit_test(early_media_completes_an_originate_that_takes_it),
        cmocka_unit_test(media_is_timed_as_the_leg_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

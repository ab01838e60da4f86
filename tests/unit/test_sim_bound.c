/*
 * Connections that `myevents UUID` binds to a session. What is expected was seen on a FreeSWITCH
 * 1.10.12.
 * labels: threaded
 */
#include <string.h>

#include "support/cmocka.h"
#include "support/peer.h"
#include "switchio/sim.h"

static const char leg[] = "7c4408b0-e602-465d-a7f4-0b2c5bb60b43";

typedef struct rig {
    swio_sim *sim;
    peer admin, p;
    size_t at; /* events of `p` looked at */
} rig;

/* A simulator with one call from `leg`, and two connections. */
static void open_rig(rig *r)
{
    size_t at = 0;
    *r = (rig){.sim = NULL};
    assert_int_equal(swio_sim_start(&(swio_sim_opts){.speed = 20}, &r->sim), 0);
    peer_login(&r->admin, swio_sim_contact(r->sim, 0), "CHANNEL_PARK");
    peer_login(&r->p, swio_sim_contact(r->sim, 0), NULL);
    peer_ask(&r->admin, "bgapi originate {origination_uuid=%s}sofia/external/1@%s &park()", leg,
             swio_sim_sip_address(r->sim, 0, "external"));
    peer_event(&r->admin, &at, "CHANNEL_PARK", NULL);
}

static void close_rig(rig *r)
{
    peer_close(&r->p);
    peer_close(&r->admin);
    swio_sim_stop(r->sim);
}

/* The next event of `p` has this name and is of `leg`. */
static void expect_event(rig *r, const char *name)
{
    swio_event *event = peer_event(&r->p, &r->at, NULL, NULL);
    assert_string_equal(swio_event_name(event), name);
    assert_string_equal(swio_event_get(event, "Unique-ID"), leg);
}

/* The next frame of `p` is the notice that says this. */
static const swio_event *expect_notice(rig *r, const char *disposition)
{
    peer_wait_frames(&r->p, r->at + 1);
    assert_true(r->p.count > r->at);
    const swio_frame *frame = &r->p.frames[r->at++];
    assert_int_equal(frame->kind, SWIO_FRAME_DISCONNECT_NOTICE);
    assert_string_equal(swio_event_get(frame->event, "Controlled-Session-UUID"), leg);
    assert_string_equal(swio_event_get(frame->event, "Content-Disposition"), disposition);
    return frame->event;
}

static void hang_up(rig *r)
{
    r->at = r->p.count;
    assert_string_equal(peer_ask(&r->admin, "api uuid_kill %s", leg), "+OK\n");
    expect_event(r, "CHANNEL_HANGUP");
    expect_event(r, "CHANNEL_STATE");
    expect_event(r, "CHANNEL_STATE");
    expect_event(r, "CHANNEL_HANGUP_COMPLETE");
}

static void gets_the_events_of_its_session_alone(void **state)
{
    rig r;
    (void)state;
    open_rig(&r);
    assert_string_equal(peer_ask(&r.p, "myevents %s", leg), "+OK Events Enabled");
    assert_string_equal(peer_ask(&r.p, "myevents %s", leg), "-ERR aready enabled.");
    assert_string_equal(peer_ask(&r.admin, "api originate sofia/external/1@127.0.0.1:9 &park()"),
                        "-ERR NORMAL_TEMPORARY_FAILURE\n");
    hang_up(&r);
    expect_notice(&r, "disconnect");
    peer_wait_end(&r.p);
    assert_int_equal(r.p.count, r.at);
    close_rig(&r);
}

static void lingers_as_long_as_it_was_told(void **state)
{
    rig r;
    (void)state;
    open_rig(&r);
    peer_ask(&r.p, "myevents %s", leg);
    assert_string_equal(peer_ask(&r.p, "linger"), "+OK will linger");
    assert_string_equal(peer_ask(&r.p, "nolinger"), "+OK will not linger");
    assert_string_equal(peer_ask(&r.p, "linger 2"), "+OK will linger 2 seconds");
    hang_up(&r);
    const swio_event *notice = expect_notice(&r, "linger");
    assert_string_equal(swio_event_get(notice, "Linger-Time"), "2");
    assert_string_equal(swio_event_get(notice, "Channel-Name"), "sofia/external/1@127.0.0.1:5080");
    expect_notice(&r, "disconnect");
    peer_wait_end(&r.p);
    close_rig(&r);
}

static void serves_on_where_it_lingers_for_ever(void **state)
{
    rig r;
    (void)state;
    open_rig(&r);
    peer_ask(&r.p, "myevents %s", leg);
    peer_ask(&r.p, "linger");
    hang_up(&r);
    const swio_event *notice = expect_notice(&r, "linger");
    assert_string_equal(swio_event_get(notice, "Linger-Time"), "-1");
    assert_string_equal(peer_ask(&r.p, "api echo there"), "there");
    close_rig(&r);
}

static void knows_the_commands_of_a_session(void **state)
{
    rig r;
    (void)state;
    open_rig(&r);
    assert_string_equal(peer_ask(&r.p, "getvar uuid"), "-ERR command not found");
    assert_string_equal(peer_ask(&r.p, "divert_events on"), "-ERR not controlling a session.");
    peer_ask(&r.p, "myevents %s", leg);
    assert_string_equal(peer_ask(&r.p, "getvar uuid"), leg);
    assert_string_equal(peer_ask(&r.p, "getvar nosuch"), "-ERR command not found");
    assert_string_equal(peer_ask(&r.p, "divert_events"), "-ERR missing value.");
    assert_string_equal(peer_ask(&r.p, "divert_events on"), "+OK events diverted");
    assert_string_equal(peer_ask(&r.p, "divert_events off"), "+OK events not diverted");
    assert_string_equal(peer_ask(&r.p, "sendmsg\ncall-command: hangup\nhangup-cause: USER_BUSY"),
                        "+OK");
    peer_wait_end(&r.p);
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gets_the_events_of_its_session_alone),
        cmocka_unit_test(lingers_as_long_as_it_was_told),
        cmocka_unit_test(serves_on_where_it_lingers_for_ever),
        cmocka_unit_test(knows_the_commands_of_a_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

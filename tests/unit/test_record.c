/* What the record of a leg holds, from recorded legs of a FreeSWITCH. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "dial/dial.h"
#include "support/cmocka.h"
#include "support/events.h"
#include "support/track.h"

/* Calls `check` for each leg of a recording when it has ended. Returns how many. */
static unsigned for_each_leg(const char *name, void (*check)(const swio_cdr_leg *, void *),
                             void *arg)
{
    size_t len;
    char *bytes = load_capture(name, &len);
    dialogue d = dialogue_of(bytes, len);
    model m;
    unsigned legs = 0;
    model_open(&m, NULL);
    for (size_t i = 0; i < d.count; i++) {
        swio_change change = {0};
        swio_cdr_leg leg = {.mos = NAN, .jitter_ms = NAN, .packet_loss = NAN};
        assert_int_equal(swio_track_feed(m.track, d.events[i], 0, &change), 0);
        if (change.what & SWIO_SESSION_DESTROYED) {
            swio_record_leg(&leg, change.session);
            check(&leg, arg);
            legs++;
        }
        swio_change_clear(&change);
    }
    model_close(&m);
    dialogue_free(&d);
    free(bytes);
    return legs;
}

static void check_times(const swio_cdr_leg *leg, void *arg)
{
    (void)arg;
    assert_string_equal(leg->cause, "NORMAL_CLEARING");
    assert_true(leg->create_us > 1000000000000000);
    assert_true(leg->create_us <= leg->answer_us && leg->answer_us < leg->hangup_us);
}

static void test_times(void **state)
{
    (void)state;
    assert_int_equal(for_each_leg("dial_TonePlay.bin", check_times, NULL), 4);
    assert_int_equal(for_each_leg("burst20_plain.bin", check_times, NULL), 40);
}

/* The two legs that had audio for long, and what FreeSWITCH said of them. */
static void check_media(const swio_cdr_leg *leg, void *arg)
{
    if (isnan(leg->mos))
        return;
    ++*(unsigned *)arg;
    assert_true(fabs(leg->mos - 4.5) < 1e-9);
    assert_true(fabs(leg->jitter_ms - sqrt(0.56)) < 1e-9);
    assert_true(leg->packet_loss >= 0 && leg->packet_loss < 1e-9);
}

static void test_media(void **state)
{
    (void)state;
    unsigned with_media = 0;
    assert_true(for_each_leg("call_control.bin", check_media, &with_media) >= 4);
    assert_int_equal(with_media, 2);
}

/* A score of 4.50, of no packet at all. */
static void check_silence(const swio_cdr_leg *leg, void *arg)
{
    (void)arg;
    assert_true(isnan(leg->mos) && isnan(leg->jitter_ms) && isnan(leg->packet_loss));
}

static void test_silence(void **state)
{
    (void)state;
    assert_int_equal(for_each_leg("bridge.bin", check_silence, NULL), 4);
}

static swio_event *destroyed(const char *flaws)
{
    return event_of("Event-Name", "CHANNEL_DESTROY", "Unique-ID", "leg", "Hangup-Cause",
                    "NORMAL_CLEARING", "variable_rtp_audio_in_media_packet_count", "90",
                    "variable_rtp_audio_in_flaw_total", flaws, "variable_rtp_audio_in_mos", "3.50",
                    "variable_rtp_audio_in_jitter_max_variance", "400.00",
                    "variable_rtp_audio_in_skip_packet_count", "50", NULL);
}

static swio_cdr_leg leg_of_flaws(const char *flaws)
{
    model m;
    swio_cdr_leg leg = {.mos = NAN};
    swio_change change = {0};
    model_open(&m, NULL);
    model_feed(&m, channel_event("CHANNEL_CREATE", "leg", 1, "A", "b"));
    swio_event *end = destroyed(flaws);
    assert_int_equal(swio_track_feed(m.track, end, 0, &change), 0);
    swio_event_unref(end);
    swio_record_leg(&leg, change.session);
    swio_change_clear(&change);
    model_close(&m);
    return leg;
}

static void test_quality(void **state)
{
    (void)state;
    swio_cdr_leg leg = leg_of_flaws("10");
    assert_true(fabs(leg.mos - 3.5) < 1e-9);
    assert_true(fabs(leg.jitter_ms - 20) < 1e-9);
    assert_true(fabs(leg.packet_loss - 0.1) < 1e-9);
    assert_true(isnan(leg_of_flaws("many").packet_loss));
}

static void test_texts(void **state)
{
    (void)state;
    char field[5] = "????";
    swio_record_text(field, sizeof field, "ab");
    assert_string_equal(field, "ab");
    swio_record_text(field, sizeof field, "abcdefgh");
    assert_string_equal(field, "abcd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),   cmocka_unit_test(test_media),
        cmocka_unit_test(test_silence), cmocka_unit_test(test_quality),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The records of an originator: one for each arrival, complete.
 * labels: threaded
 */
#include "support/dial_rig.h"

/* In this order, or not at all. */
static void assert_order(const int64_t *times, size_t count)
{
    int64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        if (!times[i])
            continue;
        assert_true(times[i] >= before);
        before = times[i];
    }
}

#define IN_ORDER(...)                            \
    assert_order((const int64_t[]){__VA_ARGS__}, \
                 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* Of a call that was answered and ended by itself, everything is known. */
static void assert_complete(const swio_cdr *c)
{
    assert_int_equal(c->outcome, SWIO_OUTCOME_ANSWERED);
    assert_string_equal(c->app, "dial");
    assert_string_equal(c->cause, "");
    assert_true(strlen(c->caller.uuid) == 36 && strlen(c->callee.uuid) == 36);
    assert_string_not_equal(c->caller.uuid, c->callee.uuid);
    assert_string_equal(c->caller.cause, "NORMAL_CLEARING");
    assert_string_equal(c->callee.cause, "NORMAL_CLEARING");
    assert_true(c->due_us && c->req_originate_us && c->originate_us && c->callee.create_us &&
                c->caller.answer_us && c->callee.answer_us && c->callee.hangup_us);
    IN_ORDER(c->due_us, c->launch_us, c->req_originate_us, c->answer_seen_us, c->end_us);
    IN_ORDER(c->originate_us, c->caller.answer_us, c->caller.hangup_us);
    IN_ORDER(c->caller.create_us, c->caller.answer_us, c->caller.hangup_us);
    IN_ORDER(c->callee.create_us, c->callee.answer_us, c->callee.hangup_us);
}

static void test_records(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        2, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 20, .duration = 5});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_counts c = counts(o);
    assert_int_equal(record_count, c.offered + c.blocked);
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), 20);
    assert_int_equal(records_of(SWIO_OUTCOME_BLOCKED), c.blocked);
    assert_true(c.blocked > 0);
    uint64_t numbers = 0, on_first = 0;
    for (size_t i = 0; i < record_count; i++) {
        const swio_cdr *r0 = &records[i];
        numbers += r0->number;
        assert_true(r0->limit == 10 && r0->rate > 99 && r0->rate < 101 && r0->duration < 5.1);
        assert_in_range(r0->erlangs, 0, 10);
        if (r0->outcome == SWIO_OUTCOME_BLOCKED) {
            assert_string_equal(r0->node, "");
            assert_string_equal(r0->app, "");
            assert_true(r0->end_us == r0->due_us && !r0->launch_us);
            continue;
        }
        assert_complete(r0);
        on_first += strcmp(r0->node, swio_sim_contact(r.sim, 0)) == 0;
    }
    assert_int_equal(numbers, record_count * (record_count + 1) / 2);
    assert_int_equal(on_first, 10);
    swio_originator_unref(o);
}

static void test_record_failures(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.fail_share = 1, .fail_causes = "USER_BUSY"}}, true);
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 5, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(record_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(records[i].outcome, SWIO_OUTCOME_FAILED);
        assert_string_equal(records[i].cause, "USER_BUSY");
        assert_int_equal(records[i].failed_calls, i + 1);
        assert_int_equal(records[i].answer_seen_us, 0);
        assert_true(records[i].end_us >= records[i].launch_us);
    }
    swio_originator_unref(o);
}

static void test_record_losses(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 50, .limit = 60, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    r.sim = swio_sim_stop(r.sim);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_counts c = counts(o);
    assert_int_equal(record_count, c.offered + c.blocked);
    assert_int_equal(records_of(SWIO_OUTCOME_LOST), c.lost);
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), c.answered);
    assert_int_equal(c.answered + c.failed + c.lost, c.offered);
    size_t answered = 0; /* what was seen before is in the records */
    for (size_t i = 0; i < record_count; i++)
        answered += records[i].answer_seen_us && records[i].caller.answer_us;
    assert_true(answered > 10);
    swio_originator_unref(o);
}

/* Who lets go of the originator gets the records of what is up all the same. */
static void test_record_dropped(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 100, .limit = 5, .max_offered = 5, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered == 5);
    size_t before = record_count; /* the blocked ones */
    swio_originator_unref(o);
    assert_int_equal(record_count, before + 5);
    assert_int_equal(records_of(SWIO_OUTCOME_LOST), 5);
}

/* A switch whose clock goes so slowly that its own hang-ups would come after 20 seconds: then it is
 * the originator that hung up, when the duration was over and not before. */
static void test_durations(void **state)
{
    (void)state;
    rig_up(&r, &(swio_sim_opts){.nodes = 1, .speed = 0.05}, true);
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 100,
                                                .limit = 10,
                                                .max_offered = 5,
                                                .duration = 0.2,
                                                .arrivals = SWIO_ARRIVALS_POISSON});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 15));
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), 5);
    for (size_t i = 0; i < record_count; i++)
        assert_true(records[i].end_us - records[i].answer_seen_us >= 200000);
    swio_originator_unref(o);
    rig_down(&r);
}

/* Without an originator the switch hangs up by itself. */
static void test_durations_without_us(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 1000, .limit = 5, .max_offered = 5, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered == 5);
    swio_originator_unref(o);
    wait_until(live_channels() == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_records),          DIAL_TEST(test_record_failures),
        DIAL_TEST(test_record_losses),    DIAL_TEST(test_record_dropped),
        cmocka_unit_test(test_durations), DIAL_TEST(test_durations_without_us),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

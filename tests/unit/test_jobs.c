/* Background jobs in the model. */
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/events.h"
#include "support/track.h"

static swio_event *job_event(const char *uuid, const char *command, const char *body)
{
    return event_with_body(body, "Event-Name", "BACKGROUND_JOB", "Job-UUID", uuid, "Job-Command",
                           command, NULL);
}

static swio_job *add(model *m, const char *uuid, const char *sess_uuid)
{
    swio_job *job = NULL;
    swio_job_opts opts = {
        .command = "originate x", .sess_uuid = sess_uuid, .app = "tone", .launch_time_us = 77};
    assert_int_equal(swio_track_job_add(m->track, uuid, &opts, &job), 0);
    return job;
}

static unsigned feed(model *m, const char *name, const char *uuid)
{
    return model_feed(m, channel_event(name, uuid, 1, NULL, NULL));
}

static int64_t failed_with(const model *m, const char *text)
{
    swio_counts *counts;
    assert_int_equal(swio_track_counts(m->track, SWIO_COUNT_FAILED_JOBS, &counts), 0);
    int64_t n = swio_counts_get(counts, text);
    swio_counts_free(counts);
    return n;
}

static void a_job_is_known_before_it_leaves(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_job *job = add(&m, "j", "s");
    assert_string_equal(swio_job_uuid(job), "j");
    assert_string_equal(swio_job_sess_uuid(job), "s");
    assert_string_equal(swio_job_command(job), "originate x");
    assert_int_equal(swio_job_launch_time_us(job), 77);
    assert_false(swio_job_ready(job));
    assert_false(swio_job_successful(job));
    assert_null(swio_job_result(job));
    assert_int_equal(swio_job_error(job), 0);
    assert_int_equal(swio_track_count_jobs(m.track), 1);
    assert_int_equal(swio_track_job_add(m.track, "j", NULL, NULL), SWIO_EEXIST);
    swio_job *found = swio_track_find_job(m.track, "j");
    assert_ptr_equal(found, job);
    swio_job_unref(found);
    assert_null(swio_track_find_job(m.track, "other"));
    swio_job_unref(job);
    model_close(&m);
}

/* Whichever way the uuid is known, and with the DESTROY before or after the result. */
static void an_originate_and_its_session_find_each_other(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        for (int destroyed_first = 0; destroyed_first < 2; destroyed_first++) {
            model m;
            model_open(&m, NULL);
            swio_job *job = add(&m, "j", known ? "s" : NULL);
            feed(&m, "CHANNEL_CREATE", "s");
            swio_session *session = swio_track_find_session(m.track, "s");
            swio_job *tied = swio_session_job(session);
            assert_ptr_equal(tied, known ? job : NULL);
            swio_job_unref(tied);
            if (destroyed_first) {
                feed(&m, "CHANNEL_DESTROY", "s");
                assert_int_equal(swio_track_count_jobs(m.track), 1); /* still to come */
            }
            assert_int_equal(model_feed(&m, job_event("j", "originate", "+OK s\n")),
                             SWIO_JOB_COMPLETED);
            assert_int_equal(m.jobs_ended, 1);
            assert_ptr_equal(m.last_job, job);
            assert_true(swio_job_successful(job));
            assert_string_equal(swio_job_result(job), "s");
            assert_string_equal(swio_job_sess_uuid(job), "s");
            if (!destroyed_first) {
                assert_int_equal(swio_track_count_jobs(m.track), 1); /* as long as the session */
                tied = swio_session_job(session);
                assert_ptr_equal(tied, job);
                swio_job_unref(tied);
                feed(&m, "CHANNEL_DESTROY", "s");
            }
            assert_int_equal(swio_track_count_jobs(m.track), 0);
            assert_int_equal(swio_track_count_sessions(m.track), 0);
            swio_session_unref(session);
            swio_job_unref(job);
            model_close(&m);
        }
    }
}

static void the_answer_names_job_session_and_app(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_job *job = add(&m, "j", NULL);
    feed(&m, "CHANNEL_CREATE", "s");
    swio_event *event = job_event("j", "originate", "+OK s\n");
    swio_change change = {0};
    assert_int_equal(swio_track_feed(m.track, event, 1, &change), 0);
    swio_event_unref(event);
    assert_ptr_equal(change.job, job);
    assert_string_equal(swio_session_uuid(change.session), "s");
    assert_string_equal(swio_call_uuid(change.call), "s");
    assert_string_equal(change.app, "tone");
    assert_string_equal(change.key, "BACKGROUND_JOB");
    swio_change_clear(&change);
    swio_job_unref(job);
    model_close(&m);
}

static void only_the_first_bytes_say_that_it_failed(void **state)
{
    (void)state;
    static const struct {
        const char *body, *result, *counted;
        int error;
    } rows[] = {
        {"-ERR USER_BUSY\n", "-ERR USER_BUSY", "USER_BUSY", SWIO_EJOB},
        {"-ERR no reply", "-ERR no reply", "no reply", SWIO_EJOB},
        {"-ERR\n", "-ERR", "-ERR", SWIO_EJOB},
        {"-USAGE: <uuid>\n[x]\n", "-USAGE: <uuid>\n[x]", "-USAGE: <uuid>", SWIO_EJOB},
        {"-ERROR\n", "-ERROR", "-ERROR", SWIO_EJOB},
        {"+OK [Success]\n", "+OK [Success]", NULL, 0},
        {"a list\nwith -ERR in it\n\n", "a list\nwith -ERR in it", NULL, 0},
        {"", "", NULL, 0},
        {"+OK\n", "+OK", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        model m;
        model_open(&m, NULL);
        swio_job *job = NULL;
        assert_int_equal(swio_track_job_add(m.track, "j", NULL, &job), 0);
        unsigned what = model_feed(&m, job_event("j", "status", rows[i].body));
        assert_int_equal(what, rows[i].error ? SWIO_JOB_FAILED : SWIO_JOB_COMPLETED);
        assert_string_equal(swio_job_result(job), rows[i].result);
        assert_int_equal(swio_job_error(job), rows[i].error);
        assert_true(swio_job_ready(job));
        assert_null(swio_job_sess_uuid(job));
        assert_int_equal(swio_track_count_jobs(m.track), 0);
        if (rows[i].counted)
            assert_int_equal(failed_with(&m, rows[i].counted), 1);
        assert_int_equal(m.jobs_ended, 1);
        swio_job_unref(job);
        model_close(&m);
    }
}

static void another_leg_of_a_forked_originate_answers(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_job *job = add(&m, "j", "first");
    feed(&m, "CHANNEL_CREATE", "first");
    feed(&m, "CHANNEL_CREATE", "second");
    feed(&m, "CHANNEL_DESTROY", "first");
    model_feed(&m, job_event("j", "originate", "+OK second\n"));
    assert_string_equal(swio_job_sess_uuid(job), "second");
    assert_string_equal(swio_job_result(job), "second");
    swio_session *second = swio_track_find_session(m.track, "second");
    swio_job *tied = swio_session_job(second);
    assert_ptr_equal(tied, job);
    swio_job_unref(tied);
    swio_session_unref(second);
    feed(&m, "CHANNEL_DESTROY", "second");
    assert_int_equal(swio_track_count_jobs(m.track), 0);
    swio_job_unref(job);
    model_close(&m);
}

static void an_untracked_job_is_reported(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed(&m, "CHANNEL_CREATE", "s");
    swio_event *event =
        event_with_body("+OK s\n", "Event-Name", "BACKGROUND_JOB", "Job-UUID", "j", "Job-Command",
                        "originate", "Job-Command-Arg", "sofia/x &park", NULL);
    swio_change change = {0};
    assert_int_equal(swio_track_feed(m.track, event, 1, &change), 0);
    swio_event_unref(event);
    assert_int_equal(change.what, SWIO_JOB_UNTRACKED | SWIO_JOB_COMPLETED);
    assert_string_equal(swio_job_command(change.job), "originate sofia/x &park");
    assert_string_equal(swio_job_result(change.job), "s");
    assert_non_null(change.session);
    swio_change_clear(&change);
    assert_int_equal(model_feed(&m, job_event("k", "originate", "-ERR USER_BUSY\n")),
                     SWIO_JOB_UNTRACKED | SWIO_JOB_FAILED);
    assert_int_equal(model_feed(&m, event_of("Event-Name", "BACKGROUND_JOB", NULL)), 0);
    swio_totals totals;
    swio_track_totals(m.track, &totals);
    assert_int_equal(totals.untracked_jobs, 2);
    assert_int_equal(totals.failed_jobs, 0); /* somebody else's */
    assert_int_equal(m.jobs_ended, 0);
    assert_int_equal(swio_track_count_jobs(m.track), 0);
    feed(&m, "CHANNEL_DESTROY", "s");
    model_close(&m);
}

static void a_second_result_changes_nothing(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_job *job = add(&m, "j", "s");
    feed(&m, "CHANNEL_CREATE", "s");
    model_feed(&m, job_event("j", "originate", "+OK s\n"));
    assert_int_equal(model_feed(&m, job_event("j", "originate", "-ERR USER_BUSY\n")), 0);
    assert_true(swio_job_successful(job));
    assert_int_equal(m.jobs_ended, 1);
    swio_job_unref(job);
    model_close(&m);
}

static void a_lost_connection_fails_what_is_under_way(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_job *done = add(&m, "done", "s"), *one = add(&m, "one", NULL), *two = add(&m, "two", "t");
    feed(&m, "CHANNEL_CREATE", "s");
    model_feed(&m, job_event("done", "originate", "+OK s\n"));
    assert_int_equal(swio_track_job_fail(m.track, "done", SWIO_ECONN, "lost"), SWIO_ENOENT);
    assert_int_equal(swio_track_fail_jobs(m.track, SWIO_ECONN, "h:8021: connection lost"), 2);
    assert_int_equal(m.jobs_ended, 3);
    assert_int_equal(swio_job_error(one), SWIO_ECONN);
    assert_string_equal(swio_job_result(two), "h:8021: connection lost");
    assert_true(swio_job_successful(done));
    assert_int_equal(swio_track_count_jobs(m.track), 1);
    assert_int_equal(failed_with(&m, "h:8021: connection lost"), 2);
    assert_int_equal(swio_track_fail_jobs(m.track, SWIO_ECONN, "again"), 0);
    /* its result comes after all, on another connection */
    assert_int_equal(model_feed(&m, job_event("one", "status", "late\n")),
                     SWIO_JOB_COMPLETED | SWIO_JOB_UNTRACKED);
    swio_job_unref(done);
    swio_job_unref(one);
    swio_job_unref(two);
    swio_job *single = add(&m, "single", NULL);
    assert_int_equal(swio_track_job_fail(m.track, "single", SWIO_ETIMEOUT, "no reply"), 0);
    assert_int_equal(swio_job_error(single), SWIO_ETIMEOUT);
    assert_int_equal(swio_track_job_fail(m.track, "single", SWIO_ETIMEOUT, "no reply"),
                     SWIO_ENOENT);
    swio_job_unref(single);
    model_close(&m);
}

static void jobs_are_listed_oldest_first_and_free_their_slot(void **state)
{
    (void)state;
    model m;
    model_slots_freed = 0;
    model_open(&m, NULL);
    for (int i = 0; i < 3; i++) {
        char uuid[8];
        snprintf(uuid, sizeof uuid, "%d", 9 - i);
        swio_job_opts opts = {.slot = malloc(1)};
        assert_int_equal(swio_track_job_add(m.track, uuid, &opts, NULL), 0);
    }
    swio_job **jobs;
    size_t count;
    assert_int_equal(swio_track_list_jobs(m.track, &jobs, &count), 0);
    assert_int_equal(count, 3);
    assert_string_equal(swio_job_uuid(jobs[0]), "9");
    assert_string_equal(swio_job_uuid(jobs[2]), "7");
    assert_string_equal(swio_job_command(jobs[0]), "");
    for (size_t i = 0; i < count; i++)
        swio_job_unref(jobs[i]);
    swio_free(jobs);
    assert_int_equal(swio_track_fail_jobs(m.track, SWIO_ECANCELED, "closed"), 3);
    model_close(&m);
    assert_int_equal(model_slots_freed, 3);
}

/* Whatever allocation fails, a registered job ends exactly once and the tables end empty. */
static void without_memory_a_job_still_ends(void **state)
{
    (void)state;
    unsigned added_count = 0, refused = 0;
    for (long n = 0; n < 60; n++) {
        model m;
        model_open(&m, NULL);
        swio_job_opts opts = {.command = "originate x", .sess_uuid = n % 2 ? "s" : NULL};
        swio_event *events[] = {
            channel_event("CHANNEL_CREATE", "s", 1, NULL, NULL),
            job_event("j", "originate", "+OK s\n"),
            job_event("other", "originate", "-ERR X\n"),
            channel_event("CHANNEL_DESTROY", "s", 1, NULL, NULL),
        };
        swio_job *job = NULL;
        swio_mem_fail_after(n / 2, n % 3 == 0);
        int added = swio_track_job_add(m.track, "j", &opts, &job);
        for (size_t i = 0; i < 4; i++) {
            swio_change change = {0};
            swio_track_feed(m.track, events[i], 1, &change);
            swio_change_clear(&change);
        }
        swio_mem_fail_after(-1, false);
        for (size_t i = 0; i < 4; i++)
            swio_event_unref(events[i]);
        added_count += added == 0;
        refused += added != 0;
        if (added == 0) {
            assert_true(swio_job_ready(job));
            assert_non_null(swio_job_result(job));
            assert_true(swio_job_error(job) == 0 || swio_job_error(job) == SWIO_ENOMEM);
            assert_int_equal(m.jobs_ended, 1);
        } else {
            assert_int_equal(added, SWIO_ENOMEM);
        }
        assert_int_equal(swio_track_count_jobs(m.track), 0);
        assert_int_equal(swio_track_count_sessions(m.track), 0);
        assert_int_equal(swio_track_count_calls(m.track), 0);
        swio_job_unref(job);
        model_close(&m);
    }
    assert_true(added_count > 10);
    assert_true(refused > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_known_before_it_leaves),
        cmocka_unit_test(an_originate_and_its_session_find_each_other),
        cmocka_unit_test(the_answer_names_job_session_and_app),
        cmocka_unit_test(only_the_first_bytes_say_that_it_failed),
        cmocka_unit_test(another_leg_of_a_forked_originate_answers),
        cmocka_unit_test(an_untracked_job_is_reported),
        cmocka_unit_test(a_second_result_changes_nothing),
        cmocka_unit_test(a_lost_connection_fails_what_is_under_way),
        cmocka_unit_test(jobs_are_listed_oldest_first_and_free_their_slot),
        cmocka_unit_test(without_memory_a_job_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

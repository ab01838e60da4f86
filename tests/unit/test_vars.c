#include "support/cmocka.h"

#include <limits.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/track.h"

static unsigned released;

static void count_release(void *data)
{
    (void)data;
    released++;
}

/* A model with one session. */
static swio_session *begin(model *m)
{
    model_open(m, NULL);
    model_feed(m, channel_event("CHANNEL_CREATE", "a", 1, NULL, NULL));
    swio_session *session = swio_track_find_session(m->track, "a");
    assert_non_null(session);
    return session;
}

static void end(model *m, swio_session *session)
{
    swio_session_unref(session);
    model_close(m);
}

static void texts_are_set_and_read(void **state)
{
    (void)state;
    model m;
    swio_session *session = begin(&m);
    swio_vars *vars = swio_session_vars(session);
    assert_null(swio_vars_get(vars, "k"));
    assert_false(swio_vars_has(vars, "k"));
    assert_int_equal(swio_vars_set(vars, "k", "one"), 0);
    assert_int_equal(swio_vars_set(vars, "K", "other"), 0);
    assert_string_equal(swio_vars_get(vars, "k"), "one");
    assert_true(swio_vars_has(vars, "k"));
    assert_int_equal(swio_vars_set(vars, "k", NULL), 0);
    assert_null(swio_vars_get(vars, "k"));
    assert_string_equal(swio_vars_get(vars, "K"), "other");
    assert_int_equal(m.vars_set, 3);
    assert_int_equal(swio_vars_set(vars, "", "x"), SWIO_EINVAL);
    assert_int_equal(swio_vars_set(vars, NULL, "x"), SWIO_EINVAL);
    assert_null(swio_vars_get(vars, NULL));
    end(&m, session);
}

static void a_text_that_was_given_stays(void **state)
{
    (void)state;
    model m;
    swio_session *session = begin(&m);
    swio_vars *vars = swio_session_vars(session);
    swio_vars_set(vars, "k", "one");
    const char *one = swio_vars_get(vars, "k");
    swio_vars_set(vars, "k", "one");
    assert_ptr_equal(swio_vars_get(vars, "k"), one);
    swio_vars_set(vars, "k", "two");
    const char *two = swio_vars_get(vars, "k");
    swio_vars_add(vars, "k", 1, NULL);
    const char *number = swio_vars_get(vars, "k");
    swio_vars_set(vars, "k", NULL);
    assert_string_equal(one, "one");
    assert_string_equal(two, "two");
    assert_string_equal(number, "1");
    end(&m, session);
}

static void numbers_add_up(void **state)
{
    (void)state;
    model m;
    swio_session *session = begin(&m);
    swio_vars *vars = swio_session_vars(session);
    long long sum;
    assert_int_equal(swio_vars_add(vars, "n", 3, &sum), 0);
    assert_int_equal(sum, 3);
    assert_int_equal(swio_vars_add(vars, "n", -5, &sum), 0);
    assert_int_equal(sum, -2);
    assert_string_equal(swio_vars_get(vars, "n"), "-2");
    assert_int_equal(swio_vars_get_int(vars, "n", 7), -2);
    swio_vars_set(vars, "n", "40");
    swio_vars_add(vars, "n", 2, &sum);
    assert_int_equal(sum, 42);
    swio_vars_set(vars, "n", "4 2");
    assert_int_equal(swio_vars_get_int(vars, "n", 7), 7);
    assert_int_equal(swio_vars_get_int(vars, "none", 7), 7);
    swio_vars_set(vars, "n", "99999999999999999999");
    assert_int_equal(swio_vars_get_int(vars, "n", 7), 7);
    swio_vars_set(vars, "n", "9223372036854775807");
    swio_vars_add(vars, "n", 1, &sum);
    assert_true(sum == LLONG_MAX);
    end(&m, session);
}

static void data_is_released_once(void **state)
{
    (void)state;
    model m;
    swio_session *session = begin(&m);
    swio_vars *vars = swio_session_vars(session);
    int a, b;
    released = 0;
    assert_int_equal(swio_vars_set_data(vars, "d", &a, count_release), 0);
    assert_ptr_equal(swio_vars_data(vars, "d"), &a);
    assert_null(swio_vars_get(vars, "d"));
    assert_true(swio_vars_has(vars, "d"));
    swio_vars_set_data(vars, "d", &b, count_release);
    assert_int_equal(released, 1);
    swio_vars_set(vars, "d", "text");
    assert_int_equal(released, 2);
    assert_null(swio_vars_data(vars, "d"));
    swio_vars_set_data(vars, "d", &a, count_release);
    swio_vars_add(vars, "d", 1, NULL);
    assert_int_equal(released, 3);
    swio_vars_set_data(vars, "d", &a, count_release);
    swio_vars_set_data(vars, "d", NULL, NULL);
    assert_int_equal(released, 4);
    assert_false(swio_vars_has(vars, "d"));
    swio_vars_set_data(vars, "d", &a, count_release);
    swio_vars_set_data(vars, "plain", &a, NULL);
    end(&m, session);
    assert_int_equal(released, 5);
}

static void a_call_has_its_own(void **state)
{
    (void)state;
    model m;
    swio_session *session = begin(&m);
    swio_call *call = swio_session_call(session);
    swio_vars_set(swio_call_vars(call), "k", "call");
    assert_null(swio_vars_get(swio_session_vars(session), "k"));
    assert_string_equal(swio_vars_get(swio_call_vars(call), "k"), "call");
    assert_int_equal(m.vars_set, 0);
    swio_call_unref(call);
    end(&m, session);
}

static void without_memory_a_variable_is_as_before(void **state)
{
    (void)state;
    int failed = 0, a;
    for (long n = 0; n < 8; n++) {
        model m;
        swio_session *session = begin(&m);
        swio_vars *vars = swio_session_vars(session);
        swio_vars_set(vars, "k", "old");
        released = 0;
        swio_mem_fail_after(n, true);
        int set = swio_vars_set(vars, "k", "new"), add = swio_vars_add(vars, "n", 1, NULL);
        int data = swio_vars_set_data(vars, "d", &a, count_release);
        const char *number = swio_vars_get(vars, "n");
        swio_mem_fail_after(-1, false);
        failed += (set != 0) + (add != 0) + (data != 0);
        assert_string_equal(swio_vars_get(vars, "k"), set ? "old" : "new");
        assert_int_equal(swio_vars_get_int(vars, "n", 0), add ? 0 : 1);
        assert_ptr_equal(swio_vars_data(vars, "d"), data ? NULL : &a);
        assert_true(!number || strcmp(number, "1") == 0);
        end(&m, session);
        assert_int_equal(released, data ? 0 : 1);
    }
    assert_true(failed > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_set_and_read),
        cmocka_unit_test(a_text_that_was_given_stays),
        cmocka_unit_test(numbers_add_up),
        cmocka_unit_test(data_is_released_once),
        cmocka_unit_test(a_call_has_its_own),
        cmocka_unit_test(without_memory_a_variable_is_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

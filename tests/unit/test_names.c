#include "support/cmocka.h"

#include <stdio.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "track/names.h"

static uint16_t intern(swio_names *names, const char *text)
{
    uint16_t id;
    assert_int_equal(swio_names_intern(names, text, strlen(text), &id), 0);
    return id;
}

static uint16_t find(const swio_names *names, const char *text)
{
    return swio_names_find(names, text, strlen(text));
}

static void spellings_are_told_apart_and_found_together(void **state)
{
    (void)state;
    swio_names *names;
    assert_int_equal(swio_names_new(&names), 0);
    assert_int_equal(find(names, "Unique-ID"), SWIO_NAME_NONE);
    uint16_t a = intern(names, "Channel-Read-Codec-Name");
    uint16_t b = intern(names, "channel-read-codec-name");
    uint16_t c = intern(names, "CHANNEL-READ-CODEC-NAME");
    uint16_t empty = intern(names, "");
    assert_int_not_equal(a, b);
    assert_int_not_equal(b, c);
    assert_int_equal(intern(names, "channel-read-codec-name"), b);
    assert_int_equal(intern(names, "CHANNEL-READ-CODEC-NAME"), c);
    assert_int_equal(intern(names, ""), empty);
    assert_int_equal(find(names, "Channel-read-codec-NAME"), a);
    assert_int_equal(swio_names_at(names, b)->fold, a);
    assert_int_equal(swio_names_at(names, c)->fold, a);
    assert_string_equal(swio_names_at(names, b)->text, "channel-read-codec-name");
    assert_int_equal(swio_names_at(names, b)->len, 23);
    assert_int_equal(swio_names_count(names), 4);
    swio_names_unref(names);
}

static void every_id_can_be_used_and_no_more(void **state)
{
    (void)state;
    swio_names *names;
    assert_int_equal(swio_names_new(&names), 0);
    char text[32];
    for (int i = 0; i < SWIO_NAMES_MAX; i++) {
        snprintf(text, sizeof text, "variable_n%d", i);
        assert_int_equal(intern(names, text), i);
    }
    uint16_t id;
    assert_int_equal(swio_names_intern(names, "one more", 8, &id), SWIO_ELIMIT);
    for (int i = 0; i < SWIO_NAMES_MAX; i += 997) {
        snprintf(text, sizeof text, "VARIABLE_n%d", i);
        assert_int_equal(find(names, text), i);
    }
    swio_names_unref(names);
}

/* The text as it stands in an event, with something before it. */
static int after(swio_names *names, uint16_t before, const char *text, uint16_t *id)
{
    char event[2 * SWIO_SAME_BEFORE] = {0};
    size_t len = strlen(text);
    memcpy(event + SWIO_SAME_BEFORE, text, len);
    return swio_names_intern_after(names, before, event + SWIO_SAME_BEFORE, len, id);
}

static void what_follows_is_a_guess_only(void **state)
{
    (void)state;
    swio_names *names;
    assert_int_equal(swio_names_new(&names), 0);
    uint16_t a = intern(names, "A"), b, c, again;
    assert_int_equal(after(names, a, "B", &b), 0);
    assert_int_equal(after(names, a, "C", &c), 0);
    assert_int_not_equal(b, c);
    assert_int_equal(after(names, a, "C", &again), 0);
    assert_int_equal(again, c);
    assert_int_equal(after(names, a, "B", &again), 0);
    assert_int_equal(again, b);
    assert_int_equal(after(names, SWIO_NAME_NONE, "A", &again), 0);
    assert_int_equal(again, a);
    swio_names_unref(names);
}

static void without_memory_nothing_is_half_there(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        swio_names *names = NULL;
        bool failed = false;
        char text[32];
        swio_mem_fail_after(n, false);
        if (swio_names_new(&names)) {
            swio_mem_fail_after(-1, false);
            assert_null(names);
            continue;
        }
        uint16_t id;
        for (int i = 0; i < 600 && !failed; i++) {
            snprintf(text, sizeof text, "name %d", i);
            failed = swio_names_intern(names, text, strlen(text), &id) != 0;
        }
        swio_mem_fail_after(-1, false);
        size_t count = swio_names_count(names);
        if (failed)
            assert_int_equal(find(names, text), SWIO_NAME_NONE);
        assert_int_equal(intern(names, text), failed ? count : count - 1);
        swio_names_unref(names);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_are_told_apart_and_found_together),
        cmocka_unit_test(every_id_can_be_used_and_no_more),
        cmocka_unit_test(what_follows_is_a_guess_only),
        cmocka_unit_test(without_memory_nothing_is_half_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

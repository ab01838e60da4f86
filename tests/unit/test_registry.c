/* Loaded apps: checked, found, run in load order, taken out also while they run. */
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "control/registry.h"
#include "support/cmocka.h"

static char ran[64]; /* a letter for each entry that ran */

static void note(char letter)
{
    size_t n = strlen(ran);
    if (n + 1 < sizeof ran) {
        ran[n] = letter;
        ran[n + 1] = '\0';
    }
}

static void expect(const char *letters)
{
    assert_string_equal(ran, letters);
    ran[0] = '\0';
}

static swio_registry *registry;

/* Loads and starts. */
static int load(const swio_app *app, const char *id, bool prepend, const char *self)
{
    swio_load *l = NULL;
    swio_load_opts opts = {.self = (void *)(uintptr_t)self};
    int error = swio_load_new(app, id, &opts, NULL, &l);
    if (!error)
        error = swio_registry_reserve(registry, l, prepend);
    if (!error) {
        l->set_up = true;
        swio_registry_start(registry, l);
    }
    swio_obj_unref(l);
    return error;
}

static size_t unload(const char *name_or_id)
{
    return swio_registry_remove(registry, &(swio_load_filter){.name_or_id = name_or_id}, NULL);
}

static int by_self(swio_session *session, void *self)
{
    (void)session;
    note(*(const char *)self);
    return 0;
}

static int on_job(swio_job *job, void *self)
{
    (void)job, (void)self;
    note('j');
    return 0;
}

static int on_event(swio_event *event, void *self)
{
    (void)event, (void)self;
    note('h');
    return 0;
}

static int remove_all(swio_session *session, void *self)
{
    (void)session, (void)self;
    note('r');
    assert_int_equal(unload("id"), 2);
    assert_int_equal(unload("id"), 0);
    return 0;
}

static void gone(void *self)
{
    (void)self;
    note('t');
}

static const swio_app one = {.name = "One",
                             .on = {SWIO_CALLBACK("CHANNEL_PARK", by_self),
                                    SWIO_JOB_CALLBACK(on_job), SWIO_HANDLER("HEARTBEAT", on_event)},
                             .teardown = gone};
static const swio_app two = {.name = "Two", .on = {SWIO_CALLBACK("CHANNEL_PARK", by_self)}};
static const swio_app remover = {
    .name = "Remover", .on = {SWIO_CALLBACK("CHANNEL_PARK", remove_all)}, .teardown = gone};

static const swio_app stateful = {
    .name = "Stateful", .on = {SWIO_CALLBACK("CHANNEL_PARK", by_self)}, .state_size = 2};

static int set_up(void **state)
{
    (void)state;
    ran[0] = '\0';
    return swio_registry_new(NULL, &registry);
}

static int tear_down(void **state)
{
    (void)state;
    swio_registry_free(registry, NULL);
    return 0;
}

static void run(swio_app_kind kind, const char *id, const char *key)
{
    swio_registry_run(registry, &(swio_occasion){.kind = kind, .id = id, .key = key});
}

static void park(const char *id)
{
    run(SWIO_APP_CALLBACK, id, "CHANNEL_PARK");
}

static void test_order(void **state)
{
    (void)state;
    assert_int_equal(load(&one, "id", false, "1"), 0);
    assert_int_equal(load(&two, "id", false, "2"), 0);
    assert_int_equal(load(&two, "other", true, "3"), 0);
    park("id");
    expect("12");
    park("other");
    expect("3");
    park("nobody");
    expect("");
    run(SWIO_APP_CALLBACK, "id", "CHANNEL_ANSWER");
    run(SWIO_APP_JOB, "id", "BACKGROUND_JOB");
    run(SWIO_APP_JOB, "other", "BACKGROUND_JOB");
    run(SWIO_APP_HANDLER, NULL, "HEARTBEAT");
    run(SWIO_APP_HANDLER, NULL, "CHANNEL_PARK");
    expect("jh");
    assert_string_equal(swio_registry_id(registry, "one"), "id");
    assert_null(swio_registry_id(registry, "Three"));
}

static void test_prepend(void **state)
{
    (void)state;
    assert_int_equal(load(&two, "id", false, "2"), 0);
    assert_int_equal(load(&one, "id", true, "1"), 0);
    park("id");
    expect("12");
}

static void test_twice(void **state)
{
    (void)state;
    assert_int_equal(load(&one, "id", false, NULL), 0);
    assert_int_equal(load(&one, "id", false, NULL), SWIO_EEXIST);
    assert_int_equal(load(&one, "other", false, NULL), 0);
    assert_int_equal(unload("One"), 2);
    expect("tt");
    assert_int_equal(load(&one, "id", false, NULL), 0);
    const swio_load_filter this_one = {.app = &one, .id = "id"};
    assert_int_equal(swio_registry_remove(registry, &this_one, NULL), 1);
    assert_int_equal(swio_registry_remove(registry, &this_one, NULL), 0);
    expect("t");
}

/* What comes behind the remover does not run any more, and its end comes after the entries'. */
static void test_removed_while_running(void **state)
{
    (void)state;
    assert_int_equal(load(&remover, "id", false, NULL), 0);
    assert_int_equal(load(&one, "id", false, "1"), 0);
    park("id");
    expect("rtt");
    assert_null(swio_registry_id(registry, "One"));
}

static void test_check(void **state)
{
    (void)state;
    const struct {
        swio_app app;
        const char *says;
    } rows[] = {
        {{.on = {SWIO_CALLBACK("A", by_self)}}, "without a name"},
        {{.name = "a b"}, "'a b' is no name of an app"},
        {{.name = "a/b"}, "'a/b' is no name of an app"},
        {{.name = "a,b"}, "'a,b' is no name of an app"},
        {{.name = "a:b"}, "'a:b' is no name of an app"},
        {{.name = "33"}, "'33' is no name of an app"},
        {{.name = ".5"}, "'.5' is no name of an app"},
        {{.name = "my.so"}, "'my.so' is no name of an app"},
        {{.name = "so.3x"}, "the app so.3x has no entries"},
        {{.name = "X"}, "the app X has no entries"},
        {{.name = "X", .on = {SWIO_CALLBACK("", by_self)}}, "entry 1 () names no event"},
        {{.name = "X", .on = {SWIO_CALLBACK(NULL, by_self)}}, "names no event"},
        {{.name = "X", .on = {SWIO_CALLBACK("A B", by_self)}}, "names no event"},
        {{.name = "X", .on = {SWIO_CALLBACK("A", by_self), SWIO_CALLBACK("B", NULL)}},
         "entry 2 (B) has no function"},
        {{.name = "X", .on = {SWIO_JOB_CALLBACK(NULL)}}, "has no function"},
        {{.name = "X", .on = {SWIO_HANDLER("A", NULL)}}, "has no function"},
        {{.name = "X",
          .on = {[0] = SWIO_CALLBACK("A", by_self), [2] = SWIO_CALLBACK("B", by_self)}},
         "entry 2 is empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(swio_app_check(&rows[i].app), SWIO_EINVAL);
        if (!strstr(swio_errmsg(), rows[i].says))
            fail_msg("row %zu: %s", i, swio_errmsg());
    }
    assert_int_equal(swio_app_check(&one), 0);
    const swio_app *app;
    for (size_t i = 0; (app = swio_app_builtin(i)); i++) {
        assert_int_equal(swio_app_check(app), 0);
        assert_ptr_equal(swio_app_find(app->name), app);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 2; n++) {
        swio_mem_fail_after(n, false);
        assert_int_equal(load(&stateful, "id", false, NULL), SWIO_ENOMEM);
    }
    swio_registry *other = NULL;
    swio_mem_fail_after(0, false);
    assert_int_equal(swio_registry_new(NULL, &other), SWIO_ENOMEM);
    swio_mem_fail_after(-1, false);
    park("id");
    expect("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_prepend, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_removed_while_running, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_check, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

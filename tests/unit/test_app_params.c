/* Parameters of apps: as text, as a table, each kind, and every mistake with its sentence. */
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "control/app_params.h"
#include "support/cmocka.h"

typedef struct all {
    const char *text;
    const char *bare;
    const char *needed;
    int64_t count;
    double share;
    double delay;
    bool loud;
    const char *voice;
} all;

static const swio_param params[] = {
    SWIO_PARAM(STRING, all, text, .standard = "a,b", .help = "a text"),
    SWIO_PARAM(STRING, all, bare),
    SWIO_PARAM(STRING, all, needed, .standard = "x", .required = true),
    SWIO_PARAM(INTEGER, all, count, .standard = "3", .min = 1, .max = 9),
    SWIO_PARAM(NUMBER, all, share, .standard = "-0.5"),
    SWIO_PARAM(SECONDS, all, delay),
    SWIO_PARAM(BOOLEAN, all, loud, .standard = "yes"),
    SWIO_PARAM(CHOICE, all, voice, .standard = "low", .choices = "low|high|very high"),
    {0},
};

static int nothing(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}

#define ENTRY .on = {SWIO_CALLBACK("CHANNEL_PARK", nothing)}
static const swio_app app = {.name = "All", ENTRY, .params = params, .state_size = sizeof(all)};

static swio_param_texts *texts;

static all filled(const char *text, const swio_variable *table, size_t count)
{
    all state = {0};
    const swio_param_input input = {text, table, count};
    swio_params_free(texts);
    texts = NULL;
    if (swio_params_fill(&app, &input, &state, &texts))
        fail_msg("%s", swio_errmsg());
    return state;
}

static int tear_down(void **state)
{
    (void)state;
    swio_params_free(texts);
    texts = NULL;
    return 0;
}

static void test_defaults(void **state)
{
    (void)state;
    all a = filled(NULL, NULL, 0);
    assert_string_equal(a.text, "a,b");
    assert_null(a.bare);
    assert_int_equal(a.count, 3);
    assert_true(a.share > -0.51 && a.share < -0.49);
    assert_true(a.delay >= 0 && a.delay <= 0);
    assert_true(a.loud);
    assert_string_equal(a.voice, "low");
    a = filled("", NULL, 0);
    assert_int_equal(a.count, 3);
}

static void test_text(void **state)
{
    (void)state;
    all a = filled("count=9,share=2.5,delay=0.25,loud=no,voice=very high,bare=x=y", NULL, 0);
    assert_int_equal(a.count, 9);
    assert_true(a.share > 2.4 && a.share < 2.6);
    assert_true(a.delay > 0.24 && a.delay < 0.26);
    assert_false(a.loud);
    assert_string_equal(a.voice, "very high");
    assert_string_equal(a.bare, "x=y");
    assert_true(filled("loud=TRUE", NULL, 0).loud);
    assert_false(filled("loud=Off", NULL, 0).loud);
    assert_null(filled("text=", NULL, 0).text);
}

/* A comma inside of brackets or quotes, or behind a backslash, is the value's. */
static void test_commas(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"text=tone_stream://%(2000, 4000, 440, 480),count=2",
         "tone_stream://%(2000, 4000, 440, 480)"},
        {"text={a=1,b=[2,3]}x,count=2", "{a=1,b=[2,3]}x"},
        {"text='a,b',count=2", "a,b"},
        {"text=a\\,b\\'c\\\\,count=2", "a,b'c\\"},
        {"text='(',count=2", "("},
        {"count=2,text=a)b", "a)b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        all a = filled(rows[i].text, NULL, 0);
        assert_string_equal(a.text, rows[i].value);
        assert_int_equal(a.count, 2);
    }
}

static void test_table(void **state)
{
    (void)state;
    const swio_variable table[] = {{"text", "x,'(y"}, {"count", NULL}, {"delay", "1"}};
    all a = filled("loud=0", table, 3);
    assert_string_equal(a.text, "x,'(y");
    assert_int_equal(a.count, 3);
    assert_true(a.delay > 0.9);
    assert_false(a.loud);
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"cont=1",
         "the app All has no parameter 'cont': there are text, bare, needed, count, share, delay, "
         "loud and voice"},
        {"Count=1", "no parameter 'Count'"},
        {"=1", "no parameter ''"},
        {"count", "'count' is no parameter and its value: write count=…"},
        {",count=1", "'' is no parameter and its value"},
        {"count=1,,loud=1", "'' is no parameter and its value"},
        {"count=1,count=2", "count is given twice"},
        {"count=x", "count=x: give a whole number"},
        {"count=", "count=: give a whole number"},
        {"count=1.5", "give a whole number"},
        {"count=99999999999999999999", "give a whole number"},
        {"count=0", "count=0: give 1 to 9"},
        {"count=10", "give 1 to 9"},
        {"share=1x", "share=1x: give a number"},
        {"share=nan", "give a number"},
        {"delay=x", "delay=x: give a number of seconds"},
        {"delay=inf", "give a number of seconds"},
        {"delay=-1", "delay=-1: give at least 0"},
        {"loud=perhaps", "loud=perhaps: give yes or no"},
        {"voice=hi", "voice=hi: give low or high or very high"},
        {"voice=", "give low or high"},
        {"needed=", "needed=: give a text"},
        {"text=a\nb", "the value of text holds a line break"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(swio_params_try(&app, &(swio_param_input){.text = rows[i].text}),
                         SWIO_EINVAL);
        if (!strstr(swio_errmsg(), rows[i].says))
            fail_msg("%s: %s", rows[i].text, swio_errmsg());
    }
    const swio_app bare = {.name = "Bare", ENTRY};
    assert_int_equal(swio_params_try(&bare, &(swio_param_input){.text = "x=1"}), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "no parameter 'x', and no other"));
    assert_int_equal(swio_params_try(&bare, &(swio_param_input){.text = ""}), 0);
}

/* A table that is wrong in itself. */
static void test_check(void **state)
{
    (void)state;
    static const swio_param twice[] = {
        SWIO_PARAM(BOOLEAN, all, loud), SWIO_PARAM(BOOLEAN, all, loud), {0}};
    static const swio_param no_name[] = {{.name = "a=b"}, {0}};
    static const swio_param outside[] = {{.name = "a", .at = sizeof(all) - 1}, {0}};
    static const swio_param no_choice[] = {{.name = "a", .kind = SWIO_PARAM_CHOICE}, {0}};
    static const swio_param no_kind[] = {{.name = "a", .kind = (swio_param_kind)77}, {0}};
    static const swio_param bad_default[] = {SWIO_PARAM(INTEGER, all, count, .standard = "x"), {0}};
    const struct {
        const swio_param *params;
        const char *says;
    } rows[] = {
        {twice, "parameter 'loud': it is there twice"},
        {no_name, "that is no name"},
        {outside, "its field is not in the state"},
        {no_choice, "it has no choices"},
        {no_kind, "it is of no kind"},
        {bad_default, "count=x: give a whole number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const swio_app wrong = {
            .name = "W", ENTRY, .params = rows[i].params, .state_size = sizeof(all)};
        assert_int_equal(swio_params_check(&wrong), SWIO_EINVAL);
        if (!strstr(swio_errmsg(), rows[i].says))
            fail_msg("row %zu: %s", i, swio_errmsg());
    }
    assert_int_equal(swio_params_check(&app), 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    const char *text = "text=x,bare=y,voice=high,count=4";
    const swio_param_input input = {.text = text};
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        assert_in_range(n, 0, 100);
        swio_mem_fail_after(n, false);
        error = swio_params_try(&app, &input);
        swio_mem_fail_after(-1, false);
        assert_true(!error || error == SWIO_ENOMEM);
    }
    swio_mem_fail_after(0, false);
    assert_int_equal(swio_params_try(&app, &(swio_param_input){.text = "a=b"}), SWIO_ENOMEM);
    swio_mem_fail_after(-1, false);
}

static void test_parse(void **state)
{
    (void)state;
    const swio_app *found = NULL;
    const char *given = "x";
    assert_int_equal(swio_app_parse("TonePlay", &found, &given), 0);
    assert_ptr_equal(found, &swio_app_tone_play);
    assert_null(given);
    assert_int_equal(swio_app_parse("toneplay/", &found, NULL), 0);
    assert_int_equal(swio_app_parse("TonePlay/x=1", &found, &given), SWIO_EINVAL);
    assert_int_equal(swio_app_parse("Zork/x=1", &found, &given), SWIO_ENOENT);
    assert_non_null(strstr(swio_errmsg(), "there is no app 'Zork': there are TonePlay"));
    swio_mem_fail_after(0, false);
    assert_int_equal(swio_app_parse("Zork", &found, &given), SWIO_ENOMEM);
    swio_mem_fail_after(-1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_defaults, tear_down),
        cmocka_unit_test_teardown(test_text, tear_down),
        cmocka_unit_test_teardown(test_commas, tear_down),
        cmocka_unit_test_teardown(test_table, tear_down),
        cmocka_unit_test_teardown(test_wrong, tear_down),
        cmocka_unit_test_teardown(test_check, tear_down),
        cmocka_unit_test_teardown(test_no_memory, tear_down),
        cmocka_unit_test_teardown(test_parse, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

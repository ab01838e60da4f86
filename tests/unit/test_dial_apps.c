/* The apps of a run: names, parameters, weights, and what can be two things. */
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>

#include "cli/dial_apps.h"
#include "support/cmocka.h"
#include "support/said.h"

static const command cmd = {.name = "test"};

static dial_apps read_one(const char *text)
{
    dial_apps apps;
    option_texts given = {.count = 1, .text = {text}};
    assert_int_equal(dial_apps_read(&cmd, &given, "TonePlay", &apps), -1);
    assert_int_equal(apps.count, 1);
    return apps;
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const swio_app *app;
        const char *params;
        double weight;
    } table[] = {
        {"TonePlay", &swio_app_tone_play, NULL, 1},
        {"toneplay:34", &swio_app_tone_play, NULL, 34},
        {"Bert/pdd=1", &swio_app_bert, "pdd=1", 1},
        {"Bert:2.5/pdd=1", &swio_app_bert, "pdd=1", 2.5},
        {"Bert/pdd=1:33", &swio_app_bert, "pdd=1", 33},
        /* Not a weight: no number behind it, or no value without it. */
        {"Proxier/proxy=host:port", &swio_app_proxier, "proxy=host:port", 1},
        {"Proxier/proxy='host:5060'", &swio_app_proxier, "proxy='host:5060'", 1},
        /* Behind the name everything else is of the parameters. */
        {"Proxier:3/proxy=host:5060", &swio_app_proxier, "proxy=host:5060", 3},
        {"Bert:1/jitterbuffer_msec=100:200:40", &swio_app_bert, "jitterbuffer_msec=100:200:40", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        dial_apps apps = read_one(table[i].text);
        assert_ptr_equal(apps.app[0].app, table[i].app);
        if (table[i].params)
            assert_string_equal(apps.app[0].params, table[i].params);
        else
            assert_null(apps.app[0].params);
        assert_float_equal(apps.app[0].weight, table[i].weight, 1e-9);
        assert_int_equal(strncmp(apps.app[0].id, table[i].app->name, 4), 0);
        dial_apps_free(&apps);
    }
}

static void test_several(void **state)
{
    (void)state;
    char text[128];
    dial_apps apps;
    option_texts given = {.count = 3, .text = {"Bert:33", "TonePlay:33", "TonePlay:34"}};
    assert_int_equal(dial_apps_read(&cmd, &given, "TonePlay", &apps), -1);
    assert_int_equal(apps.count, 3);
    assert_string_not_equal(apps.app[1].id, apps.app[2].id); /* each is loaded by itself */
    dial_apps_format(&apps, text, sizeof text);
    assert_string_equal(text, "Bert 33 %, TonePlay 33 %, TonePlay 34 %");
    dial_apps_format(&apps, text, 10); /* cut, and no more */
    assert_string_equal(text, "Bert 33 %");
    dial_apps_free(&apps);

    given.count = 0;
    assert_int_equal(dial_apps_read(&cmd, &given, "Bert", &apps), -1);
    assert_ptr_equal(apps.app[0].app, &swio_app_bert);
    dial_apps_format(&apps, text, sizeof text);
    assert_string_equal(text, "Bert");
    dial_apps_free(&apps);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } mistakes[] = {
        {"TonPlay", "no app 'TonPlay': did you mean TonePlay?"},
        {"TonPlay:3", "no app 'TonPlay': did you mean TonePlay?"},
        {"TonPlay/tone=x", "no app 'TonPlay': did you mean TonePlay?"},
        {"Zork", "no app 'Zork': 'switchio list-apps'"},
        {"Bert:x", "the weight 'x' is not a number"},
        {"Bert:", "the weight '' is not a number"},
        {"Bert:1e3", "the weight '1e3' is not a number"},
        {"Bert:-1", "the weight '-1' is not a number"},
        {"Bert:0", "the weight must be more than 0"},
        {"Bert:1:2", "the weight '1:2' is not a number"},
        {"Bert:10000000", "the weight must be more than 0 and at most 1e+06"},
        {"Bert/pdd=x", "--app Bert/pdd=x: "},
        {"Bert/zork=1:3", "--app Bert/zork=1:3: "},
        {"Proxier/proxy=host:5060", "Write Proxier:5060/proxy=host for the weight, "
                                    "Proxier:1/proxy=host:5060 for the value"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        dial_apps apps;
        option_texts given = {.count = 2, .text = {"TonePlay", mistakes[i].text}};
        said_begin(STDERR_FILENO);
        int status = dial_apps_read(&cmd, &given, "TonePlay", &apps);
        const char *text = said_end();
        assert_int_equal(status, STATUS_USAGE);
        if (!strstr(text, mistakes[i].says))
            fail_msg("'%s' is answered by: %s", mistakes[i].text, text);
        dial_apps_free(&apps);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

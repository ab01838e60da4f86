/* Copies of originate options, and templates that are filled in for a call. */
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "control/originate.h"
#include "support/cmocka.h"

#define UUID "b35deaea-e621-11f1-9058-02fc00000001"

static const swio_variable fields[] = {{"user", "bob"}, {"n_1", ""}};

/* What the destination of a template becomes. */
static swio_originate_opts *filled(const char *dest_url, const char *app_id)
{
    swio_originate_opts template = {.dest_url = dest_url, .app_id = "theirs"};
    swio_originate_opts call = {.uuid = UUID, .app_id = app_id, .fields = fields, .field_count = 2},
                        *out = NULL;
    if (swio_originate_fill(&template, &call, &out))
        fail_msg("%s: %s", dest_url, swio_errmsg());
    return out;
}

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *becomes;
    } rows[] = {
        {"plain@host", "plain@host"},
        {"{user}@host", "bob@host"},
        {"{uuid_str}", UUID},
        {"a{app_id}b{user}{user}", "aminebbobbob"},
        {"<{n_1}>", "<>"},
        {"{{user}}", "{user}"},
        {"{{user}", "{bob"},
        {"{{{user}}}", "{{user}}"},
        {"{loops=-1}tone_stream://%(251,0,1004)", "{loops=-1}tone_stream://%(251,0,1004)"},
        {"{}", "{}"},
        {"{", "{"},
        {"{user", "{user"},
        {"user}", "user}"},
        {"{us er}", "{us er}"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        swio_originate_opts *opts = filled(rows[i].text, "mine");
        assert_string_equal(opts->dest_url, rows[i].becomes);
        assert_string_equal(opts->app_id, "mine");
        assert_string_equal(opts->uuid, UUID);
        swio_obj_unref(opts);
    }
}

static void test_app_id_of_template(void **state)
{
    (void)state;
    swio_originate_opts *opts = filled("{app_id}", NULL);
    assert_string_equal(opts->dest_url, "theirs");
    assert_string_equal(opts->app_id, "theirs");
    swio_obj_unref(opts);
}

static void test_variables(void **state)
{
    (void)state;
    const swio_variable variables[] = {{"x_{user}", "{uuid_str}"}, {"taken_out", NULL}};
    swio_originate_opts template = {
        .dest_url = "a", .variables = variables, .variable_count = 2, .timeout = 7};
    swio_originate_opts call = {.uuid = UUID, .fields = fields, .field_count = 2}, *out = NULL;
    assert_int_equal(swio_originate_fill(&template, &call, &out), 0);
    assert_string_equal(out->variables[0].name, "x_bob");
    assert_string_equal(out->variables[0].value, UUID);
    assert_null(out->variables[1].value);
    assert_null(out->proxy);
    assert_true(out->timeout > 6 && out->timeout < 8);
    assert_int_equal(out->field_count, 0);
    swio_obj_unref(out);
}

static void test_unknown_names(void **state)
{
    (void)state;
    swio_originate_opts template = {.dest_url = "{user}@{host}"}, *out = NULL;
    swio_originate_opts call = {.uuid = UUID, .fields = fields, .field_count = 2};
    assert_int_equal(swio_originate_fill(&template, &call, &out), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "names {host}, which this call does not give"));
    template.dest_url = "{app_id}";
    assert_int_equal(swio_originate_fill(&template, &call, &out), SWIO_EINVAL);
    assert_null(out);
}

/* A plain copy fills nothing in, and is its own. */
static void test_copy(void **state)
{
    (void)state;
    char url[] = "{user}@host", value[] = "v";
    swio_variable variable = {"n", value};
    swio_originate_opts *copy = swio_originate_copy(&(swio_originate_opts){.dest_url = url,
                                                                           .variables = &variable,
                                                                           .variable_count = 1,
                                                                           .fields = fields,
                                                                           .field_count = 2});
    url[1] = value[0] = 'X';
    assert_string_equal(copy->dest_url, "{user}@host");
    assert_string_equal(copy->variables[0].value, "v");
    assert_null(copy->fields);
    swio_obj_unref(copy);
}

static void test_no_memory(void **state)
{
    (void)state;
    swio_originate_opts template = {.dest_url = "{user}"}, *out = NULL;
    swio_originate_opts call = {.uuid = UUID, .fields = fields, .field_count = 2};
    swio_mem_fail_after(0, false);
    assert_int_equal(swio_originate_fill(&template, &call, &out), SWIO_ENOMEM);
    swio_mem_fail_after(0, false);
    assert_null(swio_originate_copy(&template));
    swio_mem_fail_after(-1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),     cmocka_unit_test(test_app_id_of_template),
        cmocka_unit_test(test_variables), cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_copy),      cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Values of originate variables against FreeSWITCH itself: each is set with a call, and must be
 * read back as it was meant. The rules that swio_originate_variable() follows are facts of its
 * source; here they are proved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/client.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/wait.h"

static const char *const values[] = {
    "plain",
    "two words",
    " ends ",
    "a,b,c",
    "it's",
    "'quoted'",
    "\"double\"",
    "back\\slash",
    "trailing\\",
    "\\n stays",
    "\\s",
    "a=b=c",
    "{loops=-1}tone_stream://%(251,0,1004)",
    "{a{b}c}",
    "<sip:x@y>",
    "a|b",
    "[x]",
    "^^:a",
    "'",
    "''",
    "\\'",
    ",",
    "tab\there",
    "caf\xc3\xa9",
    "everything: ,'\"\\ {=} at once",
    "' ,",
    "\\\\ \\\\\\",
};
enum { VALUES = sizeof values / sizeof values[0] };

static const char *host(void)
{
    return getenv("SWITCHIO_FSHOST");
}

typedef struct fixture {
    swio_listener *listener;
    swio_client *client;
    char *address;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    const char *password = getenv("SWITCHIO_PASSWORD");
    swio_listener_opts listener = {.password = password};
    assert_int_equal(swio_listener_new(host(), &listener, &f.listener), 0);
    swio_client_opts client = {.password = password, .listener = f.listener};
    assert_int_equal(swio_client_new(host(), &client, &f.client), 0);
    assert_int_equal(swio_client_connect(f.client), 0);
    assert_int_equal(swio_listener_connect(f.listener), 0);
    assert_int_equal(swio_listener_start(f.listener), 0);
    assert_int_equal(swio_client_sip_address(f.client, "external", &f.address), 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    swio_text_free(f->address);
    swio_client_unref(f->client);
    swio_listener_unref(f->listener);
    return 0;
}

/* The callee's leg parks; the caller's leg is enough to be asked. */
static void test_values(void **state)
{
    fixture *f = *state;
    swio_variable variables[VALUES];
    char names[VALUES][16], url[128], command[512];
    for (size_t i = 0; i < VALUES; i++) {
        snprintf(names[i], sizeof names[i], "escape_%zu", i);
        variables[i] = (swio_variable){names[i], values[i]};
    }
    snprintf(url, sizeof url, "escape@%s", f->address);
    swio_job *job;
    swio_originate_opts opts = {
        .dest_url = url, .app_id = "escape", .variables = variables, .variable_count = VALUES};
    assert_int_equal(swio_client_originate(f->client, &opts, &job), 0);
    const char *uuid = swio_job_sess_uuid(job);
    swio_session *session = NULL;
    wait_until(swio_job_ready(job) || (session = swio_listener_session(f->listener, uuid)));
    if (!session)
        fail_msg("the call was refused: %s", swio_job_result(job));

    for (size_t i = 0; i < VALUES; i++) {
        swio_event *reply = NULL;
        snprintf(command, sizeof command, "uuid_getvar %s %s", uuid, names[i]);
        assert_int_equal(swio_client_api(f->client, command, 10, &reply), 0);
        const char *value = swio_event_body(reply, NULL);
        if (strcmp(value, values[i]) != 0)
            fail_msg("'%s' arrived as '%s'", values[i], value);
        swio_event_unref(reply);
    }
    swio_session_unref(session);
    assert_int_equal(swio_client_hupall(f->client, "escape", 10), 0);
    assert_int_equal(swio_job_wait(job, 10), 0);
    swio_job_unref(job);
    wait_until(swio_listener_count_sessions(f->listener) == 0);
}

int main(void)
{
    if (!host()) {
        printf("skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

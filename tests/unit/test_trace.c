/* labels: threaded */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "support/cmocka.h"
#include "support/conn_fixture.h"
#include "support/mock_server.h"
#include "support/wait.h"

static char traced[4000];

static void keep_trace(swio_log_level level, const char *file, int line, const char *text,
                       void *arg)
{
    (void)file, (void)line, (void)arg;
    size_t len = strlen(traced);
    if (level == SWIO_LOG_TRACE)
        snprintf(traced + len, sizeof traced - len, "%s\n", text);
}

static void talk_with_secret(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_expect(peer, "auth S3cret");
    mock_send_reply(peer, "+OK accepted");
    mock_expect(peer, "api a");
    mock_send_api(peer, "two\nlines");
    mock_expect(peer, "exit");
}

static void frames_are_traced_without_the_password(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "< Content-Type: auth/request\n",
        "> auth ***\n",
        "< Content-Type: command/reply | Reply-Text: +OK accepted\n",
        "> api a\n",
        "< Content-Type: api/response | Content-Length: 9 || two lines\n",
    };
    fixture f = {0};
    swio_conn_opts opts = fixture_opts(&f);
    opts.password = "S3cret";
    traced[0] = '\0';
    swio_log_set_handler(keep_trace, NULL);
    swio_log_set_level(SWIO_LOG_TRACE);
    fixture_begin_with(&f, talk_with_secret, &opts);
    fixture_api(&f, "a");
    wait_until(atomic_load(&f.replies) == 1);
    fixture_end(&f);
    swio_log_set_level(SWIO_LOG_WARNING);
    swio_log_set_handler(NULL, NULL);
    const char *at = traced;
    for (size_t i = 0; at && i < sizeof lines / sizeof lines[0]; i++)
        at = strstr(at, lines[i]);
    if (!at)
        fail_msg("a line is not at its place in '%s'", traced);
    assert_null(strstr(traced, "S3cret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_traced_without_the_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

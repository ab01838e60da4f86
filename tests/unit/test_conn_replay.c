/* labels: threaded
 *
 * A recorded FreeSWITCH plays its part again, and the commands of the recording are sent to it. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/mock_server.h"
#include "support/wait.h"

typedef struct file {
    char *bytes;
    size_t len;
} file;

static file load(const char *name)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_msg("cannot open %s", path);
    fseek(in, 0, SEEK_END);
    file f = {.len = (size_t)ftell(in)};
    rewind(in);
    f.bytes = calloc(1, f.len + 1);
    assert_non_null(f.bytes);
    assert_int_equal(fread(f.bytes, 1, f.len, in), f.len);
    fclose(in);
    return f;
}

static size_t occurrences(const file *f, const char *text)
{
    size_t n = 0;
    const char *at = f->bytes, *end = f->bytes + f->len;
    while ((at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
        at += strlen(text);
        n++;
    }
    return n;
}

/* ---- the server's part ---- */

typedef struct recording {
    file received, sent, index;
} recording;

/* The bytes go out when all that the recorded client had sent before them has come. */
static void play(mock_peer *peer, void *arg)
{
    recording *r = arg;
    size_t taken = 0, needed = 0;
    for (const char *line = r->index.bytes; *line; line = strchr(line, '\n') + 1) {
        char dir;
        size_t off, len;
        if (sscanf(line, "{\"t\": %*f, \"dir\": \"%c\", \"off\": %zu, \"len\": %zu}", &dir, &off,
                   &len) != 3)
            mock_complain(peer, "not understood: %.80s", line);
        if (dir == '>')
            needed = off + len;
        while (dir == '<' && taken < needed) {
            const char *command = mock_read(peer);
            size_t end = command ? strlen(command) + 2 : 0;
            if (!command || strncmp(command, r->sent.bytes + taken, end - 2) != 0) {
                mock_complain(peer, "not recorded: '%s'", command ? command : "(the end)");
                return;
            }
            taken += end;
        }
        if (dir == '<')
            mock_send_bytes(peer, r->received.bytes + off, len);
    }
}

/* ---- our part ---- */

typedef struct seen {
    atomic_int events, replies, closed;
    int errors;
    char last_event[60], sentence[300];
    char first_reply[500];
} seen;

static void on_event(swio_conn *conn, swio_event *event, void *arg)
{
    (void)conn;
    seen *s = arg;
    snprintf(s->last_event, sizeof s->last_event, "%s", swio_event_name(event));
    atomic_fetch_add(&s->events, 1);
}

static void on_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    (void)conn;
    seen *s = arg;
    s->errors += error != SWIO_ECONN;
    snprintf(s->sentence, sizeof s->sentence, "%s", sentence);
    atomic_fetch_add(&s->closed, 1);
}

static void on_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)sentence;
    seen *s = arg;
    s->errors += error != 0;
    if (atomic_fetch_add(&s->replies, 1) == 0 && reply)
        snprintf(s->first_reply, sizeof s->first_reply, "%s", swio_event_body(reply, NULL));
}

/* Sends the recorded commands but the login, which the connection has sent. */
static int send_commands(swio_conn *conn, const file *sent, seen *s)
{
    int count = 0;
    const char *end;
    for (const char *at = sent->bytes; (end = strstr(at, "\n\n")); at = end + 2) {
        size_t len = (size_t)(end - at) + 2;
        if (strncmp(at, "auth ", 5) == 0)
            continue;
        assert_int_equal(swio_conn_send(conn, at, len, 20, on_reply, s), 0);
        count++;
    }
    return count;
}

static void replay(const char *name)
{
    char path[100];
    recording r;
    seen s = {0};
    swio_conn *conn;
    snprintf(path, sizeof path, "%s.bin", name);
    r.received = load(path);
    snprintf(path, sizeof path, "%s.sent.bin", name);
    r.sent = load(path);
    snprintf(path, sizeof path, "%s.idx", name);
    r.index = load(path);

    mock_server *server = mock_server_start("127.0.0.1", play, &r);
    assert_non_null(server);
    swio_conn_opts opts = {.on_event = on_event, .on_closed = on_closed, .arg = &s};
    assert_int_equal(swio_conn_new(mock_server_contact(server), &opts, &conn), 0);
    assert_int_equal(swio_conn_connect(conn), 0);
    int commands = send_commands(conn, &r.sent, &s);
    wait_until(atomic_load(&s.closed) == 1);

    assert_int_equal(atomic_load(&s.replies), commands);
    assert_int_equal(s.errors, 0);
    assert_int_equal(atomic_load(&s.events), occurrences(&r.received, "Content-Type: text/event-"));
    assert_memory_equal(s.first_reply, "UP 0 years", 10);
    assert_string_equal(s.last_event, "CHANNEL_STATE");
    assert_non_null(strstr(s.sentence, ": FreeSWITCH ended the connection: 'Disconnected, goodbye. "
                                       "See you at ClueCon! http://www.cluecon.com/'"));
    swio_conn_unref(conn);
    assert_int_equal(mock_server_stop(server), 0);
    free(r.received.bytes);
    free(r.sent.bytes);
    free(r.index.bytes);
}

static void a_recorded_call(void **state)
{
    (void)state;
    replay("basic_call");
}

static void a_recorded_call_in_json(void **state)
{
    (void)state;
    replay("basic_call_json");
}

static void a_recorded_call_in_xml(void **state)
{
    (void)state;
    replay("basic_call_xml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_call),
        cmocka_unit_test(a_recorded_call_in_json),
        cmocka_unit_test(a_recorded_call_in_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

/* ---- the stream ---- */

static void events_and_replies_come_in_their_order(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, fixture_talk);
    fixture_api(&f, "a");
    fixture_api(&f, "b");
    wait_until(atomic_load(&f.events) == 3);
    fixture_end(&f);
    assert_string_equal(f.order, "E1 a line E2 b E3 ");
    assert_int_equal(f.closed_error, 0);
    assert_string_equal(f.closed_sentence, "");
}

static size_t piece;

static void talk_in_pieces(mock_peer *peer, void *arg)
{
    mock_split(peer, piece);
    fixture_talk(peer, arg);
}

static void the_stream_may_be_split_anywhere(void **state)
{
    (void)state;
    for (piece = 1; piece < 40; piece += piece < 8 ? 1 : 5) {
        fixture f = {0};
        fixture_begin(&f, talk_in_pieces);
        fixture_api(&f, "a");
        fixture_api(&f, "b");
        wait_until(atomic_load(&f.events) == 3);
        fixture_end(&f);
        assert_string_equal(f.order, "E1 a line E2 b E3 ");
    }
}

static void say_goodbye(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
    mock_send(peer, "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
                    "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n");
    mock_wait_close(peer);
}

#define GOODBYE                                                                     \
    "FreeSWITCH ended the connection: 'Disconnected, goodbye. See you at ClueCon! " \
    "http://www.cluecon.com/'"

static void freeswitch_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, say_goodbye);
    fixture_api(&f, "a");
    fixture_ended(&f, SWIO_ECONN, GOODBYE);
    assert_int_equal(f.reply_error, SWIO_ECONN);
    fixture_sentence(&f, f.reply_sentence, GOODBYE);
    fixture_end(&f);
}

static void linger(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: text/disconnect-notice\nControlled-Session-UUID: 1\n"
                    "Content-Disposition: linger\nChannel-Name: x\nLinger-Time: 5\n"
                    "Content-Length: 0\n\n");
    mock_send_event(peer, "CHANNEL_HANGUP_COMPLETE", "");
    mock_send(peer, "Content-Type: text/disconnect-notice\nControlled-Session-UUID: 1\n"
                    "Content-Disposition: disconnect\nContent-Length: 67\n\n"
                    "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n");
    mock_wait_close(peer);
}

static void a_lingering_connection_still_gives_events(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, linger);
    fixture_ended(&f, SWIO_ECONN, GOODBYE);
    assert_string_equal(f.order, "CHANNEL_HANGUP_COMPLETE ");
    fixture_end(&f);
}

static void hang_up_hard(mock_peer *peer, void *arg)
{
    fixture_hang_up(peer, arg);
    mock_reset(peer);
}

static void a_lost_connection_ends_what_is_pending(void **state)
{
    (void)state;
    static const struct {
        mock_script *script;
        const char *sentence;
    } cases[] = {{fixture_hang_up, "the connection was closed by the other side"},
                 {hang_up_hard, "connection lost (connection reset by peer)"}};
    for (size_t i = 0; i < 2; i++) {
        fixture f = {0};
        fixture_begin(&f, cases[i].script);
        fixture_api(&f, "a");
        fixture_ended(&f, SWIO_ECONN, cases[i].sentence);
        assert_int_equal(f.reply_error, SWIO_ECONN);
        fixture_sentence(&f, f.reply_sentence, cases[i].sentence);
        fixture_end(&f);
    }
}

/* ---- what has no place ---- */

/* ---- what has no place ---- */

static void flood(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (int i = 0; i < 1000 && mock_send_reply(peer, "+OK really"); i++)
        ;
    mock_wait_close(peer);
}

static void a_reply_without_a_command_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, flood);
    fixture_ended(&f, SWIO_EPROTO,
                  "a reply came to which there is no command ('+OK really'); replies and commands "
                  "cannot be told apart any more, so the connection was closed");
    fixture_end(&f);
}

static void say_something_else(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: text/html\n\n");
    mock_wait_close(peer);
}

static void an_unknown_frame_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, say_something_else);
    fixture_ended(
        &f, SWIO_EPROTO,
        "a frame of Content-Type 'text/html' came, which has no place here; the connection "
        "was closed");
    fixture_end(&f);
}

static void leave_a_rest(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
    mock_send(peer, "Content-Type: command/reply\nReply-Text: first\n\nrest of the value\n\n");
    mock_send(peer, "Content-Length: 9\nContent-Type: text/event-json\n\n{ broken}");
    mock_send_event(peer, "E1", "");
    mock_expect(peer, "exit");
}

static void ignore_line(swio_log_level level, const char *file, int line, const char *text,
                        void *arg)
{
    (void)level, (void)file, (void)line, (void)text, (void)arg;
}

static void what_does_no_harm_is_skipped(void **state)
{
    (void)state;
    fixture f = {0};
    swio_log_set_handler(ignore_line, NULL);
    fixture_begin(&f, leave_a_rest);
    fixture_api(&f, "a");
    wait_until(atomic_load(&f.events) == 1);
    fixture_end(&f);
    swio_log_set_handler(NULL, NULL);
    assert_int_equal(f.reply_error, 0);
    assert_int_equal(f.closed_error, 0);
}

static void say_too_much(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: log/data\nContent-Length: 1001\n\n");
    mock_wait_close(peer);
}

static void a_frame_past_the_bounds_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    swio_conn_opts opts = fixture_opts(&f);
    opts.max_body_bytes = 1000;
    fixture_begin_with(&f, say_too_much, &opts);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ELIMIT);
    assert_non_null(strstr(f.closed_sentence, "1000"));
    assert_non_null(strstr(f.closed_sentence, "; the connection was closed"));
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_and_replies_come_in_their_order),
        cmocka_unit_test(the_stream_may_be_split_anywhere),
        cmocka_unit_test(freeswitch_ends_the_connection),
        cmocka_unit_test(a_lingering_connection_still_gives_events),
        cmocka_unit_test(a_lost_connection_ends_what_is_pending),
        cmocka_unit_test(a_reply_without_a_command_ends_the_connection),
        cmocka_unit_test(an_unknown_frame_ends_the_connection),
        cmocka_unit_test(what_does_no_harm_is_skipped),
        cmocka_unit_test(a_frame_past_the_bounds_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

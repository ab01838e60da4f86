/*
 * What a listener that is there again asks, and what it makes of the answers: against a switch that
 * says each thing at the moment that matters.
 * labels: threaded valgrind
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "conn/conn.h"
#include "control/listener.h"
#include "control/on_loop.h"
#include "support/mock_server.h"
#include "support/notes.h"
#include "support/rig.h"
#include "support/wait.h"

enum { MANY = 150 };

/* One session, and what the switch says of it once the listener is there again. */
typedef struct leg {
    const char *uuid;
    bool answered;    /* before the loss */
    bool began_later; /* CHANNEL_CREATE comes behind the new subscription */
    bool up;          /* it exists */
    int rows;         /* in so many lists it has one */
    bool ends_late;   /* its CHANNEL_DESTROY comes behind the list, before the fence */
    bool hangs_up;    /* its CHANNEL_HANGUP comes behind the first question */
    bool young;       /* its row is written behind the first list, and it ends behind the second */
} leg;

typedef struct world {
    const leg *legs;
    size_t many;         /* instead: so many, of which each third is up */
    const char *refuse;  /* what begins with this is answered by "-ERR no" */
    const char *cut_at;  /* the second connection ends when it is asked this */
    bool no_fence_event; /* the job of the fence never ends */
    atomic_bool started; /* the first connection may go on */
    atomic_bool hold;    /* answers wait */
    atomic_int turn;     /* connections so far */
    atomic_int lists;    /* asked for so far */
    atomic_int singles;  /* uuid_exists, uuid_dump */
    swio_loop *loop;
    swio_listener *listener;
    mock_server *server;
} world;

/* ---- the switch ---- */

/* What happened long ago, and what just has. */
enum { EARLY = 1, LATE = 61 };

static void tell_at(mock_peer *peer, int seconds, const char *event, const char *uuid,
                    const char *more)
{
    char headers[256];
    snprintf(headers, sizeof headers, "Unique-ID: %s\nEvent-Date-Timestamp: %d000000\n%s", uuid,
             seconds, more);
    mock_send_event(peer, event, headers);
}

static void tell(mock_peer *peer, const char *event, const char *uuid, const char *more)
{
    tell_at(peer, LATE, event, uuid, more);
}

static const leg *leg_of(const world *w, const char *uuid)
{
    static leg one;
    if (w->many) {
        one = (leg){.up = atoi(uuid) % 3 == 0};
        return &one;
    }
    for (const leg *l = w->legs; l->uuid; l++)
        if (strcmp(l->uuid, uuid) == 0)
            return l;
    return NULL;
}

static void answer_single(mock_peer *peer, world *w, const char *uuid, bool dump)
{
    const leg *l = leg_of(w, uuid);
    char text[256];
    int before = atomic_fetch_add(&w->singles, 1);
    for (const leg *each = w->legs; each && each->uuid && before == 0; each++)
        if (each->hangs_up)
            tell(peer, "CHANNEL_HANGUP", each->uuid, "Hangup-Cause: USER_BUSY\n");
    snprintf(text, sizeof text,
             "{\"Event-Name\":\"CHANNEL_DATA\",\"Unique-ID\":\"%s\",\"Answer-State\":\"answered\","
             "\"Caller-Channel-Answered-Time\":\"7000000\"}",
             uuid);
    if (!l || l->began_later)
        mock_complain(peer, "asked about %s", uuid);
    else if (dump)
        mock_send_api(peer, l->up ? text : "-ERR No such channel!\n");
    else
        mock_send_api(peer, l->up ? "true" : "false");
}

static void answer_list(mock_peer *peer, world *w)
{
    char text[1024] = "";
    int rows = 0, now = atomic_fetch_add(&w->lists, 1);
    for (const leg *l = w->legs; l && l->uuid; l++) {
        if (l->young && now == 1)
            tell(peer, "CHANNEL_DESTROY", l->uuid, "Hangup-Cause: USER_BUSY\n");
        if (l->rows <= now && !(l->young && now == 1))
            continue;
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s{\"uuid\":\"%s\",\"name\":\"x\"}", rows++ ? "," : "",
                 l->uuid);
    }
    char list[1100];
    snprintf(list, sizeof list, "{\"row_count\":%d,\"rows\":[%s]}", rows, text);
    mock_send_api(peer, rows ? list : "{\"row_count\": 0}\n");
}

static void answer_fence(mock_peer *peer, world *w, const char *command)
{
    const char *job = strstr(command, "Job-UUID: ");
    char headers[128];
    if (!job) {
        mock_complain(peer, "no job in '%s'", command);
        return;
    }
    snprintf(headers, sizeof headers, "%.47s\n", job);
    mock_send_reply(peer, "+OK Job-UUID");
    for (const leg *l = w->legs; l && l->uuid; l++)
        if (l->ends_late)
            tell(peer, "CHANNEL_DESTROY", l->uuid, "Hangup-Cause: NORMAL_CLEARING\n");
    if (!w->no_fence_event)
        mock_send_event(peer, "BACKGROUND_JOB", headers);
}

/* False when the connection is to end. */
static bool answer(mock_peer *peer, world *w, const char *command)
{
    char uuid[64] = "";
    while (atomic_load(&w->hold))
        wait_a_little();
    if (w->cut_at && strstr(command, w->cut_at) && atomic_load(&w->turn) == 2)
        return false;
    if (w->refuse && strncmp(command, w->refuse, strlen(w->refuse)) == 0)
        return mock_send_reply(peer, "-ERR no");
    if (sscanf(command, "api uuid_exists %63s", uuid) == 1)
        answer_single(peer, w, uuid, false);
    else if (sscanf(command, "api uuid_dump %63s json", uuid) == 1)
        answer_single(peer, w, uuid, true);
    else if (strcmp(command, "api show channels as json") == 0)
        answer_list(peer, w);
    else if (strncmp(command, "bgapi ", 6) == 0)
        answer_fence(peer, w, command);
    else if (strcmp(command, "exit") != 0)
        mock_complain(peer, "unexpected: '%s'", command);
    return true;
}

static void create(mock_peer *peer, const char *uuid, bool answered, int seconds)
{
    tell_at(peer, seconds, "CHANNEL_CREATE", uuid, "");
    if (answered)
        tell_at(peer, seconds, "CHANNEL_ANSWER", uuid, "");
}

static void first_connection(mock_peer *peer, const world *w)
{
    char uuid[32];
    while (!atomic_load(&w->started))
        wait_a_little();
    for (size_t i = 0; i < w->many; i++) {
        snprintf(uuid, sizeof uuid, "%zu", i);
        create(peer, uuid, i % 2, EARLY);
    }
    for (const leg *l = w->legs; l && l->uuid; l++)
        if (!l->began_later)
            create(peer, l->uuid, l->answered, l->young ? LATE : EARLY);
    mock_send_event(peer, "HEARTBEAT", "Event-Date-Timestamp: 61000000\n");
}

static void serve(mock_peer *peer, void *arg)
{
    world *w = arg;
    int turn = atomic_fetch_add(&w->turn, 1);
    const char *command = mock_login(peer) ? mock_read(peer) : NULL;
    if (!command || strncmp(command, "event plain ", 12) != 0)
        return;
    mock_send_reply(peer, "+OK event listener enabled plain");
    if (turn == 0) {
        first_connection(peer, w);
        return;
    }
    for (const leg *l = w->legs; l && l->uuid; l++)
        if (l->began_later)
            create(peer, l->uuid, true, LATE);
    while ((command = mock_read(peer)) && answer(peer, w, command))
        continue;
}

/* ---- the listener ---- */

/* Until it was lost, with all legs in its model. */
static void open_world(world *w, const swio_listener_opts *opts)
{
    swio_listener_opts all = *opts;
    notes_clear();
    notes_take_log(SWIO_LOG_INFO);
    assert_non_null((w->server = mock_server_start("127.0.0.1", serve, w)));
    assert_ok(swio_loop_new(&w->loop));
    all.loop = w->loop;
    assert_ok(swio_listener_new(mock_server_contact(w->server), &all, &w->listener));
    assert_ok(swio_listener_connect(w->listener));
    assert_ok(swio_listener_start(w->listener));
    atomic_store(&w->started, true);
    wait_until(swio_conn_losses(w->listener->conn) == 1);
}

/* Running again: its first connection may still count as such where it has just been lost. */
static bool is_back(world *w)
{
    return atomic_load(&w->turn) >= 2 && swio_listener_running(w->listener);
}

static void close_world(world *w)
{
    swio_listener_unref(w->listener);
    swio_loop_unref(w->loop);
    assert_int_equal(mock_server_stop(w->server), 0);
    swio_log_set_handler(NULL, NULL);
}

static size_t sessions(const world *w)
{
    return swio_listener_count_sessions(w->listener);
}

static swio_totals totals(const world *w)
{
    swio_totals t;
    swio_listener_totals(w->listener, &t);
    return t;
}

static bool has(const world *w, const char *uuid)
{
    swio_session *session = swio_listener_session(w->listener, uuid);
    swio_session_unref(session);
    return session;
}

static size_t failed_of(const world *w, const char *cause)
{
    swio_session **list;
    size_t count;
    assert_ok(swio_listener_failed(w->listener, cause, &list, &count));
    swio_sessions_free(list);
    return count;
}

static void look_at(void *arg)
{
    void **at = arg;
    at[1] = ((world *)at[0])->listener->resync;
}

static bool is_idle(world *w)
{
    void *at[] = {w, NULL};
    swio_on_loop(w->loop, look_at, at);
    return !at[1];
}

/* It runs again, and asks no more. */
static bool is_done(world *w)
{
    return atomic_load(&w->turn) > 1 && swio_listener_running(w->listener) && is_idle(w);
}

static const swio_listener_opts none, by_hand = {.no_reconnect = true};

/* ---- who is there, who is not ---- */

static void the_lost_are_ended_and_the_others_followed(void **state)
{
    (void)state;
    static const leg legs[] = {{"gone", .answered = true},
                               {"up", .answered = true, .up = true, .rows = 9},
                               {"rung", .answered = false, .up = true, .rows = 9},
                               {"busy", .answered = false},
                               {0}};
    for (int hand = 0; hand < 2; hand++) {
        world w = {.legs = legs};
        open_world(&w, hand ? &by_hand : &none);
        swio_listener_set_max_limit(w.listener, 3);
        swio_session *gone = swio_listener_session(w.listener, "gone");
        assert_non_null(gone);
        assert_int_equal(sessions(&w), 4);
        assert_true(swio_listener_full(w.listener));
        if (hand) {
            wait_until(!swio_listener_connected(w.listener));
            assert_ok(swio_listener_connect(w.listener));
            assert_ok(swio_listener_start(w.listener));
        }
        wait_until(is_done(&w));
        assert_true(has(&w, "up") && has(&w, "rung"));
        assert_int_equal(sessions(&w), 2);
        assert_int_equal(swio_listener_count_calls(w.listener), 2);
        assert_false(swio_listener_full(w.listener));
        assert_true(swio_session_ended(gone) && swio_session_hungup(gone));
        assert_string_equal(swio_session_cause(gone), SWIO_CAUSE_LOST);
        assert_int_equal(failed_of(&w, SWIO_CAUSE_LOST), 2);
        assert_int_equal(totals(&w).answered, 3);
        assert_int_equal(atomic_load(&w.lists), 1);
        assert_int_equal(atomic_load(&w.singles), 4);
        assert_true(logged("2 sessions ended while the listener was away"));
        swio_session_unref(gone);
        close_world(&w);
    }
}

/* Nobody is gone: nothing more is asked. And of who began meanwhile nothing at all. */
static void the_living_are_asked_about_once(void **state)
{
    (void)state;
    static const leg legs[] = {{"a", .answered = true, .up = true},
                               {"b", .answered = true, .up = true},
                               {"new", .began_later = true},
                               {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    wait_until(is_done(&w) && has(&w, "new"));
    assert_int_equal(sessions(&w), 3);
    assert_int_equal(atomic_load(&w.lists), 0);
    assert_int_equal(totals(&w).failed, 0);
    close_world(&w);
}

static void new_ones_have_no_row_yet(void **state)
{
    (void)state;
    static const leg legs[] = {{"a", .answered = true}, {"new", .began_later = true}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    wait_until(is_done(&w) && has(&w, "new"));
    assert_int_equal(sessions(&w), 1);
    assert_int_equal(failed_of(&w, SWIO_CAUSE_LOST), 1);
    close_world(&w);
}

/* Alive, though the table of the switch is late. */
static void who_lives_needs_no_row(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"a", .answered = true}, {"b", .answered = true, .up = true, .rows = 0}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_true(has(&w, "b") && !has(&w, "a"));
    close_world(&w);
}

/* ---- ends that are under way ---- */

static void an_end_behind_the_list_is_heard(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"late", .answered = true, .ends_late = true}, {"gone", .answered = true}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    swio_session *late = swio_listener_session(w.listener, "late");
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), 0);
    assert_string_equal(swio_session_cause(late), "NORMAL_CLEARING");
    assert_int_equal(totals(&w).unknown, 0);
    assert_int_equal(totals(&w).failed, 1);
    assert_true(logged("1 session ended while"));
    swio_session_unref(late);
    close_world(&w);
}

/* It hung up before its row was written: its end is yet to come, and tells its cause. */
static void who_is_young_may_have_no_row_yet(void **state)
{
    (void)state;
    static const leg legs[] = {{"young", .young = true}, {"gone", .answered = true}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    swio_session *young = swio_listener_session(w.listener, "young");
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), 0);
    assert_string_equal(swio_session_cause(young), "USER_BUSY");
    assert_int_equal(totals(&w).unknown, 0);
    assert_int_equal(failed_of(&w, SWIO_CAUSE_LOST), 1);
    swio_session_unref(young);
    close_world(&w);
}

/* It has hung up, and its row says that CHANNEL_DESTROY is yet to come: or else it is late. */
static void who_has_a_row_is_looked_for_again(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"reports", .answered = true, .rows = 1}, {"gone", .answered = true}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), 0);
    assert_int_equal(atomic_load(&w.lists), 2);
    assert_true(logged("1 session ended while"));
    close_world(&w);
}

static void one_event_is_enough(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"a", .answered = true, .hangs_up = true}, {"b", .answered = false, .hangs_up = true}, {0}};
    world w = {.legs = legs};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), 2);
    assert_int_equal(totals(&w).failed, 0);
    close_world(&w);
}

/* ---- a switch that does not answer so ---- */

static void without_a_list_they_are_given_a_while(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"gone", .answered = true}, {"up", .answered = true, .up = true}, {0}};
    world w = {.legs = legs, .refuse = "api show"};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_true(has(&w, "up") && !has(&w, "gone"));
    assert_true(logged("the channels were not listed: "));
    close_world(&w);
}

static size_t times_logged(const char *words)
{
    size_t times = 0;
    pthread_mutex_lock(&notes.lock);
    for (const char *at = notes.log; (at = strstr(at, words)); at += strlen(words))
        times++;
    pthread_mutex_unlock(&notes.lock);
    return times;
}

/* The user may not ask: nobody is taken for lost, and that is said once. */
static void what_is_not_permitted_is_said(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"a", .answered = true}, {"b", .answered = true}, {"c", .answered = false}, {0}};
    world w = {.legs = legs, .refuse = "api uuid_"};
    open_world(&w, &by_hand);
    for (int turn = 2; turn < 4; turn++) {
        wait_until(!swio_listener_connected(w.listener));
        assert_ok(swio_listener_connect(w.listener));
        assert_ok(swio_listener_start(w.listener));
        wait_until(atomic_load(&w.turn) == turn && is_done(&w));
        assert_int_equal(sessions(&w), 3);
        assert_int_equal(times_logged("permit the user uuid_exists, uuid_dump and show"), 1);
        swio_listener_disconnect(w.listener);
    }
    close_world(&w);
}

/* A switch that tells nothing is believed nothing. */
static void who_cannot_be_asked_about_stays(void **state)
{
    (void)state;
    static const leg legs[] = {{"a", .answered = true}, {"b", .answered = false}, {0}};
    world w = {.legs = legs, .refuse = "api"};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), 2);
    close_world(&w);
}

static void fences_that_do_not_hold(void **state)
{
    (void)state;
    static const leg legs[] = {{"gone", .answered = true}, {0}};
    for (int way = 0; way < 3; way++) {
        world w = {.legs = legs, .refuse = way == 0 ? "bgapi" : NULL, .no_fence_event = way == 1};
        swio_listener_opts opts = {.no_reconnect = true, .timeout = way == 1 ? 4 : 0};
        open_world(&w, &opts);
        wait_until(!swio_listener_connected(w.listener));
        if (way == 2)
            assert_ok(swio_listener_unsubscribe(w.listener, "BACKGROUND_JOB"));
        assert_ok(swio_listener_connect(w.listener));
        assert_ok(swio_listener_start(w.listener));
        wait_until(is_done(&w));
        assert_int_equal(sessions(&w), 0);
        close_world(&w);
    }
}

static void lost_once_more_at_each_question(void **state)
{
    (void)state;
    static const char *const at[] = {"uuid_exists gone", "uuid_dump", "show channels", "bgapi"};
    static const leg legs[] = {{"gone", .answered = true},
                               {"busy", .answered = false},
                               {"up", .answered = true, .up = true, .rows = 9},
                               {0}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        world w = {.legs = legs, .cut_at = at[i]};
        open_world(&w, &none);
        wait_until(atomic_load(&w.turn) == 3 && is_done(&w));
        assert_int_equal(sessions(&w), 1);
        assert_int_equal(failed_of(&w, SWIO_CAUSE_LOST), 2);
        close_world(&w);
    }
}

static void closed_while_it_asks(void **state)
{
    (void)state;
    static const leg legs[] = {
        {"gone", .answered = true}, {"reports", .answered = true, .rows = 1000}, {0}};
    for (int way = 0; way < 3; way++) {
        world w = {.legs = legs, .hold = way == 0};
        open_world(&w, &none);
        if (way == 0)
            wait_until(is_back(&w));
        else
            wait_until(sessions(&w) == 1); /* waits to look again */
        if (way == 2) {
            swio_listener_disconnect(w.listener);
            wait_until(is_idle(&w));
        } else {
            w.listener = swio_listener_unref(w.listener);
        }
        atomic_store(&w.hold, false);
        close_world(&w);
    }
}

/* ---- waits, many, and memory ---- */

static void *wait_for_end(void *arg)
{
    static char words[256];
    int error = swio_session_recv(arg, "CHANNEL_HANGUP", INFINITY, NULL);
    snprintf(words, sizeof words, "%d %s", error == SWIO_ECANCELED, swio_errmsg());
    return words;
}

static bool is_waited(world *w)
{
    pthread_mutex_lock(&w->listener->waits.lock);
    bool any = !TAILQ_EMPTY(&w->listener->waits.all);
    pthread_mutex_unlock(&w->listener->waits.lock);
    return any;
}

static void who_waits_wakes(void **state)
{
    (void)state;
    static const leg legs[] = {{"gone", .answered = true}, {0}};
    world w = {.legs = legs, .hold = true};
    pthread_t thread;
    void *words;
    /* Not given up by the listener while the test holds the answers back. */
    open_world(&w, &(swio_listener_opts){.timeout = WAIT_DEADLINE_SECONDS});
    wait_until(is_back(&w));
    swio_session *gone = swio_listener_session(w.listener, "gone");
    assert_int_equal(pthread_create(&thread, NULL, wait_for_end, gone), 0);
    wait_until(is_waited(&w));
    atomic_store(&w.hold, false);
    pthread_join(thread, &words);
    assert_string_equal(words, "1 the session gone was lost: it ended while the listener was away");
    swio_session_unref(gone);
    close_world(&w);
}

static void more_than_are_asked_at_once(void **state)
{
    (void)state;
    world w = {.many = MANY};
    open_world(&w, &none);
    wait_until(is_done(&w));
    assert_int_equal(sessions(&w), MANY / 3);
    assert_int_equal(atomic_load(&w.singles), MANY);
    assert_int_equal(failed_of(&w, SWIO_CAUSE_LOST), MANY - MANY / 3);
    close_world(&w);
}

/* Whatever fails: who lives is not taken for lost, and who is lost may stay. */
static void without_memory(void **state)
{
    (void)state;
    static const leg legs[] = {{"gone", .answered = true},
                               {"up", .answered = true, .up = true, .rows = 9},
                               {"rung", .answered = false, .up = true, .rows = 9},
                               {0}};
    bool failing = true;
    for (long n = 0; failing; n++) {
        world w = {.legs = legs, .hold = true};
        open_world(&w, &by_hand);
        wait_until(!swio_listener_connected(w.listener));
        assert_ok(swio_listener_connect(w.listener));
        swio_mem_fail_after(n, false);
        int error = swio_listener_start(w.listener);
        atomic_store(&w.hold, false);
        if (!error)
            wait_until(is_done(&w) || !swio_listener_connected(w.listener));
        failing = swio_mem_fail_after(-1, false) > (size_t)n;
        assert_true(has(&w, "up") && has(&w, "rung"));
        assert_true(failing || sessions(&w) == 2);
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lost_are_ended_and_the_others_followed),
        cmocka_unit_test(the_living_are_asked_about_once),
        cmocka_unit_test(new_ones_have_no_row_yet),
        cmocka_unit_test(who_lives_needs_no_row),
        cmocka_unit_test(an_end_behind_the_list_is_heard),
        cmocka_unit_test(who_is_young_may_have_no_row_yet),
        cmocka_unit_test(who_has_a_row_is_looked_for_again),
        cmocka_unit_test(one_event_is_enough),
        cmocka_unit_test(without_a_list_they_are_given_a_while),
        cmocka_unit_test(what_is_not_permitted_is_said),
        cmocka_unit_test(who_cannot_be_asked_about_stays),
        cmocka_unit_test(fences_that_do_not_hold),
        cmocka_unit_test(lost_once_more_at_each_question),
        cmocka_unit_test(closed_while_it_asks),
        cmocka_unit_test(who_waits_wakes),
        cmocka_unit_test(more_than_are_asked_at_once),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

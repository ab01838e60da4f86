/*
 * Whatever is closed first: loop, listener, client, caller, and the references of a session, its
 * call and its job, in every order, with nothing going on, while a call rings, and while it is up
 * and waited for; on a thread, in a coroutine and in a plain callback. That nothing is used after
 * its end, and nothing left, is for the sanitizers and valgrind to say; the test itself looks that
 * every wait ends and every app is torn down.
 * labels: threaded valgrind
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <switchio/call.h>
#include <switchio/caller.h>

#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

typedef enum scene {
    QUIET,   /* connected, and nothing else */
    RINGING, /* a call that nobody answers: its job is under way, and waited for */
    TALKING, /* a call that is up: coroutines and a thread wait on its session */
    SCENES,
} scene;

typedef enum place { THREAD, COROUTINE, CALLBACK, PLACES } place;

/* One of each. */
typedef struct cast {
    swio_loop *loop;
    swio_listener *listener;
    swio_client *client;
    swio_caller *caller;
    swio_session *session;
    swio_call *call;
    swio_job *job;
} cast;

static swio_sim *sim;
static char url[128];
static atomic_int loads, flows; /* that began and have not ended */

/* ---- an app that waits ---- */

static int begin(swio_load *load, void *self)
{
    (void)load, (void)self;
    atomic_fetch_add(&loads, 1);
    return 0;
}

static void end(void *self)
{
    (void)self;
    atomic_fetch_sub(&loads, 1);
}

static int answer(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}

static int flow(swio_session *session, void *self)
{
    (void)self;
    atomic_fetch_add(&flows, 1);
    int error = swio_session_recv(session, "CHANNEL_UNHOLD", INFINITY, NULL);
    assert_int_equal(error, SWIO_ECANCELED);
    assert_int_equal(swio_sleep(1000), SWIO_ECANCELED);
    atomic_fetch_sub(&flows, 1);
    return error;
}

static const swio_app app = {
    .name = "Waiter",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", answer), SWIO_COROUTINE("CHANNEL_ANSWER", flow)},
    .setup = begin,
    .teardown = end,
};

/* ---- threads that wait ---- */

static void *waits_for_session(void *arg)
{
    swio_session *session = arg;
    assert_int_not_equal(swio_session_recv(session, "CHANNEL_UNHOLD", INFINITY, NULL), 0);
    swio_session_unref(session);
    return NULL;
}

static void *waits_for_job(void *arg)
{
    swio_job *job = arg;
    assert_int_not_equal(swio_job_get(job, INFINITY, NULL), 0);
    swio_job_unref(job);
    return NULL;
}

typedef struct waiters {
    pthread_t threads[2];
    int count;
} waiters;

static void start_waiting(waiters *w, void *(*fn)(void *), void *arg)
{
    assert_int_equal(pthread_create(&w->threads[w->count++], NULL, fn, arg), 0);
}

/* ---- the scenes ---- */

static void make_cast(cast *c)
{
    const char *contact = swio_sim_contact(sim, 0);
    *c = (cast){0};
    assert_ok(swio_loop_new(&c->loop));
    assert_ok(swio_listener_new(contact, &(swio_listener_opts){.loop = c->loop}, &c->listener));
    assert_ok(swio_listener_subscribe(c->listener, "CHANNEL_UNHOLD"));
    assert_ok(swio_client_new(contact, &(swio_client_opts){.listener = c->listener}, &c->client));
    assert_ok(swio_client_connect(c->client));
    assert_ok(swio_listener_connect(c->listener));
    assert_ok(swio_listener_start(c->listener));
    swio_caller_opts opts = {.apps = {{"app", &app}}, .loop = c->loop};
    assert_ok(swio_caller_open(contact, &opts, &c->caller));
}

/* A call of the client, as far as `answered` says; the session is the caller's leg. */
static void place_call(cast *c, bool answered)
{
    swio_originate_opts opts = {.dest_url = url, .app_id = answered ? "waiter" : NULL};
    if (answered)
        assert_ok(swio_client_load_app(c->client, &app, &(swio_load_opts){.id = "waiter"}, NULL));
    assert_ok(swio_client_originate(c->client, &opts, &c->job));
    if (answered)
        assert_ok(swio_job_get(c->job, 60, NULL));
    wait_until((c->session = swio_listener_session(c->listener, swio_job_sess_uuid(c->job))));
    c->call = swio_session_call(c->session);
}

static void set_scene(cast *c, scene which, waiters *w)
{
    *w = (waiters){0};
    make_cast(c);
    if (which == QUIET)
        return;
    place_call(c, which == TALKING);
    if (which == RINGING) {
        start_waiting(w, waits_for_job, swio_job_ref(c->job));
    } else {
        start_waiting(w, waits_for_session, swio_session_ref(c->session));
        assert_ok(swio_caller_call(c->caller, url, "app", NULL, NULL));
        wait_until(atomic_load(&flows) == 4); /* one for each leg */
    }
}

/* ---- closing ---- */

static void close_loop(cast *c)
{
    swio_loop_unref(c->loop);
}
static void close_listener(cast *c)
{
    swio_listener_unref(c->listener);
}
static void close_client(cast *c)
{
    swio_client_unref(c->client);
}
static void close_caller(cast *c)
{
    swio_caller_close(c->caller);
}
static void close_session(cast *c)
{
    swio_session_unref(c->session);
}
static void close_call(cast *c)
{
    swio_call_unref(c->call);
}
static void close_job(cast *c)
{
    swio_job_unref(c->job);
}
static void close_references(cast *c)
{
    close_session(c);
    close_call(c);
    close_job(c);
}

typedef void closer(cast *c);

enum { MOST = 6 };
typedef struct closing {
    cast *cast;
    closer *order[MOST];
    size_t count;
} closing;

/* The permutation of this number, 0 … count! - 1. */
static closing order(cast *c, closer *const *closers, size_t count, size_t number)
{
    closing o = {.cast = c, .count = count};
    closer *left[MOST];
    memcpy(left, closers, count * sizeof left[0]);
    for (size_t i = 0; i < count; i++) {
        size_t at = number % (count - i);
        number /= count - i;
        o.order[i] = left[at];
        memmove(&left[at], &left[at + 1], (count - i - at - 1) * sizeof left[0]);
    }
    return o;
}

static void close_all(void *arg)
{
    closing *o = arg;
    for (size_t i = 0; i < o->count; i++)
        o->order[i](o->cast);
}

typedef struct errand {
    closing *closing;
    atomic_bool done;
} errand;

static void run_errand(void *arg)
{
    errand *e = arg;
    close_all(e->closing);
    atomic_store(&e->done, true);
}

/* On the loop's thread what is closed ends soon, not at once. */
static void close_at(place where, closing *o, waiters *w)
{
    swio_loop *loop = where == THREAD ? NULL : swio_loop_ref(o->cast->loop);
    errand e = {.closing = o};
    if (where == THREAD)
        run_errand(&e);
    else if (where == CALLBACK)
        on_loop(loop, run_errand, &e);
    else
        assert_ok(swio_go(loop, run_errand, &e));
    wait_until(atomic_load(&e.done));
    swio_loop_unref(loop);
    for (int i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    if (where == THREAD)
        assert_int_equal(atomic_load(&flows) + atomic_load(&loads), 0);
    wait_until(atomic_load(&flows) + atomic_load(&loads) == 0);
}

static void run(scene which, place where, closer *const *closers, size_t count, size_t number)
{
    cast c;
    waiters w;
    set_scene(&c, which, &w);
    closing o = order(&c, closers, count, number);
    close_at(where, &o, &w);
}

static size_t permutations(size_t count)
{
    return count < 2 ? 1 : count * permutations(count - 1);
}

/* TEST_SHARE=n: one of n orders, for where each takes long. */
static size_t step(void)
{
    const char *share = getenv("TEST_SHARE");
    return share && atoi(share) > 0 ? (size_t)atoi(share) : 1;
}

/* The objects, and the references in one. */
static void in_every_order(scene which)
{
    static closer *const closers[] = {close_loop, close_listener, close_client, close_caller,
                                      close_references};
    enum { COUNT = sizeof closers / sizeof closers[0] };
    for (size_t i = 0; i < permutations(COUNT); i += step())
        run(which, (place)(i % PLACES), closers, COUNT, i);
}

static void test_quiet(void **state)
{
    (void)state;
    in_every_order(QUIET);
}

static void test_ringing(void **state)
{
    (void)state;
    in_every_order(RINGING);
}

static void test_talking(void **state)
{
    (void)state;
    in_every_order(TALKING);
}

/* The references each by itself, among those that keep them alive. */
static void test_references(void **state)
{
    (void)state;
    static closer *const closers[] = {close_session, close_call,     close_job,
                                      close_client,  close_listener, close_loop};
    enum { COUNT = sizeof closers / sizeof closers[0] };
    for (size_t i = 0; i < permutations(COUNT); i += 5 * step()) {
        cast c;
        waiters w;
        set_scene(&c, i % 2 ? TALKING : RINGING, &w);
        swio_caller_close(c.caller);
        closing o = order(&c, closers, COUNT, i);
        close_at((place)(i / 5 % PLACES), &o, &w);
    }
}

/* A caller that brought its switch along, closed in the middle of a call, everywhere. */
static void test_with_its_switch(void **state)
{
    (void)state;
    static closer *const closers[] = {close_caller, close_session, close_loop};
    enum { COUNT = sizeof closers / sizeof closers[0] };
    for (size_t i = 0; i < PLACES * permutations(COUNT); i++) {
        cast c = {0};
        waiters none = {0};
        assert_ok(swio_loop_new(&c.loop));
        swio_caller_opts opts = {.apps = {{"app", &app}}, .loop = c.loop};
        assert_ok(swio_caller_open("sim", &opts, &c.caller));
        assert_ok(swio_caller_call(c.caller, "Fred", "app", NULL, &c.session));
        closing o = order(&c, closers, COUNT, i / PLACES);
        close_at((place)(i % PLACES), &o, &none);
    }
}

static int open_switch(void **state)
{
    (void)state;
    assert_ok(swio_sim_start(NULL, &sim));
    snprintf(url, sizeof url, "closing@%s", swio_sim_sip_address(sim, 0, "external"));
    return 0;
}

static int close_switch(void **state)
{
    (void)state;
    sim = swio_sim_stop(sim);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_switch, close_switch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_quiet),      TEST(test_ringing),         TEST(test_talking),
        TEST(test_references), TEST(test_with_its_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* labels: threaded */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "esl/event.h"
#include "support/cmocka.h"

enum { THREADS = 4, HEADERS = 200, ROUNDS = 20 };

typedef struct reader {
    pthread_t thread;
    swio_event *event;
    atomic_int *ready;
    const char *values[HEADERS];
} reader;

/* All threads go at the same values at the same time, so that they meet in the decoding. */
static void *read_all(void *arg)
{
    reader *r = arg;
    atomic_fetch_add(r->ready, 1);
    while (atomic_load(r->ready) < THREADS)
        ;
    for (size_t i = 0; i < HEADERS; i++)
        r->values[i] = swio_event_header_value(r->event, i, NULL);
    swio_event_unref(r->event);
    return NULL;
}

/* A value is decoded once: every thread gets the same pointer, and the losers' copies are freed. */
static void threads_that_decode_at_once_get_the_same_value(void **state)
{
    (void)state;
    swio_buf text = {0};
    for (int i = 0; i < HEADERS; i++)
        swio_buf_printf(&text, "N%d: %%20%d\n", i, i);
    for (int round = 0; round < ROUNDS; round++) {
        reader readers[THREADS] = {0};
        atomic_int ready = 0;
        swio_event *event;
        assert_int_equal(swio_event_from_plain(text.data, text.len, 0, &event), 0);
        for (int t = 0; t < THREADS; t++) {
            readers[t].event = swio_event_ref(event);
            readers[t].ready = &ready;
            assert_int_equal(pthread_create(&readers[t].thread, NULL, read_all, &readers[t]), 0);
        }
        for (int t = 0; t < THREADS; t++)
            pthread_join(readers[t].thread, NULL);
        assert_int_equal(swio_obj_refs(event), 1);
        for (int i = 0; i < HEADERS; i++) {
            char value[20];
            snprintf(value, sizeof value, " %d", i);
            for (int t = 0; t < THREADS; t++)
                assert_ptr_equal(readers[t].values[i], readers[0].values[i]);
            assert_string_equal(readers[0].values[i], value);
        }
        swio_event_unref(event);
    }
    swio_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_decode_at_once_get_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * libuv's own timers tick in milliseconds, which is coarser than the pacing of an auto-dialer may
 * be. So: a heap by nanosecond deadline, and a timerfd for the first of them.
 */
#include "loop/internal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>

#include "base/err.h"
#include "base/mem.h"

/* The key stands beside the pointer, so that moving through the heap touches no timer. */
typedef struct swio_timer_slot {
    uint64_t due_ns;
    swio_timer *timer;
} slot;

static bool before(const slot *a, const slot *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->timer->order < b->timer->order;
}

static void put(swio_timers *timers, size_t at, slot s)
{
    timers->heap[at] = s;
    s.timer->heap_at = (uint32_t)at + 1;
}

/* Finds the place of `s` from the hole at `at` upwards. */
static void sift_up(swio_timers *timers, size_t at, slot s)
{
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (!before(&s, &timers->heap[parent]))
            break;
        put(timers, at, timers->heap[parent]);
        at = parent;
    }
    put(timers, at, s);
}

static void sift_down(swio_timers *timers, size_t at, slot s)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count && before(&timers->heap[child + 1], &timers->heap[child]))
            child++;
        if (!before(&timers->heap[child], &s))
            break;
        put(timers, at, timers->heap[child]);
        at = child;
    }
    put(timers, at, s);
}

static void take_out(swio_timers *timers, swio_timer *timer)
{
    size_t at = timer->heap_at - 1;
    timer->heap_at = 0;
    slot last = timers->heap[--timers->count];
    if (last.timer == timer)
        return;
    if (at > 0 && before(&last, &timers->heap[(at - 1) / 2]))
        sift_up(timers, at, last);
    else
        sift_down(timers, at, last);
}

/* 0 unsets it. Either makes it unreadable again, so that nobody has to read it. */
static void set_clock(swio_timers *timers, uint64_t due_ns)
{
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(due_ns / 1000000000u),
                     .tv_nsec = (long)(due_ns % 1000000000u)},
    };
    timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &when, NULL);
    timers->armed_ns = due_ns;
}

/*
 * Sets the timerfd to the earliest deadline. A deadline that moved away leaves it set too early:
 * waking once for nothing costs less than a system call for each timer that is stopped.
 */
static void arm(swio_timers *timers)
{
    uint64_t due_ns = timers->count > 0 ? timers->heap[0].due_ns : UINT64_MAX;
    if (due_ns == UINT64_MAX)
        return;
    if (timers->armed_ns == 0 || due_ns < timers->armed_ns)
        set_clock(timers, due_ns > 0 ? due_ns : 1);
}

/*
 * Runs what is due now. A timer that is started meanwhile waits for the next round, after the
 * sockets have had their turn: its key is not below `floor_ns`, so those due before go first.
 */
static void on_time(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    swio_loop *loop = poll->data;
    swio_timers *timers = &loop->timers;
    timers->floor_ns = swio_now_ns();
    uint64_t last_order = timers->orders;
    while (timers->count > 0) {
        slot first = timers->heap[0];
        if (first.due_ns > timers->floor_ns || first.timer->order > last_order)
            break;
        take_out(timers, first.timer);
        first.timer->fn(first.timer->arg); /* may free the timer */
    }
    timers->floor_ns = 0;
    timers->armed_ns = 0;
    arm(timers);
    if (timers->armed_ns == 0)
        set_clock(timers, 0);
}

uint64_t swio_timers_wait(const swio_loop *loop)
{
    const swio_timers *timers = &loop->timers;
    if (timers->count == 0)
        return UINT64_MAX;
    uint64_t now = swio_now_ns(), due = timers->heap[0].due_ns;
    return due > now ? due - now : 0;
}

static int make_room(swio_timers *timers)
{
    if (timers->count < timers->capacity)
        return 0;
    size_t capacity = timers->capacity ? 2 * timers->capacity : 64;
    slot *heap = swio_realloc(timers->heap, capacity * sizeof *heap);
    if (!heap)
        return swio_err_nomem();
    timers->heap = heap;
    timers->capacity = capacity;
    return 0;
}

int swio_timer_start(swio_loop *loop, swio_timer *timer, uint64_t due_ns, swio_task_fn *fn,
                     void *arg)
{
    assert(swio_loop_is_current(loop));
    swio_timers *timers = &loop->timers;
    swio_timer_stop(timer);
    int error = swio_loop_refuses(loop);
    if (!error)
        error = make_room(timers);
    if (error)
        return error;
    *timer = (swio_timer){
        .loop = loop, .fn = fn, .arg = arg, .due_ns = due_ns, .order = ++timers->orders};
    slot s = {.due_ns = due_ns > timers->floor_ns ? due_ns : timers->floor_ns, .timer = timer};
    sift_up(timers, timers->count++, s);
    if (timers->floor_ns == 0) /* a round that is running arms at its end */
        arm(timers);
    return 0;
}

void swio_timer_stop(swio_timer *timer)
{
    if (timer->heap_at == 0)
        return;
    assert(swio_loop_is_current(timer->loop));
    take_out(&timer->loop->timers, timer);
}

/* Not by close(): ThreadSanitizer watches that, but not the making of a timerfd, and would mistake
 * it for an earlier descriptor of the same number. */
static void close_timerfd(int fd)
{
    uv_fs_t request;
    uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
}

int swio_timers_init(swio_loop *loop)
{
    swio_timers *timers = &loop->timers;
    timers->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timers->fd < 0)
        return swio_err(SWIO_EIO, "the timer of the event loop cannot be made (%s)",
                        strerror(errno));
    int failed = uv_poll_init(&loop->uv, &timers->poll, timers->fd);
    if (failed) {
        close_timerfd(timers->fd);
        return swio_err(SWIO_EIO, "the timer of the event loop cannot be watched (%s)",
                        uv_strerror(failed));
    }
    timers->poll.data = loop;
    uv_poll_start(&timers->poll, UV_READABLE, on_time);
    return 0;
}

void swio_timers_drop(swio_loop *loop)
{
    swio_timers *timers = &loop->timers;
    for (size_t i = 0; i < timers->count; i++)
        timers->heap[i].timer->heap_at = 0;
    timers->count = 0;
}

static void on_closed(uv_handle_t *handle)
{
    swio_timers *timers = &((swio_loop *)handle->data)->timers;
    close_timerfd(timers->fd);
    swio_free(timers->heap);
}

void swio_timers_close(swio_loop *loop)
{
    uv_close((uv_handle_t *)&loop->timers.poll, on_closed);
}

#include "loop/stack.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "loop/sanitizer.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(number)  ((void)(number))
#endif

enum {
    /* The frames of instrumented code are several times as large. */
    STACK_SIZE = (SWIO_ASAN || SWIO_TSAN ? 2 : 1) * SWIO_COROUTINE_STACK,
    /* Enough for the comings and goings of a busy loop; a wave of coroutines is given back. */
    KEPT = 256,
};

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t map_size(void)
{
    return STACK_SIZE + page_size();
}

static swio_stack *map_stack(void)
{
    /* Address space costs nothing: memory is given to the pages that are touched. */
    char *map = mmap(NULL, map_size(), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    if (mprotect(map, page_size(), PROT_NONE) != 0) {
        int error = errno;
        munmap(map, map_size());
        errno = error;
        return NULL;
    }
    swio_stack *stack = (swio_stack *)(void *)(map + map_size()) - 1;
    stack->low = map + page_size();
    stack->size = STACK_SIZE - sizeof *stack;
    stack->valgrind = VALGRIND_STACK_REGISTER(stack->low, (char *)stack);
    return stack;
}

static void unmap_stack(swio_stack *stack)
{
    VALGRIND_STACK_DEREGISTER(stack->valgrind);
    munmap((char *)stack->low - page_size(), map_size());
}

void swio_stacks_init(swio_stacks *stacks)
{
    *stacks = (swio_stacks){0};
    pthread_mutex_init(&stacks->lock, NULL);
}

void swio_stacks_close(swio_stacks *stacks)
{
    while (stacks->free) {
        swio_stack *stack = stacks->free;
        stacks->free = stack->next;
        unmap_stack(stack);
    }
    pthread_mutex_destroy(&stacks->lock);
}

swio_stack *swio_stack_take(swio_stacks *stacks)
{
    pthread_mutex_lock(&stacks->lock);
    swio_stack *stack = stacks->free;
    if (stack) {
        stacks->free = stack->next;
        stacks->count--;
    }
    pthread_mutex_unlock(&stacks->lock);
    if (!stack)
        stack = map_stack();
    if (!stack)
        swio_err(SWIO_ENOMEM,
                 "no stack for another coroutine (%s): each takes two of the memory maps that "
                 "sysctl vm.max_map_count allows",
                 strerror(errno));
    return stack;
}

void swio_stack_give(swio_stacks *stacks, swio_stack *stack)
{
    if (!stack)
        return;
    pthread_mutex_lock(&stacks->lock);
    bool keep = stacks->count < KEPT;
    if (keep) {
        stack->next = stacks->free;
        stacks->free = stack;
        stacks->count++;
    }
    pthread_mutex_unlock(&stacks->lock);
    if (!keep)
        unmap_stack(stack);
}

/* The stacks of coroutines: mapped memory with a guard page below, some kept for the next one. */
#ifndef SWIO_LOOP_STACK_H
#define SWIO_LOOP_STACK_H

#include <pthread.h>
#include <stddef.h>

/* Stands at the high end of its own memory, above the bytes that the coroutine uses. */
typedef struct swio_stack {
    void *low; /* the lowest usable byte; the page below it faults */
    size_t size;
    struct swio_stack *next; /* while it is not in use */
    unsigned valgrind;       /* its number there */
} swio_stack;

/* The stacks that wait for their next use. */
typedef struct swio_stacks {
    pthread_mutex_t lock;
    swio_stack *free;
    size_t count;
} swio_stacks;

void swio_stacks_init(swio_stacks *stacks);
void swio_stacks_close(swio_stacks *stacks);

/* NULL, with a sentence, when the system gives no memory. Any thread. */
swio_stack *swio_stack_take(swio_stacks *stacks);
/* From another stack. Any thread. NULL is fine. */
void swio_stack_give(swio_stacks *stacks, swio_stack *stack);

#endif

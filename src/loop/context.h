/* Switching from one stack to another, with the sanitizers told. */
#ifndef SWIO_LOOP_CONTEXT_H
#define SWIO_LOOP_CONTEXT_H

#include <stddef.h>
#include <ucontext.h>

/* A place where execution goes on: on a stack of its own, or on a thread's. Zeroed for a thread. */
typedef struct swio_context {
    ucontext_t at;
    const void *stack; /* lowest byte and size of the stack, as AddressSanitizer wants to know it */
    size_t size;
    void *fake_stack; /* AddressSanitizer's */
    void *fiber;      /* ThreadSanitizer's */
} swio_context;

/* Prepares a context that calls `entry` on this stack when it is switched to first. `entry` must
 * call swio_context_entered() before all else and may never return. */
void swio_context_make(swio_context *context, void *stack, size_t size, void (*entry)(void));
/* For a context that was made and will not be switched to again. */
void swio_context_release(swio_context *context);

/* Goes on at `to`; returns when somebody switches back to `from`. */
void swio_context_switch(swio_context *from, swio_context *to);
/* Goes on at `to` for good: the stack of `from` is free as soon as `to` runs. */
_Noreturn void swio_context_leave(swio_context *from, swio_context *to);
void swio_context_entered(void);

#endif

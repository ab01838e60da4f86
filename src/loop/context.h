/* Switching from one stack to another, with the sanitizers told. */
#ifndef SWIO_LOOP_CONTEXT_H
#define SWIO_LOOP_CONTEXT_H

#include <stddef.h>

/*
 * On x86-64 a switch is a dozen instructions (13 ns; a whole wait of a coroutine takes 0.4 us with
 * it). Elsewhere, and where shadow stacks are compiled for, the C library does it: swapcontext()
 * makes two system calls for signal masks that are all the same to us (300 ns; a wait 1 us).
 */
#if !defined(SWIO_CONTEXT_PORTABLE)
#if defined(__x86_64__) && defined(__LP64__) && !(defined(__CET__) && (__CET__ & 2))
#define SWIO_CONTEXT_PORTABLE 0
#else
#define SWIO_CONTEXT_PORTABLE 1
#endif
#endif

#if SWIO_CONTEXT_PORTABLE
#include <ucontext.h>
typedef ucontext_t swio_context_place;
#else
typedef void *swio_context_place; /* top of the stack, where the registers are saved */
#endif

/* Where execution goes on: on a stack of its own, or on a thread's. Zeroed for a thread. */
typedef struct swio_context {
    swio_context_place place;
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

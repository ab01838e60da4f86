#include "loop/context.h"

#include <stdlib.h>

#include "loop/sanitizer.h"

#if SWIO_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if SWIO_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#if SWIO_ASAN
/* Which context was left by the switch under way: its stack is learnt on arrival. */
static _Thread_local swio_context *left;
#endif

/*
 * Inlined always: between the word to ThreadSanitizer and the switch no function may return, for it
 * would do so in the books of the other side.
 */
__attribute__((always_inline)) static inline void departing(swio_context *from, swio_context *to,
                                                            int for_good)
{
    (void)from, (void)to, (void)for_good;
#if SWIO_ASAN
    left = from;
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->stack, to->size);
#endif
#if SWIO_TSAN
    if (!from->fiber)
        from->fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
}

static void arrived(swio_context *at)
{
    (void)at;
#if SWIO_ASAN
    __sanitizer_finish_switch_fiber(at ? at->fake_stack : NULL, &left->stack, &left->size);
#endif
}

void swio_context_make(swio_context *context, void *stack, size_t size, void (*entry)(void))
{
    *context = (swio_context){.stack = stack, .size = size};
    getcontext(&context->at);
    context->at.uc_stack.ss_sp = stack;
    context->at.uc_stack.ss_size = size;
    context->at.uc_link = NULL;
    makecontext(&context->at, entry, 0);
#if SWIO_TSAN
    context->fiber = __tsan_create_fiber(0);
#endif
}

void swio_context_release(swio_context *context)
{
    (void)context;
#if SWIO_ASAN
    __asan_unpoison_memory_region(context->stack, context->size);
#endif
#if SWIO_TSAN
    __tsan_destroy_fiber(context->fiber);
#endif
}

void swio_context_switch(swio_context *from, swio_context *to)
{
    departing(from, to, 0);
    swapcontext(&from->at, &to->at);
    arrived(from);
}

_Noreturn void swio_context_leave(swio_context *from, swio_context *to)
{
    departing(from, to, 1);
    setcontext(&to->at);
    abort();
}

void swio_context_entered(void)
{
    arrived(NULL);
}

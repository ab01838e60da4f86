#include <string.h>

#include "base/mem.h"
#include "control/originate.h"

/* The texts of the options. */
static const size_t texts[] = {
    offsetof(swio_originate_opts, dest_url),      offsetof(swio_originate_opts, proxy),
    offsetof(swio_originate_opts, profile),       offsetof(swio_originate_opts, gateway),
    offsetof(swio_originate_opts, app),           offsetof(swio_originate_opts, app_arg),
    offsetof(swio_originate_opts, exten),         offsetof(swio_originate_opts, dialplan),
    offsetof(swio_originate_opts, context),       offsetof(swio_originate_opts, app_id),
    offsetof(swio_originate_opts, uuid),          offsetof(swio_originate_opts, caller_name),
    offsetof(swio_originate_opts, caller_number), offsetof(swio_originate_opts, codec),
};
enum { TEXTS = sizeof texts / sizeof texts[0] };

static const char **text_at(swio_originate_opts *opts, size_t i)
{
    return (const char **)(void *)((char *)opts + texts[i]);
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Copies `text` to `*to` and moves on; NULL stays NULL. */
static const char *place(char **to, const char *text)
{
    size_t size = size_of(text);
    if (!size)
        return NULL;
    char *at = *to;
    memcpy(at, text, size);
    *to += size;
    return at;
}

/* Everything lies in one block: the options, the variables, the texts. */
swio_originate_opts *swio_originate_copy(const swio_originate_opts *opts)
{
    swio_originate_opts from = *opts;
    size_t variables = from.variable_count * sizeof(swio_variable);
    size_t size = sizeof from + variables;
    for (size_t i = 0; i < TEXTS; i++)
        size += size_of(*text_at(&from, i));
    for (size_t i = 0; i < from.variable_count; i++)
        size += size_of(from.variables[i].name) + size_of(from.variables[i].value);

    swio_originate_opts *copy = swio_obj_new(size, NULL);
    if (!copy)
        return NULL;
    *copy = from;
    swio_variable *vars = (swio_variable *)(copy + 1);
    char *to = (char *)vars + variables;
    for (size_t i = 0; i < TEXTS; i++)
        *text_at(copy, i) = place(&to, *text_at(&from, i));
    for (size_t i = 0; i < from.variable_count; i++) {
        vars[i].name = place(&to, from.variables[i].name);
        vars[i].value = place(&to, from.variables[i].value);
    }
    copy->variables = from.variable_count ? vars : NULL;
    return copy;
}

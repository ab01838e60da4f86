#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
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

/*
 * A copy on its way: first every text is measured, then every text is written behind the one
 * before.
 */
typedef struct copying {
    const swio_originate_opts
        *call; /* whose values fill a template; NULL: texts stay as they are */
    char *to;  /* NULL while it is measured */
    size_t size;
    const char *unknown; /* the first name in a template that has no value, or NULL */
    size_t unknown_len;
} copying;

static const char **text_at(swio_originate_opts *opts, size_t i)
{
    return (const char **)(void *)((char *)opts + texts[i]);
}

static void put(copying *c, const char *bytes, size_t len)
{
    if (c->to) {
        memcpy(c->to, bytes, len);
        c->to += len;
    }
    c->size += len;
}

static bool is_called(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

static const char *value_of(const swio_originate_opts *call, const char *name, size_t len)
{
    if (is_called("uuid_str", name, len))
        return call->uuid;
    if (is_called("app_id", name, len))
        return call->app_id;
    for (size_t i = 0; i < call->field_count; i++)
        if (is_called(call->fields[i].name, name, len))
            return call->fields[i].value;
    return NULL;
}

/* The length of NAME where `text` begins with "{NAME}"; else 0. */
static size_t name_in(const char *text)
{
    size_t len = 0;
    if (*text != '{')
        return 0;
    while (isalnum((unsigned char)text[1 + len]) || text[1 + len] == '_')
        len++;
    return text[1 + len] == '}' ? len : 0;
}

static void put_field(copying *c, const char *name, size_t len)
{
    const char *value = value_of(c->call, name, len);
    if (value) {
        put(c, value, strlen(value));
    } else if (!c->unknown) {
        c->unknown = name;
        c->unknown_len = len;
    }
}

static void put_filled(copying *c, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "{"), len;
        put(c, text, plain);
        text += plain;
        if (*text == '{' && (len = name_in(text + 1)) && text[len + 3] == '}') {
            put(c, text + 1, len + 2); /* "{{NAME}}" */
            text += len + 4;
        } else if ((len = name_in(text))) {
            put_field(c, text + 1, len);
            text += len + 2;
        } else if (*text) {
            put(c, text++, 1);
        }
    }
}

/* Where the copy will be; NULL stays NULL. */
static const char *place(copying *c, const char *text)
{
    const char *at = c->to;
    if (!text)
        return NULL;
    if (c->call)
        put_filled(c, text);
    else
        put(c, text, strlen(text));
    put(c, "", 1);
    return at;
}

/* Every text of `from`, measured, or written and pointed to by `copy` and its variables. */
static void place_all(copying *c, const swio_originate_opts *from, swio_originate_opts *copy,
                      swio_variable *variables)
{
    swio_originate_opts source = *from;
    for (size_t i = 0; i < TEXTS; i++) {
        const char *at = place(c, *text_at(&source, i));
        if (copy)
            *text_at(copy, i) = at;
    }
    for (size_t i = 0; i < from->variable_count; i++) {
        const char *name = place(c, from->variables[i].name);
        const char *value = place(c, from->variables[i].value);
        if (copy)
            variables[i] = (swio_variable){name, value};
    }
}

/* Everything lies in one block: the options, the variables, the texts. NULL without memory. */
static swio_originate_opts *write_copy(copying *c, const swio_originate_opts *from)
{
    size_t variables = from->variable_count * sizeof(swio_variable);
    swio_originate_opts *copy = swio_obj_new(sizeof *copy + variables + c->size, NULL);
    if (!copy)
        return NULL;
    *copy = *from;
    copy->fields = NULL;
    copy->field_count = 0;
    swio_variable *vars = (swio_variable *)(copy + 1);
    c->to = (char *)vars + variables;
    place_all(c, from, copy, vars);
    copy->variables = from->variable_count ? vars : NULL;
    return copy;
}

swio_originate_opts *swio_originate_copy(const swio_originate_opts *opts)
{
    copying c = {0};
    place_all(&c, opts, NULL, NULL);
    return write_copy(&c, opts);
}

int swio_originate_fill(const swio_originate_opts *template, const swio_originate_opts *call,
                        swio_originate_opts **out)
{
    swio_originate_opts values = *call, from = *template;
    if (!values.app_id)
        values.app_id = template->app_id;
    from.app_id = values.app_id;
    from.uuid = values.uuid;
    copying c = {.call = &values};
    place_all(&c, &from, NULL, NULL);
    if (c.unknown)
        return swio_err(SWIO_EINVAL,
                        "originate: the template names {%.*s}, which this call does not give: add "
                        "a field of this name, or write {{%.*s}} for the text itself",
                        (int)c.unknown_len, c.unknown, (int)c.unknown_len, c.unknown);
    *out = write_copy(&c, &from);
    return *out ? 0 : swio_err_nomem();
}

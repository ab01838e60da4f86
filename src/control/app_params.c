#include "control/app_params.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <switchio/error.h>

#include "base/err.h"
#include "base/mem.h"

/* A copy of one value. They are few, and all go together. */
struct swio_param_texts {
    swio_param_texts *next;
    char text[];
};

/* A fill that is going on. */
typedef struct fill {
    const swio_app *app;
    char *state;
    swio_param_texts *texts;
    uint64_t seen; /* a bit for each row that was given a value */
} fill;

enum { PARAMS_MAX = 64 }; /* the bits of `seen` */

static size_t row_count(const swio_app *app)
{
    size_t count = 0;
    while (app->params && app->params[count].name)
        count++;
    return count;
}

/* "ring_response, pdd and prd" */
static void list_names(const swio_app *app, swio_buf *out)
{
    size_t count = row_count(app);
    for (size_t i = 0; i < count; i++)
        swio_buf_printf(out, "%s%s",
                        i == 0           ? ""
                        : i + 1 == count ? " and "
                                         : ", ",
                        app->params[i].name);
}

static int no_such(const swio_app *app, const char *name)
{
    swio_buf names = {0};
    list_names(app, &names);
    int error = swio_buf_error(&names);
    if (!error)
        error = names.len ? swio_err(SWIO_EINVAL, "the app %s has no parameter '%s': there are %s",
                                     app->name, name, names.data)
                          : swio_err(SWIO_EINVAL, "the app %s has no parameter '%s', and no other",
                                     app->name, name);
    swio_buf_free(&names);
    return error;
}

static int wrong(const swio_app *app, const swio_param *row, const char *value, const char *wanted)
{
    return swio_err(SWIO_EINVAL, "the app %s: %s=%s: give %s", app->name, row->name, value, wanted);
}

static int out_of_range(const swio_app *app, const swio_param *row, const char *value)
{
    if (row->max > 0)
        return swio_err(SWIO_EINVAL, "the app %s: %s=%s: give %g to %g", app->name, row->name,
                        value, row->min, row->max);
    return swio_err(SWIO_EINVAL, "the app %s: %s=%s: give at least %g", app->name, row->name, value,
                    row->min);
}

static bool bounded(const swio_param *row)
{
    return row->max > 0 || row->min > 0 || row->kind == SWIO_PARAM_SECONDS;
}

static bool in_range(const swio_param *row, double n)
{
    return !bounded(row) || (n >= row->min && !(row->max > 0 && n > row->max));
}

static int set_string(fill *f, const swio_param *row, const char *value)
{
    const char *none = NULL;
    size_t size = strlen(value) + 1;
    if (!*value && row->required)
        return wrong(f->app, row, value, "a text");
    memcpy(f->state + row->at, &none, sizeof none);
    if (!*value)
        return 0;
    swio_param_texts *copy = swio_malloc(sizeof *copy + size);
    if (!copy)
        return swio_err_nomem();
    memcpy(copy->text, value, size);
    copy->next = f->texts;
    f->texts = copy;
    const char *text = copy->text;
    memcpy(f->state + row->at, &text, sizeof text);
    return 0;
}

static int set_choice(fill *f, const swio_param *row, const char *value)
{
    size_t len = strlen(value);
    assert(row->choices); /* or the app would not have been taken */
    for (const char *choice = row->choices; len > 0 && choice;) {
        size_t n = strcspn(choice, "|");
        if (n == len && memcmp(choice, value, n) == 0)
            return set_string(f, row, value);
        choice = choice[n] ? choice + n + 1 : NULL;
    }
    swio_buf wanted = {0};
    for (const char *p = row->choices; *p; p++)
        swio_buf_printf(&wanted, *p == '|' ? " or " : "%c", *p);
    int error = swio_buf_error(&wanted);
    if (!error)
        error = wrong(f->app, row, value, wanted.data);
    swio_buf_free(&wanted);
    return error;
}

static int set_integer(fill *f, const swio_param *row, const char *value)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    if (end == value || *end || errno)
        return wrong(f->app, row, value, "a whole number");
    if (!in_range(row, (double)n))
        return out_of_range(f->app, row, value);
    int64_t field = n;
    memcpy(f->state + row->at, &field, sizeof field);
    return 0;
}

static int set_number(fill *f, const swio_param *row, const char *value)
{
    char *end;
    double n = strtod(value, &end);
    if (end == value || *end || !isfinite(n))
        return wrong(f->app, row, value,
                     row->kind == SWIO_PARAM_SECONDS ? "a number of seconds" : "a number");
    if (!in_range(row, n))
        return out_of_range(f->app, row, value);
    memcpy(f->state + row->at, &n, sizeof n);
    return 0;
}

static int set_boolean(fill *f, const swio_param *row, const char *value)
{
    static const char *const words[] = {"no", "yes", "off", "on", "false", "true", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i], value) == 0) {
            bool field = i % 2;
            memcpy(f->state + row->at, &field, sizeof field);
            return 0;
        }
    return wrong(f->app, row, value, "yes or no");
}

static const struct {
    int (*set)(fill *f, const swio_param *row, const char *value);
    size_t size; /* of the field */
} kinds[] = {
    [SWIO_PARAM_STRING] = {set_string, sizeof(const char *)},
    [SWIO_PARAM_INTEGER] = {set_integer, sizeof(int64_t)},
    [SWIO_PARAM_NUMBER] = {set_number, sizeof(double)},
    [SWIO_PARAM_SECONDS] = {set_number, sizeof(double)},
    [SWIO_PARAM_BOOLEAN] = {set_boolean, sizeof(bool)},
    [SWIO_PARAM_CHOICE] = {set_choice, sizeof(const char *)},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* A line break has no business in any value, and would end up in a command. */
static int set_named(fill *f, const char *name, const char *value)
{
    size_t i = 0, count = row_count(f->app);
    while (i < count && strcmp(f->app->params[i].name, name) != 0)
        i++;
    if (i == count)
        return no_such(f->app, name);
    if (f->seen & (uint64_t)1 << i)
        return swio_err(SWIO_EINVAL, "the app %s: %s is given twice", f->app->name, name);
    if (strpbrk(value, "\r\n"))
        return swio_err(SWIO_EINVAL, "the app %s: the value of %s holds a line break", f->app->name,
                        name);
    f->seen |= (uint64_t)1 << i;
    return kinds[f->app->params[i].kind].set(f, &f->app->params[i], value);
}

/*
 * Appends to `value` what stands before the next comma, and returns where that is. A comma within
 * brackets belongs to the value ("tone_stream://%(2000, 4000, 440, 480)"), as does one behind a
 * backslash or between single quotes.
 */
static const char *read_value(const char *p, swio_buf *value)
{
    bool quoted = false;
    for (int depth = 0; *p && (*p != ',' || quoted || depth > 0); p++) {
        if (*p == '\\' && p[1]) {
            swio_buf_putc(value, *++p);
            continue;
        }
        if (*p == '\'') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && strchr("([{", *p))
            depth++;
        if (!quoted && depth > 0 && strchr(")]}", *p))
            depth--;
        swio_buf_putc(value, *p);
    }
    return p;
}

static int set_text(fill *f, const char *text)
{
    swio_buf name = {0}, value = {0};
    int error = 0;
    for (const char *p = text; !error && *p; p += *p == ',') {
        size_t len = strcspn(p, "=,");
        swio_buf_clear(&name);
        swio_buf_clear(&value);
        swio_buf_add(&name, p, len);
        bool has_value = p[len] == '=';
        p += len;
        if (has_value)
            p = read_value(p + 1, &value);
        swio_buf_puts(&value, "");
        error = swio_buf_error(&name);
        if (!error)
            error = swio_buf_error(&value);
        if (!error && !has_value)
            error =
                swio_err(SWIO_EINVAL, "the app %s: '%s' is no parameter and its value: write %s=…",
                         f->app->name, name.data, len ? name.data : "name");
        if (!error)
            error = set_named(f, name.data, value.data);
    }
    swio_buf_free(&name);
    swio_buf_free(&value);
    return error;
}

static int set_defaults(fill *f)
{
    int error = 0;
    for (size_t i = 0, count = row_count(f->app); !error && i < count; i++) {
        const swio_param *row = &f->app->params[i];
        if (row->standard)
            error = kinds[row->kind].set(f, row, row->standard);
    }
    return error;
}

int swio_params_fill(const swio_app *app, const swio_param_input *input, void *state,
                     swio_param_texts **texts)
{
    fill f = {.app = app, .state = state};
    int error = set_defaults(&f);
    if (!error && input->text)
        error = set_text(&f, input->text);
    for (size_t i = 0; !error && i < input->count; i++)
        if (input->table[i].value)
            error = set_named(&f, input->table[i].name, input->table[i].value);
    if (error)
        swio_params_free(f.texts);
    else
        *texts = f.texts;
    return error;
}

void swio_params_free(swio_param_texts *texts)
{
    while (texts) {
        swio_param_texts *next = texts->next;
        swio_free(texts);
        texts = next;
    }
}

int swio_params_try(const swio_app *app, const swio_param_input *input)
{
    swio_param_texts *texts = NULL;
    void *state = swio_calloc(1, app->state_size + 1);
    int error = state ? swio_params_fill(app, input, state, &texts) : swio_err_nomem();
    if (!error)
        swio_params_free(texts);
    swio_free(state);
    return error;
}

static const char *fault(const swio_app *app, const swio_param *row)
{
    if (!*row->name || strpbrk(row->name, "=,/ \r\n"))
        return "that is no name";
    if ((size_t)row->kind >= KINDS)
        return "it is of no kind";
    if (row->at + kinds[row->kind].size > app->state_size)
        return "its field is not in the state";
    if (row->variable && row->kind != SWIO_PARAM_STRING && row->kind != SWIO_PARAM_CHOICE)
        return "only a text can be a channel variable";
    if (row->kind == SWIO_PARAM_CHOICE && (!row->choices || !*row->choices))
        return "it has no choices";
    for (const swio_param *other = app->params; other < row; other++)
        if (strcmp(other->name, row->name) == 0)
            return "it is there twice";
    return NULL;
}

int swio_params_check(const swio_app *app)
{
    size_t count = row_count(app);
    if (count > PARAMS_MAX)
        return swio_err(SWIO_EINVAL, "the app %s has %zu parameters: at most %d", app->name, count,
                        PARAMS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *what = fault(app, &app->params[i]);
        if (what)
            return swio_err(SWIO_EINVAL, "the app %s: parameter '%s': %s", app->name,
                            app->params[i].name, what);
    }
    return swio_params_try(app, &(swio_param_input){0});
}

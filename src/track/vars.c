#include "track/vars.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

typedef struct swio_text {
    struct swio_text *next;
    char text[];
} swio_text;

/* Text, or number (whose text is made when it is asked for), or data. */
struct swio_var {
    swio_var *next;
    swio_text *text;
    bool given; /* the text was handed out and has to live on */
    bool is_number;
    long long number;
    void *data;
    swio_vars_release_fn *release;
    char key[];
};

/* What a variable becomes, and what it leaves to be done outside of the guard. */
typedef struct change {
    swio_text *text;
    void *data;
    swio_vars_release_fn *release;
    bool remove;
} change;

void swio_vars_init(swio_vars *vars, swio_home *home, swio_session *session)
{
    *vars = (swio_vars){.home = home, .session = session};
}

void swio_vars_free(swio_vars *vars)
{
    while (vars->first) {
        swio_var *var = vars->first;
        vars->first = var->next;
        if (var->release)
            var->release(var->data);
        swio_free(var->text);
        swio_free(var);
    }
    while (vars->past) {
        swio_text *next = vars->past->next;
        swio_free(vars->past);
        vars->past = next;
    }
}

static swio_text *new_text(const char *text)
{
    size_t size = strlen(text) + 1;
    swio_text *copy = swio_malloc(sizeof *copy + size);
    if (copy) {
        copy->next = NULL;
        memcpy(copy->text, text, size);
    }
    return copy;
}

static swio_var *find(const swio_vars *vars, const char *key)
{
    for (swio_var *var = vars->first; var; var = var->next)
        if (strcmp(var->key, key) == 0)
            return var;
    return NULL;
}

/* The variable, made if it is not there; NULL without memory. */
static swio_var *find_or_add(swio_vars *vars, const char *key)
{
    swio_var *var = find(vars, key);
    if (var)
        return var;
    size_t size = strlen(key) + 1;
    var = swio_malloc(sizeof *var + size);
    if (!var)
        return NULL;
    *var = (swio_var){.next = vars->first};
    memcpy(var->key, key, size);
    vars->first = var;
    return var;
}

static void remove_var(swio_vars *vars, swio_var *var)
{
    swio_var **at = &vars->first;
    while (*at != var)
        at = &(*at)->next;
    *at = var->next;
    swio_free(var);
}

/* Lets the variable's text go: a text that somebody has is kept until the store goes. */
static void drop_text(swio_vars *vars, swio_var *var)
{
    if (var->text && var->given) {
        var->text->next = vars->past;
        vars->past = var->text;
    } else {
        swio_free(var->text);
    }
    var->text = NULL;
    var->given = false;
}

static int check_key(const char *key)
{
    return key && *key ? 0 : swio_err(SWIO_EINVAL, "a variable without a name");
}

static void tell(const swio_vars *vars, const char *key)
{
    const swio_track_hooks *hooks = &vars->home->hooks;
    if (vars->session && hooks->on_var)
        hooks->on_var(vars->session, key, hooks->arg);
}

/* Puts a new value in the place of the old, whatever that was. */
static int replace(swio_vars *vars, const char *key, const change *c)
{
    swio_vars_release_fn *release = NULL;
    void *data = NULL;
    swio_home_lock(vars->home);
    swio_var *var = c->remove ? find(vars, key) : find_or_add(vars, key);
    if (var) {
        release = var->release;
        data = var->data;
        if (var->text && c->text && strcmp(var->text->text, c->text->text) == 0) {
            swio_free(c->text); /* the same again: what was handed out stays the one */
        } else {
            drop_text(vars, var);
            var->text = c->text;
        }
        var->is_number = false;
        var->data = c->data;
        var->release = c->release;
        if (c->remove)
            remove_var(vars, var);
    }
    swio_home_unlock(vars->home);
    if (!var && !c->remove)
        return swio_err_nomem();
    if (release)
        release(data);
    tell(vars, key);
    return 0;
}

int swio_vars_set(swio_vars *vars, const char *key, const char *value)
{
    int error = check_key(key);
    if (error)
        return error;
    change c = {.remove = !value};
    if (value && !(c.text = new_text(value)))
        return swio_err_nomem();
    error = replace(vars, key, &c);
    if (error)
        swio_free(c.text);
    return error;
}

int swio_vars_set_data(swio_vars *vars, const char *key, void *data, swio_vars_release_fn *release)
{
    int error = check_key(key);
    if (error)
        return error;
    change c = {.data = data, .release = release, .remove = !data};
    return replace(vars, key, &c);
}

static long long number_of(const swio_var *var, long long otherwise)
{
    if (!var || (!var->is_number && !var->text))
        return otherwise;
    if (var->is_number)
        return var->number;
    char *end;
    int saved = errno;
    errno = 0;
    long long number = strtoll(var->text->text, &end, 10);
    bool whole = errno == 0 && end != var->text->text && *end == '\0';
    errno = saved;
    return whole ? number : otherwise;
}

int swio_vars_add(swio_vars *vars, const char *key, long long delta, long long *out)
{
    int error = check_key(key);
    if (error)
        return error;
    swio_vars_release_fn *release = NULL;
    void *data = NULL;
    long long sum = 0;
    swio_home_lock(vars->home);
    swio_var *var = find_or_add(vars, key);
    if (var) {
        release = var->release;
        data = var->data;
        if (__builtin_add_overflow(number_of(var, 0), delta, &sum))
            sum = delta < 0 ? INT64_MIN : INT64_MAX;
        drop_text(vars, var);
        var->is_number = true;
        var->number = sum;
        var->data = NULL;
        var->release = NULL;
    }
    swio_home_unlock(vars->home);
    if (!var)
        return swio_err_nomem();
    if (release)
        release(data);
    if (out)
        *out = sum;
    tell(vars, key);
    return 0;
}

const char *swio_vars_get(swio_vars *vars, const char *key)
{
    const char *text = NULL;
    if (!key)
        return NULL;
    swio_home_lock(vars->home);
    swio_var *var = find(vars, key);
    if (var && var->is_number && !var->text) {
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", var->number);
        var->text = new_text(digits);
    }
    if (var && var->text) {
        var->given = true;
        text = var->text->text;
    }
    swio_home_unlock(vars->home);
    return text;
}

long long swio_vars_get_int(swio_vars *vars, const char *key, long long otherwise)
{
    if (!key)
        return otherwise;
    swio_home_lock(vars->home);
    long long number = number_of(find(vars, key), otherwise);
    swio_home_unlock(vars->home);
    return number;
}

bool swio_vars_has(swio_vars *vars, const char *key)
{
    if (!key)
        return false;
    swio_home_lock(vars->home);
    bool has = find(vars, key) != NULL;
    swio_home_unlock(vars->home);
    return has;
}

void *swio_vars_data(swio_vars *vars, const char *key)
{
    if (!key)
        return NULL;
    swio_home_lock(vars->home);
    const swio_var *var = find(vars, key);
    void *data = var ? var->data : NULL;
    swio_home_unlock(vars->home);
    return data;
}

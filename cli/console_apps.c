/* What calls are given to: loading, unloading, weights. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/console_state.h"

enum { PARAMS_MAX = 32 };

/* What `load` was told. */
typedef struct loading {
    console_app app; /* a weight below 0: nothing was said */
    const char *id;
    const char *params;
    swio_variable values[PARAMS_MAX];
    size_t value_count;
} loading;

int console_refused_app(console *c, const char *who, const char *text, int error)
{
    const char *names[CONSOLE_APPS_MAX + 1] = {0};
    const swio_app *app;
    char name[64];
    size_t file, len = swio_app_span(text, &file);
    if (error != SWIO_ENOENT || file)
        return console_failed(c, who);
    snprintf(name, sizeof name, "%.*s", (int)len, text);
    for (size_t i = 0; i < CONSOLE_APPS_MAX && (app = swio_app_builtin(i)); i++)
        names[i] = app->name;
    const char *meant = suggestion(name, names);
    if (meant)
        return console_error(c, who, "there is no app '%s': did you mean %s?", name, meant);
    return console_error(c, who, "there is no app '%s': 'apps' lists them", name);
}

static int read_weight(console *c, const char *who, const char *text, double *weight)
{
    char *end;
    *weight = strtod(text, &end);
    if (end == text || *end || !(*weight >= 0 && *weight <= SWIO_WEIGHT_MAX))
        return console_error(c, who, "weight %s: give a number from 0 (no calls) to %g", text,
                             SWIO_WEIGHT_MAX);
    return 0;
}

/* One "key=value", which is changed. */
static int read_setting(console *c, char *word, loading *l)
{
    char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return console_error(c, "load", "'%s' is no key=value", word);
    *equals = '\0';
    if (strcmp(word, "weight") == 0)
        return read_weight(c, "load", equals + 1, &l->app.weight);
    if (strcmp(word, "id") == 0) {
        l->id = equals + 1;
        if (!*l->id || strpbrk(l->id, " '\"\\")) /* or 'hupall' could not name its calls */
            return console_error(c, "load", "'%s' is no app id: leave out blanks and quotes",
                                 l->id);
        return 0;
    }
    if (l->value_count == PARAMS_MAX)
        return console_error(c, "load", "more than %d parameters", PARAMS_MAX);
    l->values[l->value_count++] = (swio_variable){word, equals + 1};
    return 0;
}

static console_app *find_loaded(console *c, const char *name_or_id)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (strcmp(c->apps[i].id, name_or_id) == 0)
            return &c->apps[i];
    for (size_t i = 0; i < c->app_count; i++)
        if (strcasecmp(c->apps[i].app->name, name_or_id) == 0)
            return &c->apps[i];
    return NULL;
}

/* While its calls are up an app stays. */
static int check_idle(console *c, const char *who)
{
    swio_originator_counts counts;
    if (console_is_offering(c, &counts) || counts.active)
        return console_error(c, who,
                             "calls are up: 'stop' or 'hupall' first, then 'wait'; or 'weight APP "
                             "0', which gives it no more");
    return 0;
}

/* What the originator in hand knows of the weight of an app, unless it offers no more: SWIO_E… */
static int tell_weight(console *c, const console_app *app)
{
    swio_originator_counts counts;
    if (!c->originator || (c->stale && !console_is_offering(c, &counts)))
        return 0;
    int error = swio_originator_set_weight(c->originator, app->id, app->weight);
    if (error != SWIO_ENOENT || app->weight <= 0)
        return error == SWIO_ENOENT ? 0 : error;
    return swio_originator_add_app(c->originator,
                                   &(swio_originator_app){app->id, app->app->name, app->weight});
}

/* Of all apps of the id. */
static void set_weight(console *c, const console_app *app)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (strcmp(c->apps[i].id, app->id) == 0)
            c->apps[i].weight = app->weight;
}

/* An app joins others of its id in their share. */
static double weight_of_id(const console *c, const char *id)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (strcmp(c->apps[i].id, id) == 0)
            return c->apps[i].weight;
    return 1;
}

static int load(console *c, const char *who, loading *l)
{
    if (c->app_count == CONSOLE_APPS_MAX)
        return console_error(c, who, "%d apps are loaded: no more", CONSOLE_APPS_MAX);
    if (l->id && strlen(l->id) >= sizeof l->app.id)
        return console_error(c, who, "an id of more than %zu bytes", sizeof l->app.id - 1);
    if (l->id)
        strcpy(l->app.id, l->id); /* measured above */
    else
        make_app_id(l->app.app->name, l->app.id, sizeof l->app.id);
    swio_load_opts opts = {
        .id = l->app.id, .params = l->params, .values = l->values, .value_count = l->value_count};
    if (swio_pool_load_app(c->opts.cluster->pool, l->app.app, &opts, NULL))
        return console_failed(c, who);
    if (l->app.weight < 0)
        l->app.weight = weight_of_id(c, l->app.id);
    if (l->app.weight > 0 && tell_weight(c, &l->app)) {
        console_failed(c, who);
        swio_pool_unload_app(c->opts.cluster->pool, l->app.id);
        return -1;
    }
    c->apps[c->app_count++] = l->app;
    set_weight(c, &l->app);
    return 0;
}

int console_load(console *c, int count, const char **words)
{
    loading l = {.app = {.weight = -1}};
    char *copies[256] = {0};
    int result = 0;
    int error = swio_app_parse(words[0], &l.app.app, &l.params);
    if (error)
        return console_refused_app(c, "load", words[0], error);
    for (int i = 1; !result && i < count && i < 256; i++) {
        copies[i] = strdup(words[i]);
        result =
            copies[i] ? read_setting(c, copies[i], &l) : console_error(c, "load", "out of memory");
    }
    if (!result)
        result = load(c, "load", &l);
    if (!result)
        printf("%s is loaded as %s\n", l.app.app->name, l.app.id);
    for (int i = 1; i < count && i < 256; i++)
        free(copies[i]);
    return result;
}

/* The app that is meant, or NULL with the sentence said. */
static console_app *need_loaded(console *c, const char *who, const char *name_or_id)
{
    console_app *app = find_loaded(c, name_or_id);
    if (!app)
        console_error(c, who, "no app '%s' is loaded: 'apps' lists those that are", name_or_id);
    return app;
}

int console_weight(console *c, int count, const char **words)
{
    console_app *app = need_loaded(c, "weight", words[0]);
    (void)count;
    if (!app)
        return -1;
    console_app changed = *app;
    if (read_weight(c, "weight", words[1], &changed.weight))
        return -1;
    if (tell_weight(c, &changed))
        return console_failed(c, "weight");
    set_weight(c, &changed);
    return 0;
}

int console_unload(console *c, int count, const char **words)
{
    (void)count;
    console_app *app = need_loaded(c, "unload", words[0]);
    if (!app || check_idle(c, "unload"))
        return -1;
    console_app gone = *app;
    /* By id: of the same app under another id nothing is taken away. */
    if (swio_pool_unload_app(c->opts.cluster->pool, gone.id))
        return console_failed(c, "unload");
    size_t left = 0;
    for (size_t i = 0; i < c->app_count; i++)
        if (strcmp(c->apps[i].id, gone.id) != 0)
            c->apps[left++] = c->apps[i];
    c->app_count = left;
    c->stale = true;
    return 0;
}

static int64_t live(console *c, const char *id)
{
    swio_counts *counts = NULL;
    if (swio_pool_counts(c->opts.cluster->pool, SWIO_COUNT_APPS, &counts))
        return 0;
    int64_t n = swio_counts_get(counts, id);
    swio_counts_free(counts);
    return n;
}

int console_list_apps(console *c, int count, const char **words)
{
    const swio_app *app;
    (void)count, (void)words;
    if (c->app_count)
        printf("%-20s %-32s %7s %9s\n", "loaded", "id", "weight", "sessions");
    for (size_t i = 0; i < c->app_count; i++)
        printf("%-20s %-32s %7g %9lld\n", c->apps[i].app->name, c->apps[i].id, c->apps[i].weight,
               (long long)live(c, c->apps[i].id));
    printf("%sto load: ", c->app_count ? "\n" : "no app is loaded\n\n");
    for (size_t i = 0; (app = swio_app_builtin(i)); i++)
        printf("%s%s", i ? ", " : "", app->name);
    puts(", FILE.so[:NAME]\nhelp load APP tells its parameters");
    return 0;
}

int console_need_app(console *c, const char *who)
{
    loading l = {.app = {.weight = -1}};
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i].weight > 0)
            return 0;
    if (swio_app_parse(c->opts.app, &l.app.app, &l.params))
        return console_failed(c, who);
    return load(c, who, &l);
}

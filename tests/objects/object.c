/* Shared objects with apps for test_object.c, each built with its KIND_…: right and wrong ones. */
#include <switchio/app.h>
#include <switchio/error.h>

#if !defined KIND_none && !defined KIND_empty

typedef struct counter {
    int64_t digits;
} counter;

static const swio_param params[] = {
    SWIO_PARAM(INTEGER, counter, digits, .standard = "1", .min = 1, .max = 9, .help = "how many"),
    {0},
};

static int on_park(swio_session *session, void *self)
{
    const counter *c = self;
    (void)session;
    return c->digits > 1 ? swio_err(SWIO_EINVAL, "too many") : 0;
}

static const swio_app counting = {
    .name = "Counter",
    .doc = "Counts.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)},
    .params = params,
    .state_size = sizeof(counter),
};

#endif

#if defined KIND_one
SWIO_APPS(&counting);

#elif defined KIND_two || defined KIND_twice || defined KIND_unfit
static int on_answer(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}
static const swio_app other = {
#if defined KIND_two
    .name = "Other",
#elif defined KIND_twice
    .name = "COUNTER",
#else
    .name = "12.5",
#endif
    .on = {SWIO_CALLBACK("CHANNEL_ANSWER", on_answer)},
};
SWIO_APPS(&counting, &other);

#elif defined KIND_empty
static const swio_app *const nothing[] = {NULL};
const swio_app_table switchio_apps = {SWIO_APP_ABI, SWIO_VERSION, swio_version, nothing};

#elif defined KIND_form
static const swio_app *const list[] = {&counting, NULL};
const swio_app_table switchio_apps = {SWIO_APP_ABI + 1, "9.8.7", swio_version, list};

#elif defined KIND_foreign
static const char *version_of_another(void)
{
    return SWIO_VERSION;
}
static const swio_app *const list[] = {&counting, NULL};
const swio_app_table switchio_apps = {SWIO_APP_ABI, SWIO_VERSION, version_of_another, list};

#elif defined KIND_newer
int swio_of_a_later_version(void);
int call_it(void);
int call_it(void)
{
    return swio_of_a_later_version();
}
SWIO_APPS(&counting);

#elif defined KIND_unlinked
int function_of_another_file(void);
int call_it(void);
int call_it(void)
{
    return function_of_another_file();
}
SWIO_APPS(&counting);

#else
int nothing_to_see(void);
int nothing_to_see(void)
{
    return 0;
}
#endif

#include <string.h>
#include <switchio/apps.h>
#include <switchio/call.h>

#include "base/err.h"
#include "base/mem.h"

enum { LEGS = 4, VARIABLES_MAX = 8 };

/* How one inbound leg is bridged on. */
typedef struct leg {
    char *text; /* in which all of it points; NULL: it is not bridged */
    swio_bridge_opts opts;
    swio_variable variables[VARIABLES_MAX];
} leg;

typedef struct bridger {
    const char *leg1;
    const char *leg2;
    const char *leg3;
    const char *leg4;
    bool answer;
    leg legs[LEGS];
} bridger;

static const swio_param params[] = {
    SWIO_PARAM(STRING, bridger, leg1, .standard = "proxy",
               .help = "how the first inbound leg of a call is bridged on: proxy, to its request "
                       "URI; or in words USER@HOST, profile=NAME, gateway=NAME, proxy=HOST:PORT "
                       "and VARIABLE=VALUE"),
    SWIO_PARAM(STRING, bridger, leg2, .help = "the second, where the call comes by again; not"),
    SWIO_PARAM(STRING, bridger, leg3, .help = "the third; not"),
    SWIO_PARAM(STRING, bridger, leg4, .help = "the fourth; not"),
    SWIO_PARAM(BOOLEAN, bridger, answer, .standard = "yes",
               .help = "answer the inbound leg that is not bridged any more"),
    {0},
};

/* "name=value", which is cut there. */
static int take_variable(leg *l, char *word, char *equals)
{
    if (l->opts.variable_count == VARIABLES_MAX)
        return swio_err(SWIO_EINVAL, "the app Bridger: more than %d variables of one leg",
                        VARIABLES_MAX);
    *equals = '\0';
    l->variables[l->opts.variable_count++] = (swio_variable){word, equals + 1};
    l->opts.variables = l->variables;
    return 0;
}

static int take_word(leg *l, char *word)
{
    const struct {
        const char *name;
        const char **field;
    } known[] = {
        {"profile=", &l->opts.profile},
        {"gateway=", &l->opts.gateway},
        {"proxy=", &l->opts.proxy},
    };
    char *equals = strchr(word, '='), *at = strchr(word, '@');
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(word, known[i].name, strlen(known[i].name)) == 0) {
            *known[i].field = equals + 1;
            return 0;
        }
    if (at && (!equals || at < equals)) {
        l->opts.dest_url = word;
        return 0;
    }
    if (strcmp(word, "proxy") == 0)
        return 0;
    if (equals && equals > word)
        return take_variable(l, word, equals);
    return swio_err(SWIO_EINVAL,
                    "the app Bridger: '%s' says nothing of how a leg is bridged: give proxy, "
                    "USER@HOST, profile=, gateway=, proxy= or VARIABLE=VALUE",
                    word);
}

static int read_leg(leg *l, const char *text)
{
    char *rest = NULL;
    int error = 0;
    if (!text)
        return 0;
    l->text = swio_strdup(text);
    if (!l->text)
        return swio_err_nomem();
    for (char *word = strtok_r(l->text, " ", &rest); !error && word;
         word = strtok_r(NULL, " ", &rest))
        error = take_word(l, word);
    return error;
}

static void teardown(void *self)
{
    bridger *b = self;
    for (size_t i = 0; i < LEGS; i++)
        swio_free(b->legs[i].text);
}

static int setup(swio_load *load, void *self)
{
    bridger *b = self;
    const char *const texts[LEGS] = {b->leg1, b->leg2, b->leg3, b->leg4};
    int error = 0;
    (void)load;
    for (size_t i = 0; !error && i < LEGS; i++)
        error = read_leg(&b->legs[i], texts[i]);
    if (error)
        teardown(self);
    return error;
}

/* Which of its call's inbound legs it is, from 1. */
static int count_leg(swio_session *session, long long *number)
{
    swio_call *call = swio_session_call(session);
    *number = 1;
    int error = call ? swio_vars_add(swio_call_vars(call), "bridger_legs", 1, number) : 0;
    swio_call_unref(call);
    return error;
}

static int on_park(swio_session *session, void *self)
{
    const bridger *b = self;
    long long number;
    if (!swio_session_is_inbound(session))
        return 0;
    int error = count_leg(session, &number);
    if (error)
        return error;
    if (number > LEGS || !b->legs[number - 1].text)
        return b->answer ? swio_session_answer(session, 0) : 0;
    /* Else the caller would stay in the park when the callee has hung up. */
    error = swio_session_setvar(session, "hangup_after_bridge", "true", 0);
    return error ? error : swio_session_bridge(session, &b->legs[number - 1].opts, 0);
}

const swio_app swio_app_bridger = {
    .name = "Bridger",
    .doc = "Bridge a call on and on, each of its inbound legs in its own way.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)},
    .params = params,
    .state_size = sizeof(bridger),
    .setup = setup,
    .teardown = teardown,
};

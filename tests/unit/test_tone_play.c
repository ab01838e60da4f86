/*
 * The dialogue of a dialed TonePlay, as recorded from a switch and its dialer (dial_TonePlay): the
 * same commands to the same legs in the same order, with the same variables.
 * labels: threaded
 */
#include <stdlib.h>
#include <string.h>
#include <switchio/log.h>
#include <switchio/originator.h>

#include "support/rig.h"

enum { STEPS_MAX = 64, STEP_MAX = 700 };

typedef struct dialogue {
    size_t count;
    size_t callers;
    char caller[8][40];
    char steps[STEPS_MAX][STEP_MAX + 32];
} dialogue;

/* "a=1,b=2" between curly brackets: the names alone. */
static void variable_names(const char *from, char *to, size_t size)
{
    size_t n = 0;
    bool name = true;
    for (from = strchr(from, '{') + 1; *from != '}'; from++) {
        if (*from == '=')
            name = false;
        if (*from == ',')
            name = true;
        if (name && n + 1 < size)
            to[n++] = *from;
    }
    to[n] = '\0';
}

static const char *role(const dialogue *d, const char *uuid)
{
    for (size_t i = 0; i < d->callers; i++)
        if (strncmp(uuid, d->caller[i], 36) == 0)
            return "caller";
    return "callee";
}

/* One command on one line: what it does to which leg, if it concerns a call. */
static void add(dialogue *d, const char *command)
{
    char *step = d->steps[d->count];
    char uuid[40], cause[64], names[512];
    assert_true(d->count + 1 < STEPS_MAX);
    if (strncmp(command, "bgapi originate ", 16) == 0) {
        const char *mine = strstr(command, "origination_uuid=");
        assert_non_null(mine);
        snprintf(d->caller[d->callers++ % 8], 37, "%s", mine + strlen("origination_uuid="));
        variable_names(command, names, sizeof names);
        snprintf(step, STEP_MAX, "originate with %s", names);
    } else if (sscanf(command, "api uuid_answer %36s", uuid) == 1) {
        snprintf(step, STEP_MAX, "answer the %s", role(d, uuid));
    } else if (sscanf(command, "sendmsg %36s", uuid) == 1) {
        snprintf(step, STEP_MAX, "the %s:%s", role(d, uuid), command + strlen("sendmsg ") + 36);
    } else if (sscanf(command, "api sched_hangup +%*s %36s %63s", uuid, cause) == 2) {
        snprintf(step, STEP_MAX, "hang up the %s later with %s", role(d, uuid), cause);
    } else {
        return;
    }
    for (size_t n = strlen(step); n > 0 && step[n - 1] == ' ';)
        step[--n] = '\0';
    d->count++;
}

/* The recorded commands, each on one line with single blanks. */
static void read_recorded(dialogue *d)
{
    char frame[2048] = "";
    size_t n = 0;
    int before = 0, c;
    FILE *file = fopen(TEST_DATA "/dial_TonePlay.sent.bin", "rb");
    assert_non_null(file);
    while ((c = fgetc(file)) != EOF) {
        if (c == '\n' && before == '\n') {
            add(d, frame);
            n = 0;
        } else if (c != '\n' || n) {
            char shown = c == '\n' ? ' ' : (char)c;
            if ((shown != ' ' || (n && frame[n - 1] != ' ')) && n + 1 < sizeof frame)
                frame[n++] = shown;
        }
        frame[n] = '\0';
        before = c;
    }
    fclose(file);
}

/* What a connection sends stands in the log at the level of traces. */
static void on_log(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    (void)file, (void)line;
    const char *sent = strstr(text, " > ");
    if (level == SWIO_LOG_TRACE && sent)
        add(arg, sent + 3);
}

static void test_dialogue(void **state)
{
    (void)state;
    static dialogue recorded, ours;
    rig r;
    swio_originator *o;
    read_recorded(&recorded);
    assert_int_equal(recorded.count, 10);

    swio_log_set_handler(on_log, &ours);
    swio_log_set_level(SWIO_LOG_TRACE);
    rig_up(&r, NULL, true);
    swio_originator_opts opts = {
        .clients = r.clients,
        .client_count = 1,
        .originate = {.dest_url = r.url, .proxy = strchr(r.url, '@') + 1, .app_id = "TonePlay"},
        .rate = 1, /* the second call begins long after the first is set up */
        .limit = 10,
        .max_offered = 2,
        .duration = 1,
    };
    assert_ok(swio_client_load_app(r.clients[0], &swio_app_tone_play,
                                   &(swio_load_opts){.id = "TonePlay"}, NULL));
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_unref(o);
    rig_down(&r);
    swio_log_set_level(SWIO_LOG_WARNING);
    swio_log_set_handler(NULL, NULL);

    for (size_t i = 0; i < recorded.count; i++) {
        if (strncmp(recorded.steps[i], "originate", 9) == 0) /* what we do beyond it */
            strcat(recorded.steps[i], ",api_on_answer");
        assert_string_equal(ours.steps[i], recorded.steps[i]);
    }
    assert_int_equal(ours.count, recorded.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dialogue)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

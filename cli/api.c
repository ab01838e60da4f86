#include <stdlib.h>
#include <string.h>
#include <switchio/client.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/login.h"

typedef struct settings {
    login login;
} settings;

static const option_row options[] = {
    PASSWORD_ROWS(settings, "warning"),
    CONNECT_ROWS(settings),
};

/* The words as one command. */
static char *joined(int count, char **words)
{
    size_t size = 1;
    for (int i = 0; i < count; i++)
        size += strlen(words[i]) + 1;
    char *text = malloc(size);
    if (!text)
        return NULL;
    char *end = text;
    for (int i = 0; i < count; i++) {
        if (i)
            *end++ = ' ';
        end = stpcpy(end, words[i]);
    }
    return text;
}

void print_answer(const char *text)
{
    size_t len = strlen(text);
    while (len > 0 && strchr("\r\n", text[len - 1]))
        len--;
    if (len)
        printf("%.*s\n", (int)len, text);
}

static int ask(const settings *s, const char *password, const char *contact, const char *text)
{
    swio_client *client = NULL;
    swio_client_opts opts = {
        .password = password, .user = s->login.user, .connect_timeout = s->login.timeout};
    swio_event *reply = NULL;
    int status = STATUS_DONE;
    int error = swio_client_new(contact, &opts, &client);
    if (!error)
        error = swio_client_connect(client);
    if (error) {
        status = say_failed(&command_api, login_status(error));
    } else if ((error = swio_client_api(client, text, s->login.timeout, &reply))) {
        status = say_failed(&command_api, error == SWIO_EINVAL ? STATUS_USAGE : STATUS_FAILED);
    } else {
        print_answer(swio_event_body(reply, NULL));
    }
    swio_event_unref(reply);
    swio_client_unref(client);
    return status;
}

static int run(const void *given, int count, char **operands)
{
    const settings *s = given;
    char room[LOGIN_PASSWORD_MAX];
    const char *password;
    if (count < 1)
        return usage_error(&command_api, "no host: give HOST[:PORT] and a command");
    if (count < 2)
        return usage_error(&command_api, "no command for %s: 'status', for example", operands[0]);
    int status = login_prepare(&command_api, &s->login, room, &password);
    if (status >= 0)
        return status;
    char *text = joined(count - 1, operands + 1);
    if (!text) {
        fprintf(stderr, "switchio api: out of memory\n");
        return STATUS_FAILED;
    }
    status = ask(s, password, operands[0], text);
    free(text);
    return status;
}

const command command_api = {
    .name = "api",
    .operands = "HOST[:PORT] COMMAND…",
    .summary = "Send one command to a FreeSWITCH and print its answer",
    .description = "What fs_cli would send for the same words. An answer of -ERR goes to the\n"
                   "standard error and ends with status 1.\n",
    .example = "  switchio api 192.168.0.10 sofia status profile external\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .options_first = 1,
    .settings_size = sizeof(settings),
    .run = run,
};

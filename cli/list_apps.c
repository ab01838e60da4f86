#include <switchio/app.h>

#include "cli/commands.h"

static int run(const void *given, int count, char **operands)
{
    (void)given;
    if (count)
        return usage_error(&command_list_apps, "'%s' is too much: it takes no arguments",
                           operands[0]);
    const swio_app *app;
    for (size_t i = 0; (app = swio_app_builtin(i)); i++)
        printf("%-20s %s\n", app->name, app->doc ? app->doc : "");
    return STATUS_DONE;
}

const command command_list_apps = {
    .name = "list-apps",
    .operands = "",
    .summary = "List the apps that calls can be given to",
    .settings_size = 1,
    .run = run,
};

#include <string.h>

#include "cli/commands.h"
#include "cli/console_state.h"
#include "cli/wrap.h"

enum { HELP_AT = 26, WIDTH = 96 };

static void show_row(const console_command *row)
{
    char usage[64];
    snprintf(usage, sizeof usage, "%s %s", row->name, row->arguments);
    size_t shown = 0; /* columns: '…' has three bytes and one of them */
    for (const char *p = usage; *p; p++)
        shown += ((unsigned char)*p & 0xc0) != 0x80;
    printf("%s%*s", usage, shown < HELP_AT ? (int)(HELP_AT - shown) : 1, "");
    wrap(stdout, row->help, HELP_AT, WIDTH);
    putchar('\n');
}

static int show_apps(console *c, const char *text)
{
    const swio_app *one[2], *const *list;
    int error = find_apps(text, one, &list);
    if (error)
        return console_refused_app(c, "help", text, error);
    describe_apps(list);
    return 0;
}

int console_help(console *c, int count, const char **words)
{
    if (!count) {
        for (const console_command *row = console_commands; row->name; row++)
            show_row(row);
        return 0;
    }
    const console_command *row = console_find(words[0]);
    if (!row)
        return console_error(c, "help", "there is no command '%s': 'help' lists them", words[0]);
    if (count > 1)
        return show_apps(c, words[1]);
    show_row(row);
    if (row->more)
        fputs(row->more, stdout);
    return 0;
}

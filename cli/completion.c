#include "cli/completion.h"

#include <string.h>
#include <switchio/apps.h>

/* What a value is, told by the word that stands for it in --help. */
typedef enum value_kind {
    VALUE_ANY, /* whatever: nothing is offered */
    VALUE_FILE,
    VALUE_HOST,
    VALUE_APP, /* a name, or the file of a shared object */
    VALUE_WORDS,
} value_kind;

typedef struct value_row {
    const char *begins; /* how the placeholder begins */
    value_kind kind;
    const char *words;
} value_row;

static const value_row values[] = {
    {"FILE", VALUE_FILE, NULL},
    {"PATH", VALUE_FILE, NULL},
    {"HOST", VALUE_HOST, NULL},
    {"[APP]…", VALUE_APP, NULL},
    {"APP[/", VALUE_APP, NULL},
    {"LEVEL", VALUE_WORDS, "error warning info debug trace"},
    {"FORMAT", VALUE_WORDS, "text markdown json"},
    {"HOW", VALUE_WORDS, "uniform poisson"},
};

static const option_row help_row = {.name = "help", .letter = 'h', .help = "show this help"};

static const value_row *value_of(const char *placeholder)
{
    static const value_row any = {"", VALUE_ANY, NULL};
    for (size_t i = 0; placeholder && i < sizeof values / sizeof values[0]; i++)
        if (strncmp(placeholder, values[i].begins, strlen(values[i].begins)) == 0)
            return &values[i];
    return &any;
}

/* An option whose value may be the next word. */
static bool takes_word(const option_row *row)
{
    return row->value && row->kind != OPTION_COUNT_OPTIONAL;
}

static void put_apps(FILE *to)
{
    const swio_app *app;
    for (size_t i = 0; (app = swio_app_builtin(i)); i++)
        fprintf(to, "%s%s", i ? " " : "", app->name);
}

/* Text inside of single quotes, with a backslash before each of `special`. */
static void quoted(FILE *to, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", to);
            continue;
        }
        if (strchr(special, *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

/* ---- bash ---- */

static void bash_reply(FILE *to, const value_row *value)
{
    switch (value->kind) {
    case VALUE_ANY:
        fputs(" ;;\n", to);
        return;
    case VALUE_FILE:
        fputs(" compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", to);
        return;
    case VALUE_HOST:
        fputs(" COMPREPLY=($(compgen -A hostname -- \"$word\")) ;;\n", to);
        return;
    case VALUE_APP:
        fputs(" compopt -o filenames; COMPREPLY=($(compgen -W '", to);
        put_apps(to);
        fputs("' -- \"$word\"; _switchio_objects)) ;;\n", to);
        return;
    case VALUE_WORDS:
        fprintf(to, " COMPREPLY=($(compgen -W '%s' -- \"$word\")) ;;\n", value->words);
        return;
    }
}

static void bash_values(const command *cmd, FILE *to)
{
    for (size_t i = 0; i < cmd->option_count; i++) {
        const option_row *row = &cmd->options[i];
        if (!takes_word(row))
            continue;
        fprintf(to, "    '%s --%s'", cmd->name, row->name);
        if (row->letter)
            fprintf(to, " | '%s -%c'", cmd->name, row->letter);
        fputc(')', to);
        bash_reply(to, value_of(row->value));
    }
}

static void bash_options(const command *cmd, FILE *to)
{
    fprintf(to, "    '%s -'*) COMPREPLY=($(compgen -W '--help", cmd->name);
    for (size_t i = 0; i < cmd->option_count; i++)
        fprintf(to, " --%s", cmd->options[i].name);
    fputs("' -- \"$word\")) ;;\n", to);
}

static void bash(const command *const *commands, FILE *to)
{
    fputs("# bash completion for switchio; made by 'switchio completion bash' of the tables that\n"
          "# --help is made of.\n\n"
          "_switchio()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command=${COMP_WORDS[1]}\n"
          "    # bash takes the '=' of --option=value for a word of its own.\n"
          "    [[ $word == = ]] && word=\n"
          "    ((COMP_CWORD < 3)) || [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        COMPREPLY=($(compgen -W '--help --version",
          to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, " %s", commands[i]->name);
    fputs("' -- \"$word\"))\n        return\n    fi\n"
          "    # The value of the option before.\n"
          "    case \"$command $before\" in\n",
          to);
    for (size_t i = 0; commands[i]; i++)
        bash_values(commands[i], to);
    fputs("    *) _switchio_word ;;\n    esac\n}\n\n"
          "# Shared objects with apps, and directories where it is a path that is typed.\n"
          "_switchio_objects()\n{\n    compgen -f -X '!*.so' -- \"$word\"\n"
          "    [[ $word != [./]* && $word != */* ]] || compgen -d -- \"$word\"\n}\n\n"
          "# An option, or an operand. It sees the variables of its caller.\n"
          "_switchio_word()\n{\n    case \"$command $word\" in\n",
          to);
    for (size_t i = 0; commands[i]; i++)
        bash_options(commands[i], to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "    '%s '*)", commands[i]->name);
        bash_reply(to, value_of(commands[i]->operands));
    }
    fputs("    esac\n}\n\ncomplete -F _switchio switchio\n", to);
}

/* ---- zsh ---- */

static void zsh_action(FILE *to, const value_row *value)
{
    static const char *const actions[] = {
        [VALUE_ANY] = " ", [VALUE_FILE] = "_files", [VALUE_HOST] = "_hosts"};
    if (value->kind == VALUE_APP) {
        fputs("{compadd ", to);
        put_apps(to);
        fputs("; _files -g \"*.so\"}", to);
    } else if (value->kind == VALUE_WORDS) {
        fprintf(to, "(%s)", value->words);
    } else {
        fputs(actions[value->kind], to);
    }
}

/* '(-r --rate)'{-r+,--rate=}'[…]:CPS: ' */
static void zsh_option(const option_row *row, FILE *to)
{
    bool optional = row->kind == OPTION_COUNT_OPTIONAL; /* in the same word, if any */
    bool again = row->kind == OPTION_TEXTS;
    const char *equals = optional ? "=-" : row->value ? "=" : "";
    fputs("        ", to);
    if (row->letter && again)
        fprintf(to, "'*'{-%c+,--%s%s}'", row->letter, row->name, equals);
    else if (row->letter)
        fprintf(to, "'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter,
                row->value ? "+" : "", row->name, equals);
    else
        fprintf(to, "'%s--%s%s", again ? "*" : "", row->name, equals);
    fputc('[', to);
    quoted(to, row->help, "[]\\");
    fputc(']', to);
    if (row->value) {
        fputs(optional ? "::" : ":", to);
        quoted(to, row->value, ":\\");
        fputc(':', to);
        zsh_action(to, value_of(row->value));
    }
    fputs("' \\\n", to);
}

static void zsh(const command *const *commands, FILE *to)
{
    fputs("#compdef switchio\n"
          "# zsh completion for switchio; made by 'switchio completion zsh' of the tables that\n"
          "# --help is made of.\n\n"
          "local -a commands\ncommands=(\n",
          to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "    '%s:", commands[i]->name);
        quoted(to, commands[i]->summary, ":\\");
        fputs("'\n", to);
    }
    fputs(")\n\nif ((CURRENT == 2)); then\n    _describe -t commands command commands\n"
          "    return\nfi\n"
          "local command=$words[2]\nshift words\n((CURRENT--))\ncase $command in\n",
          to);
    for (size_t i = 0; commands[i]; i++) {
        const command *cmd = commands[i];
        fprintf(to, "%s)\n    _arguments -s -S : \\\n", cmd->name);
        zsh_option(&help_row, to);
        for (size_t k = 0; k < cmd->option_count; k++)
            zsh_option(&cmd->options[k], to);
        fputs("        '*:", to);
        quoted(to, *cmd->operands ? cmd->operands : "nothing", ":\\");
        fputc(':', to);
        zsh_action(to, value_of(cmd->operands));
        fputs("'\n    ;;\n", to);
    }
    fputs("esac\n", to);
}

/* ---- fish ---- */

static void fish_value(FILE *to, const value_row *value)
{
    if (value->kind == VALUE_FILE) {
        fputs(" -r -F", to);
    } else if (value->kind == VALUE_ANY) {
        fputs(" -x", to);
    } else if (value->kind == VALUE_HOST) {
        fputs(" -x -a '(__fish_print_hostnames)'", to);
    } else if (value->kind == VALUE_APP) {
        fputs(" -x -a '", to);
        put_apps(to);
        fputs(" (__fish_complete_suffix .so)'", to);
    } else {
        fprintf(to, " -x -a '%s'", value->words);
    }
}

static void fish_option(const command *cmd, const option_row *row, FILE *to)
{
    fprintf(to, "complete -c switchio -n '__fish_seen_subcommand_from %s' -l %s", cmd->name,
            row->name);
    if (row->letter)
        fprintf(to, " -s %c", row->letter);
    if (takes_word(row))
        fish_value(to, value_of(row->value));
    fputs(" -d '", to);
    for (const char *p = row->help; *p; p++) {
        if (*p == '\'' || *p == '\\')
            fputc('\\', to);
        fputc(*p, to);
    }
    fputs("'\n", to);
}

static void fish(const command *const *commands, FILE *to)
{
    fputs("# fish completion for switchio; made by 'switchio completion fish' of the tables that\n"
          "# --help is made of.\n\n"
          "complete -c switchio -f\n"
          "complete -c switchio -n __fish_use_subcommand -l help -d 'show this help'\n"
          "complete -c switchio -n __fish_use_subcommand -l version -d 'show the version'\n",
          to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, "complete -c switchio -n __fish_use_subcommand -a %s -d '%s'\n",
                commands[i]->name, commands[i]->summary);
    for (size_t i = 0; commands[i]; i++) {
        const command *cmd = commands[i];
        const value_row *operand = value_of(cmd->operands);
        fputc('\n', to);
        if (operand->kind != VALUE_ANY) {
            fprintf(to, "complete -c switchio -n '__fish_seen_subcommand_from %s'", cmd->name);
            if (operand->kind == VALUE_FILE)
                fputs(" -F", to);
            else
                fish_value(to, operand);
            fputc('\n', to);
        }
        fish_option(cmd, &help_row, to);
        for (size_t k = 0; k < cmd->option_count; k++)
            fish_option(cmd, &cmd->options[k], to);
    }
}

bool completion_of(const char *shell, const command *const *commands, FILE *to)
{
    static const struct {
        const char *name;
        void (*write)(const command *const *, FILE *);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write(commands, to);
            return true;
        }
    return false;
}

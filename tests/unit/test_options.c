/* The option tables of the program: defaults, values, mistakes, help. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/cmocka.h"

typedef struct settings {
    bool loud;
    const char *name;
    uint64_t count, nodes;
    double rate;
    option_texts items;
} settings;

static const option_row rows[] = {
    {.name = "loud",
     .letter = 'L',
     .kind = OPTION_FLAG,
     .at = offsetof(settings, loud),
     .alternative = "rate",
     .help = "be heard"},
    {.name = "name",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .standard = "anna",
     .at = offsetof(settings, name),
     .help = "whom"},
    {.name = "count",
     .letter = 'c',
     .kind = OPTION_COUNT,
     .value = "N",
     .standard = "3",
     .min = 1,
     .max = 64,
     .at = offsetof(settings, count),
     .help = "how often"},
    {.name = "nodes",
     .kind = OPTION_COUNT_OPTIONAL,
     .value = "N",
     .min = 1,
     .at = offsetof(settings, nodes),
     .help = "how many"},
    {.name = "rate",
     .letter = 'r',
     .kind = OPTION_NUMBER,
     .value = "CPS",
     .standard = "1.5",
     .above_min = 1,
     .at = offsetof(settings, rate),
     .help = "how fast"},
    {.name = "item",
     .kind = OPTION_TEXTS,
     .value = "THING",
     .at = offsetof(settings, items),
     .help = "one more"},
};

static int run(const void *given, int count, char **operands)
{
    (void)given, (void)operands;
    return 40 + count;
}

static const command cmd = {.name = "test",
                            .operands = "HOST…",
                            .summary = "Try the options",
                            .options = rows,
                            .option_count = sizeof rows / sizeof rows[0],
                            .settings_size = sizeof(settings),
                            .run = run};

enum { WORDS_MAX = 16 };

/* Splits at blanks, after "test". */
static int words(char *line, char **argv)
{
    int argc = 0;
    argv[argc++] = (char *)"test";
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

/* What the parser said on a standard stream, and its status. */
static char *said(int fd, const command *c, const char *line, int *status, settings *s, int *first)
{
    char copy[256], *argv[WORDS_MAX];
    snprintf(copy, sizeof copy, "%s", line);
    int argc = words(copy, argv);
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(NULL);
    int kept = dup(fd);
    dup2(fileno(file), fd);
    *status = options_parse(c, argc, argv, s, first);
    fflush(NULL);
    dup2(kept, fd);
    close(kept);
    static char text[16384];
    rewind(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static settings parsed(const char *line, int *operands)
{
    static char copy[256];
    char *argv[WORDS_MAX];
    settings s;
    int first;
    snprintf(copy, sizeof copy, "%s", line);
    int argc = words(copy, argv);
    assert_int_equal(options_parse(&cmd, argc, argv, &s, &first), -1);
    *operands = argc - first;
    return s;
}

static void test_defaults(void **state)
{
    (void)state;
    int operands;
    settings s = parsed("", &operands);
    assert_int_equal(operands, 0);
    assert_false(s.loud);
    assert_string_equal(s.name, "anna");
    assert_int_equal(s.count, 3);
    assert_int_equal(s.nodes, 0);
    assert_true(s.rate == 1.5);
}

static void test_values(void **state)
{
    (void)state;
    int operands;
    settings s = parsed("a --name=bert b -c 64 --nodes --rate 2e1 c", &operands);
    assert_int_equal(operands, 3);
    assert_string_equal(s.name, "bert");
    assert_int_equal(s.count, 64);
    assert_int_equal(s.nodes, 1);
    assert_true(s.rate == 20);
    s = parsed("--nodes=7 --rat 3 -- --loud", &operands);
    assert_int_equal(s.nodes, 7);
    assert_true(s.rate == 3);
    assert_false(s.loud);
    assert_int_equal(operands, 1);
    s = parsed("--loud", &operands);
    assert_true(s.loud);
    assert_true(s.rate == 1.5);
}

static void test_repeated(void **state)
{
    (void)state;
    int operands;
    settings s = parsed("--item a x --item=b --rate 2 --item c", &operands);
    assert_int_equal(operands, 1);
    assert_int_equal(s.items.count, 3);
    assert_string_equal(s.items.text[0], "a");
    assert_string_equal(s.items.text[1], "b");
    assert_string_equal(s.items.text[2], "c");
    s = parsed("", &operands);
    assert_int_equal(s.items.count, 0);
}

/* As many as there is room for, and one more. */
static void test_too_often(void **state)
{
    (void)state;
    char *argv[2 * (OPTION_TEXTS_MAX + 1) + 2] = {(char *)"test"};
    settings s;
    int first, argc = 1;
    for (int i = 0; i < OPTION_TEXTS_MAX; i++) {
        argv[argc++] = (char *)"--item";
        argv[argc++] = (char *)"x";
    }
    assert_int_equal(options_parse(&cmd, argc, argv, &s, &first), -1);
    assert_int_equal(s.items.count, OPTION_TEXTS_MAX);
    argv[argc++] = (char *)"--item";
    argv[argc++] = (char *)"x";
    assert_int_equal(options_parse(&cmd, argc, argv, &s, &first), STATUS_USAGE);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } mistakes[] = {
        {"--rate", "--rate needs a value: --rate CPS"},
        {"-r", "--rate needs a value"},
        {"--rate x", "--rate 'x' is not a number"},
        {"--rate 1x", "--rate '1x' is not a number"},
        {"--rate nan", "--rate 'nan' is not a number"},
        {"--rate inf", "--rate 'inf' is not a number"},
        {"--rate 0", "--rate 0: it must be more than 0"},
        {"--rate -1", "--rate -1: it must be more than 0"},
        {"--count 0", "--count 0: it must be at least 1 and at most 64"},
        {"--count 65", "--count 65: it must be at least 1 and at most 64"},
        {"--count -1", "--count -1: it must be"},
        {"--count 1.5", "--count '1.5' is not a whole number"},
        {"--count 99999999999999999999", "it must be at least 1 and at most 64"},
        {"--nodes=99999999999999999999", "--nodes 99999999999999999999 is too large"},
        {"--nodes=-99999999999999999999", "it must be at least 1"},
        {"--loud a --rate 2", "--rate and --loud: give one of them"},
        {"-r 2 -L", "--rate and --loud: give one of them"},
        {"--nodes=0", "--nodes 0: it must be at least 1"},
        {"--nodes=x", "--nodes 'x' is not a whole number"},
        {"--name=", "--name is empty: give a NAME"},
        {"--item=", "--item is empty: give a THING"},
        {"--loud=1", "--loud takes no value"},
        {"--raet 1", "there is no option --raet: did you mean --rate?"},
        {"--nonsense", "there is no option --nonsense"},
        {"-x", "there is no option -x"},
        {"--n 1", "short for several"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        int status, first;
        settings s;
        char *text = said(STDERR_FILENO, &cmd, mistakes[i].line, &status, &s, &first);
        assert_int_equal(status, STATUS_USAGE);
        if (!strstr(text, mistakes[i].says))
            fail_msg("'%s' is answered by: %s", mistakes[i].line, text);
        assert_non_null(strstr(text, "switchio test: "));
        assert_non_null(strstr(text, "Try 'switchio test --help'."));
    }
}

static void test_help(void **state)
{
    (void)state;
    int status, first;
    settings s;
    char *text = said(STDOUT_FILENO, &cmd, "--help", &status, &s, &first);
    assert_int_equal(status, STATUS_DONE);
    static const char *const parts[] = {
        "Usage: switchio test [OPTION]… HOST…",
        "Try the options.",
        "-L, --loud",
        "--name NAME",
        "whom (default: anna)",
        "--nodes[=N]",
        "one more; repeatable",
        "-h, --help",
        "Exit status",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!strstr(text, parts[i]))
            fail_msg("'%s' is not in the help: %s", parts[i], text);
}

/* Every row of every command is whole, and its own default is right. */
static void test_commands(void **state)
{
    (void)state;
    static const command *const commands[] = {&command_dial, &command_api, &command_sim,
                                              &command_list_apps};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const command *c = commands[i];
        char *argv[] = {(char *)c->name, NULL};
        void *room = calloc(1, c->settings_size);
        int first;
        assert_int_equal(options_parse(c, 1, argv, room, &first), -1);
        free(room);
        for (size_t r = 0; r < c->option_count; r++) {
            const option_row *row = &c->options[r];
            assert_non_null(row->help);
            assert_true((row->kind == OPTION_FLAG) == (row->value == NULL));
            assert_false(row->kind == OPTION_TEXTS && row->standard);
            for (size_t other = 0; other < r; other++) {
                assert_string_not_equal(row->name, c->options[other].name);
                assert_false(row->letter && row->letter == c->options[other].letter);
            }
        }
    }
}

static void test_options_first(void **state)
{
    (void)state;
    command first_only = cmd;
    first_only.options_first = 1;
    settings s;
    int first;
    char *argv[] = {(char *)"test", (char *)"-L", (char *)"host", (char *)"--rate", NULL};
    assert_int_equal(options_parse(&first_only, 4, argv, &s, &first), -1);
    assert_true(s.loud);
    assert_int_equal(first, 2);
}

static void test_run(void **state)
{
    (void)state;
    char *argv[] = {(char *)"test", (char *)"a", (char *)"b", NULL};
    assert_int_equal(command_run(&cmd, 3, argv), 42);
}

static void test_suggestion(void **state)
{
    (void)state;
    static const char *const names[] = {"TonePlay", "Bert", "sim", "dial", "rate", "limit", NULL};
    static const struct {
        const char *word, *meant;
    } table[] = {
        {"toneplay", "TonePlay"}, {"TonPlay", "TonePlay"},
        {"Tonelpay", "TonePlay"}, {"bret", "Bert"},
        {"dail", "dial"},         {"limits", "limit"},
        {"smi", "sim"},           {"x", NULL},
        {"zzzzzz", NULL},         {"", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *meant = suggestion(table[i].word, names);
        if (table[i].meant) {
            assert_non_null(meant);
            assert_string_equal(meant, table[i].meant);
        } else {
            assert_null(meant);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_values),
        cmocka_unit_test(test_repeated), cmocka_unit_test(test_too_often),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_help),
        cmocka_unit_test(test_commands), cmocka_unit_test(test_options_first),
        cmocka_unit_test(test_run),      cmocka_unit_test(test_suggestion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

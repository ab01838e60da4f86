/* Commands from a terminal: libedit's line with a history and completion. */
#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/console_state.h"

enum {
    HISTORY_LINES = 1000,
    IDLE_MS = 200, /* how soon the end of a run is told */
};

static const char prompt_text[] = "switchio> ";

struct console_editor {
    console *c;
    EditLine *line;
    History *history;
    char *history_file; /* NULL: nothing is kept */
    mbstate_t decoder;
};

static volatile sig_atomic_t resized;

static struct termios modes_before;
static bool has_modes;

void console_editor_restore(void)
{
    if (has_modes)
        tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
}

static void on_resize(int number)
{
    (void)number;
    resized = 1;
    screen_wake();
}

static char *prompt(EditLine *line)
{
    static char text[sizeof prompt_text];
    (void)line;
    memcpy(text, prompt_text, sizeof text);
    return text;
}

static unsigned columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 1)
        return 80;
    return size.ws_col;
}

/* Rows between the prompt's start and the cursor. */
static unsigned rows_above(EditLine *line)
{
    const LineInfoW *info = el_wline(line);
    unsigned width = sizeof prompt_text - 1;
    for (const wchar_t *c = info->buffer; c < info->cursor; c++) {
        int w = wcwidth(*c);
        width += w > 0 ? (unsigned)w : w < 0 ? 2 : 0; /* control characters are shown as ^X */
    }
    return width / columns();
}

/* Takes the prompt off the screen, shows what was said meanwhile, and puts it back. */
static void show_above(console_editor *e, const char *text, bool redraw)
{
    unsigned rows = rows_above(e->line);
    fputc('\r', stdout);
    if (rows)
        fprintf(stdout, "\033[%uA", rows);
    fputs("\033[J", stdout);
    for (; *text; text++) {
        if (*text == '\n')
            fputc('\r', stdout);
        fputc(*text, stdout);
    }
    fflush(stdout);
    if (redraw)
        el_set(e->line, EL_REFRESH);
}

/* The end of a run is told above the prompt as well. */
static void look_at_run(console_editor *e)
{
    swio_originator_counts counts;
    if (!e->c->watched)
        return;
    swio_originator_count(e->c->originator, &counts);
    if (counts.state == SWIO_ORIGINATOR_ORIGINATING || counts.active)
        return;
    show_above(e, "", false);
    console_tell_end(e->c);
    fflush(stdout);
    el_set(e->line, EL_REFRESH);
}

/* Something else than a key: false when the program is to be left. */
static bool on_wake(console_editor *e)
{
    char *text = screen_take();
    if (atomic_load(&e->c->leaving)) {
        show_above(e, text ? text : "", false);
    } else if (resized) {
        resized = 0;
        el_resize(e->line);
        show_above(e, text ? text : "", true);
    } else if (text) {
        show_above(e, text, true);
    }
    free(text);
    return !atomic_load(&e->c->leaving);
}

static bool wait_key(console_editor *e)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = screen_fd(), .events = POLLIN}};
        int n = poll(fds, 2, e->c->watched ? IDLE_MS : -1);
        if (n < 0 && errno != EINTR)
            return false;
        if (fds[1].revents && n > 0 && !on_wake(e))
            return false;
        if (atomic_load(&e->c->cancelled))
            return true;
        if (n > 0 && fds[0].revents)
            return true;
        if (n == 0)
            look_at_run(e);
    }
}

/* libedit's way to a character. 1, or 0 at the end. */
static int read_key(EditLine *line, wchar_t *key)
{
    console_editor *e;
    el_get(line, EL_CLIENTDATA, &e);
    while (wait_key(e)) {
        char byte;
        if (atomic_exchange(&e->c->cancelled, false)) {
            *key = L'\003'; /* a signal is as good as the key */
            return 1;
        }
        ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return 0;
        size_t made = mbrtowc(key, &byte, 1, &e->decoder);
        if (made == (size_t)-1)
            memset(&e->decoder, 0, sizeof e->decoder); /* no character: as if it was not typed */
        else if (made != (size_t)-2)
            return 1;
    }
    return 0;
}

/* Ctrl-C: the line is given up. */
static unsigned char on_cancel(EditLine *line, int key)
{
    const LineInfoW *info = el_wline(line); /* in characters, as el_cursor() counts */
    (void)key;
    fputs("^C", stdout);
    el_cursor(line, (int)(info->lastchar - info->cursor));
    info = el_wline(line);
    el_deletestr(line, (int)(info->cursor - info->buffer));
    fputs("\r\n", stdout);
    el_set(line, EL_REFRESH);
    return CC_NORM;
}

/* Ctrl-Z: to the shell, and back. */
static unsigned char on_suspend(EditLine *line, int key)
{
    (void)key;
    el_set(line, EL_PREP_TERM, 0);
    raise(SIGSTOP);
    el_set(line, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

static size_t common(const console_candidates *list)
{
    size_t len = strlen(list->names[0]);
    for (size_t i = 1; i < list->count; i++) {
        size_t same = 0;
        while (same < len && list->names[i][same] == list->names[0][same])
            same++;
        len = same;
    }
    return len;
}

static void show_candidates(const console_candidates *list)
{
    size_t width = 0, at = 0, room = columns();
    for (size_t i = 0; i < list->count; i++)
        width = strlen(list->names[i]) > width ? strlen(list->names[i]) : width;
    width += 2;
    fputs("\r\n", stdout);
    for (size_t i = 0; i < list->count; i++) {
        bool last = i + 1 == list->count || at + 2 * width > room;
        fprintf(stdout, "%-*s%s", last ? 0 : (int)width, list->names[i], last ? "\r\n" : "");
        at = last ? 0 : at + width;
    }
}

/* Tab: as much as is certain; where that is nothing more, what it could be. */
static unsigned char on_tab(EditLine *line, int key)
{
    const LineInfo *info = el_line(line);
    console_editor *e;
    console_candidates list = {0};
    unsigned char done = CC_ERROR;
    size_t start, typed = (size_t)(info->cursor - info->buffer);
    (void)key;
    el_get(line, EL_CLIENTDATA, &e);
    char *text = strndup(info->buffer, typed);
    if (text && console_complete(e->c, text, &start, &list) == 0 && list.count) {
        size_t same = common(&list);
        bool whole =
            list.count == 1 && list.names[0][same - 1] != '=' && list.names[0][same - 1] != '/';
        list.names[0][same] = '\0';
        if (same > typed - start || list.count == 1) {
            if (el_insertstr(line, list.names[0] + (typed - start)) == 0 && whole)
                el_insertstr(line, " ");
            done = CC_REFRESH;
        } else {
            console_candidates_free(&list);
            if (console_complete(e->c, text, &start, &list) == 0)
                show_candidates(&list);
            done = CC_REDISPLAY;
        }
    }
    console_candidates_free(&list);
    free(text);
    return done;
}

/* Makes the folders above a file. */
static int make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int error = mkdir(path, 0700) && errno != EEXIST ? errno : 0;
        *slash = '/';
        if (error)
            return error;
    }
    return 0;
}

/* $XDG_STATE_HOME/switchio/history, as the XDG base directory specification has it. */
static char *find_history(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int n = state && *state == '/' ? asprintf(&path, "%s/switchio/history", state)
            : home && *home        ? asprintf(&path, "%s/.local/state/switchio/history", home)
                                   : -1;
    if (n < 0)
        return NULL;
    int error = make_folders(path);
    if (!error)
        return path;
    fprintf(stderr, "no history is kept: %s: %s\n", path, strerror(error));
    free(path);
    return NULL;
}

static void load_history(console_editor *e)
{
    HistEvent event;
    e->history_file = find_history();
    history(e->history, &event, H_SETSIZE, HISTORY_LINES);
    history(e->history, &event, H_SETUNIQUE, 1);
    if (e->history_file && access(e->history_file, F_OK) == 0 &&
        history(e->history, &event, H_LOAD, e->history_file) < 0)
        fprintf(stderr, "the history of %s cannot be read: %s\n", e->history_file, event.str);
}

/* At once, so that it is there however the program ends. Not what begins with a blank. */
static void remember(console_editor *e, const char *line)
{
    HistEvent event;
    if (strchr(" \t\n", *line))
        return;
    history(e->history, &event, H_ENTER, line);
    if (e->history_file)
        history(e->history, &event, H_SAVE, e->history_file);
}

static void set_up(console_editor *e)
{
    static const struct {
        const char *key, *name;
        const wchar_t *wide_name, *help; /* el_set() would copy and lose them */
        unsigned char (*fn)(EditLine *, int);
    } keys[] = {
        {"^I", "switchio-complete", L"switchio-complete", L"Complete the word", on_tab},
        {"^C", "switchio-cancel", L"switchio-cancel", L"Give up the line", on_cancel},
        {"^Z", "switchio-suspend", L"switchio-suspend", L"Back to the shell", on_suspend},
    };
    el_set(e->line, EL_CLIENTDATA, e);
    el_set(e->line, EL_PROMPT, prompt);
    el_set(e->line, EL_EDITOR, "emacs");
    el_set(e->line, EL_HIST, history, e->history);
    el_set(e->line, EL_GETCFN, read_key);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        el_wset(e->line, EL_ADDFN, keys[i].wide_name, keys[i].help, keys[i].fn);
    el_source(e->line, NULL); /* the user's own ~/.editrc */
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        el_set(e->line, EL_BIND, keys[i].key, keys[i].name, NULL);
    el_set(e->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    /* While a line is typed Ctrl-C and Ctrl-Z are keys; else they are signals. */
    el_set(e->line, EL_SETTY, "-d", "-isig", NULL);
}

console_editor *console_editor_new(console *c)
{
    console_editor *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    setlocale(LC_CTYPE, "");
    has_modes = tcgetattr(STDIN_FILENO, &modes_before) == 0;
    e->c = c;
    e->history = history_init();
    e->line = e->history ? el_init("switchio", stdin, stdout, stderr) : NULL;
    if (!e->line) {
        console_error(c, NULL, "no prompt: libedit cannot use this terminal");
        console_editor_free(e);
        return NULL;
    }
    load_history(e);
    set_up(e);
    sigaction(SIGWINCH, &(struct sigaction){.sa_handler = on_resize, .sa_flags = SA_RESTART}, NULL);
    return e;
}

char *console_editor_line(console_editor *e)
{
    int count = 0;
    screen_prompt(true);
    /* libedit would do it between the prompt and the first key, and lose a Ctrl-D there. */
    el_set(e->line, EL_PREP_TERM, 1);
    const char *line = el_gets(e->line, &count);
    char *copy = NULL;
    if (line && count > 0) {
        remember(e, line);
        copy = strndup(line, strcspn(line, "\n"));
    } else {
        fputc('\n', stdout);
    }
    screen_prompt(false);
    return copy;
}

void console_editor_free(console_editor *e)
{
    if (!e)
        return;
    signal(SIGWINCH, SIG_DFL);
    if (e->line)
        el_end(e->line);
    if (e->history)
        history_end(e->history);
    free(e->history_file);
    free(e);
}

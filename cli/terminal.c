#include "cli/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/terminal_log.h"

enum {
    FRAME_BYTES = 64 * 1024, /* of one drawing, log lines included */
    LOWEST = 4,              /* lines; a terminal with less gets no panel */
    NARROWEST = 20,
};

/* ECMA-48, and the two private modes that every terminal of today knows. */
static const char hide_cursor[] = "\x1b[?25l";
static const char show_cursor[] = "\x1b[?25h";
static const char erase_below[] = "\r\x1b[J";
static const char erase_line_end[] = "\x1b[K";

/* Signals of a program that crashes. */
static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

/* One for the process, as its terminal. */
static struct {
    bool open;          /* between begin and end */
    bool has_keys;      /* the standard input is the terminal, too */
    atomic_bool active; /* its modes are ours: to be put back */
    struct termios before, ours;
    struct sigaction crash_before[CRASHES];
    /* What stands on the screen: main thread, and whoever suspends, under the lock. */
    pthread_mutex_t lock;
    bool stopping; /* by terminal_suspend(), whose SIGCONT is to come */
    size_t drawn;
    int columns[PANEL_LINES_MAX];
    int width;
    char frame[FRAME_BYTES];
    size_t bytes;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool terminal_takes_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return false;
}

static bool size_of(struct winsize *size)
{
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, size) == 0 && size->ws_row >= LOWEST &&
           size->ws_col >= NARROWEST;
}

static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDOUT_FILENO);
    return group < 0 || group == getpgrp();
}

bool terminal_is_capable(void)
{
    const char *term = getenv("TERM");
    struct winsize size;
    return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0 && in_foreground() &&
           size_of(&size);
}

/* A background process that changes the terminal gets SIGTTOU, which would stop it. */
static void set_modes(const struct termios *modes)
{
    sigset_t ttou, before;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &ttou, &before);
    tcsetattr(STDOUT_FILENO, TCSANOW, modes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* As much as the terminal takes now. */
static void say_at_once(const char *text, size_t bytes)
{
    struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&room, 1, 0) == 1 && (room.revents & POLLOUT)) {
        ssize_t written = write(STDOUT_FILENO, text, bytes);
        (void)written; /* a terminal that is gone needs nothing put back */
    }
}

void terminal_restore(void)
{
    if (!atomic_exchange(&t.active, false) || !in_foreground())
        return;
    set_modes(&t.before);
    say_at_once(show_cursor, sizeof show_cursor - 1);
    say_at_once(erase_below, sizeof erase_below - 1);
}

/* Takes the modes, if it has not got them and the terminal is ours now. */
static bool activate(void)
{
    if (atomic_load(&t.active))
        return in_foreground();
    if (!in_foreground() || tcgetattr(STDOUT_FILENO, &t.before))
        return false;
    struct termios *ours = &t.ours;
    *ours = t.before;
    ours->c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    ours->c_cc[VMIN] = 1;
    ours->c_cc[VTIME] = 0;
    t.drawn = 0;
    atomic_store(&t.active, true);
    set_modes(&t.ours);
    say_at_once(hide_cursor, sizeof hide_cursor - 1);
    return true;
}

/* The terminal first, then whatever would have happened. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    terminal_restore();
    for (size_t i = 0; i < CRASHES; i++)
        if (crashes[i] == number)
            sigaction(number, &t.crash_before[i], NULL);
    if (info->si_code <= 0) /* sent, not caused: it does not come again by itself */
        raise(number);
}

static void watch_crashes(bool on)
{
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CRASHES; i++)
        sigaction(crashes[i], on ? &action : &t.crash_before[i], on ? &t.crash_before[i] : NULL);
}

bool terminal_begin(void)
{
    static bool registered;
    if (!terminal_is_capable())
        return false;
    if (!registered && atexit(terminal_restore))
        return false;
    registered = true;
    t.has_keys = isatty(STDIN_FILENO);
    watch_crashes(true);
    pthread_mutex_lock(&t.lock);
    activate();
    pthread_mutex_unlock(&t.lock);
    t.open = true;
    terminal_log_take();
    return true;
}

bool terminal_style(panel_style *style)
{
    struct winsize size;
    const char *no_colour = getenv("NO_COLOR");
    pthread_mutex_lock(&t.lock);
    bool ours = t.open && activate() && size_of(&size);
    pthread_mutex_unlock(&t.lock);
    if (!ours)
        return false;
    *style = (panel_style){
        .utf8 = terminal_takes_utf8(),
        .colour = !no_colour || !*no_colour, /* no-color.org */
        .width = size.ws_col,
        .height = size.ws_row - 1, /* one line of the log stays in sight */
    };
    return true;
}

/* Writes the frame, whatever it takes: the main thread may wait for a terminal that is held up. */
static void flush_frame(void)
{
    size_t at = 0;
    while (at < t.bytes) {
        ssize_t n = write(STDOUT_FILENO, t.frame + at, t.bytes - at);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            break; /* it is gone; the calls go on */
        } else if (n > 0) {
            at += (size_t)n;
        }
    }
    t.bytes = 0;
}

static void add(const char *text, size_t bytes)
{
    while (bytes > 0) {
        size_t part = sizeof t.frame - t.bytes;
        part = part < bytes ? part : bytes;
        memcpy(t.frame + t.bytes, text, part);
        t.bytes += part;
        text += part;
        bytes -= part;
        if (bytes > 0)
            flush_frame();
    }
}

static void add_text(const char *text)
{
    add(text, strlen(text));
}

/* To the first line of what was drawn last. A terminal that became narrower has broken its lines,
 * so that they take more of them now. */
static void to_top(int width)
{
    size_t up = 0;
    for (size_t i = 0; i < t.drawn; i++) {
        int columns = t.columns[i] > 0 ? t.columns[i] : 1;
        up += width < t.width ? (size_t)((columns + width - 1) / width) : 1;
    }
    add_text("\r");
    if (up > 1) {
        char move[32];
        snprintf(move, sizeof move, "\x1b[%zuA", up - 1);
        add_text(move);
    }
}

static void add_lines(const panel_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (i > 0)
            add_text("\r\n");
        add(lines->line[i].text, lines->line[i].bytes);
        /* Not behind the last column, where the cursor still stands on it. */
        if (lines->line[i].columns < t.width)
            add_text(erase_line_end);
        t.columns[i] = lines->line[i].columns;
    }
    t.drawn = lines->count;
    if (!lines->count || lines->line[lines->count - 1].columns < t.width)
        add_text("\x1b[J");
}

static void add_log(void *arg, const char *text, size_t bytes)
{
    (void)arg;
    for (const char *end; bytes > 0; bytes -= (size_t)(end - text), text = end) {
        const char *line_end = memchr(text, '\n', bytes);
        end = line_end ? line_end + 1 : text + bytes;
        add(text, (size_t)((line_end ? line_end : end) - text));
        if (line_end)
            add_text("\r\n");
    }
}

void terminal_draw(const panel_lines *lines)
{
    struct winsize size;
    pthread_mutex_lock(&t.lock);
    if (t.open && atomic_load(&t.active) && in_foreground() && size_of(&size)) {
        to_top(size.ws_col);
        /* Of lines that were broken anew more may be left than is drawn over. */
        if (size.ws_col != t.width || terminal_log_waits())
            add_text("\x1b[J");
        t.width = size.ws_col;
        if (terminal_log_waits())
            terminal_log_give(add_log, NULL);
        add_lines(lines);
        flush_frame();
    }
    pthread_mutex_unlock(&t.lock);
}

void terminal_end(void)
{
    if (!t.open)
        return;
    terminal_draw(&(panel_lines){0});
    t.open = false;
    terminal_restore();
    watch_crashes(false);
    terminal_log_release();
}

void terminal_suspend(void)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_mutex_lock(&t.lock);
    if (atomic_load(&t.active)) {
        to_top(t.width);
        add_text("\x1b[J");
        flush_frame();
        t.drawn = 0;
    }
    terminal_restore();
    t.stopping = true;
    /* Everybody who logs or draws waits here until the process goes on. */
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    raise(SIGTSTP);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    pthread_mutex_unlock(&t.lock);
}

void terminal_resume(void)
{
    pthread_mutex_lock(&t.lock);
    if (!t.stopping && atomic_load(&t.active) && in_foreground()) {
        set_modes(&t.ours);
        say_at_once(hide_cursor, sizeof hide_cursor - 1);
        t.drawn = 0;
    }
    t.stopping = false;
    pthread_mutex_unlock(&t.lock);
}

bool terminal_has_keys(void)
{
    return t.open && t.has_keys;
}

/* How many bytes the key takes that begins with ESC: "ESC [ 5 ~", "ESC O A", Alt and a key. */
static size_t key_length(const char *bytes, size_t count)
{
    if (count < 2)
        return count;
    size_t n = 2;
    if (bytes[1] == 'O')
        n = 3;
    if (bytes[1] == '[') {
        while (n < count && (bytes[n] < '@' || bytes[n] > '~'))
            n++;
        n++;
    }
    return n < count ? n : count;
}

/* "ESC [ A", or "ESC O A" where the terminal is in application mode. */
static int long_key(const char *bytes, size_t count)
{
    if (count != 3 || (bytes[1] != '[' && bytes[1] != 'O') || bytes[2] < 'A' || bytes[2] > 'D')
        return TERMINAL_OTHER;
    return TERMINAL_UP + bytes[2] - 'A';
}

int terminal_key(double seconds)
{
    static char typed[64]; /* what was typed and not yet given */
    static size_t count, at;
    if (at == count) {
        bool keys = t.open && t.has_keys && atomic_load(&t.active) && in_foreground();
        struct pollfd key = {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN};
        if (poll(&key, 1, (int)(seconds * 1000 + 0.5)) != 1)
            return 0;
        ssize_t n = read(STDIN_FILENO, typed, sizeof typed);
        t.has_keys =
            n > 0 ||
            (n < 0 && errno == EINTR); /* else the terminal has hung up: no reason to spin */
        count = n > 0 ? (size_t)n : 0;
        at = 0;
        if (!count)
            return 0;
    }
    if (typed[at] != '\x1b')
        return (unsigned char)typed[at++];
    const char *start = typed + at;
    size_t length = key_length(start, count - at);
    at += length;
    return long_key(start, length);
}

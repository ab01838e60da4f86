#include "esl/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

/* Longer commands are cut by the switch and their rest taken for commands (max_len in read_packet,
 * mod_event_socket.c). */
enum { MAX_COMMAND = 10485760 - 1 };

/* What one part of a command may not hold. */
typedef enum part_rule {
    PART_SECRET, /* no line break, and not quoted in the sentence: it holds a password */
    PART_TEXT,   /* no line break */
    PART_WORD,   /* and no blank, and not empty */
    PART_NAME,   /* and no ':' */
} part_rule;

static int check(const char *what, const char *text, part_rule rule)
{
    static const struct {
        char c;
        part_rule from;
        const char *name;
    } refused[] = {
        {'\n', PART_SECRET, "a line break"},
        {'\r', PART_SECRET, "a carriage return"},
        {' ', PART_WORD, "a blank"},
        {':', PART_NAME, "a ':'"},
    };
    if (!text || (rule >= PART_WORD && !*text))
        return swio_err(SWIO_EINVAL, "%s is missing", what);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *at = rule >= refused[i].from ? strchr(text, refused[i].c) : NULL;
        if (at && rule == PART_SECRET)
            return swio_err(SWIO_EINVAL, "%s has %s in it: the switch would misread it", what,
                            refused[i].name);
        if (at)
            return swio_err(SWIO_EINVAL,
                            "%s has %s in it (behind '%.*s'): the switch would misread it", what,
                            refused[i].name, at - text > 40 ? 40 : (int)(at - text), text);
    }
    return 0;
}

/* A command in the making: `start` is where the buffer is cut back to if it fails. */
typedef struct command {
    swio_buf *out;
    size_t start;
    size_t max;
} command;

static command begin(swio_buf *out)
{
    command c = {.out = out, .start = out->len, .max = out->max};
    if (!out->max || out->max - out->len > MAX_COMMAND)
        out->max = out->len + MAX_COMMAND;
    return c;
}

/* The end of every command, good or bad: the whole of it stands in the buffer, or nothing. */
static int end(command *c, int error)
{
    swio_buf *out = c->out;
    if (!error && out->error == SWIO_ELIMIT)
        error = swio_err(SWIO_ELIMIT, "a command of more than %zu bytes", out->max - c->start);
    else if (!error)
        error = swio_buf_error(out);
    out->max = c->max;
    if (!error)
        return 0;
    out->error = 0;
    out->len = c->start;
    if (out->data)
        out->data[out->len] = '\0';
    return error;
}

static void add_header(swio_buf *out, const char *name, const char *value)
{
    swio_buf_puts(out, name);
    swio_buf_puts(out, ": ");
    swio_buf_puts(out, value);
    swio_buf_putc(out, '\n');
}

/* `verb text`, or `verb` alone where text is NULL. */
static void add_line(swio_buf *out, const char *verb, const char *text)
{
    swio_buf_puts(out, verb);
    if (text) {
        swio_buf_putc(out, ' ');
        swio_buf_puts(out, text);
    }
    swio_buf_putc(out, '\n');
}

static int simple(swio_buf *out, const char *verb, const char *what, const char *text)
{
    int error = check(what, text, PART_TEXT);
    if (error)
        return error;
    command c = begin(out);
    add_line(out, verb, text);
    swio_buf_putc(out, '\n');
    return end(&c, 0);
}

/* "auth PASSWORD", "userauth USER:PASSWORD" */
static bool logs_in(const char *line)
{
    return line && (strncasecmp(line, "auth", 4) == 0 || strncasecmp(line, "userauth", 8) == 0);
}

int swio_command_line(swio_buf *out, const char *line)
{
    int error = check("the command", line, logs_in(line) ? PART_SECRET : PART_TEXT);
    if (!error && !*line)
        error = swio_err(SWIO_EINVAL, "an empty command: the switch would never answer it");
    if (error)
        return error;
    command c = begin(out);
    swio_buf_puts(out, line);
    swio_buf_puts(out, "\n\n");
    return end(&c, 0);
}

int swio_command_auth(swio_buf *out, const char *password)
{
    int error = check("the password", password, PART_SECRET);
    return error ? error : simple(out, "auth", "the password", password);
}

int swio_command_userauth(swio_buf *out, const char *user, const char *password)
{
    /* the switch takes the first ':' for the end of the name */
    int error = check("the user name", user, PART_NAME);
    if (!error)
        error = check("the password", password, PART_SECRET);
    if (error)
        return error;
    command c = begin(out);
    swio_buf_puts(out, "userauth ");
    swio_buf_puts(out, user);
    swio_buf_putc(out, ':');
    swio_buf_puts(out, password);
    swio_buf_puts(out, "\n\n");
    return end(&c, 0);
}

int swio_command_api(swio_buf *out, const char *text)
{
    return simple(out, "api", "the api command", text);
}

int swio_command_bgapi(swio_buf *out, const char *job_uuid, const char *text)
{
    int error = check("the bgapi command", text, PART_TEXT);
    if (!error)
        error = check("the Job-UUID", job_uuid, PART_WORD);
    if (error)
        return error;
    command c = begin(out);
    add_line(out, "bgapi", text);
    add_header(out, "Job-UUID", job_uuid);
    swio_buf_putc(out, '\n');
    return end(&c, 0);
}

static int check_header(const swio_header *header)
{
    int error = check("a header's name", header->name, PART_NAME);
    if (error)
        return error;
    if (strcasecmp(header->name, "Content-Length") == 0)
        return swio_err(SWIO_EINVAL,
                        "Content-Length is not a header to give: it is made of the body");
    char what[128];
    snprintf(what, sizeof what, "the value of %s", header->name);
    return check(what, header->value, PART_TEXT);
}

/* `verb target`, headers, and a body. */
static int message(swio_buf *out, const char *verb, const char *target, const swio_header *headers,
                   size_t count, const char *body)
{
    for (size_t i = 0; i < count; i++) {
        int error = check_header(&headers[i]);
        if (error)
            return error;
    }
    command c = begin(out);
    add_line(out, verb, target);
    for (size_t i = 0; i < count; i++)
        add_header(out, headers[i].name, headers[i].value);
    if (body)
        swio_buf_printf(out, "Content-Length: %zu\n", strlen(body));
    swio_buf_putc(out, '\n');
    if (body)
        swio_buf_puts(out, body);
    return end(&c, 0);
}

int swio_command_sendmsg(swio_buf *out, const char *uuid, const swio_header *headers, size_t count,
                         const char *body)
{
    int error = uuid ? check("the session's uuid", uuid, PART_WORD) : 0;
    return error ? error : message(out, "sendmsg", uuid, headers, count, body);
}

int swio_command_sendevent(swio_buf *out, const char *name, const swio_header *headers,
                           size_t count, const char *body)
{
    int error = check("the event's name", name, PART_WORD);
    return error ? error : message(out, "sendevent", name, headers, count, body);
}

static bool is_subclass(const char *name)
{
    return strchr(name, ':') != NULL;
}

static int events(swio_buf *out, const char *verb, const char *const *names, size_t count)
{
    if (count == 0)
        return swio_err(SWIO_EINVAL, "%s: no event is named", verb);
    for (size_t i = 0; i < count; i++) {
        int error = check("an event's name", names[i], PART_WORD);
        if (error)
            return error;
    }
    command c = begin(out);
    swio_buf_puts(out, verb);
    bool custom = false;
    for (int subclasses = 0; subclasses < 2; subclasses++) {
        for (size_t i = 0; i < count; i++) {
            if (is_subclass(names[i]) != (subclasses == 1))
                continue;
            if (subclasses && !custom)
                swio_buf_puts(out, " CUSTOM");
            custom = subclasses;
            swio_buf_putc(out, ' ');
            swio_buf_puts(out, names[i]);
        }
    }
    swio_buf_puts(out, "\n\n");
    return end(&c, 0);
}

int swio_command_event(swio_buf *out, swio_event_format format, const char *const *names,
                       size_t count)
{
    static const char *const verbs[] = {
        [SWIO_EVENT_PLAIN] = "event plain",
        [SWIO_EVENT_JSON] = "event json",
        [SWIO_EVENT_XML] = "event xml",
    };
    if ((size_t)format >= sizeof verbs / sizeof *verbs)
        return swio_err(SWIO_EINVAL, "%d is no event format", (int)format);
    return events(out, verbs[format], names, count);
}

int swio_command_nixevent(swio_buf *out, const char *const *names, size_t count)
{
    return events(out, "nixevent", names, count);
}

#include "sim/render.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "esl/write.h"
#include "sim/channel.h"
#include "sim/sim.h"

/* The most blocks that an event is made of. */
enum { BLOCKS = 8 };

typedef struct part {
    const sim_block *block;
    const char *prefix;         /* of the names of its lines */
    const sim_channel *channel; /* whose values they are */
} part;

static sim_view view_of(const sim_view *view, const part *p)
{
    sim_view own = *view;
    own.channel = p->channel;
    return own;
}

/* Which conditional rows of the event's own headers are there. */
static uint32_t args_when(const sim_args *args)
{
    uint32_t when = 0;
    for (unsigned i = 0; i < SIM_ARGS; i++)
        if (args->v[i] && *args->v[i])
            when |= SIM_IF_ARG(i + 1);
    return when;
}

static bool shows_variables(const sim_view *view)
{
    uint8_t shows = view->source->shows;
    return view->channel &&
           (shows == SIM_SHOWS_VARIABLES || (shows == SIM_SHOWS_HEADERS && view->node->verbose));
}

/* The blocks of an event in their order. 0 without memory. */
static size_t parts_of(const sim_view *view, part parts[BLOCKS])
{
    swio_sim *sim = view->node->sim;
    sim_source_layers *own = view->layers;
    uint32_t args = args_when(view->args);
    size_t n = 0;
    parts[n++] = (part){swio_sim_layer_block(&sim->basics, 0), "", view->channel};
    parts[n++] = (part){swio_sim_layer_block(&own->before, args), "", view->channel};
    if (view->channel)
        parts[n++] =
            (part){swio_sim_layer_block(&sim->channel_rows, swio_sim_channel_when(view->channel)),
                   "", view->channel};
    if (view->channel && view->channel->other)
        parts[n++] = (part){
            swio_sim_layer_block(&sim->other_rows, swio_sim_channel_when(view->channel->other)), "",
            view->channel->other};
    if (shows_variables(view))
        parts[n++] = (part){swio_sim_shape_block(view->channel->shape), "variable_", view->channel};
    parts[n++] = (part){swio_sim_layer_block(&own->after, args), "", view->channel};
    for (size_t i = 0; i < n; i++)
        if (!parts[i].block)
            return 0;
    return n;
}

static void plain_header(swio_buf *out, const char *name, const char *value)
{
    swio_buf_puts(out, name);
    swio_buf_puts(out, ": ");
    if (*value)
        swio_write_encoded(out, value, strlen(value));
    else
        swio_buf_puts(out, "_undef_");
    swio_buf_putc(out, '\n');
}

static bool render_plain(const sim_view *view, swio_buf *out)
{
    const sim_args *args = view->args;
    part parts[BLOCKS];
    size_t count = parts_of(view, parts);
    for (size_t i = 0; i < args->first_count; i++)
        plain_header(out, args->first[i].name, args->first[i].value);
    for (size_t i = 0; i < count; i++) {
        sim_view own = view_of(view, &parts[i]);
        swio_sim_block_render(parts[i].block, &own, out);
    }
    for (size_t i = 0; i < args->more_count; i++)
        plain_header(out, args->more[i].name, args->more[i].value);
    if (args->body)
        swio_buf_printf(out, "Content-Length: %zu\n", args->body_len);
    swio_buf_putc(out, '\n');
    if (args->body)
        swio_buf_add(out, args->body, args->body_len);
    return count > 0;
}

void swio_sim_json_string(swio_buf *out, const char *text, size_t len)
{
    static const char *const escapes[] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
        ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t"};
    swio_buf_putc(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < sizeof escapes / sizeof escapes[0] && escapes[c])
            swio_buf_puts(out, escapes[c]);
        else if (c < 0x20)
            swio_buf_printf(out, "\\u%04x", c);
        else
            swio_buf_putc(out, (char)c);
    }
    swio_buf_putc(out, '"');
}

static const char array_mark[] = "ARRAY::";
enum { ARRAY_MARK = sizeof array_mark - 1 };

static bool is_array(const char *value, size_t len)
{
    return len > ARRAY_MARK && memcmp(value, array_mark, ARRAY_MARK) == 0;
}

/* Calls `item` for each of "ARRAY::a|:b". */
typedef void item_fn(const char *text, size_t len, bool first, void *arg);
static void each_item(const char *value, size_t len, item_fn *item, void *arg)
{
    const char *at = value + ARRAY_MARK, *end = value + len;
    for (bool first = true; at <= end; first = false) {
        const char *stop = memmem(at, (size_t)(end - at), "|:", 2);
        item(at, (size_t)((stop ? stop : end) - at), first, arg);
        if (!stop)
            return;
        at = stop + 2;
    }
}

static void json_item(const char *text, size_t len, bool first, void *arg)
{
    swio_buf *out = arg;
    if (!first)
        swio_buf_putc(out, ',');
    swio_sim_json_string(out, text, len);
}

void swio_sim_json_member(swio_buf *out, const char *name, const char *value, size_t len,
                          bool first)
{
    if (!first)
        swio_buf_putc(out, ',');
    swio_sim_json_string(out, name, strlen(name));
    swio_buf_putc(out, ':');
    if (!is_array(value, len)) {
        swio_sim_json_string(out, value, len);
        return;
    }
    swio_buf_putc(out, '[');
    each_item(value, len, json_item, out);
    swio_buf_putc(out, ']');
}

/* A walk over the headers of an event: name and raw value. Returning true ends it. */
typedef bool header_fn(const char *prefix, const char *name, const char *value, size_t len,
                       void *arg);

static bool walk_block(const part *p, const sim_view *view, header_fn *each, void *arg)
{
    swio_buf value = {0};
    bool ended = false;
    for (size_t i = 0; i < p->block->line_count && !ended; i++) {
        swio_buf_clear(&value);
        sim_view own = view_of(view, p);
        swio_sim_line_value(&p->block->lines[i], &own, &value);
        ended =
            each(p->prefix, p->block->lines[i].name, value.data ? value.data : "", value.len, arg);
    }
    swio_buf_free(&value);
    return ended;
}

static bool walk_headers(const sim_header *headers, size_t count, header_fn *each, void *arg)
{
    for (size_t i = 0; i < count; i++)
        if (each("", headers[i].name, headers[i].value, strlen(headers[i].value), arg))
            return true;
    return false;
}

/* Returns false without memory. */
static bool walk(const sim_view *view, header_fn *each, void *arg)
{
    part parts[BLOCKS];
    size_t count = parts_of(view, parts);
    if (walk_headers(view->args->first, view->args->first_count, each, arg))
        return true;
    for (size_t i = 0; i < count; i++)
        if (walk_block(&parts[i], view, each, arg))
            return true;
    walk_headers(view->args->more, view->args->more_count, each, arg);
    return count > 0;
}

static bool to_json(const char *prefix, const char *name, const char *value, size_t len, void *arg)
{
    swio_buf *out = arg;
    char full[256];
    int n = snprintf(full, sizeof full, "%s%s", prefix, name);
    if (n < (int)sizeof full)
        swio_sim_json_member(out, full, value, len, out->data[out->len - 1] == '{');
    return false;
}

static bool render_json(const sim_view *view, swio_buf *out)
{
    const sim_args *args = view->args;
    swio_buf_putc(out, '{');
    if (out->error || !walk(view, to_json, out))
        return false;
    if (args->body) {
        swio_buf_printf(out, ",\"Content-Length\":\"%zu\"", args->body_len);
        swio_sim_json_member(out, "_body", args->body, args->body_len, false);
    }
    swio_buf_putc(out, '}');
    return true;
}

/* One element; its value is percent-encoded as in the plain format. */
typedef struct element {
    swio_buf *out;
    const char *prefix, *name;
} element;

static void xml_item(const char *text, size_t len, bool first, void *arg)
{
    const element *e = arg;
    (void)first;
    swio_buf_printf(e->out, "    <%s%s>", e->prefix, e->name);
    swio_write_encoded(e->out, text, len);
    swio_buf_printf(e->out, "</%s%s>\n", e->prefix, e->name);
}

static bool to_xml(const char *prefix, const char *name, const char *value, size_t len, void *arg)
{
    element e = {arg, prefix, name};
    if (is_array(value, len))
        each_item(value, len, xml_item, &e);
    else
        xml_item(value, len, true, &e);
    return false;
}

static bool render_xml(const sim_view *view, swio_buf *out)
{
    const sim_args *args = view->args;
    swio_buf_puts(out, "<event>\n  <headers>\n");
    if (!walk(view, to_xml, out))
        return false;
    swio_buf_puts(out, "  </headers>\n");
    if (args->body) {
        swio_buf_printf(out, "  <Content-Length>%zu</Content-Length>\n  <body>", args->body_len);
        swio_buf_add(out, args->body, args->body_len);
        swio_buf_puts(out, "  </body>\n");
    }
    swio_buf_puts(out, "</event>\n");
    return true;
}

bool swio_sim_render(const sim_view *view, swio_event_format format, swio_buf *out)
{
    switch (format) {
    case SWIO_EVENT_JSON:
        return render_json(view, out);
    case SWIO_EVENT_XML:
        return render_xml(view, out);
    default:
        return render_plain(view, out);
    }
}

static bool to_text(const char *prefix, const char *name, const char *value, size_t len, void *arg)
{
    swio_buf *out = arg;
    swio_buf_printf(out, "%s%s: [", prefix, name);
    swio_buf_add(out, value, len);
    swio_buf_puts(out, "]\n");
    return false;
}

void swio_sim_render_text(const sim_view *view, swio_buf *out)
{
    walk(view, to_text, out);
    swio_buf_putc(out, '\n');
}

typedef struct wanted {
    const char *name;
    swio_buf *out;
    bool found;
} wanted;

static bool find_header(const char *prefix, const char *name, const char *value, size_t len,
                        void *arg)
{
    wanted *w = arg;
    size_t skip = strlen(prefix);
    if (strncasecmp(w->name, prefix, skip) != 0 || strcasecmp(w->name + skip, name) != 0)
        return false;
    w->found = true;
    swio_buf_add(w->out, value, len);
    return true;
}

bool swio_sim_event_header(const sim_view *view, const char *name, swio_buf *out)
{
    wanted w = {.name = name, .out = out};
    walk(view, find_header, &w);
    return w.found;
}

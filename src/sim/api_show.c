/* The api command show: channels, calls, tasks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/channel.h"
#include "sim/command.h"
#include "sim/render.h"
#include "sim/request.h"

/* Columns of the switch's database, as templates; in the order in which they are shown. */
static const sim_row channel_columns[] = {
    {"uuid", "{uuid}", 0},
    {"direction", "{direction}", 0},
    {"created", "{start_stamp}", 0},
    {"created_epoch", "{start_epoch}", 0},
    {"name", "{channel_name}", 0},
    {"state", "{state}", 0},
    {"cid_name", "{cid_name}", 0},
    {"cid_num", "{cid_number}", 0},
    {"ip_addr", "{ip_addr}", 0},
    {"dest", "{dest}", 0},
    {"application", "{last_app}", 0},
    {"application_data", "{last_arg}", 0},
    {"dialplan", "{dialplan}", 0},
    {"context", "{context}", 0},
    {"read_codec", "{codec}", 0},
    {"read_rate", "{codec_rate}", 0},
    {"read_bit_rate", "{codec_bits}", 0},
    {"write_codec", "{codec}", 0},
    {"write_rate", "{codec_rate}", 0},
    {"write_bit_rate", "{codec_bits}", 0},
    {"secure", "", 0},
    {"hostname", "{switchname}", 0},
    {"presence_id", "", 0},
    {"presence_data", "", 0},
    {"accountcode", "", 0},
    {"callstate", "{callstate}", 0},
    {"callee_name", "{callee_name}", 0},
    {"callee_num", "{callee_number}", 0},
    {"callee_direction", "{callee_direction}", 0},
    {"call_uuid", "{shown_call_uuid}", 0},
    {"sent_callee_name", "", 0},
    {"sent_callee_num", "", 0},
    {"initial_cid_name", "{orig_cid_name}", 0},
    {"initial_cid_num", "{orig_cid_number}", 0},
    {"initial_ip_addr", "{ip_addr}", 0},
    {"initial_dest", "{initial_dest}", 0},
    {"initial_dialplan", "{dialplan}", 0},
    {"initial_context", "{context}", 0},
    {0},
};

/* Of a call: one leg, and the leg that it is bridged to ("b_"). */
static const sim_row call_columns[] = {
    {"uuid", "{uuid}", 0},
    {"direction", "{direction}", 0},
    {"created", "{start_stamp}", 0},
    {"created_epoch", "{start_epoch}", 0},
    {"name", "{channel_name}", 0},
    {"state", "{state}", 0},
    {"cid_name", "{cid_name}", 0},
    {"cid_num", "{cid_number}", 0},
    {"ip_addr", "{ip_addr}", 0},
    {"dest", "{dest}", 0},
    {"presence_id", "", 0},
    {"presence_data", "", 0},
    {"accountcode", "", 0},
    {"callstate", "{callstate}", 0},
    {"callee_name", "{callee_name}", 0},
    {"callee_num", "{callee_number}", 0},
    {"callee_direction", "{callee_direction}", 0},
    {"call_uuid", "{shown_call_uuid}", 0},
    {"hostname", "{switchname}", 0},
    {"sent_callee_name", "", 0},
    {"sent_callee_num", "", 0},
    {"b_uuid", "{uuid}", 0},
    {"b_direction", "{direction}", 0},
    {"b_created", "{start_stamp}", 0},
    {"b_created_epoch", "{start_epoch}", 0},
    {"b_name", "{channel_name}", 0},
    {"b_state", "{state}", 0},
    {"b_cid_name", "{cid_name}", 0},
    {"b_cid_num", "{cid_number}", 0},
    {"b_ip_addr", "{ip_addr}", 0},
    {"b_dest", "{dest}", 0},
    {"b_presence_id", "", 0},
    {"b_presence_data", "", 0},
    {"b_accountcode", "", 0},
    {"b_callstate", "{callstate}", 0},
    {"b_callee_name", "{callee_name}", 0},
    {"b_callee_num", "{callee_number}", 0},
    {"b_callee_direction", "{callee_direction}", 0},
    {"b_sent_callee_name", "", 0},
    {"b_sent_callee_num", "", 0},
    {"call_created_epoch", "{bridged_epoch}", 0},
    {0},
};

enum { COLUMNS = 48 };
typedef enum style { DELIMITED, JSON, XML } style;

/* A list being written. */
typedef struct list {
    swio_buf *out;
    style style;
    char delimiter;
    bool calls; /* not channels */
    const char *like;
    const sim_row *columns;
    sim_value *values[COLUMNS];
    size_t count, rows;
} list;

static bool list_begin(list *l)
{
    l->columns = l->calls ? call_columns : channel_columns;
    for (l->count = 0; l->columns[l->count].name; l->count++) {
        l->values[l->count] = swio_sim_value_parse(l->columns[l->count].value);
        if (!l->values[l->count])
            return false;
    }
    return true;
}

static void list_free(list *l)
{
    for (size_t i = 0; i < l->count; i++)
        swio_free(l->values[i]);
}

/* The leg that a column is about. */
static const sim_channel *subject(const list *l, size_t column, const sim_channel *channel)
{
    bool second = l->calls && strncmp(l->columns[column].name, "b_", 2) == 0;
    return second ? channel->partner : channel;
}

static void write_value(const list *l, size_t column, const char *text, size_t len)
{
    const char *name = l->columns[column].name;
    switch (l->style) {
    case JSON:
        swio_sim_json_member(l->out, name, text, len, column == 0);
        break;
    case XML:
        swio_buf_printf(l->out, "    <%s>%.*s</%s>\n", name, (int)len, text, name);
        break;
    case DELIMITED:
        if (column)
            swio_buf_putc(l->out, l->delimiter);
        swio_buf_add(l->out, text, len);
        break;
    }
}

static void write_row(list *l, const sim_channel *channel)
{
    static const char *const after[] = {"\n", "}", "  </row>\n"};
    swio_buf text = {0};
    l->rows++;
    if (l->style == XML)
        swio_buf_printf(l->out, "  <row row_id=\"%zu\">\n", l->rows);
    else if (l->style == JSON)
        swio_buf_puts(l->out, l->rows > 1 ? ",{" : "{");
    for (size_t i = 0; i < l->count; i++) {
        const sim_channel *leg = subject(l, i, channel);
        sim_line line = {.name = l->columns[i].name, .value = l->values[i]};
        swio_buf_clear(&text);
        if (leg) {
            sim_view view = {.node = leg->node, .channel = leg, .clock = &leg->node->clock};
            swio_sim_line_value(&line, &view, &text);
        }
        write_value(l, i, text.data ? text.data : "", text.len);
    }
    swio_buf_puts(l->out, after[l->style]);
    swio_buf_free(&text);
}

static bool holds(const sim_channel *channel, sim_text text, const char *part)
{
    size_t len;
    const char *have = swio_sim_text(channel, text, &len);
    return have && memmem(have, len, part, strlen(part));
}

/* `show channels like …` looks at the uuid, the name and the caller. */
static bool is_shown(const list *l, const sim_channel *channel)
{
    const sim_caller *caller = &channel->caller;
    if (l->calls && channel->partner && channel->forked)
        return false; /* it stands in the row of the leg that it is bridged to */
    return !l->like || strstr(channel->uuid, l->like) || holds(channel, channel->name, l->like) ||
           holds(channel, caller->name, l->like) || holds(channel, caller->number, l->like);
}

static size_t count_rows(const list *l, const sim_node *node)
{
    size_t count = 0;
    for (const sim_channel *c = node->channels; c; c = c->hh.next)
        count += is_shown(l, c);
    return count;
}

static void write_list(list *l, const sim_node *node)
{
    size_t total = count_rows(l, node);
    if (!total) {
        swio_buf_puts(l->out, l->style == JSON  ? "{\"row_count\": 0}\n"
                              : l->style == XML ? "<result row_count=\"0\"></result>\n"
                                                : "\n0 total.\n");
        return;
    }
    if (l->style == JSON)
        swio_buf_printf(l->out, "{\"row_count\":%zu,\"rows\":[", total);
    else if (l->style == XML)
        swio_buf_printf(l->out, "<result row_count=\"%zu\">\n", total);
    for (size_t i = 0; l->style == DELIMITED && i < l->count; i++)
        swio_buf_printf(l->out, "%.*s%s", i ? 1 : 0, &l->delimiter, l->columns[i].name);
    if (l->style == DELIMITED)
        swio_buf_putc(l->out, '\n');
    for (const sim_channel *c = node->channels; c; c = c->hh.next)
        if (is_shown(l, c))
            write_row(l, c);
    if (l->style == DELIMITED)
        swio_buf_printf(l->out, "\n%zu total.\n", total);
    else
        swio_buf_puts(l->out, l->style == JSON ? "]}" : "</result>\n");
}

static void write_count(const list *l, const sim_node *node)
{
    size_t total = count_rows(l, node);
    if (l->style == JSON)
        swio_buf_printf(l->out, "{\"row_count\":%zu,\"rows\":[]}", total);
    else if (l->style == XML)
        swio_buf_printf(l->out, "<result row_count=\"%zu\"></result>\n", total);
    else
        swio_buf_printf(l->out, "\n%zu total.\n", total);
}

/* "[count] [like PART] [as json|xml|delim X]" */
static bool read_options(list *l, char *rest)
{
    bool counts = false;
    while (*rest) {
        char *word = swio_sim_word(&rest);
        if (strcasecmp(word, "count") == 0) {
            counts = true;
        } else if (strcasecmp(word, "like") == 0) {
            l->like = swio_sim_word(&rest);
        } else if (strcasecmp(word, "as") == 0) {
            char *named = swio_sim_word(&rest);
            l->style = strcasecmp(named, "json") == 0  ? JSON
                       : strcasecmp(named, "xml") == 0 ? XML
                                                       : DELIMITED;
            if (strcasecmp(named, "delim") == 0 && *rest)
                l->delimiter = *rest;
        } else {
            l->like = word;
        }
    }
    return counts;
}

static bool show(sim_request *request)
{
    static const char usage[] =
        "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels "
        "[count|like <match string>]|calls|detailed_calls|bridged_calls|detailed_bridged_calls|"
        "aliases|complete|chat|management|modules|nat_map|say|interfaces|interface_types|tasks|"
        "limits|status\n";
    char *what = swio_sim_word(&request->arg);
    list l = {.out = &request->out, .delimiter = ','};
    l.calls = strcasecmp(what, "calls") == 0 || strcasecmp(what, "bridged_calls") == 0 ||
              strcasecmp(what, "detailed_calls") == 0;
    if (!l.calls && strcasecmp(what, "channels") != 0) {
        swio_buf_puts(&request->out, usage);
        return true;
    }
    bool counts = read_options(&l, request->arg);
    if (counts)
        write_count(&l, request->node);
    else if (list_begin(&l))
        write_list(&l, request->node);
    list_free(&l);
    return true;
}

const sim_api swio_sim_api_show[] = {
    {"show", show},
    {0},
};

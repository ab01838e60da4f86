#include "cli/panel.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <switchio/metrics.h>

enum {
    LABEL = 10,    /* columns of the names at the left */
    CURVE_AT = 50, /* where the small curves begin */
    BAR_MIN = 8,   /* a shorter bar tells nothing */
    BAR_MAX = 40,
    NODE_AT = 22, /* what there is to tell of a node, behind its name */
    NODES_SHOWN = 6,
    LEVELS = 8, /* heights of a curve, parts of a cell of the bar */
};

static const struct {
    const char *name;
    panel_look look;
} states[PANEL_STATES] = {
    [PANEL_STARTING] = {"STARTING", LOOK_DIM},     [PANEL_ORIGINATING] = {"ORIGINATING", LOOK_GOOD},
    [PANEL_PAUSED] = {"PAUSED", LOOK_WARN},        [PANEL_DRAINING] = {"DRAINING", LOOK_WARN},
    [PANEL_HANGING_UP] = {"HANGING UP", LOOK_BAD},
};

/* What one row shows; false: it has nothing to show. `item` counts within a repeated row. */
typedef bool row_fn(const panel_numbers *n, const panel_style *style, size_t item,
                    panel_line *line);

static void label(panel_line *line, const panel_style *style, const char *name)
{
    panel_add(line, style, LOOK_DIM, "%s", name);
    panel_tab(line, style, LABEL);
}

static bool row_title(const panel_numbers *n, const panel_style *style, size_t item,
                      panel_line *line)
{
    char text[PANEL_WORD];
    (void)item;
    panel_add(line, style, states[n->state].look, "%-11s", states[n->state].name);
    panel_add(line, style, LOOK_PLAIN, " %s  ", panel_clock(n->elapsed, text));
    panel_cut(line, style, LOOK_BOLD, n->what);
    panel_glyphs(line, style, LOOK_DIM, style->utf8 ? " → " : " to ", style->utf8 ? 3 : 4);
    panel_cut(line, style, LOOK_PLAIN, n->to);
    return true;
}

/* A bar of so many columns, of which a share is done. */
static void bar(panel_line *line, const panel_style *style, int columns, double done)
{
    static const char *const parts[LEVELS + 1] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    char text[4 * BAR_MAX + 1] = "", *to = text;
    int eighths = (int)(done * columns * LEVELS), full = eighths / LEVELS, drawn = full;
    for (int i = 0; i < full; i++)
        to = stpcpy(to, style->utf8 ? parts[LEVELS] : "#");
    if (style->utf8 && eighths % LEVELS) {
        strcpy(to, parts[eighths % LEVELS]);
        drawn++;
    }
    panel_glyphs(line, style, LOOK_GOOD, text, drawn);
    to = text;
    *to = '\0';
    for (int i = drawn; i < columns; i++)
        to = stpcpy(to, style->utf8 ? "░" : ".");
    panel_glyphs(line, style, LOOK_DIM, text, columns - drawn);
}

static bool row_progress(const panel_numbers *n, const panel_style *style, size_t item,
                         panel_line *line)
{
    char text[PANEL_WORD], most[PANEL_WORD];
    (void)item;
    label(line, style, "Offered");
    if (n->done >= 0) {
        int columns = style->width - LABEL - 42;
        columns = columns < BAR_MAX ? columns : BAR_MAX;
        if (columns >= BAR_MIN) {
            bar(line, style, columns, n->done < 1 ? n->done : 1);
            panel_add(line, style, LOOK_PLAIN, " %3.0f %%  ", floor(n->done * 100));
        }
    }
    panel_add(line, style, LOOK_BOLD, "%s", panel_number(n->offered, text));
    if (n->max_offered)
        panel_add(line, style, LOOK_PLAIN, " of %s", panel_number(n->max_offered, most));
    if (n->left >= 0)
        panel_add(line, style, LOOK_DIM, "  %s left", panel_clock(n->left, text));
    return true;
}

static void curve(panel_line *line, const panel_style *style, const panel_history *h)
{
    static const char *const bars[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[LEVELS] = {"_", ".", "-", "~", "=", "+", "*", "#"};
    char text[4 * PANEL_HISTORY + 1] = "", *to = text;
    int columns = style->width - CURVE_AT;
    if (columns < BAR_MIN || line->columns >= CURVE_AT || !h->count)
        return;
    size_t shown = h->count < (size_t)columns ? h->count : (size_t)columns;
    double most = 0;
    for (size_t i = h->count - shown; i < h->count; i++)
        most = h->value[i] > most ? h->value[i] : most;
    for (size_t i = h->count - shown; i < h->count; i++) {
        int level = most > 0 ? (int)(h->value[i] / most * (LEVELS - 1) + 0.5) : 0;
        to = stpcpy(to, (style->utf8 ? bars : plain)[level]);
    }
    panel_tab(line, style, CURVE_AT);
    panel_glyphs(line, style, LOOK_GOOD, text, (int)shown);
}

static bool row_rate(const panel_numbers *n, const panel_style *style, size_t item,
                     panel_line *line)
{
    (void)item;
    label(line, style, "Rate");
    panel_add(line, style, LOOK_BOLD, "%.4g", n->rate_now);
    panel_add(line, style, LOOK_PLAIN, " of %.4g a second", n->rate_asked);
    if (n->offered > 1)
        panel_add(line, style, LOOK_PLAIN, ", mean %.4g", n->rate_mean);
    curve(line, style, &n->rates);
    return true;
}

static bool row_calls(const panel_numbers *n, const panel_style *style, size_t item,
                      panel_line *line)
{
    char up[PANEL_WORD], limit[PANEL_WORD];
    (void)item;
    label(line, style, "Calls");
    panel_add(line, style, n->active >= n->limit ? LOOK_WARN : LOOK_BOLD, "%s",
              panel_number(n->active, up));
    panel_add(line, style, LOOK_PLAIN, " up of %s, %.4g s each", panel_number(n->limit, limit),
              n->duration);
    curve(line, style, &n->actives);
    return true;
}

static void share(panel_line *line, const panel_style *style, const char *name, uint64_t count,
                  panel_look look)
{
    char text[PANEL_WORD];
    panel_add(line, style, count ? look : LOOK_DIM, "  %s %s", name, panel_number(count, text));
}

static bool row_outcome(const panel_numbers *n, const panel_style *style, size_t item,
                        panel_line *line)
{
    char text[PANEL_WORD];
    (void)item;
    label(line, style, "Answered");
    panel_add(line, style, LOOK_BOLD, "%s", panel_number(n->answered, text));
    if (!isnan(n->asr))
        panel_add(line, style, LOOK_PLAIN, "  ASR %s",
                  swio_unit_print(SWIO_UNIT_RATIO, n->asr, text, sizeof text));
    share(line, style, "failed", n->failed, LOOK_BAD);
    share(line, style, "lost", n->lost, LOOK_BAD);
    share(line, style, "blocked", n->blocked, LOOK_WARN);
    share(line, style, "late", n->late, LOOK_WARN);
    return true;
}

static bool row_latency(const panel_numbers *n, const panel_style *style, size_t item,
                        panel_line *line)
{
    const double values[] = {n->p50, n->p90, n->p99, n->max};
    static const char *const names[] = {"p50", "p90", "p99", "max"};
    char text[PANEL_WORD];
    (void)item;
    if (!n->latency_count)
        return false;
    label(line, style, n->latency_name);
    for (int i = 0; i < 4; i++) {
        swio_unit_print(SWIO_UNIT_SECONDS, values[i], text, sizeof text);
        if (panel_room(line, style) < (int)(strlen(names[i]) + strlen(text)) + 3)
            break; /* a name without its value tells nothing */
        panel_add(line, style, LOOK_DIM, "%s%s ", i ? "  " : "", names[i]);
        panel_add(line, style, LOOK_PLAIN, "%s", text);
    }
    return true;
}

static bool row_causes(const panel_numbers *n, const panel_style *style, size_t item,
                       panel_line *line)
{
    char text[PANEL_WORD];
    size_t shown = 0, given = n->cause_count < PANEL_CAUSES ? n->cause_count : PANEL_CAUSES;
    (void)item;
    if (!n->cause_count)
        return false;
    label(line, style, "Causes");
    for (; shown < given && !line->full; shown++)
        panel_add(line, style, LOOK_PLAIN, "%s%s %s", shown ? "  " : "", n->causes[shown].name,
                  panel_number(n->causes[shown].count, text));
    if (line->full || shown < n->cause_count) {
        line->full = false; /* a few columns may be left */
        panel_cut(line, style, LOOK_DIM, "  and more");
    }
    return true;
}

/* The nodes from this one on, in one line. */
static bool more_nodes(const panel_numbers *n, const panel_style *style, size_t from,
                       panel_line *line)
{
    size_t lost = 0;
    for (size_t i = from; i < n->node_count; i++)
        lost += n->nodes[i].lost;
    panel_tab(line, style, LABEL);
    panel_add(line, style, LOOK_PLAIN, "and %zu more", n->node_count - from);
    if (lost)
        panel_add(line, style, LOOK_BAD, ", %zu of them lost", lost);
    return true;
}

static bool row_node(const panel_numbers *n, const panel_style *style, size_t item,
                     panel_line *line)
{
    char text[PANEL_WORD];
    if (item >= n->node_count || item >= NODES_SHOWN)
        return false;
    const panel_node *node = &n->nodes[item];
    if (item == NODES_SHOWN - 1 && n->node_count > NODES_SHOWN)
        return more_nodes(n, style, item, line);
    label(line, style, item ? "" : n->node_count > 1 ? "Nodes" : "Node");
    panel_cut(line, style, LOOK_PLAIN, node->name);
    panel_tab(line, style, LABEL + NODE_AT);
    if (node->lost) {
        panel_add(line, style, LOOK_BAD, " connection lost");
        return true;
    }
    panel_add(line, style, LOOK_PLAIN, " %s placed", panel_number(node->placed, text));
    panel_add(line, style, LOOK_PLAIN, ", %s up", panel_number(node->up, text));
    return true;
}

static bool row_keys(const panel_numbers *n, const panel_style *style, size_t item,
                     panel_line *line)
{
    (void)item;
    if (n->message)
        panel_cut(line, style, LOOK_WARN, n->message);
    else if (n->keys)
        panel_cut(line, style, LOOK_DIM, n->keys);
    return n->message || n->keys;
}

/* The rows from top to bottom; where the terminal is low, high `rank` goes first. */
static const struct {
    row_fn *fn;
    int rank;
    bool repeated; /* until it has nothing to show */
} rows[] = {
    {row_title, 0, false},  {row_progress, 1, false}, {row_rate, 3, false},
    {row_calls, 4, false},  {row_outcome, 2, false},  {row_latency, 5, false},
    {row_causes, 7, false}, {row_node, 8, true},      {row_keys, 6, false},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Takes out of the lowest importance what is too much, from below. */
static void fit(panel_lines *out, int *rank, size_t height)
{
    while (out->count > height) {
        size_t worst = 0;
        for (size_t i = 1; i < out->count; i++)
            if (rank[i] >= rank[worst])
                worst = i;
        for (size_t i = worst; i + 1 < out->count; i++) {
            out->line[i] = out->line[i + 1];
            rank[i] = rank[i + 1];
        }
        out->count--;
    }
}

void panel_draw(const panel_numbers *n, const panel_style *style, panel_lines *out)
{
    int rank[PANEL_LINES_MAX];
    out->count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        bool more = true;
        /* The last line is kept for what follows the repeated row. */
        size_t room = PANEL_LINES_MAX - (rows[i].repeated ? 1 : 0);
        for (size_t item = 0; more && out->count < room; item++) {
            panel_line *line = &out->line[out->count];
            *line = (panel_line){0};
            more = rows[i].fn(n, style, item, line);
            if (more)
                rank[out->count++] = rows[i].rank;
            more = more && rows[i].repeated;
        }
    }
    fit(out, rank, style->height > 0 ? (size_t)style->height : 0);
}

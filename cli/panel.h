/* The panel of a run as pure text: numbers in, lines out. It knows no terminal and no clock. */
#ifndef CLI_PANEL_H
#define CLI_PANEL_H

#include <stdint.h>

#include "cli/panel_line.h"

enum {
    PANEL_LINES_MAX = 24,
    PANEL_CAUSES = 8, /* shown; the most frequent ones */
    PANEL_NODES = 64,
    PANEL_HISTORY = 60, /* seconds in the small curves */
};

typedef enum panel_state {
    PANEL_STARTING,
    PANEL_ORIGINATING,
    PANEL_PAUSED,
    PANEL_DRAINING, /* offers no more; calls end by themselves */
    PANEL_HANGING_UP,
    PANEL_STATES,
} panel_state;

typedef struct panel_count {
    char name[48];
    uint64_t count;
} panel_count;

typedef struct panel_node {
    char name[64];
    uint64_t placed; /* calls */
    uint64_t up;     /* of those */
    bool lost;       /* its connection */
} panel_node;

/* What happened in each second, oldest first. */
typedef struct panel_history {
    size_t count;
    double value[PANEL_HISTORY];
} panel_history;

typedef struct panel_numbers {
    panel_state state;
    char what[128]; /* "TonePlay" */
    char to[128];   /* whom the calls are offered to */
    double elapsed; /* seconds */
    /* How far it is, 0 to 1, and how long it takes still, seconds; negative: nobody knows. */
    double done;
    double left;
    uint64_t offered, max_offered; /* max_offered 0: no bound */
    uint64_t answered, failed, lost, blocked, late;
    uint64_t active, limit;
    double rate_asked, rate_now, rate_mean; /* calls a second; now: of the last seconds */
    double duration;                        /* seconds of each call */
    double asr;                             /* 0 to 1; NAN: nothing to tell yet */
    const char *latency_name;               /* "set-up" */
    uint64_t latency_count;
    double p50, p90, p99, max; /* seconds */
    size_t cause_count;        /* all there are; PANEL_CAUSES of them are given at most */
    panel_count causes[PANEL_CAUSES];
    size_t node_count;
    panel_node nodes[PANEL_NODES];
    panel_history rates, actives;
    const char *keys;    /* what can be pressed; NULL: nothing */
    const char *message; /* of the last key, or of Ctrl-C; NULL */
} panel_numbers;

typedef struct panel_lines {
    size_t count;
    panel_line line[PANEL_LINES_MAX];
} panel_lines;

/* At most style->height lines of at most style->width columns; what matters less goes first. */
void panel_draw(const panel_numbers *n, const panel_style *style, panel_lines *out);

/* "0:01:23"; "12,345". Each writes into `text` and gives it back. */
enum { PANEL_WORD = 32 };
const char *panel_clock(double seconds, char text[PANEL_WORD]);
const char *panel_number(uint64_t n, char text[PANEL_WORD]);

#endif

#include "cli/dial_panel.h"

#include <math.h>
#include <switchio/error.h>
#include <time.h>

#include "cli/terminal.h"

static const double FRAME = 0.25;  /* seconds between two drawings … */
static const double SOONEST = 0.1; /* … or less, after a key */

double dial_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void draw(dial_view *view, double now)
{
    static panel_lines lines; /* too much for a stack */
    panel_style style;
    dial_numbers(view, now);
    if (!terminal_style(&style))
        return;
    panel_draw(&view->numbers, &style, &lines);
    terminal_draw(&lines);
}

static bool over(const dial_view *view)
{
    return view->run->end == DIAL_ABANDONED ||
           swio_originator_wait_done(view->run->originator, 0) != SWIO_ETIMEOUT;
}

void dial_panel(dial_run *r)
{
    static dial_view view;
    view = (dial_view){.run = r, .rate = r->s->rate, .limit = r->s->limit, .started = dial_now()};
    double now, next;
    while (!over(&view)) {
        double drawn = now = dial_now();
        draw(&view, now);
        next = now + FRAME;
        while ((now = dial_now()) < next && !over(&view)) {
            int key = terminal_key(next - now);
            if (key) {
                dial_key(&view, key, dial_now());
                next = fmin(next, drawn + SOONEST);
            }
        }
    }
    draw(&view, dial_now());
}

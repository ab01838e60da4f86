/* An event as text: plain, JSON, XML. */
#ifndef SWIO_SIM_RENDER_H
#define SWIO_SIM_RENDER_H

#include <switchio/event.h>

#include "base/buf.h"
#include "sim/field.h"

/*
 * Appends the event, without the frame around it. False without memory for the tables of a form
 * that is seen for the first time; what `out` then holds is no event.
 */
bool swio_sim_render(const sim_view *view, swio_event_format format, swio_buf *out);

/* Appends "Name: [value]" lines, nothing encoded (uuid_dump UUID plain). */
void swio_sim_render_text(const sim_view *view, swio_buf *out);

/* Appends the raw value of the first header of this name (any case). False if there is none. */
bool swio_sim_event_header(const sim_view *view, const char *name, swio_buf *out);

/* One `"name":"value"` of event-json, with a comma in front unless it is the first. */
void swio_sim_json_member(swio_buf *out, const char *name, const char *value, size_t len,
                          bool first);
/* A quoted and escaped JSON string. */
void swio_sim_json_string(swio_buf *out, const char *text, size_t len);

#endif

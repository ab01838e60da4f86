#include "base/log.h"
#include "conn/conn.h"
#include "conn/words.h"

enum { FRAME_SHOWN = 3900 }; /* a log line has 4096 bytes */

void swio_trace_sent(const swio_conn *conn, const char *bytes, size_t len)
{
    if (!swio_log_wants(SWIO_LOG_TRACE))
        return;
    char shown[FRAME_SHOWN];
    swio_words_frame(shown, sizeof shown, bytes, len);
    swio_trace("%s > %s", conn->contact.text, shown);
}

void swio_trace_received(const swio_conn *conn, const swio_frame *frame)
{
    if (!swio_log_wants(SWIO_LOG_TRACE))
        return;
    char shown[FRAME_SHOWN];
    swio_buf text = {0};
    for (size_t i = 0; i < swio_event_header_count(frame->event); i++) {
        const char *value = swio_event_header_value(frame->event, i, NULL);
        swio_buf_printf(&text, "%s%s: %s", i ? " | " : "", swio_event_header_name(frame->event, i),
                        value ? value : "");
    }
    size_t len = 0;
    const char *body = swio_event_body(frame->event, &len);
    if (len)
        swio_buf_puts(&text, " || ");
    swio_buf_add(&text, body, len);
    if (!text.error)
        swio_trace("%s < %s", conn->contact.text,
                   swio_words_show(shown, sizeof shown, text.data, text.len, text.len));
    swio_buf_free(&text);
}

/* Events to bytes, as a FreeSWITCH sends them: for the simulator and for tests. */
#ifndef SWIO_ESL_WRITE_H
#define SWIO_ESL_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Whether no byte of it would be encoded. False also for some texts of which that is true: those
 * with other bytes than letters, digits and _ - . / , in them. */
bool swio_write_is_plain(const char *value, size_t len);

/* Appends `value` percent-encoded as FreeSWITCH encodes event values (switch_url_encode). */
void swio_write_encoded(swio_buf *out, const char *value, size_t len);

#endif

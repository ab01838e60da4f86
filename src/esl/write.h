/* Events to bytes, as a FreeSWITCH sends them: for the simulator and for tests. */
#ifndef SWIO_ESL_WRITE_H
#define SWIO_ESL_WRITE_H

#include <stddef.h>

#include "base/buf.h"

/* Appends `value` percent-encoded as FreeSWITCH encodes event values (switch_url_encode). */
void swio_write_encoded(swio_buf *out, const char *value, size_t len);

#endif

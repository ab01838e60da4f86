/* What `sofia status` says, read. Pure: texts in, texts out. */
#ifndef SWIO_CONTROL_SOFIA_H
#define SWIO_CONTROL_SOFIA_H

#include "base/buf.h"

/*
 * Appends the SIP address of a profile ("127.0.0.1:5080", "[::1]:5080") from the output of
 * `sofia status profile NAME`: that of its URL line, which is the address to be called at from
 * outside (mod_sofia.c). SWIO_ENOENT where the output is none of a profile ("Invalid Profile!"),
 * SWIO_ENOMEM. The sentence is the caller's affair: only it knows the host.
 */
int swio_sofia_address(const char *status, swio_buf *out);

/* Appends the names of the profiles in the output of `sofia status`: "external, internal". */
void swio_sofia_profiles(const char *status, swio_buf *out);

#endif

/* Where a FreeSWITCH is: "host:port" and its other spellings. */
#ifndef SWIO_CONN_CONTACT_H
#define SWIO_CONN_CONTACT_H

#include <stdint.h>

typedef struct swio_contact {
    char *host; /* a name or a numeric address, without brackets */
    char *text; /* "host:port", "[::1]:8021": the port filled in, for people and as a key */
    uint16_t port;
} swio_contact;

/*
 * Reads "host", "host:port", "1.2.3.4:port", "[::1]:port", "[::1]" or a bare IPv6 address (with its
 * scope, "fe80::1%eth0", where it has one). `default_port` stands where the text names none. Only
 * the form is judged, nothing is looked up. SWIO_EINVAL with a sentence that quotes the text and
 * says what is wrong with it, SWIO_ENOMEM; *out is written only on success.
 */
int swio_contact_parse(const char *text, uint16_t default_port, swio_contact *out);

/* Releases the strings; a zeroed one is fine. */
void swio_contact_free(swio_contact *contact);

#endif

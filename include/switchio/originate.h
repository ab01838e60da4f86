/* What a call is placed with: the pieces of FreeSWITCH's `originate` command. */
#ifndef SWITCHIO_ORIGINATE_H
#define SWITCHIO_ORIGINATE_H

#include <stddef.h>
#include <switchio/export.h>
#include <switchio/variable.h>

SWIO_BEGIN_DECLS

/*
 * Zero is the default of each. They become
 *     originate {VARIABLES}sofia/PROFILE/DEST;fs_path=sip:PROXY &APP(ARGS)
 *
 * Values may hold any text: what FreeSWITCH would take for its own syntax is escaped, and what
 * cannot be escaped (a line break, a curly bracket without its partner, a ')' in the arguments of
 * the application) is refused with SWIO_EINVAL and a sentence.
 */
typedef struct swio_originate_opts {
    const char *dest_url;      /* "user@host:port", with or without "sip:". Required */
    const char *proxy;         /* next hop, "host:port[;param=value]"; none: where the URL says */
    const char *profile;       /* SIP profile to call from; "external" */
    const char *gateway;       /* a gateway to call through, instead of a profile */
    const char *app;           /* what the caller's leg runs once answered; "park" */
    const char *app_arg;       /* its argument; none */
    const char *exten;         /* instead of `app`: an extension of the switch's dialplan … */
    const char *dialplan;      /* … "XML" … */
    const char *context;       /* … "default" */
    const char *app_id;        /* the app of this call, sent as X-switchio_app; none */
    const char *uuid;          /* of the caller's session; a fresh one */
    const char *caller_name;   /* caller id; "Mr_switchio" */
    const char *caller_number; /* "1112223333" */
    const char *codec;         /* the only codec offered; the profile's */
    double timeout;            /* seconds until an unanswered call is given up; 60 */
    /*
     * More channel variables. One with the name of a default takes its place; with a NULL value it
     * takes the default out. Of two with the same name the later counts.
     */
    const swio_variable *variables;
    size_t variable_count;
    /*
     * For a call by a template, see swio_client_set_originate(): what its {NAME} stand for. Not
     * looked at otherwise.
     */
    const swio_variable *fields;
    size_t field_count;
} swio_originate_opts;

/*
 * The command that these options make, without sending it: *line gets a text to be released with
 * swio_text_free(). Any thread. SWIO_EINVAL with the option and the cause, SWIO_ENOMEM.
 */
SWIO_API int swio_originate_line(const swio_originate_opts *opts, char **line);

/* Releases a text that a function gave away. NULL is fine. */
SWIO_API void swio_text_free(char *text);

SWIO_END_DECLS

#endif

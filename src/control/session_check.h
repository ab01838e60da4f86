/* What several commands of a session refuse: 0, or SWIO_EINVAL with a sentence that begins with
 * `what`, the command. */
#ifndef SWIO_CONTROL_SESSION_CHECK_H
#define SWIO_CONTROL_SESSION_CHECK_H

/* A hangup cause is a word. */
int swio_check_cause(const char *what, const char *cause);

/* Seconds as the switch counts them, in whole ones: rounded up, as text. */
enum { SWIO_SECONDS_TEXT = 32 };
int swio_check_seconds(const char *what, double seconds, char text[SWIO_SECONDS_TEXT]);

#endif

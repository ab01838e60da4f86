/* A name and a value: a channel variable, a header, a field. */
#ifndef SWITCHIO_VARIABLE_H
#define SWITCHIO_VARIABLE_H

/* Both borrowed for the call that is given them. What a NULL value means is said there. */
typedef struct swio_variable {
    const char *name;
    const char *value;
} swio_variable;

#endif

/* What a run is expected to come to, and whether it did. */
#ifndef CLI_DIAL_EXPECT_H
#define CLI_DIAL_EXPECT_H

#include <switchio/expect.h>

#include "cli/options.h"

typedef struct dial_expects {
    size_t count;
    swio_expect *expect[OPTION_TEXTS_MAX];
    swio_verdict verdict[OPTION_TEXTS_MAX]; /* once judged */
} dial_expects;

/* Reads them. -1 to go on, else the exit status, with the sentence said; dial_expects_free() in
 * both cases. */
int dial_expects_read(const command *cmd, const option_texts *given, dial_expects *out);
void dial_expects_free(dial_expects *expects);

/* Fills in the verdicts; whether all of them are met. */
bool dial_expects_judge(dial_expects *expects, swio_metrics *metrics);

/* A line for each: "✓ asr>=0.99: 99.8 %"; with words in place of the signs where these cannot be
 * shown. */
void dial_expects_print(const dial_expects *expects, bool utf8, FILE *to);

#endif

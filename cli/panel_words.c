/* Numbers as a reader likes them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/panel.h"

const char *panel_clock(double seconds, char text[PANEL_WORD])
{
    uint64_t s = seconds > 0 ? (uint64_t)(seconds + 0.5) : 0;
    snprintf(text, PANEL_WORD, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60,
             s % 60);
    return text;
}

const char *panel_number(uint64_t n, char text[PANEL_WORD])
{
    char digits[PANEL_WORD];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

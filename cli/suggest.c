#include <ctype.h>
#include <string.h>

#include "cli/options.h"

enum { WORD_MAX = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t d = a < b ? a : b;
    return d < c ? d : c;
}

/* Insertions, deletions, replacements and swaps of neighbours that lead from a to b, whatever the
 * case. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t an = strlen(a), bn = strlen(b);
    if (an > WORD_MAX || bn > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= bn; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= an; i++) {
        size_t *row = rows[i % 3];
        const size_t *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= bn; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
    }
    return rows[an % 3][bn];
}

const char *suggestion(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t near = 1 + strlen(word) / 4; /* more than that is another word */
    if (near > 3)
        near = 3;
    for (; *names; names++) {
        size_t d = distance(word, *names);
        if (d <= near) {
            best = *names;
            near = d ? d - 1 : 0;
            if (!d)
                break;
        }
    }
    return best;
}

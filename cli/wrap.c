#include "cli/wrap.h"

#include <string.h>

void wrap(FILE *to, const char *text, size_t at, size_t width)
{
    size_t room = width - at;
    while (strlen(text) > room) {
        size_t end = room;
        while (end > 0 && text[end] != ' ')
            end--;
        if (!end)
            end = room;
        fprintf(to, "%.*s\n%*s", (int)end, text, (int)at, "");
        text += end + (text[end] == ' ');
    }
    fprintf(to, "%s", text);
}

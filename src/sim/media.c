#include "sim/media.h"

#include "sim/field.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Files are 8 kHz, 16 bits, mono; sounds of the switch's own collection take this long. */
static const double BYTES_PER_SECOND = 16000, NAMED_SOUND = 2.0;

/* "loops=-1" in the braces in front or behind the semicolon; 1 where it is not given. */
static long loops_of(const char *what)
{
    const char *found = strstr(what, "loops=");
    return found ? strtol(found + 6, NULL, 10) : 1;
}

/* Past "{a=b}" in front. */
static const char *without_params(const char *what)
{
    const char *close = *what == '{' ? strchr(what, '}') : NULL;
    return close ? close + 1 : what;
}

/* The sum of on and off of each "%(on,off,freq…)", milliseconds (libteletone). */
static double tones_ms(const char *script)
{
    double ms = 0;
    for (const char *at = strchr(script, '%'); at; at = strchr(at + 1, '%')) {
        char *end;
        if (at[1] != '(')
            continue;
        ms += strtod(at + 2, &end);
        if (*end == ',')
            ms += strtod(end + 1, NULL);
    }
    return ms;
}

static double tone_length(const char *what, const char *script)
{
    long loops = loops_of(what);
    return loops < 0 ? 0 : tones_ms(script) / 1000 * (double)(loops ? loops : 1);
}

static double file_length(const char *path)
{
    struct stat info;
    if (*path != '/')
        return NAMED_SOUND;
    if (stat(path, &info))
        return -1;
    return (double)info.st_size / BYTES_PER_SECOND;
}

double swio_sim_media_length(const char *what, const char **type)
{
    static const char tone[] = "tone_stream://", silence[] = "silence_stream://";
    const char *name = without_params(what);
    *type = NULL;
    if (strncmp(name, tone, sizeof tone - 1) == 0) {
        if (name == what) /* the switch looks at the first bytes, whatever they are */
            *type = "tone_stream";
        return tone_length(what, name + sizeof tone - 1);
    }
    if (strncmp(name, silence, sizeof silence - 1) == 0) {
        double ms = strtod(name + sizeof silence - 1, NULL);
        return ms > 0 ? ms / 1000 : ms < 0 ? 0 : -1;
    }
    return file_length(name);
}

size_t swio_sim_media_params(const char *what, char copy[256], sim_header *params, size_t most)
{
    const char *name = without_params(what);
    size_t len = (size_t)(name - what), count = 0;
    if (len < 2 || len > 255)
        return 0;
    memcpy(copy, what + 1, len - 2);
    copy[len - 2] = '\0';
    char *save = NULL;
    for (char *part = strtok_r(copy, ",", &save); part && count < most;
         part = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(part, '=');
        if (!equals)
            continue;
        *equals = '\0';
        params[count++] = (sim_header){part, equals + 1};
    }
    return count;
}

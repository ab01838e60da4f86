#include "measure/path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);
    return len > n && strcmp(text + len - n, end) == 0;
}

const swio_sink_kind *swio_store_kind(const char *path)
{
    static const struct {
        const char *end;
        const swio_sink_kind *kind;
    } kinds[] = {
        {".csv", &swio_csv_sink},
        {".db", &swio_sqlite_sink},
        {".sqlite", &swio_sqlite_sink},
        {".sqlite3", &swio_sqlite_sink},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (ends_with(path, kinds[i].end))
            return kinds[i].kind;
    return NULL;
}

static int make_one(const char *directory)
{
    struct stat there;
    if (mkdir(directory, 0777) == 0)
        return 0;
    int cause = errno;
    if (cause == EEXIST && stat(directory, &there) == 0 && S_ISDIR(there.st_mode))
        return 0;
    if (cause == EEXIST || cause == ENOTDIR)
        return swio_err(
            SWIO_EEXIST,
            "%s is not a directory: give a directory, or a file that ends with .csv, .db, "
            ".sqlite or .sqlite3",
            directory);
    return swio_err(SWIO_EIO, "cannot make the directory %s: %s", directory, strerror(cause));
}

/* Each directory on the way, the last one too. */
static int make_directories(char *path)
{
    int error = 0;
    for (char *at = path; *at && !error; at++) {
        if (*at != '/' || at == path)
            continue;
        *at = '\0';
        struct stat there; /* one that may be passed but not made, as "/" or an automount */
        error = stat(path, &there) == 0 && S_ISDIR(there.st_mode) ? 0 : make_one(path);
        *at = '/';
    }
    return error ? error : make_one(path);
}

static int in_directory(const char *path, char **file)
{
    char *directory = swio_strdup(path);
    swio_buf name = {0};
    if (!directory)
        return swio_err_nomem();
    int error = make_directories(directory);
    swio_free(directory);
    if (error)
        return error;
    swio_buf_printf(&name, "%s%s" SWIO_STORE_CSV_NAME, path, ends_with(path, "/") ? "" : "/");
    error = swio_buf_error(&name);
    *file = error ? NULL : swio_buf_steal(&name, NULL);
    return error;
}

int swio_store_file(const char *path, char **file, const swio_sink_kind **kind)
{
    if (!path || !path[0])
        return swio_err(SWIO_EINVAL,
                        "the path of the records is empty: give a file or a directory");
    *kind = swio_store_kind(path);
    if (!*kind) {
        *kind = &swio_csv_sink;
        return in_directory(path, file);
    }
    *file = swio_strdup(path);
    return *file ? 0 : swio_err_nomem();
}

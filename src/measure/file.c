/* The file of a store. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/sink.h"

static int check_kind(const char *path, int fd)
{
    struct stat file;
    if (fstat(fd, &file))
        return swio_err(SWIO_EIO, "cannot look at %s: %s", path, strerror(errno));
    if (!S_ISREG(file.st_mode))
        return swio_err(SWIO_EINVAL,
                        "%s is not a plain file: give a file or a directory for the records", path);
    /* Other failures are those of a file system without locks. */
    if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
        return swio_err(SWIO_EEXIST,
                        "%s is being written by another run: give another file or directory", path);
    return 0;
}

int swio_file_claim(const char *path, int *fd)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (file < 0 && errno == ENOENT)
        return swio_err(SWIO_ENOENT, "cannot make %s: its directory is not there: make it first",
                        path);
    if (file < 0)
        return swio_err(SWIO_EIO, "cannot make %s: %s", path, strerror(errno));
    int error = check_kind(path, file);
    if (error) {
        close(file);
        return error;
    }
    *fd = file;
    return 0;
}

int swio_file_check(const char *path, int fd)
{
    struct stat file;
    if (fstat(fd, &file))
        return swio_err(SWIO_EIO, "cannot look at %s: %s", path, strerror(errno));
    if (file.st_nlink == 0)
        return swio_err(SWIO_ENOENT, "%s was removed while it was written", path);
    return 0;
}

int swio_file_has_records(const char *path)
{
    return swio_err(SWIO_EEXIST,
                    "%s has records already, which are never overwritten: give another file or "
                    "directory, or move it away",
                    path);
}

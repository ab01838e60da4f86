/* The socket of a stream for a thread that is not the loop's. */
#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop/tcp_internal.h"

/*
 * Not by F_DUPFD_CLOEXEC: the thread sanitizer of clang 14 does not see what that makes, and takes
 * the descriptor for one of the same number that another thread had before.
 */
static int duplicate(int fd)
{
    int place = eventfd(0, EFD_CLOEXEC);
    if (place < 0)
        return -1;
    int copy = dup3(fd, place, O_CLOEXEC);
    if (copy < 0) {
        int error = errno;
        close(place);
        errno = error;
    }
    return copy;
}

int swio_tcp_duplicate(const swio_tcp *tcp)
{
    uv_os_fd_t fd;
    if (tcp->state != SWIO_TCP_OPEN || tcp->write_error ||
        uv_fileno((const uv_handle_t *)&tcp->socket->handle, &fd)) {
        errno = ENOTCONN;
        return -1;
    }
    return duplicate(fd);
}

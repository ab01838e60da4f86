/* The socket of a stream for a thread that is not the loop's. */
#include <errno.h>
#include <fcntl.h>

#include "loop/tcp_internal.h"

int swio_tcp_duplicate(const swio_tcp *tcp)
{
    uv_os_fd_t fd;
    if (tcp->state != SWIO_TCP_OPEN || tcp->write_error ||
        uv_fileno((const uv_handle_t *)&tcp->socket->handle, &fd)) {
        errno = ENOTCONN;
        return -1;
    }
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

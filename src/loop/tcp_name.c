/* How the other side of a stream is called. */
#include <stdio.h>
#include <string.h>

#include "loop/tcp_internal.h"

void swio_peer_print(const struct sockaddr *address, char out[SWIO_PEER_MAX])
{
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    bool v6 = address->sa_family == AF_INET6;
    getnameinfo(address, v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), host,
                sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(out, SWIO_PEER_MAX, v6 ? "[%.70s]:%.5s" : "%.70s:%.5s", host, port);
}

char *swio_peer_name(const char *host, uint16_t port)
{
    swio_buf name = {0};
    swio_buf_printf(&name, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, (unsigned)port);
    return swio_buf_steal(&name, NULL);
}

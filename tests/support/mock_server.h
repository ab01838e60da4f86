/* An Event Socket server that follows a script: what a FreeSWITCH would do, or must never do. */
#ifndef SWIO_TESTS_MOCK_SERVER_H
#define SWIO_TESTS_MOCK_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Plain sockets in a thread of its own and the C library's allocator: it shares no code with what
 * it tests, and failing allocations do not reach it. A script is a function that talks to one peer;
 * when it returns, that connection is closed and the next one is accepted. Whatever a script waits
 * for, it waits for at most ten seconds, and complains.
 */
typedef struct mock_server mock_server;
typedef struct mock_peer mock_peer;
typedef void mock_script(mock_peer *peer, void *arg);

/* Listens on "127.0.0.1" or "::1", on a port of the kernel's choice. NULL if that is impossible. */
mock_server *mock_server_start(const char *address, mock_script *script, void *arg);
/* "127.0.0.1:PORT", "[::1]:PORT". */
const char *mock_server_contact(const mock_server *server);
/* Connections accepted so far. */
unsigned mock_server_accepted(const mock_server *server);
/*
 * Accepts no more, waits for the end of the script that is running, and frees all. Returns 0, or 1
 * if a script complained: its complaint was printed to the standard error.
 */
int mock_server_stop(mock_server *server);

/* For scripts. Each send gives false once the peer is gone, which is no complaint. */
bool mock_send(mock_peer *peer, const char *text);
bool mock_send_bytes(mock_peer *peer, const char *bytes, size_t len);
/* From now on in segments of at most `size` bytes; 0: whole. */
void mock_split(mock_peer *peer, size_t size);
bool mock_send_reply(mock_peer *peer, const char *text);
bool mock_send_api(mock_peer *peer, const char *body);
bool mock_send_event(mock_peer *peer, const char *name, const char *headers);

/*
 * The next command: its lines without the empty one at the end, and its body where it announces
 * one. It lives until the next call. NULL when the peer closed.
 */
const char *mock_read(mock_peer *peer);
/* True if the next command is exactly this; else complains. */
bool mock_expect(mock_peer *peer, const char *command);
/* Empty lines between commands so far. */
unsigned mock_blank_lines(const mock_peer *peer);
/* The greeting, the password ClueCon, the welcome. */
bool mock_login(mock_peer *peer);
/* Swallows what comes until the peer closes. */
void mock_wait_close(mock_peer *peer);
/* Ends the connection with a reset instead of an orderly end. */
void mock_reset(mock_peer *peer);
/* Half of mock_reset(): no more bytes are sent, the peer sees the end of the stream. */
void mock_shutdown(mock_peer *peer);
void mock_complain(mock_peer *peer, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

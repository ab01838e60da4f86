/* A plain Event Socket client for tests: blocking, one socket, every frame kept. */
#ifndef TESTS_SUPPORT_PEER_H
#define TESTS_SUPPORT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esl/reader.h"

typedef struct peer {
    int fd;
    swio_reader *reader;
    swio_frame *frames; /* in the order they came; the references are the peer's */
    size_t count, room;
    size_t replies_read; /* frames before this one are no longer looked at for replies */
    size_t bytes;
    bool ended; /* the other end closed */
    int error;  /* of the reader */
} peer;

/* Connects to "127.0.0.1:8021"; the test fails where it cannot. */
void peer_open(peer *p, const char *contact);
void peer_close(peer *p);

/* Connects, logs in with ClueCon and, where `events` is given, sends "event plain EVENTS". */
void peer_login(peer *p, const char *contact, const char *events);

void peer_send(peer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void peer_send_bytes(peer *p, const char *bytes, size_t len);

/* Reads what comes within `ms`; false where nothing came. */
bool peer_pump(peer *p, int ms);

/* Reads until `count` frames are there, or the end. Fails the test after the deadline of wait.h. */
void peer_wait_frames(peer *p, size_t count);
void peer_wait_end(peer *p);

/* The next reply (command/reply or api/response) that was not asked for yet, waiting for it. */
swio_event *peer_reply(peer *p);
/* Its text: the Reply-Text, or the body of an api/response. */
const char *peer_reply_text(peer *p);
/* Sends a command (without its empty line) and gives the text of its reply. */
const char *peer_ask(peer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The first event from frame *at on with this name and this Unique-ID (NULL: any), waiting for it.
 * *at is set behind it.
 */
swio_event *peer_event(peer *p, size_t *at, const char *name, const char *uuid);
/* How many such events came so far. */
size_t peer_count(const peer *p, const char *name, const char *uuid);

#endif

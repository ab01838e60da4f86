/* Splits the recordings into small files: make_corpus DIR makes DIR/reader and DIR/decoders. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "captures.h"
#include "support/streams.h"

static const char *directory;

static void make_directory(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        perror(path);
        exit(1);
    }
}

static void save(const char *target, const char *name, size_t number, const char *prefix,
                 const char *bytes, size_t len)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s-%04zu", directory, target, name, number);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(prefix, 1, strlen(prefix), f) != strlen(prefix) ||
        fwrite(bytes, 1, len, f) != len || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
}

/* The greeting and a frame. */
static void save_stream(const capture *c, size_t number, const char *bytes, size_t from, size_t to)
{
    save("reader", c->name, number, "Content-Type: auth/request\n\n", bytes + from, to - from);
}

static void split(const capture *c, size_t every)
{
    static const struct {
        const char *type, *prefix;
    } formats[] = {{"text/event-plain", "0"}, {"text/event-json", "1"}, {"text/event-xml", "2"}};
    size_t len;
    char *bytes = load_capture(c->name, &len);
    frames f = read_frames(bytes, len, 0, NULL);
    for (size_t k = 0; k < f.count; k += every) {
        size_t from = k ? f.ends[k - 1] : 0, to = f.ends[k];
        save_stream(c, k, bytes, from, to);
        const char *body = memmem(bytes + from, to - from, "\n\n", 2);
        size_t head = (size_t)(body - bytes) + 2;
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
            if (memmem(bytes + from, head - from, formats[i].type, strlen(formats[i].type)))
                save("decoders", c->name, k, formats[i].prefix, bytes + head, to - head);
        }
    }
    free_frames(&f);
    free(bytes);
}

/* What no recording shows. */
static void save_oddities(void)
{
    static const char *const streams[] = {
        "Content-Type: log/data\nContent-Length: 2\nLog-Level: 7\n\nx\n",
        "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n",
        "Content-Type: command/reply\nReply-Text: v=0\r\no=x\r\n\r\nb\n\n\n\nrest\n\n",
        "Content-Length: 5x\n\n",
        "Content-Length: 2\nContent-Type: text/event-json\n\n{}\n\nX:y\n\n",
    };
    static const char *const texts[] = {
        "0a: %41%zz%\nstray\nb:c\n: d\nContent-Length: 3\n\nabc",
        "1{\"a\":\"\\u0180\\ud83d\\ude00\\n\",\"a\":[\"x\",1,null],\"_body\":\"\\u0000\"}",
        "2<event><headers><a>%41</a><a/></headers><body>&#xE9;<![CDATA[<]]>\n  </body></event>",
        "2<!DOCTYPE a [<!ENTITY b \"c\">]><event a=\"b\"/>",
    };
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        save("reader", "odd", i, "Content-Type: auth/request\n\n", streams[i], strlen(streams[i]));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        save("decoders", "odd", i, "", texts[i], strlen(texts[i]));
}

int main(int argc, char **argv)
{
    static const char *const targets[] = {"reader", "decoders"};
    if (argc != 2) {
        fputs("usage: fuzz_corpus DIRECTORY\n", stderr);
        return 2;
    }
    directory = argv[1];
    make_directory(directory);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", directory, targets[i]);
        make_directory(path);
    }
    for (size_t i = 0; i < CAPTURES; i++)
        split(&captures[i], captures[i].frames / 25 + 1);
    save_oddities();
    return 0;
}

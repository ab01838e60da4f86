/* Records as a CSV file: RFC 4180, with "\n" at the ends of lines. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "measure/columns.h"
#include "measure/csv.h"
#include "measure/number.h"
#include "measure/sink.h"

struct swio_sink {
    int fd;
    off_t end;     /* behind the last whole batch */
    swio_buf text; /* of the batch at hand; its memory is kept */
    char path[];
};

/* ---- lines ---- */

static void put_text(swio_buf *buf, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        swio_buf_puts(buf, text);
        return;
    }
    swio_buf_putc(buf, '"');
    for (; *text; text++) {
        if (*text == '"')
            swio_buf_putc(buf, '"');
        swio_buf_putc(buf, *text);
    }
    swio_buf_putc(buf, '"');
}

/* By hand: a record has fourteen of them, and printf() is most of what writing it costs. */
static void put_integer(swio_buf *buf, int64_t number)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    swio_buf_add(buf, at, (size_t)(digits + sizeof digits - at));
}

static void put_real(swio_buf *buf, double number)
{
    char text[SWIO_NUMBER_MAX];
    if (fabs(number) < 1e15 && !(number < trunc(number)) && !(number > trunc(number))) {
        put_integer(buf, (int64_t)number);
        return;
    }
    swio_number_print(number, text);
    swio_buf_puts(buf, text);
}

static void put_cell(swio_buf *buf, swio_cell cell)
{
    switch (cell.kind) {
    case SWIO_CELL_NULL:
        break;
    case SWIO_CELL_INTEGER:
        put_integer(buf, cell.integer);
        break;
    case SWIO_CELL_REAL:
        put_real(buf, cell.real);
        break;
    case SWIO_CELL_TEXT:
        put_text(buf, cell.text);
        break;
    }
}

void swio_csv_header(swio_buf *buf)
{
    for (size_t i = 0; i < swio_column_count(); i++) {
        if (i > 0)
            swio_buf_putc(buf, ',');
        swio_buf_puts(buf, swio_column_at(i)->name);
    }
    swio_buf_putc(buf, '\n');
}

void swio_csv_line(swio_buf *buf, const swio_cdr *cdr)
{
    for (size_t i = 0; i < swio_column_count(); i++) {
        if (i > 0)
            swio_buf_putc(buf, ',');
        put_cell(buf, swio_cell_get(swio_column_at(i), cdr));
    }
    swio_buf_putc(buf, '\n');
}

/* ---- the file ---- */

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Writes what is in `text`; where that fails, takes back the part that was written, so that the
 * file ends with a whole line. */
static int write_text(swio_sink *sink)
{
    if (swio_buf_error(&sink->text))
        return sink->text.error;
    int cause = write_all(sink->fd, sink->text.data, sink->text.len);
    if (cause) {
        if (ftruncate(sink->fd, sink->end) || lseek(sink->fd, sink->end, SEEK_SET) < 0)
            return swio_err(SWIO_EIO,
                            "cannot write to %s: %s, and a torn line is left at its end: %s",
                            sink->path, strerror(cause), strerror(errno));
        return swio_err(SWIO_EIO, "cannot write to %s: %s", sink->path, strerror(cause));
    }
    sink->end += (off_t)sink->text.len;
    return 0;
}

static void csv_close(swio_sink *sink)
{
    if (sink->fd >= 0)
        close(sink->fd);
    swio_buf_free(&sink->text);
    swio_free(sink);
}

/* A file that another run left before it had a record is taken over: nothing, or a header line. */
static int check_content(swio_sink *sink)
{
    char start[4096];
    ssize_t n = pread(sink->fd, start, sizeof start, 0);
    off_t size = lseek(sink->fd, 0, SEEK_END);
    if (n < 0 || size < 0 || lseek(sink->fd, 0, SEEK_SET) < 0)
        return swio_err(SWIO_EIO, "cannot read %s: %s", sink->path, strerror(errno));
    const char *line_end = memchr(start, '\n', (size_t)n);
    if (size == 0 || (line_end && line_end + 1 - start == size))
        return 0;
    return swio_file_has_records(sink->path);
}

static int take_file(swio_sink *sink)
{
    int error = swio_file_claim(sink->path, &sink->fd);
    if (!error)
        error = check_content(sink);
    if (error)
        return error;
    if (ftruncate(sink->fd, 0))
        return swio_err(SWIO_EIO, "cannot write to %s: %s", sink->path, strerror(errno));
    swio_csv_header(&sink->text);
    return write_text(sink);
}

static int csv_open(const char *path, swio_sink **out)
{
    size_t size = strlen(path) + 1;
    swio_sink *sink = swio_calloc(1, sizeof *sink + size);
    if (!sink)
        return swio_err_nomem();
    memcpy(sink->path, path, size);
    sink->fd = -1;
    int error = take_file(sink);
    if (error) {
        csv_close(sink);
        return error;
    }
    *out = sink;
    return 0;
}

static int csv_put(swio_sink *sink, const swio_cdr *rows, size_t n)
{
    int error = swio_file_check(sink->path, sink->fd);
    if (error)
        return error;
    swio_buf_clear(&sink->text);
    for (size_t i = 0; i < n; i++)
        swio_csv_line(&sink->text, &rows[i]);
    return write_text(sink);
}

static int csv_sync(swio_sink *sink)
{
    int error = swio_file_check(sink->path, sink->fd);
    if (error)
        return error;
    if (fsync(sink->fd) && errno != EINVAL)
        return swio_err(SWIO_EIO, "cannot bring %s to the disk: %s", sink->path, strerror(errno));
    return 0;
}

const swio_sink_kind swio_csv_sink = {csv_open, csv_put, csv_sync, csv_close};

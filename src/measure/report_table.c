#include "measure/report_table.h"

#include <stdarg.h>
#include <string.h>

void swio_report_cell(report_table *table, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    swio_buf_vprintf(&table->cells, fmt, args);
    va_end(args);
    swio_buf_putc(&table->cells, '\0');
    table->count++;
}

/* Of UTF-8: what continues a character takes no room. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void pad(swio_buf *out, size_t n)
{
    while (n-- > 0)
        swio_buf_putc(out, ' ');
}

/* `text` in the column; in Markdown a bar would end the cell. */
static void cell(const report_table *table, const char *text, size_t column, size_t width,
                 bool markdown, swio_buf *out)
{
    size_t missing = width > width_of(text) ? width - width_of(text) : 0;
    swio_buf_puts(out, markdown ? "| " : column ? "  " : "");
    if (column > table->left)
        pad(out, missing);
    for (; *text; text++) {
        if (markdown && *text == '|')
            swio_buf_putc(out, '\\');
        swio_buf_putc(out, *text);
    }
    if (column <= table->left)
        pad(out, missing);
    if (markdown)
        swio_buf_putc(out, ' ');
}

static void end_line(swio_buf *out, bool markdown)
{
    if (markdown)
        swio_buf_putc(out, '|');
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    swio_buf_putc(out, '\n');
}

static void headings(const report_table *table, const size_t *widths, bool markdown, swio_buf *out)
{
    for (size_t i = 0; i < table->columns; i++)
        cell(table, table->headings[i], i, widths[i], markdown, out);
    end_line(out, markdown);
    for (size_t i = 0; markdown && i < table->columns; i++)
        swio_buf_puts(out, i > table->left ? "| ---: " : "| --- ");
    if (markdown)
        end_line(out, true);
}

static void write(const report_table *table, bool markdown, swio_buf *out)
{
    size_t widths[REPORT_COLUMNS_MAX];
    bool headed = markdown;
    for (size_t i = 0; i < table->columns; i++) {
        widths[i] = width_of(table->headings[i]);
        headed = headed || widths[i] > 0;
    }
    const char *text = table->cells.data;
    for (size_t i = 0, column = 0; i < table->count; i++, text += strlen(text) + 1) {
        widths[column] = width_of(text) > widths[column] ? width_of(text) : widths[column];
        column = column + 1 < table->columns ? column + 1 : 0;
    }
    if (headed)
        headings(table, widths, markdown, out);
    text = table->cells.data;
    for (size_t i = 0, column = 0; i < table->count; i++, text += strlen(text) + 1) {
        cell(table, text, column, widths[column], markdown, out);
        if (++column < table->columns)
            continue;
        end_line(out, markdown);
        column = 0;
    }
}

void swio_report_table_end(report_table *table, bool markdown, swio_buf *out)
{
    if (table->cells.error && !out->error)
        out->error = table->cells.error;
    else if (table->count && table->columns)
        write(table, markdown, out);
    swio_buf_free(&table->cells);
    table->count = 0;
}

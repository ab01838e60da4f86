#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <switchio/plot.h>
#include <switchio/store.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "measure/plot_panels.h"

enum {
    WIDTH = 1200,
    HEIGHT = 900,
    NARROW = 960, /* all that is written has room in this */
    LOW = 720,
    LEAST = 400,
    MOST = 10000,
};

/* What cairo writes to; it tells only that it failed, not why. */
typedef struct plot_file {
    FILE *file;
    int error; /* errno of the first failure */
} plot_file;

static cairo_status_t write_bytes(void *arg, const unsigned char *bytes, unsigned len)
{
    plot_file *out = arg;
    errno = 0;
    if (fwrite(bytes, 1, len, out->file) == len)
        return CAIRO_STATUS_SUCCESS;
    out->error = errno ? errno : EIO;
    return CAIRO_STATUS_WRITE_ERROR;
}

/* A picture of points is drawn in memory, and written by png_end(). */
static cairo_surface_t *png_begin(plot_file *out, double width, double height)
{
    (void)out;
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(width), (int)lround(height));
}

static cairo_status_t png_end(cairo_surface_t *surface, plot_file *out)
{
    return cairo_surface_write_to_png_stream(surface, write_bytes, out);
}

static cairo_surface_t *svg_begin(plot_file *out, double width, double height)
{
    return cairo_svg_surface_create_for_stream(write_bytes, out, width, height);
}

static cairo_surface_t *pdf_begin(plot_file *out, double width, double height)
{
    return cairo_pdf_surface_create_for_stream(write_bytes, out, width, height);
}

static cairo_status_t stream_end(cairo_surface_t *surface, plot_file *out)
{
    (void)out;
    cairo_surface_finish(surface);
    return cairo_surface_status(surface);
}

typedef struct plot_format {
    const char *suffix;
    cairo_surface_t *(*begin)(plot_file *out, double width, double height);
    cairo_status_t (*end)(cairo_surface_t *surface, plot_file *out);
} plot_format;

static const plot_format formats[] = {
    {".png", png_begin, png_end},
    {".svg", svg_begin, stream_end},
    {".pdf", pdf_begin, stream_end},
};

static const plot_format *format_of(const char *path)
{
    const char *suffix = strrchr(path, '.');
    for (size_t i = 0; suffix && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(suffix, formats[i].suffix) == 0)
            return &formats[i];
    swio_err(SWIO_EINVAL, "%s: a plot can be written as .png, .svg or .pdf", path);
    return NULL;
}

/*
 * How large everything is drawn: larger pictures show the same with more points, and in small ones
 * the letters get smaller, so that they do not run into each other.
 */
static double scale_of(double width, double height)
{
    double large = fmin(width / WIDTH, height / HEIGHT);
    double small = fmin(width / NARROW, height / LOW);
    return large > 1 ? large : fmin(small, 1);
}

static int draw(const plot_format *format, plot_chart *chart, plot_file *out, const char *path)
{
    cairo_surface_t *surface =
        format->begin(out, chart->width * chart->scale, chart->height * chart->scale);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, chart->scale, chart->scale);
    swio_plot_chart_draw(chart, cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (status == CAIRO_STATUS_SUCCESS)
        status = format->end(surface, out);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_NO_MEMORY)
        return swio_err_nomem();
    if (status != CAIRO_STATUS_SUCCESS)
        return swio_err(SWIO_EIO, "%s: cannot write the plot: %s", path,
                        out->error ? strerror(out->error) : cairo_status_to_string(status));
    return 0;
}

/* Nothing is left behind of a picture that could not be written whole. */
static int write_chart(const plot_format *format, plot_chart *chart, const char *path)
{
    plot_file out = {.file = fopen(path, "wb")};
    if (!out.file)
        return swio_err(SWIO_EIO, "%s: cannot write the plot: %s", path, strerror(errno));
    int error = draw(format, chart, &out, path);
    if (fclose(out.file) && !error)
        error = swio_err(SWIO_EIO, "%s: cannot write the plot: %s", path, strerror(errno));
    if (error)
        unlink(path);
    return error;
}

static int collect(const swio_cdr *cdr, void *arg)
{
    return swio_plot_data_add(arg, cdr);
}

static int check_size(unsigned side, const char *name)
{
    if (side == 0 || (side >= LEAST && side <= MOST))
        return 0;
    return swio_err(SWIO_EINVAL, "a plot cannot have a %s of %u: %d to %d are possible", name, side,
                    LEAST, MOST);
}

static int plot_data_of(const char *records, plot_data *data)
{
    int error = swio_cdr_read(records, collect, data);
    if (!error && data->count == 0)
        error =
            swio_err(SWIO_ENOENT,
                     "%s: has no call records with a time, so there is nothing to plot", records);
    return error ? error : swio_plot_data_finish(data);
}

int swio_plot_check(const char *out, const swio_plot_opts *opts)
{
    if (!format_of(out))
        return SWIO_EINVAL;
    if (opts && (check_size(opts->width, "width") || check_size(opts->height, "height")))
        return SWIO_EINVAL;
    return 0;
}

int swio_plot(const char *records, const char *out, const swio_plot_opts *opts)
{
    static const swio_plot_opts standard;
    const plot_format *format = format_of(out);
    if (!format || swio_plot_check(out, opts))
        return SWIO_EINVAL;
    opts = opts ? opts : &standard;
    double width = opts->width ? opts->width : WIDTH;
    double height = opts->height ? opts->height : HEIGHT;
    double scale = scale_of(width, height);
    plot_data data = {0};
    plot_picture *picture = swio_malloc(sizeof *picture);
    if (!picture)
        return swio_err_nomem();
    int error = plot_data_of(records, &data);
    if (!error)
        error = swio_plot_picture_make(picture, &data, width / scale, height / scale, opts->title);
    if (!error) {
        picture->chart.scale = scale;
        error = write_chart(format, &picture->chart, out);
    }
    swio_plot_data_free(&data);
    swio_free(picture);
    return error;
}

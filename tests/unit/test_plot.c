/* A picture of records, in each format, and what can be wrong with either end. */
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/plot.h>
#include <switchio/store.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

static const char *records(uint64_t count)
{
    static char path[256];
    swio_store *store;
    swio_cdr cdr;
    snprintf(path, sizeof path, "%s", cdr_path("calls.csv"));
    unlink(path);
    assert_int_equal(swio_store_open(path, NULL, &store), 0);
    for (uint64_t n = 1; n <= count; n++) {
        if (n % 10 == 0)
            cdr_blocked(&cdr, n);
        else if (n % 11 == 0)
            cdr_failed(&cdr, n, "USER_BUSY");
        else
            cdr_answered(&cdr, n);
        assert_int_equal(swio_store_put(store, &cdr), 0);
    }
    assert_int_equal(swio_store_close(store), 0);
    return path;
}

static void begins_with(const char *path, const char *magic)
{
    char head[16] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, strlen(magic), file), strlen(magic));
    fclose(file);
    assert_memory_equal(head, magic, strlen(magic));
}

static void each_format_is_written(void **state)
{
    (void)state;
    const char *from = records(100);
    static const struct {
        const char *name, *magic;
    } formats[] = {{"a.png", "\x89PNG"}, {"a.SVG", "<?xml"}, {"a.pdf", "%PDF-"}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const char *to = cdr_path(formats[i].name);
        assert_int_equal(swio_plot(from, to, NULL), 0);
        begins_with(to, formats[i].magic);
    }
}

static bool is_near(uint32_t a, uint32_t b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)) > 40)
            return false;
    return true;
}

/* Pixels of the surface that have this colour: thin lines have it nearly. */
static size_t pixels(cairo_surface_t *surface, uint32_t rgb)
{
    size_t found = 0;
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < cairo_image_surface_get_height(surface); y++)
        for (int x = 0; x < cairo_image_surface_get_width(surface); x++) {
            uint32_t pixel;
            memcpy(&pixel, cairo_image_surface_get_data(surface) + y * stride + x * 4, 4);
            found += is_near(pixel, rgb);
        }
    return found;
}

/* Something is drawn of every kind, in the colours that stay apart. */
static void check_picture(uint64_t count, unsigned width, unsigned height)
{
    const char *to = cdr_path("a.png");
    assert_int_equal(
        swio_plot(records(count), to, &(swio_plot_opts){.width = width, .height = height}), 0);
    cairo_surface_t *surface = cairo_image_surface_create_from_png(to);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(surface), width ? width : 1200);
    assert_int_equal(cairo_image_surface_get_height(surface), height ? height : 900);
    assert_true(pixels(surface, 0xffffff) > 100000);
    static const uint32_t colours[] = {0x0072b2, 0xe69f00, 0x009e73, 0x56b4e9, 0xd55e00};
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
        if (pixels(surface, colours[i]) == 0)
            fail_msg("nothing is #%06x in a picture of %d calls", (unsigned)colours[i], (int)count);
    cairo_surface_destroy(surface);
}

static void few_and_many_calls_are_drawn(void **state)
{
    (void)state;
    check_picture(20, 0, 0);
    check_picture(5000, 0, 0);
    check_picture(200, 400, 400);
    check_picture(200, 3000, 2000);
}

static void one_arrival_is_drawn(void **state)
{
    (void)state;
    assert_int_equal(swio_plot(records(1), cdr_path("a.png"), NULL), 0);
}

static void only_blocked_ones_are_drawn(void **state)
{
    (void)state;
    const char *path = cdr_path("blocked.csv");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("number,outcome,due_us\n1,blocked,1795377600000000\n", file);
    fclose(file);
    assert_int_equal(swio_plot(path, cdr_path("a.svg"), NULL), 0);
}

/* One colour for what went wrong, and three kinds of line. */
static void lost_ones_are_told_apart(void **state)
{
    (void)state;
    const char *path = cdr_path("lost.csv"), *to = cdr_path("lost.svg");
    static char svg[1 << 20];
    cdr_write_file(path, "number,outcome,due_us,launch_us,end_us\n"
                         "1,failed,1795377600000000,1795377600000000,1795377600100000\n"
                         "2,lost,1795377601000000,1795377601000000,1795377601100000\n"
                         "3,blocked,1795377602000000,,1795377602000000\n");
    assert_int_equal(swio_plot(path, to, NULL), 0);
    FILE *file = fopen(to, "r");
    assert_non_null(file);
    svg[fread(svg, 1, sizeof svg - 1, file)] = '\0';
    fclose(file);
    const char *first = strstr(svg, "dasharray"), *other = first;
    assert_non_null(first);
    while (other && strncmp(first, other, strlen("dasharray:6") + 4) == 0)
        other = strstr(other + 1, "dasharray");
    assert_non_null(other);
}

static void refused(const char *from, const char *to, const swio_plot_opts *opts, int error,
                    const char *part)
{
    unlink(to);
    assert_int_equal(swio_plot(from, to, opts), error);
    if (!strstr(swio_errmsg(), part))
        fail_msg("no '%s' in: %s", part, swio_errmsg());
    assert_int_equal(access(to, F_OK), -1);
    /* What can be known without the records is known before they are read. */
    assert_int_equal(swio_plot_check(to, opts), error == SWIO_EINVAL ? error : 0);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    char to[256];
    const char *from = records(5);
    snprintf(to, sizeof to, "%s", cdr_path("b.png"));
    refused(from, cdr_path("b.gif"), NULL, SWIO_EINVAL, "as .png, .svg or .pdf");
    refused(from, cdr_path("b"), NULL, SWIO_EINVAL, "as .png, .svg or .pdf");
    refused(from, to, &(swio_plot_opts){.width = 100}, SWIO_EINVAL, "a width of 100");
    refused(from, to, &(swio_plot_opts){.height = 20000}, SWIO_EINVAL, "400 to 10000");
    refused(from, cdr_path("no/b.png"), NULL, SWIO_EIO, "No such file or directory");
    refused(cdr_path("none.csv"), to, NULL, SWIO_ENOENT, "none.csv");
    refused(records(0), to, NULL, SWIO_ENOENT, "no call records");
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    const char *from = records(5), *to = cdr_path("full.svg");
    if (access("/dev/full", W_OK) || symlink("/dev/full", to))
        skip();
    refused(from, cdr_path("x.png"), &(swio_plot_opts){.width = 1}, SWIO_EINVAL, "width");
    assert_int_equal(swio_plot(from, to, NULL), SWIO_EIO);
    assert_non_null(strstr(swio_errmsg(), "No space left on device"));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const char *from = records(5), *to = cdr_path("a.svg");
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        assert_true(n < 500);
        swio_mem_fail_after(n, false);
        error = swio_plot(from, to, NULL);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_written),   cmocka_unit_test(few_and_many_calls_are_drawn),
        cmocka_unit_test(one_arrival_is_drawn),     cmocka_unit_test(only_blocked_ones_are_drawn),
        cmocka_unit_test(lost_ones_are_told_apart), cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_full_disk_is_told),      cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, cdr_folder_make, cdr_folder_remove);
}

/* Apps from shared objects: right ones, wrong ones of each kind, and one that is made anew.
 * labels: threaded */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/version.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/rig.h"

#define OBJECTS TEST_BUILD "/tests/objects/"

enum { PATH = 512 };

/* A directory of this test; its files are removed with it. */
static char folder[] = "/tmp/swio-object-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4][PATH];
    static size_t next;
    char *p = path[next++ % 4];
    snprintf(p, PATH, "%s/%s", folder, name);
    return p;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* As a linker makes it: what was there before goes first. */
static void make(const char *kind, const char *path)
{
    char from[PATH], buffer[65536];
    size_t n;
    snprintf(from, sizeof from, OBJECTS "%s.so", kind);
    unlink(path);
    FILE *in = fopen(from, "rb"), *out = fopen(path, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"made.so", "text.so", "o.so",  "cut.so",
                                        "pipe.so", "link.so", "own.so"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

static void test_list(void **state)
{
    const swio_app *const *apps, *const *again;
    (void)state;
    assert_ok(swio_app_open(OBJECTS "two.so", &apps));
    assert_string_equal(apps[0]->name, "Counter");
    assert_string_equal(apps[1]->name, "Other");
    assert_null(apps[2]);
    /* The same by another way there. */
    assert_ok(swio_app_open(OBJECTS "../objects/two.so", &again));
    assert_ptr_equal(apps, again);
    assert_int_equal(symlink(OBJECTS "two.so", in_folder("link.so")), 0);
    assert_ok(swio_app_open(in_folder("link.so"), &again));
    assert_ptr_equal(apps, again);
    /* Nothing is searched: a name alone is a file of the working directory. */
    char before[PATH];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(OBJECTS), 0);
    int error = swio_app_open("two.so", &again);
    assert_int_equal(chdir(before), 0);
    assert_ok(error);
    assert_ptr_equal(apps, again);
    assert_error(swio_app_open("libc.so.6", &again), SWIO_EIO, "No such file");

    assert_ok(swio_app_open(NULL, &apps));
    for (size_t i = 0; i == 0 || apps[i - 1]; i++)
        assert_ptr_equal(apps[i], swio_app_builtin(i));
}

static void test_parse(void **state)
{
    const swio_app *app = NULL, *other = NULL;
    const char *params = "", *text = OBJECTS "two.so:counter/digits=4";
    (void)state;
    assert_ok(swio_app_parse(text, &app, &params));
    assert_string_equal(app->name, "Counter");
    assert_ptr_equal(params, strstr(text, "digits"));
    assert_ok(swio_app_parse(OBJECTS "two.so:Other", &other, &params));
    assert_string_equal(other->name, "Other");
    assert_null(params);
    assert_ok(swio_app_parse(OBJECTS "one.so", &app, NULL));
    assert_ok(swio_app_parse(OBJECTS "one.so/digits=9", &other, &params));
    assert_ptr_equal(app, other);
    assert_string_equal(params, "digits=9");

    static const struct {
        const char *text;
        int error;
        const char *says;
    } rows[] = {
        {OBJECTS "two.so", SWIO_EINVAL, "two.so:Counter: there are Counter and Other"},
        {OBJECTS "two.so:Zork", SWIO_ENOENT, "two.so' has no app 'Zork': there are Counter and"},
        {OBJECTS "one.so:", SWIO_ENOENT, "has no app '': there is Counter"},
        {OBJECTS "one.so:Counter/digits=0", SWIO_EINVAL, "digits=0: give 1 to 9"},
        {OBJECTS "one.so/zork=1", SWIO_EINVAL, "Counter has no parameter 'zork': there are digits"},
        {OBJECTS "one.so:33", SWIO_EINVAL, "one.so may stand /key=value,… and no ':33'"},
        {OBJECTS "one.so:Counter:33", SWIO_EINVAL, "one.so:Counter may stand"},
        {"Bert:33", SWIO_EINVAL, "behind the app Bert may stand"},
        {OBJECTS "one:Counter", SWIO_EINVAL, "objects/one' is no app: a file of apps ends in .so"},
        {"/", SWIO_EINVAL, "'/' is no app: a file of apps ends in .so"},
        {"Zork", SWIO_ENOENT, "there is no app 'Zork': there are TonePlay, "},
        {"", SWIO_ENOENT, "there is no app ''"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_error(swio_app_parse(rows[i].text, &app, NULL), rows[i].error, rows[i].says);
}

static void test_span(void **state)
{
    (void)state;
    static const struct {
        const char *file, *name, *rest;
    } rows[] = {
        {"", "Bert", ""},
        {"", "Bert", "/pdd=1"},
        {"", "Bert", ":33/pdd=1"},
        {"", "PlayRec", "/clip=/x/y.so"},
        {"", "PlayRec", "/clip=./y.so:5"},
        {"", "my.sofa", ":1"},
        {"", "a=b", "/my.so"}, /* without './' */
        {"my.so", "", ""},
        {"my.so", ":greeter", ""},
        {"my.so", ":greeter", ":33"},
        {"my.so", "", ":33"},
        {"my.so", "", ":0.5/digits=4"},
        {"./my.so", ":greeter", "/digits=4"},
        {"./my.so", ":greeter", ":33/digits=4"},
        {"./my.so", ":greeter", "/digits=4:33"},
        {"./my.so", "", "/digits=4"},
        {"../lib/my.so", ":a", ":33"},
        {"plugins/my.so", ":a", "/x=1"},
        {"/tmp/a:b/my.so", ":greeter", ":33/digits=4"},
        {"/tmp/x.so/my.so", ":greeter", "/clip=/a/b.so"},
        {"/tmp/x.so:1/my.so", "", "/clip=/a/b.so:2"},
        {"./a=b/my.so", ":greeter", "/clip=/a/b.so"},
        {"./my.so.so", "", ""},
        {"./my.so", ":2x", ":33"}, /* no number, so a name */
        {"./my.so", ":", ":33"},
        {"./my", ":greeter", ""},
        {"./my.so.1", ":greeter", "/x=1"},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        size_t file;
        snprintf(text, sizeof text, "%s%s%s", rows[i].file, rows[i].name, rows[i].rest);
        size_t span = swio_app_span(text, &file);
        if (file != strlen(rows[i].file) || span != file + strlen(rows[i].name))
            fail_msg("%s: %zu and %zu bytes", text, file, span);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *says;
    } rows[] = {
        {"twice", "has two apps of the name COUNTER"},
        {"unfit", "'12.5' is no name of an app"},
        {"empty", "empty"},
        {"form", "was compiled for switchio 9.8.7, whose apps have another form (2) than those of "
                 "this one, " SWIO_VERSION " (1): compile it anew"},
        {"foreign", "another libswitchio than this program"},
        {"newer", "undefined symbol: swio_of_a_later_version: was it linked with -lswitchio"},
        {"unlinked", "undefined symbol: function_of_another_file: is something missing"},
        {"none", "exports no apps: name them in it with SWIO_APPS(&my_app)"},
    };
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof rows[0]); i++) { /* again: it was closed */
        const swio_app *const *apps = NULL;
        const char *kind = rows[i / 2].kind;
        char file[PATH], says[PATH + 2];
        snprintf(file, sizeof file, OBJECTS "%s.so", kind);
        snprintf(says, sizeof says, "'%s'", file);
        assert_error(swio_app_open(file, &apps), SWIO_EINVAL, rows[i / 2].says);
        assert_non_null(strstr(swio_errmsg(), says));
        assert_null(apps);
    }
}

static void test_no_objects(void **state)
{
    const swio_app *const *apps;
    Elf64_Ehdr head = {.e_ident = ELFMAG, .e_type = ET_REL};
    (void)state;
    assert_error(swio_app_open(in_folder("zork.so"), &apps), SWIO_EIO,
                 "zork.so': No such file or directory: is the name right");
    assert_error(swio_app_open(folder, &apps), SWIO_EINVAL, "is a directory");
    assert_error(swio_app_open("", &apps), SWIO_EIO, "No such file");
    assert_error(swio_app_open("/proc/self/exe", &apps), SWIO_EINVAL, "linked with -shared?");
    write_file(in_folder("text.so"), "int x;\n", 7);
    assert_error(swio_app_open(in_folder("text.so"), &apps), SWIO_EINVAL,
                 "text.so' is no shared object: make one with cc -shared -fPIC");
    write_file(in_folder("o.so"), &head, sizeof head);
    assert_error(swio_app_open(in_folder("o.so"), &apps), SWIO_EINVAL, "is no shared object");
    head.e_type = ET_DYN;
    write_file(in_folder("cut.so"), &head, sizeof head);
    assert_error(swio_app_open(in_folder("cut.so"), &apps), SWIO_EINVAL,
                 "cut.so' cannot be loaded: ");
    assert_null(strstr(strstr(swio_errmsg(), "loaded"), folder)); /* said once */
    assert_int_equal(mkfifo(in_folder("pipe.so"), 0600), 0);
    assert_error(swio_app_open(in_folder("pipe.so"), &apps), SWIO_EINVAL, "is no shared object");
}

/* Made anew it is another object, beside the one that may be running. */
static void test_made_anew(void **state)
{
    const swio_app *const *first, *const *second, *const *third;
    const char *path = in_folder("made.so");
    (void)state;
    make("one", path);
    assert_ok(swio_app_open(path, &first));
    make("two", path);
    assert_ok(swio_app_open(path, &second));
    assert_string_equal(second[1]->name, "Other");
    make("one", path);
    assert_ok(swio_app_open(path, &third));
    assert_null(third[1]);
    assert_ptr_not_equal(first, third);
    assert_string_equal(first[0]->name, "Counter");
    /* What was wrong is tried again. */
    make("none", path);
    assert_error(swio_app_open(path, &second), SWIO_EINVAL, "exports no apps");
    make("two", path);
    assert_ok(swio_app_open(path, &second));

    /* Written over, the object in memory is no longer that of the file, nor sound. */
    static const struct timespec other_time[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, other_time, 0), 0);
    assert_error(swio_app_open(path, &second), SWIO_ECONFIG, "was written over");
}

static void test_no_memory(void **state)
{
    const char *path = in_folder("own.so");
    char text[PATH];
    const swio_app *app = NULL;
    long n = 0;
    int error;
    (void)state;
    make("one", path);
    snprintf(text, sizeof text, "%s:Counter/digits=4", path);
    do {
        swio_mem_fail_after(n++, false);
        error = swio_app_parse(text, &app, NULL);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
    } while (error);
    assert_in_range(n, 5, 50);
    assert_string_equal(app->name, "Counter");
    snprintf(text, sizeof text, "%s:Zork", path);
    n = 0;
    do {
        swio_mem_fail_after(n++, false);
        error = swio_app_parse(text, &app, NULL);
        swio_mem_fail_after(-1, false);
    } while (error == SWIO_ENOMEM);
    assert_int_equal(error, SWIO_ENOENT);
}

static void *open_it(void *arg)
{
    const swio_app *const *apps = NULL;
    return swio_app_open(arg, &apps) ? NULL : (void *)(uintptr_t)apps;
}

static void test_threads(void **state)
{
    enum { THREADS = 4 };
    char path[PATH];
    pthread_t threads[THREADS];
    void *got[THREADS];
    (void)state;
    snprintf(path, sizeof path, "%s", in_folder("made.so"));
    make("two", path);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_it, path), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], &got[i]);
    for (size_t i = 0; i < THREADS; i++)
        assert_ptr_equal(got[i], got[0]);
    assert_non_null(got[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),       cmocka_unit_test(test_parse),
        cmocka_unit_test(test_span),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_objects), cmocka_unit_test(test_made_anew),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

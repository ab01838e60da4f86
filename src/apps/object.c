/* Shared objects with apps: opened once, checked, and never closed again. */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>
#include <switchio/version.h>
#include <sys/stat.h>

#include "apps/list.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "control/registry.h"

#if __SIZEOF_POINTER__ == 8
/* What objects were compiled with. Where this fails, SWIO_APP_ABI is raised with the numbers. */
_Static_assert(SWIO_APP_ABI == 1 && sizeof(swio_app) == 1040 && sizeof(swio_app_entry) == 40 &&
                   sizeof(swio_param) == 80 && sizeof(swio_app_table) == 32,
               "the layout of apps has changed: raise SWIO_APP_ABI");
#endif

/* One that is open; they stay in the list for as long as the process lives. */
typedef struct object {
    struct object *next;
    struct stat about; /* of the file, when it was opened */
    const swio_app *const *apps;
    char path[]; /* the real one */
} object;

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static object *objects;

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool same_content(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The open object that this file is, or NULL; and how many of its path are open. */
static const object *find(const struct stat *about, const char *path, size_t *of_path)
{
    const object *found = NULL;
    *of_path = 0;
    pthread_mutex_lock(&guard);
    for (const object *o = objects; o; o = o->next) {
        if (same_file(&o->about, about))
            found = o;
        *of_path += strcmp(o->path, path) == 0;
    }
    pthread_mutex_unlock(&guard);
    return found;
}

/* Two threads may have opened the same, which gives the same list: it stands there twice then. */
static void keep(object *o)
{
    pthread_mutex_lock(&guard);
    o->next = objects;
    objects = o;
    pthread_mutex_unlock(&guard);
}

static int cannot_read(const char *file)
{
    const char *hint = errno == ENOENT ? ": is the name right, from the working directory on?" : "";
    return swio_err(SWIO_EIO, "the apps of '%s': %s%s", file, strerror(errno), hint);
}

static int no_object(const char *file)
{
    return swio_err(SWIO_EINVAL,
                    "'%s' is no shared object: make one with cc -shared -fPIC my.c -o my.so "
                    "$(pkg-config --cflags --libs switchio)",
                    file);
}

/* What the loader says of other files is for those who know it. */
static int check_kind(const char *file, const struct stat *about)
{
    Elf64_Ehdr head = {.e_type = ET_NONE}; /* as far as it is read, that of 32 bits is the same */
    if (S_ISDIR(about->st_mode))
        return swio_err(SWIO_EINVAL, "'%s' is a directory, and no shared object", file);
    if (!S_ISREG(about->st_mode))
        return no_object(file);
    FILE *from = fopen(file, "rbe");
    if (!from)
        return cannot_read(file);
    size_t count = fread(&head, offsetof(Elf64_Ehdr, e_machine), 1, from);
    fclose(from);
    if (!count || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_type != ET_DYN)
        return no_object(file);
    return 0;
}

/* The loader's words, without the path in front; and what they mean where that is known. */
static int loader_refused(const char *file, const char *path)
{
    const char *words = dlerror(), *hint = "";
    size_t len = strlen(path);
    if (!words)
        words = "the loader does not say why";
    else if (strncmp(words, path, len) == 0 && strncmp(words + len, ": ", 2) == 0)
        words += len + 2;
    if (strstr(words, "undefined symbol: swio_"))
        hint = ": was it linked with -lswitchio, and compiled for a version not newer than this, "
               "which is " SWIO_VERSION "?";
    else if (strstr(words, "undefined symbol"))
        hint = ": is something missing when it is linked?";
    else if (strstr(words, "position-independent executable"))
        hint = ": was it linked with -shared?";
    else if (strstr(words, "libswitchio"))
        hint = ": compile it anew, for switchio " SWIO_VERSION;
    return swio_err(SWIO_EINVAL, "'%s' cannot be loaded: %s%s", file, words, hint);
}

static int check_table(const char *file, const swio_app_table *table)
{
    if (!table)
        return swio_err(SWIO_EINVAL,
                        "'%s' exports no apps: name them in it with SWIO_APPS(&my_app);", file);
    if (table->abi != SWIO_APP_ABI)
        return swio_err(SWIO_EINVAL,
                        "'%s' was compiled for switchio %s, whose apps have another form (%u) than "
                        "those of this one, %s (%u): compile it anew",
                        file, table->version, table->abi, SWIO_VERSION, SWIO_APP_ABI);
    if (table->library != swio_version)
        return swio_err(SWIO_EINVAL,
                        "'%s' is linked with another libswitchio than this program, which has one "
                        "of its own: link the program with the shared library",
                        file);
    if (!table->apps || !table->apps[0])
        return swio_err(SWIO_EINVAL, "the list of apps that '%s' exports is empty", file);
    return 0;
}

static int check_apps(const char *file, const swio_app *const *apps)
{
    for (size_t i = 0; apps[i]; i++) {
        int error = swio_app_check(apps[i]);
        if (error)
            return swio_err(error, "'%s': %s", file, swio_errmsg());
        if (swio_apps_find(apps, apps[i]->name, strlen(apps[i]->name)) != apps[i])
            return swio_err(SWIO_EINVAL, "'%s' has two apps of the name %s", file, apps[i]->name);
    }
    return 0;
}

/*
 * The loader takes a name that it has heard before for the object of that time, and only asks for
 * the file behind another name: so one that took the place of others gets a '/' more for each.
 */
static int open_path(const char *file, const char *path, size_t of_path, void **handle)
{
    swio_buf name = {0};
    while (of_path--)
        swio_buf_putc(&name, '/');
    swio_buf_puts(&name, path);
    int error = swio_buf_error(&name);
    if (!error && !(*handle = dlopen(name.data, RTLD_NOW | RTLD_LOCAL)))
        error = loader_refused(file, name.data);
    swio_buf_free(&name);
    return error;
}

/* What was refused is closed: nothing of it was handed out. */
static int open_object(const char *file, object *o, size_t of_path)
{
    void *handle = NULL;
    int error = check_kind(file, &o->about);
    if (!error)
        error = open_path(file, o->path, of_path, &handle);
    if (error)
        return error;
    const swio_app_table *table = dlsym(handle, "switchio_apps");
    error = check_table(file, table);
    if (!error)
        error = check_apps(file, table->apps);
    if (error)
        dlclose(handle);
    else
        o->apps = table->apps;
    return error;
}

static int open_file(const char *file, const char *path, const struct stat *about,
                     const swio_app *const **apps)
{
    size_t of_path;
    const object *open = find(about, path, &of_path);
    if (open && !same_content(&open->about, about))
        return swio_err(SWIO_ECONFIG,
                        "'%s' was written over since it was opened: remove it before it is made "
                        "anew, and for now end this process",
                        file);
    if (open) {
        *apps = open->apps;
        return 0;
    }
    size_t size = strlen(path) + 1;
    object *o = swio_calloc(1, sizeof *o + size);
    if (!o)
        return swio_err_nomem();
    memcpy(o->path, path, size);
    o->about = *about;
    int error = open_object(file, o, of_path);
    if (error) {
        swio_free(o);
        return error;
    }
    keep(o);
    *apps = o->apps;
    return 0;
}

int swio_app_open(const char *file, const swio_app *const **apps)
{
    struct stat about;
    if (!file) {
        *apps = swio_apps_builtin;
        return 0;
    }
    char *path = swio_malloc(PATH_MAX); /* not on the stack, which may be a coroutine's */
    if (!path)
        return swio_err_nomem();
    int error = realpath(file, path) && stat(path, &about) == 0
                    ? open_file(file, path, &about, apps)
                    : cannot_read(file);
    swio_free(path);
    return error;
}

#include "measure/sqlite.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"

int swio_sqlite_failed(sqlite3 *db, const char *doing, const char *path)
{
    int code = db ? sqlite3_errcode(db) : SQLITE_NOMEM;
    int kept = db ? sqlite3_system_errno(db) : 0, cause = kept ? kept : errno;
    bool of_system = code == SQLITE_IOERR || code == SQLITE_FULL || code == SQLITE_CANTOPEN;
    if (code == SQLITE_NOMEM)
        return swio_err_nomem();
    if (of_system && cause)
        return swio_err(SWIO_EIO, "cannot %s %s: %s (%s)", doing, path, sqlite3_errmsg(db),
                        strerror(cause));
    return swio_err(SWIO_EIO, "cannot %s %s: %s", doing, path, sqlite3_errmsg(db));
}

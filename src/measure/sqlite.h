/* What reading and writing a database have in common. */
#ifndef SWIO_MEASURE_SQLITE_H
#define SWIO_MEASURE_SQLITE_H

#include <sqlite3.h>

/* The error of what was done last, with what SQLite says of it, and the system where that is the
 * cause: SQLite does not keep that of a commit, but then it is still in errno, which was 0 before.
 * `doing` as in "cannot read"; db NULL: there was no memory for it. SWIO_EIO, SWIO_ENOMEM. */
int swio_sqlite_failed(sqlite3 *db, const char *doing, const char *path);

#endif

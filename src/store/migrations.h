/* The database's schema, as numbered steps that are never changed once released.
 *
 * `PRAGMA user_version` is the number of the last step, `PRAGMA application_id` tells our databases from
 * others. Promises: all missing steps or none; a database of a later program or of a stranger is ERR_VERSION
 * with what to do, and nothing in it is touched. The manifest of bars has its own tables (bar_...), made by
 * store/bars. */
#ifndef VITRINE_STORE_MIGRATIONS_H
#define VITRINE_STORE_MIGRATIONS_H

#include "store/sqlite.h"

enum { MIGRATION_APPLICATION_ID = 0x56545231 /* "VTR1" */ };

/* Number of the last step this program knows. */
u32 migrations_last(void);
/* Brings the database to the last step. ERR_VERSION, and what sql_exec returns. */
MUST_USE err_t migrations_run(sql_db_t *db, diag_t *diag);
/* For the store of bars, whose tables stand beside the runs': ERR_VERSION if the database is another
 * program's or a later program's. */
MUST_USE err_t migrations_ours(sql_db_t *db, diag_t *diag);
/* For readers: ERR_VERSION unless it is ours and at a step we know; ERR_EMPTY if nothing was ever made here.
 */
MUST_USE err_t migrations_check(sql_db_t *db, diag_t *diag);

#endif

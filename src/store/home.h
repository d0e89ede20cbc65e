/* A home: the folder that one engine owns, and the names in it (decision 19).
 *
 *   vitrine.db    journal, runs, projections, manifest     bars/      immutable chunks
 *   run.lock      held by `run` and `demo` while they live reports/   what was written for people
 *   runs.lock     one place of it held for each run that is being made (journal.h)
 *   backups/      copies of vitrine.db (backup.h)
 *   control.sock  the owner answers here (0600)            KILL       the kill switch, tested before every
 * send config.toml   settings, if there are any        promoted.toml   settings the court put in force
 *
 * Promises: the folder is ours alone (0700); HOME_LOCK gives it one owner at a time; `home_kill` works
 * without a running engine and outlives everything. Leaves to others: what stands in the files. */
#ifndef VITRINE_STORE_HOME_H
#define VITRINE_STORE_HOME_H

#include "base/err.h"
#include "base/limits.h"
#include "base/types.h"
#include "os/file.h"

#define HOME_DB "vitrine.db"
#define HOME_BARS "bars"
#define HOME_LOCK_FILE "run.lock"
#define HOME_RUNS_LOCK "runs.lock"
#define HOME_SOCKET "control.sock"
#define HOME_KILL_FILE "KILL"
#define HOME_REPORTS "reports"
#define HOME_BACKUPS "backups"     /* folder: copies of the database (backup.h) */
#define HOME_SEALS "seals"       /* folder: one text file of lines a run (seal.h) */
#define HOME_HEAD "vitrine.head" /* where the newest durable run stood (head.h) */
#define HOME_SEAL_KEY "seal.key" /* 32 bytes, 0600; without it old leaves cannot be opened again */
#define HOME_CONFIG "config.toml"
#define HOME_PROMOTED "promoted.toml" /* settings that the court put in force; read when --config names it   \
                                       */

enum {
    HOME_CREATE = 1 << 0, /* make what is missing; without it a missing folder is ERR_NOT_FOUND */
    HOME_OWN = 1 << 1     /* take run.lock; ERR_BUSY names the owner */
};

typedef struct {
    char root[LIMIT_PATH / 2];
    os_lock_t lock;
    bool owned;
} home_t;

/* `path` NULL: $VITRINE_HOME, else $HOME/.vitrine. ERR_NOT_FOUND, ERR_PERMISSION, ERR_BUSY, ERR_BUFFER_FULL.
 */
MUST_USE err_t home_open(const char *path, u32 flags, diag_t *diag, home_t *out);
void home_close(home_t *h);
/* "root/name" into out[LIMIT_PATH]. */
void home_path(const home_t *h, const char *name, char out[LIMIT_PATH]);

/* The first name in the folder `root` that is of another kind than what an engine keeps under it, a folder
 * for a file or a file for a folder: its path, and what belongs there. False if there is none. */
bool home_is_odd(const char *root, char path[LIMIT_PATH], const char **wanted);

/* Whether `path` names what the engine keeps in the folder `root`: its database with its log, its locks, its
 * socket, its key, or anything below its bars, seals and backups. What a person asks to be written must not
 * go there. */
bool home_owns(const char *root, const char *path);

/* Writes the kill file with `why` (one line, for people). Durable when it returns. */
MUST_USE err_t home_kill(const home_t *h, const char *why, diag_t *diag);
/* Removes it; only a person does that. */
MUST_USE err_t home_unkill(const home_t *h, diag_t *diag);
/* True if the switch is on. A folder that cannot be looked into counts as on. */
bool home_is_killed(const home_t *h);

#endif

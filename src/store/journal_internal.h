/* What the files of the journal share: the store's connection with its prepared statements, and the step
 * function that turns one batch into one transaction. The thread is a loop around store_step; the simulator
 * calls it too. */
#ifndef VITRINE_STORE_JOURNAL_INTERNAL_H
#define VITRINE_STORE_JOURNAL_INTERNAL_H

#include "store/journal.h"
#include "store/sqlite.h"

enum { JOURNAL_FORMAT = 1 };

typedef enum {
#define X(name, sql) name,
#include "store/journal_sql.def"
#undef X
    SQL_COUNT
} store_sql_t;

struct store {
    sql_db_t *own_db;
    sql_stmt_t *own_stmt[SQL_COUNT]; /* prepared at first use */
    u8 *own_pack;                    /* packed bytes of the block being written */
    size_t pack_size;
    u64 since_checkpoint; /* bytes committed */
    bool busy;            /* a reader or a journal's thread has the connection */
};

typedef enum { BATCH_BLOCK = 1, BATCH_SNAPSHOT = 2, BATCH_END = 3 } batch_kind_t;

typedef struct {
    batch_kind_t kind;
    u8 *own_bytes;
    size_t size;
    size_t used;
    u64 first_seq; /* block: of its first event; others: the last sequence so far in last_seq */
    u64 last_seq;
    i64 t_first;
    i64 t_last;
    u32 events;    /* snapshot: sections */
    run_end_t end; /* end: counts borrow own_bytes */
} batch_t;

/* Where a run's chain stands; belongs to whoever calls store_step. */
typedef struct {
    u64 run;
    u64 writer; /* fencing token */
    u64 blocks;
    digest_t head;
    u64 bytes_kept;
} chain_t;

/* One batch, one transaction; advances *chain only if it was committed. ERR_FENCED, ERR_BUSY,
 * ERR_DISK_FULL... */
MUST_USE err_t store_step(store_t *s, chain_t *chain, const batch_t *b, diag_t *diag);
/* Passive checkpoint once enough was written; call between batches, after acknowledging. */
MUST_USE err_t store_idle(store_t *s, diag_t *diag);
/* The prepared statement, reset. */
MUST_USE err_t store_sql(store_t *s, store_sql_t which, diag_t *diag, sql_stmt_t **out);
/* Runs a bound statement that gives no rows. */
MUST_USE err_t store_run(sql_stmt_t *q, diag_t *diag);
/* The one integer of a bound statement. */
MUST_USE err_t store_ask(sql_stmt_t *q, diag_t *diag, i64 *out);
/* A home that an older program made and nobody has written to since lacks tables. */
MUST_USE err_t store_has_table(store_t *s, const char *name, diag_t *diag, bool *out);
/* Closes a transaction by its outcome: COMMIT, or ROLLBACK and the first error. */
MUST_USE err_t store_end(store_t *s, err_t err, diag_t *diag);
/* Projection rows of the facts in a block. */
MUST_USE err_t project_block(store_t *s, u64 run, const batch_t *b, diag_t *diag);
/* First link of a run's chain: a function of everything fixed at its start. */
digest_t run_root(const run_start_t *r);
/* Takes the run over: a new fencing token. */
MUST_USE err_t run_take(store_t *s, run_row_t *run, diag_t *diag);
MUST_USE err_t run_insert(store_t *s, const run_start_t *run, diag_t *diag, run_row_t *out);

#endif

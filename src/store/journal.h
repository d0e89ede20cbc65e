/* The journal: inputs and facts in taken order, in hash-chained blocks, one transaction a batch (decisions 1
 * to 3).
 *
 * store_t    one connection to a home's database, migrated; runs are listed, made and ended through it.
 * journal_t  the writer of one run. Events are appended to an open batch; a commit makes the batch one block
 * and one transaction that also holds the projection rows (orders, fills, ledger, alerts, lessons, equity).
 *            With `threaded` a store thread does the transactions, in order, while the caller goes on.
 * reader     reads a run back and believes nothing: chain, block, event checksums, gapless sequence.
 *
 * Promises: what journal_durable_seq() has reached is there, whole, after any crash (I17, I18); durability is
 * a prefix; after a failed commit nothing later is ever acknowledged (the journal is closed to writing and
 * the process ends or recovers). A writer that was replaced gets ERR_FENCED in the same transaction (I21).
 * The encoded record is the truth: blocks are hashed unpacked, and projections can be thrown away and
 * rebuilt. Leaves to others: what events mean (engine), and when an effect may be released (door: after
 * durable). */
#ifndef VITRINE_STORE_JOURNAL_H
#define VITRINE_STORE_JOURNAL_H

#include "base/err.h"
#include "base/hash.h"
#include "base/units.h"
#include "model/event.h"
#include "model/order.h"
#include "store/home.h"

typedef struct store store_t;
typedef struct journal journal_t;
typedef struct journal_reader journal_reader_t;

/* ---- the database of a home --------------------------------------------------------------------------- */

typedef struct {
    const char *path; /* of vitrine.db */
    const char *vfs;  /* NULL: the system's */
    bool read_only;   /* never migrates; ERR_EMPTY if there is no journal yet */
    /* synchronous=FULL. False (NORMAL) is for backtests only: a lost backtest is run again, and nothing
     * outside depends on it. Live and demo must be durable. */
    bool durable;
    bool exclusive; /* for a VFS without shared memory (simulation) */
} store_options_t;

MUST_USE err_t store_open(const store_options_t *o, diag_t *diag, store_t **out);
/* The same for a home's database. */
MUST_USE err_t store_open_home(const home_t *h, bool read_only, bool durable, diag_t *diag, store_t **out);
void store_close(store_t *s);

/* ---- runs --------------------------------------------------------------------------------------------- */

enum { RUN_ID_LENGTH = 26 };
typedef struct {
    char text[RUN_ID_LENGTH + 1]; /* base32 of the incarnation: says nothing about time or machine */
} run_id_t;

typedef enum { RUN_BACKTEST = 1, RUN_DEMO = 2, RUN_LIVE = 3 } run_kind_t; /* stored ids */
typedef enum {
    RUN_RUNNING = 1,
    RUN_ENDED = 2,
    RUN_FAILED = 3,
    RUN_STOPPED = 4
} run_status_t; /* stored ids */

const char *run_kind_name(run_kind_t k);
const char *run_status_name(run_status_t s);
run_id_t run_id_of(id128_t incarnation);

/* Held by whoever makes run `id` until it ends: what a dead process held is free. `path` is that of
 * HOME_RUNS_LOCK. ERR_BUSY: another process makes it. Release with os_lock_release. */
MUST_USE err_t run_hold(const char *path, run_id_t id, diag_t *diag, os_lock_t *out);

/* Fixed at the start; enters the root of the chain, so that it cannot be edited either. */
typedef struct {
    run_kind_t kind;
    id128_t incarnation; /* 16 bytes of os_entropy, or of the test's seed */
    u64 seed;
    i64 t_created; /* wall clock, for people; not hashed */
    digest_t logic;
    digest_t input; /* of the data a backtest ran on; zero if none */
    str_t config;   /* the resolved configuration as text */
} run_start_t;

typedef struct {
    run_id_t id;
    u64 number; /* 1, 2, ... in order of creation within this database */
    run_kind_t kind;
    run_status_t status;
    id128_t incarnation;
    u64 seed;
    i64 t_created;
    i64 t_ended; /* 0 while it runs */
    u64 last_seq;
    u64 blocks;
    u64 writer; /* fencing token of the last writer */
    digest_t logic;
    digest_t input;
    digest_t root;      /* first link of the chain */
    digest_t head;      /* last link */
    digest_t decisions; /* decision_hash; zero while it runs */
} run_row_t;

/* How a run ends. */
typedef struct {
    run_status_t status; /* not RUN_RUNNING */
    i64 t_ended;
    digest_t decisions;
    str_t counts; /* JSON object of figures for people and /performance */
} run_end_t;

/* The row of an id, of a unique prefix of one (4 characters or more), of the newest run for "latest" or of
 * the one before it for "previous". ERR_NOT_FOUND. */
MUST_USE err_t run_find(store_t *s, str_t id, diag_t *diag, run_row_t *out);
/* Newest first, at most `max`. */
MUST_USE err_t run_list(store_t *s, run_row_t *out, u32 max, diag_t *diag, u32 *count);
/* The record says that it runs, and no process makes it any more: it was cut short. */
bool run_is_cut(const home_t *h, const run_row_t *run);
/* run_status_name, or "interrupted" if it was cut short. */
const char *run_standing(const home_t *h, const run_row_t *run);
/* Config text (want_config) or counts JSON of a run; *own_out is malloc'd and NUL-ended, free() it. */
MUST_USE err_t run_text(store_t *s, u64 number, bool want_config, diag_t *diag, char **own_out);

/* ---- writing ------------------------------------------------------------------------------------------ */

#define JOURNAL_SLOW_NS NS_PER_SEC /* a thousand times what a disk takes that nothing is wrong with */

typedef struct {
    /* A step's end closes the batch once it holds so many bytes. 0: 256 KiB. Live uses 1: every step closes.
     */
    u32 batch_bytes;
    bool threaded; /* transactions on their own thread; the store belongs to it until journal_close */
    /* Called after each commit, on the thread that committed, with the new durable sequence. May be NULL. */
    void (*notify)(void *ctx, u64 durable_seq);
    void *notify_ctx;
    /* Called after a transaction that took JOURNAL_SLOW_NS or longer, by the n-th of them, on the thread that
     * waited for it: a slow disk, or another process in the database. May be NULL. */
    void (*slow)(void *ctx, u64 n, i64 took_ns);
    void *slow_ctx;
    /* The home whose note tells where the chain stands (head.h), borrowed until close; NULL: none. Written
     * when the run begins, now and then, with each snapshot and at the end. */
    const char *home;
} journal_options_t;

/* Makes a run and opens its journal at sequence 0. The caller keeps the store open until journal_close.
 * ERR_EXISTS if the incarnation was used. */
MUST_USE err_t journal_create(store_t *s, const run_start_t *run, const journal_options_t *o, diag_t *diag,
                              journal_t **out);
/* Goes on with a run after its last durable event; takes over from an earlier writer (higher fencing token).
 * ERR_NOT_FOUND, ERR_ORDER_STATE if the run has ended. */
MUST_USE err_t journal_resume(store_t *s, str_t id, const journal_options_t *o, diag_t *diag,
                              journal_t **out);
/* Stops the thread; an open batch that was not committed is dropped. */
void journal_close(journal_t *j);

run_id_t journal_run_id(const journal_t *j);
/* Sequence the next event gets. */
u64 journal_next_seq(const journal_t *j);
/* Encodes into the open batch. head.seq 0 is replaced by the next number; any other must be that number
 * (asserted). ERR_BUFFER_FULL over LIMIT_EVENT_BYTES, ERR_NO_MEMORY; the batch is as before then. */
MUST_USE err_t journal_append(journal_t *j, event_t *e);
/* End of an engine step: an input and its facts never part. Commits if the batch is large enough. */
MUST_USE err_t journal_step_end(journal_t *j, diag_t *diag);
/* Closes the batch. Not threaded: durable on return. Threaded: handed over; waits only if all buffers are in
 * use. Any error stands for good: every later call returns it. */
MUST_USE err_t journal_commit(journal_t *j, diag_t *diag);
/* Everything up to and including this sequence is durable. Any thread. */
u64 journal_durable_seq(const journal_t *j);
/* Commits and waits until all is durable. */
MUST_USE err_t journal_flush(journal_t *j, diag_t *diag);
/* Flushes and ends the run. The journal takes no more events. */
MUST_USE err_t journal_finish(journal_t *j, const run_end_t *end, diag_t *diag);

typedef struct {
    u64 events;
    u64 blocks;
    u64 bytes;      /* encoded */
    u64 bytes_kept; /* as stored */
    i64 wait_ns;    /* the caller waited for a free buffer; telemetry */
    u64 slow;       /* transactions of JOURNAL_SLOW_NS or longer */
    i64 slowest_ns; /* the longest of all */
} journal_counts_t;
/* Telemetry of this writer; what the thread counts is 0 while it still writes (complete after a flush). */
journal_counts_t journal_counts(const journal_t *j);

/* ---- snapshots: fact state only, versioned sections (decision 8) ----------------------------------------
 */

enum { SNAPSHOT_SECTIONS_MAX = 32, SNAPSHOT_NAME = 24 };
typedef struct {
    char name[SNAPSHOT_NAME];
    u32 version;
    str_t bytes;
} snapshot_section_t;

/* State after `seq` = the last appended event; commits the batch first. Same thread and order as batches. */
MUST_USE err_t journal_snapshot(journal_t *j, const snapshot_section_t *sections, u32 count, diag_t *diag);
typedef struct {
    u64 seq; /* the state is the one after this event */
    u32 count;
    snapshot_section_t sections[SNAPSHOT_SECTIONS_MAX]; /* bytes borrow own_memory */
    void *own_memory;                                   /* free() it */
} snapshot_t;
/* The newest snapshot of a run, if its checksum holds. ERR_EMPTY if there is none, ERR_CORRUPT. */
MUST_USE err_t snapshot_latest(store_t *s, u64 run_number, diag_t *diag, snapshot_t *out);

/* ---- reading ------------------------------------------------------------------------------------------- */

/* Reads one run as it stood at this moment (one read transaction: close soon). One reader a store at a time.
 */
MUST_USE err_t journal_reader_open(store_t *s, str_t id, diag_t *diag, journal_reader_t **out);
/* *more = false at the end. Blobs are valid until the next call. ERR_CORRUPT names run, block and offset;
 * ERR_VERSION, ERR_UNKNOWN_KIND: of a later program. */
MUST_USE err_t journal_next(journal_reader_t *r, diag_t *diag, event_t *out, bool *more);
const run_row_t *journal_reader_run(const journal_reader_t *r);
/* The last event as it stands in its block, header and payload; valid until the next call. */
str_t journal_reader_bytes(const journal_reader_t *r);
void journal_reader_close(journal_reader_t *r);

typedef struct {
    u64 events;
    u64 blocks;
    u64 last_seq;
    digest_t head;
    digest_t decisions; /* recomputed */
} journal_verdict_t;
/* Reads everything, recomputes decision_hash and compares it with the run's. ERR_CORRUPT, ERR_VERSION. */
MUST_USE err_t journal_verify(store_t *s, str_t id, diag_t *diag, journal_verdict_t *out);

/* ---- recovery -------------------------------------------------------------------------------------------
 */

/* An order that may be at the broker and whose outcome no record proves: to be UNKNOWN, at full notional,
 * looked up and never sent again (decisions 15 and 37). */
typedef struct {
    id128_t intent;
    u64 account_id;
    u64 seq;             /* of its INTENT event */
    order_state_t state; /* as the journal had it */
} journal_open_order_t;

typedef struct {
    u64 last_seq;
    u64 events;
    i64 t_engine;                      /* of the last event */
    journal_open_order_t *own_unknown; /* by seq; free() it */
    u32 unknown_count;
} journal_recovered_t;

/* Reads a run in order and hands each event to `apply` (NULL: only looks for the unknown), which stops it
 * with an error. */
MUST_USE err_t journal_recover(store_t *s, str_t id, err_t (*apply)(void *ctx, const event_t *e), void *ctx,
                               journal_recovered_t *out, diag_t *diag);

#endif

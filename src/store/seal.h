/* The seal: one Merkle root a day over the journal of a run, for people who were not there.
 *
 * A leaf is SHA-256(0x00 || salt || event) over the encoded event, a node SHA-256(0x01 || left || right), the
 * tree that of RFC 6962 section 2.1; a day is the UTC date of t_engine. The salt (16 bytes, a function of the
 * home's secret key, the run and the sequence) keeps an event that is held back from being guessed out of its
 * leaf: a published ledger may show any event or only its leaf, and the root is the same (redaction). A day's
 * seal is the SHA-256 of one line of text that names run, day, first and last sequence, root and the seal of
 * the day before, so that anybody can work it out with sha256sum.
 *
 * Promises: seals are a function of journal and key; a day that was sealed once and reads otherwise today is
 * ERR_CORRUPT, by name. Leaves to others: telling the world. A seal proves something only from the moment
 * somebody outside has it. */
#ifndef VITRINE_STORE_SEAL_H
#define VITRINE_STORE_SEAL_H

#include "base/units.h"
#include "store/home.h"
#include "store/journal.h"


enum { SEAL_SALT = 16, SEAL_KEY = 32, SEAL_LEVELS = 64, SEAL_LINE = 320 };

typedef struct {
    u8 b[SEAL_KEY];
} seal_key_t;
typedef struct {
    u8 b[SEAL_SALT];
} seal_salt_t;

/* Roots of complete subtrees, largest first: all that a tree of any size needs while it grows. */
typedef struct {
    u64 leaves;
    u32 depth;
    digest_t root[SEAL_LEVELS];
} merkle_t;
void merkle_begin(merkle_t *m);
void merkle_add(merkle_t *m, const digest_t *leaf);
/* SHA-256 of nothing for a tree without leaves (RFC 6962). */
digest_t merkle_root(const merkle_t *m);

seal_salt_t seal_salt(const seal_key_t *key, id128_t incarnation, u64 seq);
digest_t seal_leaf(const seal_salt_t *salt, str_t event);

typedef struct {
    date_t day;
    u64 first_seq;
    u64 last_seq;
    digest_t root;
    digest_t before; /* seal of the day before; zero for the first */
    digest_t seal;
} day_seal_t;

/* "vitrine-seal 1 RUN DAY FIRST LAST ROOT BEFORE" into out, without newline; returns its length. Its SHA-256
 * is the seal. */
size_t seal_line(const day_seal_t *d, const char *run, char out[SEAL_LINE]);

/* The key of a home; made from entropy if `create` and there is none. ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
MUST_USE err_t seal_key_open(const home_t *h, bool create, diag_t *diag, seal_key_t *out);

/* What a walk hands out: every event with its leaf, then every whole day. Either may be NULL. */
typedef struct {
    err_t (*event)(void *ctx, const event_t *e, str_t bytes, const seal_salt_t *salt, const digest_t *leaf);
    /* `whole` is false for the last day of a run that has not ended: more may come. */
    err_t (*day)(void *ctx, const day_seal_t *d, bool whole);
    void *ctx;
} seal_visitor_t;
/* Reads one run from its first event. What the reader finds wrong, and what the visitor answers. */
MUST_USE err_t seal_walk(store_t *s, str_t run, const seal_key_t *key, const seal_visitor_t *visit,
                         diag_t *diag);

typedef struct {
    u32 days;        /* whole ones */
    u32 added;       /* sealed just now */
    bool open;       /* a last day that has not ended stands behind them */
    day_seal_t last; /* of the whole ones; zero if there are none */
    run_id_t run;
} seal_result_t;
/* Seals every whole day of a run that has none yet, and compares the others with what was sealed: ERR_CORRUPT
 * names the first day that differs. */
MUST_USE err_t seal_run(const home_t *h, store_t *s, str_t run, diag_t *diag, seal_result_t *out);

#endif

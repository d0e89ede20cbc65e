/* See journal.h: reading a run back, believing nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "model/decision_hash.h"
#include "store/journal_block.h"
#include "store/journal_internal.h"

struct journal_reader {
    store_t *store;
    run_row_t run;
    sql_stmt_t *blocks; /* the store's statement, ours until close */
    u8 *own_raw;
    size_t raw_size;
    reader_t at; /* within the current block */
    u64 block;
    u64 seq;         /* last one read */
    size_t event_at; /* where it begins in the block */
    u64 block_last_seq;
    digest_t head;
};

static err_t corrupt(const journal_reader_t *r, err_t err, const char *what, diag_t *diag)
{
    return diag_fail(diag, err, "run %s, block %llu, offset %zu: %s: %s\ndo: restore the home from a backup",
                     r->run.id.text, (unsigned long long)r->block, r->at.at, what, err_text(err));
}

/* The chain starts from what the run's row says; a changed seed or configuration gives another root. */
static err_t check_root(journal_reader_t *r, diag_t *diag)
{
    char *config = NULL;
    TRY(run_text(r->store, r->run.number, true, diag, &config));
    run_start_t start = {.kind = r->run.kind,
                         .incarnation = r->run.incarnation,
                         .seed = r->run.seed,
                         .logic = r->run.logic,
                         .input = r->run.input,
                         .config = str_from(config)};
    digest_t root = run_root(&start);
    free(config);
    run_id_t id = run_id_of(r->run.incarnation);
    if (!digest_eq(&root, &r->run.root) || memcmp(id.text, r->run.id.text, sizeof id.text) != 0) {
        return corrupt(r, ERR_CORRUPT, "the run's row (kind, seed, configuration or data) was changed", diag);
    }
    return ERR_OK;
}

err_t journal_reader_open(store_t *s, str_t id, diag_t *diag, journal_reader_t **out)
{
    ASSERT(s != NULL && !s->busy);
    ASSERT(out != NULL);
    journal_reader_t *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return ERR_NO_MEMORY;
    }
    r->store = s;
    err_t err = sql_exec(s->own_db, "BEGIN", diag);
    if (err != ERR_OK) {
        free(r);
        return err;
    }
    err = run_find(s, id, diag, &r->run);
    if (err == ERR_OK) {
        err = check_root(r, diag);
    }
    if (err == ERR_OK) {
        err = store_sql(s, SQL_BLOCKS, diag, &r->blocks);
    }
    s->busy = true;
    if (err != ERR_OK) {
        journal_reader_close(r);
        return err;
    }
    sql_bind_i64(r->blocks, 1, (i64)r->run.number);
    r->head = r->run.root;
    *out = r;
    return ERR_OK;
}

void journal_reader_close(journal_reader_t *r)
{
    if (r == NULL) {
        return;
    }
    if (r->blocks != NULL) {
        sql_reset(r->blocks);
    }
    err_t err = sql_exec(r->store->own_db, "COMMIT", NULL); /* it only read: nothing can be lost */
    (void)err;
    r->store->busy = false;
    free(r->own_raw);
    free(r);
}

const run_row_t *journal_reader_run(const journal_reader_t *r)
{
    return &r->run;
}

str_t journal_reader_bytes(const journal_reader_t *r)
{
    ASSERT(r != NULL && r->at.at >= r->event_at + EVENT_HEADER_SIZE);
    return (str_t){.p = r->own_raw + r->event_at, .n = (u32)(r->at.at - r->event_at)};
}

static err_t block_room(journal_reader_t *r, size_t n)
{
    if (n <= r->raw_size) {
        return ERR_OK;
    }
    u8 *p = realloc(r->own_raw, n);
    if (p == NULL) {
        return ERR_NO_MEMORY;
    }
    r->own_raw = p;
    r->raw_size = n;
    return ERR_OK;
}

/* The current row of `blocks` becomes the current block. */
static err_t block_load(journal_reader_t *r, diag_t *diag)
{
    sql_stmt_t *q = r->blocks;
    r->block++;
    r->at.at = 0;
    i64 raw_size = sql_column_i64(q, 6);
    str_t hash = sql_column_blob(q, 8);
    str_t packed = sql_column_blob(q, 9);
    if (sql_column_i64(q, 0) != (i64)r->block || sql_column_i64(q, 1) != (i64)r->seq + 1) {
        return corrupt(r, ERR_CORRUPT, "a block is missing before this one", diag);
    }
    if (raw_size <= 0 || raw_size > BLOCK_SIZE_MAX || hash.n != sizeof r->head.b) {
        return corrupt(r, ERR_CORRUPT, "its size or hash cannot be", diag);
    }
    TRY(block_room(r, (size_t)raw_size));
    err_t err = block_unpack((u32)sql_column_i64(q, 7), packed.p, packed.n, r->own_raw, (size_t)raw_size);
    if (err != ERR_OK) {
        return corrupt(r, err, "it cannot be unpacked", diag);
    }
    r->head = digest_chain(&r->head, r->own_raw, (size_t)raw_size);
    if (memcmp(r->head.b, hash.p, sizeof r->head.b) != 0) {
        return corrupt(r, ERR_CORRUPT, "the chain of hashes breaks", diag);
    }
    block_summary_t sum;
    size_t offset = 0;
    err = block_scan(r->own_raw, (size_t)raw_size, r->seq + 1, &sum, &offset);
    r->at = (reader_t){.p = r->own_raw, .size = (size_t)raw_size, .at = offset};
    if (err != ERR_OK) {
        return corrupt(r, err, "an event cannot be read", diag);
    }
    if (sql_column_i64(q, 2) != (i64)sum.last_seq || sql_column_i64(q, 5) != (i64)sum.events ||
        sql_column_i64(q, 3) != sum.t_first || sql_column_i64(q, 4) != sum.t_last) {
        return corrupt(r, ERR_CORRUPT, "its row does not describe its events", diag);
    }
    r->block_last_seq = sum.last_seq;
    r->at.at = 0;
    return ERR_OK;
}

/* Blocks cut off at the end leave the chain whole; the run's row knows how far it went. */
static err_t check_end(journal_reader_t *r, diag_t *diag)
{
    if (r->block == r->run.blocks && r->seq == r->run.last_seq && digest_eq(&r->head, &r->run.head)) {
        return ERR_OK;
    }
    return corrupt(r, ERR_CORRUPT, "blocks are missing at the end, or too many", diag);
}

err_t journal_next(journal_reader_t *r, diag_t *diag, event_t *out, bool *more)
{
    ASSERT(r != NULL);
    ASSERT(out != NULL && more != NULL);
    if (reader_left(&r->at) == 0) {
        bool row = false;
        TRY(sql_step(r->blocks, diag, &row));
        if (!row) {
            TRY(check_end(r, diag));
            *more = false;
            return ERR_OK;
        }
        TRY(block_load(r, diag));
    }
    r->event_at = r->at.at;
    err_t err = event_decode(&r->at, out);
    ASSERT(err == ERR_OK); /* block_scan has read it */
    ASSERT(out->head.seq == r->seq + 1 && out->head.seq <= r->block_last_seq);
    r->seq = out->head.seq;
    *more = true;
    return ERR_OK;
}

static err_t verify_event(const event_t *e, const reader_t *at, decision_hash_t *h)
{
    ASSERT(at->at >= e->head.length);
    decision_hash_add(h, e->head.kind, at->p + at->at - e->head.length, e->head.length);
    return ERR_OK;
}

err_t journal_verify(store_t *s, str_t id, diag_t *diag, journal_verdict_t *out)
{
    ASSERT(s != NULL);
    ASSERT(out != NULL);
    journal_reader_t *r = NULL;
    journal_verdict_t v = {0};
    decision_hash_t h;
    decision_hash_begin(&h);
    TRY(journal_reader_open(s, id, diag, &r));
    event_t e;
    bool more = true;
    err_t err = journal_next(r, diag, &e, &more);
    while (err == ERR_OK && more) {
        v.events++;
        err = verify_event(&e, &r->at, &h);
        if (err == ERR_OK) {
            err = journal_next(r, diag, &e, &more);
        }
    }
    v.blocks = r->block;
    v.last_seq = r->seq;
    v.head = r->head;
    v.decisions = decision_hash_value(&h);
    if (err == ERR_OK && r->run.status == RUN_ENDED && !digest_eq(&v.decisions, &r->run.decisions)) {
        err = diag_fail(diag, ERR_CORRUPT,
                        "run %s: decision_hash of its events differs from the one in its row\n"
                        "do: restore the home from a backup",
                        r->run.id.text);
    }
    journal_reader_close(r);
    if (err == ERR_OK) {
        *out = v;
    }
    return err;
}

/* See journal.h: the connection of a home's database, and the step that makes one batch durable. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/head.h"
#include "store/journal.h"
#include "store/journal_block.h"
#include "store/journal_internal.h"
#include "store/migrations.h"
#include "wire/zst.h"

/* WAL bytes after which a passive checkpoint is due: about SQLite's own default of 1,000 pages of 4 KiB. */
enum { CHECKPOINT_BYTES = 4 << 20, PACK_LEVEL = 1 };

static const char *const sql_text[SQL_COUNT] = {
#define X(name, sql) [name] = sql,
#include "store/journal_sql.def"
#undef X
};

err_t store_open(const store_options_t *o, diag_t *diag, store_t **out)
{
    ASSERT(o != NULL && o->path != NULL);
    ASSERT(out != NULL);
    store_t *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return ERR_NO_MEMORY;
    }
    sql_options_t sql = {.path = o->path,
                         .vfs = o->vfs,
                         .read_only = o->read_only,
                         .full_sync = o->durable,
                         .exclusive = o->exclusive};
    err_t err = sql_open(&sql, diag, &s->own_db);
    if (err == ERR_OK) {
        err = o->read_only ? migrations_check(s->own_db, diag) : migrations_run(s->own_db, diag);
    }
    if (err != ERR_OK) {
        store_close(s);
        return err;
    }
    *out = s;
    return ERR_OK;
}

err_t store_open_home(const home_t *h, bool read_only, bool durable, diag_t *diag, store_t **out)
{
    char path[LIMIT_PATH];
    home_path(h, HOME_DB, path);
    if (read_only && !os_exists(path)) {
        return diag_fail(diag, ERR_EMPTY,
                         "%s: there are no runs in this home yet\ndo: make one with `vitrine backtest` "
                         "or `vitrine demo`",
                         h->root);
    }
    if (!read_only) { /* before anything is written, a checkpoint among it */
        TRY(head_check(h->root, diag));
    }
    store_options_t o = {.path = path, .read_only = read_only, .durable = durable};
    return store_open(&o, diag, out);
}

void store_close(store_t *s)
{
    if (s == NULL) {
        return;
    }
    ASSERT(!s->busy);
    for (u32 i = 0; i < SQL_COUNT; i++) {
        sql_finalize(s->own_stmt[i]);
    }
    sql_close(s->own_db);
    free(s->own_pack);
    free(s);
}

err_t store_sql(store_t *s, store_sql_t which, diag_t *diag, sql_stmt_t **out)
{
    ASSERT(s != NULL && out != NULL);
    ASSERT(which < SQL_COUNT);
    if (s->own_stmt[which] == NULL) {
        TRY(sql_prepare(s->own_db, sql_text[which], diag, &s->own_stmt[which]));
    }
    sql_reset(s->own_stmt[which]);
    *out = s->own_stmt[which];
    return ERR_OK;
}

err_t store_run(sql_stmt_t *q, diag_t *diag)
{
    bool row = false;
    err_t err = sql_step(q, diag, &row);
    sql_reset(q);
    ASSERT(err != ERR_OK || !row);
    return err;
}

err_t store_end(store_t *s, err_t err, diag_t *diag)
{
    ASSERT(s != NULL);
    if (err == ERR_OK) {
        err = sql_exec(s->own_db, "COMMIT", diag);
    }
    if (err != ERR_OK) {
        err_t undone = sql_exec(s->own_db, "ROLLBACK", NULL); /* fails if SQLite has undone it by itself */
        (void)undone;
    }
    return err;
}

err_t store_ask(sql_stmt_t *q, diag_t *diag, i64 *out)
{
    ASSERT(q != NULL && out != NULL);
    bool row = false;
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK) {
        ASSERT(row);
        *out = sql_column_i64(q, 0);
    }
    sql_reset(q);
    return err;
}

err_t store_has_table(store_t *s, const char *name, diag_t *diag, bool *out)
{
    ASSERT(s != NULL && name != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    i64 tables = 0;
    TRY(store_sql(s, SQL_TRIAL_TABLE, diag, &q));
    sql_bind_text(q, 1, str_from(name));
    TRY(store_ask(q, diag, &tables));
    *out = tables != 0;
    return ERR_OK;
}

/* The row changes only for the writer that holds the newest token: the check and the write are one. */
static err_t fence(store_t *s, diag_t *diag)
{
    if (sql_changes(s->own_db) == 1) {
        return ERR_OK;
    }
    return diag_fail(diag, ERR_FENCED, "the run was taken over by another writer, or has ended");
}

/* Packed bytes of a block, or the block itself where packing does not pay. */
static err_t block_pack(store_t *s, const batch_t *b, u32 *codec, str_t *out)
{
    *codec = BLOCK_RAW;
    *out = (str_t){.p = b->own_bytes, .n = (u32)b->used};
    if (b->used < BLOCK_PACK_FROM) {
        return ERR_OK;
    }
    size_t bound = zst_bound(b->used);
    if (bound > s->pack_size) {
        u8 *p = realloc(s->own_pack, bound);
        if (p == NULL) {
            return ERR_NO_MEMORY;
        }
        s->own_pack = p;
        s->pack_size = bound;
    }
    size_t n = 0;
    TRY(zst_pack(b->own_bytes, b->used, PACK_LEVEL, (zst_room_t){s->own_pack, s->pack_size}, &n));
    if (n < b->used) {
        *codec = BLOCK_ZSTD;
        *out = (str_t){.p = s->own_pack, .n = (u32)n};
    }
    return ERR_OK;
}

static err_t step_block(store_t *s, chain_t *chain, const batch_t *b, diag_t *diag)
{
    ASSERT(b->events > 0 && b->used > 0 && b->used <= BLOCK_SIZE_MAX);
    ASSERT(b->last_seq - b->first_seq + 1 == b->events);
    u32 codec = 0;
    str_t packed = {0};
    sql_stmt_t *q = NULL;
    TRY(block_pack(s, b, &codec, &packed));
    chain->head = digest_chain(&chain->head, b->own_bytes, b->used);
    chain->blocks++;
    chain->bytes_kept += packed.n;
    TRY(store_sql(s, SQL_BLOCK_INSERT, diag, &q));
    ASSERT(chain->blocks <= UINT32_MAX && chain->run < INT32_MAX); /* both halves of the key */
    const i64 values[] = {(i64)(chain->run << 32 | chain->blocks),
                          (i64)b->first_seq,
                          (i64)b->last_seq,
                          b->t_first,
                          b->t_last,
                          b->events,
                          (i64)b->used,
                          codec};
    for (int i = 0; i < (int)COUNT_OF(values); i++) {
        sql_bind_i64(q, i + 1, values[i]);
    }
    sql_bind_blob(q, 9, chain->head.b, sizeof chain->head.b);
    sql_bind_blob(q, 10, packed.p, packed.n);
    TRY(store_run(q, diag));
    TRY(project_block(s, chain->run, b, diag));
    TRY(store_sql(s, SQL_RUN_ADVANCE, diag, &q));
    sql_bind_i64(q, 1, (i64)chain->run);
    sql_bind_i64(q, 2, (i64)chain->writer);
    sql_bind_i64(q, 3, (i64)chain->blocks);
    sql_bind_i64(q, 4, (i64)b->last_seq);
    sql_bind_blob(q, 5, chain->head.b, sizeof chain->head.b);
    TRY(store_run(q, diag));
    s->since_checkpoint += packed.n + 4096;
    return fence(s, diag);
}

static err_t step_snapshot(store_t *s, const chain_t *chain, const batch_t *b, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_RUN_GUARD, diag, &q));
    sql_bind_i64(q, 1, (i64)chain->run);
    sql_bind_i64(q, 2, (i64)chain->writer);
    TRY(store_run(q, diag));
    TRY(fence(s, diag));
    TRY(store_sql(s, SQL_SNAPSHOT_PUT, diag, &q));
    sql_bind_i64(q, 1, (i64)chain->run);
    sql_bind_i64(q, 2, (i64)b->last_seq);
    sql_bind_i64(q, 3, b->events);
    sql_bind_i64(q, 4, (i64)hash64_seed(b->own_bytes, b->used, b->last_seq));
    sql_bind_blob(q, 5, b->own_bytes, b->used);
    s->since_checkpoint += b->used + 4096;
    return store_run(q, diag);
}

static err_t step_end(store_t *s, const chain_t *chain, const batch_t *b, diag_t *diag)
{
    ASSERT(b->end.status != RUN_RUNNING);
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_RUN_END, diag, &q));
    sql_bind_i64(q, 1, (i64)chain->run);
    sql_bind_i64(q, 2, (i64)chain->writer);
    sql_bind_i64(q, 3, b->end.status);
    sql_bind_i64(q, 4, b->end.t_ended);
    TRY(store_run(q, diag));
    TRY(fence(s, diag));
    TRY(store_sql(s, SQL_RUN_RESULT, diag, &q));
    sql_bind_i64(q, 1, (i64)chain->run);
    sql_bind_blob(q, 2, b->end.decisions.b, sizeof b->end.decisions.b);
    sql_bind_text(q, 3, b->end.counts);
    return store_run(q, diag);
}

err_t store_step(store_t *s, chain_t *chain, const batch_t *b, diag_t *diag)
{
    ASSERT(s != NULL && chain != NULL);
    ASSERT(b != NULL);
    chain_t next = *chain;
    TRY(sql_exec(s->own_db, "BEGIN IMMEDIATE", diag));
    err_t err = ERR_OK;
    switch (b->kind) {
    case BATCH_BLOCK:
        err = step_block(s, &next, b, diag);
        break;
    case BATCH_SNAPSHOT:
        err = step_snapshot(s, &next, b, diag);
        break;
    case BATCH_END:
        err = step_end(s, &next, b, diag);
        break;
    }
    err = store_end(s, err, diag);
    if (err == ERR_OK) {
        *chain = next;
    }
    return err;
}

err_t store_idle(store_t *s, diag_t *diag)
{
    ASSERT(s != NULL);
    if (s->since_checkpoint < CHECKPOINT_BYTES) {
        return ERR_OK;
    }
    s->since_checkpoint = 0;
    return sql_checkpoint(s->own_db, diag);
}

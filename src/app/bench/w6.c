/* W6: the journal. Durable records one at a time and by the hundred, against bare SQLite with the same rows a
 * commit, and the recovery of a million events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "base/assert.h"
#include "os/os.h"
#include "store/journal.h"

enum { SINGLES = 400, BATCH = 100, BATCHES = 200, RECOVERED = 1000000 };

typedef struct {
    bench_t *b;
    store_t *store;
    u32 batch; /* records a commit */
    u32 count; /* records in all */
    u64 serial;
    run_id_t big; /* the run that is recovered */
} w6_bench_t;

static err_t w6_journal(w6_bench_t *w, journal_t **out)
{
    run_start_t start = {.kind = RUN_DEMO, .config = STR("")};
    journal_options_t o = {.batch_bytes = 1U << 20};
    TRY(os_entropy(&start.incarnation, sizeof start.incarnation));
    return journal_create(w->store, &start, &o, &w->b->app->diag, out);
}

/* An order that is wanted: about 180 bytes with a row of its own, as the peer writes. */
static event_t w6_record(w6_bench_t *w)
{
    event_t e = {.head = {.kind = EV_INTENT}};
    u64 n = ++w->serial;
    memcpy(e.as.INTENT.id.b, &n, sizeof n);
    e.as.INTENT.id.b[15] = 1;
    e.as.INTENT.sequence = n;
    e.as.INTENT.account = 1;
    e.as.INTENT.t_decided = 1700000000000000000 + (i64)n;
    e.as.INTENT.qty = 100;
    e.as.INTENT.reference = 412500000000;
    e.as.INTENT.bracket_stop = 410000000000;
    e.as.INTENT.bracket_target = 420000000000;
    e.as.INTENT.side = 1;
    e.as.INTENT.type = 1;
    e.as.INTENT.tif = 1;
    e.as.INTENT.role = 1;
    return e;
}

static err_t w6_write(w6_bench_t *w, journal_t *j)
{
    for (u32 i = 0; i < w->count; i++) {
        event_t e = w6_record(w);
        TRY(journal_append(j, &e));
        if ((i + 1) % w->batch == 0) {
            TRY(journal_commit(j, &w->b->app->diag));
        }
    }
    return ERR_OK;
}

static f64 w6_measure(void *ctx)
{
    w6_bench_t *w = ctx;
    journal_t *j = NULL;
    if (w6_journal(w, &j) != ERR_OK) {
        return -1.0;
    }
    i64 start = os_mono();
    err_t err = w6_write(w, j);
    i64 ns = os_mono() - start;
    journal_close(j);
    return err == ERR_OK ? (f64)w->count * 1e9 / (f64)ns : -1.0;
}

/* A run of a million inputs: slices as a backtest records them. */
static err_t w6_fill(w6_bench_t *w)
{
    journal_t *j = NULL;
    run_end_t end = {.status = RUN_ENDED, .counts = STR("{}")};
    TRY(w6_journal(w, &j));
    err_t err = ERR_OK;
    for (u32 i = 0; i < RECOVERED && err == ERR_OK; i++) {
        event_t e = {.head = {.kind = EV_SLICE, .t_event = i}};
        e.as.SLICE = (ev_SLICE_t){.t_known = i,
                                  .t_open = i,
                                  .ordinal = i,
                                  .content = i * 0x9E3779B97F4A7C15U,
                                  .rows = 383,
                                  .session = i / 390};
        err = journal_append(j, &e);
        if (err == ERR_OK) {
            err = journal_step_end(j, &w->b->app->diag);
        }
    }
    w->big = journal_run_id(j);
    if (err == ERR_OK) {
        err = journal_finish(j, &end, &w->b->app->diag);
    }
    journal_close(j);
    return err;
}

static f64 w6_recover(void *ctx)
{
    w6_bench_t *w = ctx;
    journal_recovered_t r;
    i64 start = os_mono();
    if (journal_recover(w->store, str_from(w->big.text), NULL, NULL, &r, &w->b->app->diag) != ERR_OK ||
        r.events != RECOVERED) {
        return -1.0;
    }
    free(r.own_unknown);
    return (f64)(os_mono() - start) / 1e9;
}

static err_t w6_rows(w6_bench_t *w)
{
    char single[LIMIT_PATH + 32];
    char many[LIMIT_PATH + 32];
    (void)snprintf(single, sizeof single, "w6_sqlite '%s' 1 %d", w->b->work, SINGLES);
    (void)snprintf(many, sizeof many, "w6_sqlite '%s' %d %d", w->b->work, BATCH, BATCH * BATCHES);
    bench_row_t row = {
        .name = "one record a commit, durable",
        .unit = "records/s",
        .more_is_better = true,
        .ctx = w,
        .ours = w6_measure,
        .peer = single,
        .peer_title = "bare SQLite, WAL, FULL",
        .note = "ours writes block, chain link and the order's row; aim: within 1.1x of bare SQLite"};
    w->batch = 1;
    w->count = SINGLES;
    TRY(bench_row(w->b, &row));
    row.name = "100 records a commit, durable";
    row.peer = many;
    row.target = 250000.0;
    row.note = NULL;
    w->batch = BATCH;
    w->count = BATCH * BATCHES;
    TRY(bench_row(w->b, &row));
    TRY(w6_fill(w));
    bench_row_t recovery = {
        .name = "recovery of 1,000,000 events", .unit = "s", .ctx = w, .ours = w6_recover, .target = 2.0};
    return bench_row(w->b, &recovery);
}

static err_t w6_run(bench_t *b)
{
    char path[LIMIT_PATH + 16];
    w6_bench_t w = {.b = b};
    (void)snprintf(path, sizeof path, "%s/w6.db", b->work);
    store_options_t o = {.path = path, .durable = true};
    TRY(store_open(&o, &b->app->diag, &w.store));
    err_t err = w6_rows(&w);
    store_close(w.store);
    return err;
}

const bench_desc_t bench_w6 = {
    .name = "W6",
    .title = "journal: durable records, group commit, recovery",
    .run = w6_run,
};

/* See pairs.h. */
#include "faces/research/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"

void paired_free(paired_t *p)
{
    ASSERT(p != NULL);
    free(p->own_day);
    free(p->own_ret[0]);
    free(p->own_ret[1]);
    memset(p, 0, sizeof *p);
}

static i64 equity_before(const report_facts_t *f, u32 i)
{
    return i == 0 ? f->start.v : f->own_days[i - 1].equity;
}

err_t paired_days(const report_facts_t *const f[PAIR_SIDES], date_t after, diag_t *diag, paired_t *out)
{
    ASSERT(f != NULL && f[0] != NULL && f[1] != NULL && out != NULL);
    u32 n = f[0]->day_count;
    memset(out, 0, sizeof *out);
    out->own_day = calloc((size_t)n + 1, sizeof *out->own_day);
    out->own_ret[0] = calloc((size_t)n + 1, sizeof(f64));
    out->own_ret[1] = calloc((size_t)n + 1, sizeof(f64));
    if (out->own_day == NULL || out->own_ret[0] == NULL || out->own_ret[1] == NULL) {
        return ERR_NO_MEMORY;
    }
    bool same = f[1]->day_count == n;
    for (u32 i = 0; i < n && same; i++) {
        date_t day = f[0]->own_days[i].session;
        if (day <= after) {
            continue;
        }
        for (u32 s = 0; s < PAIR_SIDES; s++) {
            i64 before = equity_before(f[s], i);
            same = same && f[s]->own_days[i].session == day && before > 0;
            out->own_ret[s][out->count] = same ? (f64)f[s]->own_days[i].equity / (f64)before - 1.0 : 0.0;
        }
        out->own_day[out->count++] = day;
    }
    return same ? ERR_OK
                : diag_fail(diag, ERR_USAGE,
                            "court: the two runs have no equity on the same sessions\n"
                            "do: run both on the same data, with cash that lasts");
}

/* ---- runs since a filing --------------------------------------------------------------------------------
 */

typedef struct {
    run_row_t row;
    u32 side;
    bool paired;
} side_run_t;

typedef struct {
    side_run_t *own_v; /* oldest first */
    u32 count;
} side_runs_t;

/* Whose settings a run had, if it was either's. A text that this version cannot read is neither's. */
static err_t side_of(store_t *s, const run_row_t *run, const case_row_t *c, diag_t *diag, u32 *out)
{
    char *text = NULL;
    config_t config;
    *out = PAIR_SIDES;
    TRY(run_text(s, run->number, true, diag, &text));
    if (config_decode(str_from(text), NULL, &config) == ERR_OK) {
        digest_t hash = config_hash(&config);
        *out = digest_eq(&hash, &c->challenger_config)  ? 0
               : digest_eq(&hash, &c->incumbent_config) ? 1
                                                        : PAIR_SIDES;
    }
    free(text);
    return ERR_OK;
}

static err_t runs_since(store_t *s, const case_row_t *c, diag_t *diag, side_runs_t *out)
{
    u32 all = 0;
    run_row_t *row = calloc(PAIRS_RUNS_MAX, sizeof *row);
    out->own_v = calloc(PAIRS_RUNS_MAX, sizeof *out->own_v);
    err_t err = row == NULL || out->own_v == NULL ? ERR_NO_MEMORY : ERR_OK;
    err = err == ERR_OK ? run_list(s, row, PAIRS_RUNS_MAX, diag, &all) : err;
    if (err == ERR_OK && all == PAIRS_RUNS_MAX && row[all - 1].t_created > c->t_filed) {
        /* The first of them would be missing, and the first word on a day stands. */
        err = diag_fail(diag, ERR_POOL_FULL,
                        "case %u: more than %d runs were stored since its filing\ndo: file it again",
                        c->number, (int)PAIRS_RUNS_MAX);
    }
    for (u32 i = all; err == ERR_OK && i-- > 0;) {
        u32 side = PAIR_SIDES;
        if (row[i].kind != RUN_BACKTEST || row[i].status != RUN_ENDED || row[i].t_created <= c->t_filed) {
            continue;
        }
        err = side_of(s, &row[i], c, diag, &side);
        if (err == ERR_OK && side < PAIR_SIDES) {
            out->own_v[out->count++] = (side_run_t){.row = row[i], .side = side};
        }
    }
    free(row);
    return err;
}

/* ---- pairs -----------------------------------------------------------------------------------------------
 */

/* What is read of a case's runs, one pair at a time. */
typedef struct {
    store_t *store;
    const case_row_t *row;
    const digest_t *scope;
    diag_t *diag;
    pairs_t *out;
    u32 room;
} gather_t;

/* The first day on which a run traded. */
static date_t began(const report_facts_t *f)
{
    date_t first = f->day_count > 0 ? f->own_days[0].session : 0;
    return MAX_OF(first, f->trade_from);
}

static err_t take(gather_t *g, const report_facts_t *const f[PAIR_SIDES], bool *counts)
{
    pair_t pair = {.cash = f[0]->start};
    *counts = false;
    if (began(f[0]) <= g->row->filed || began(f[1]) <= g->row->filed) {
        g->out->early += 2;
        *counts = true; /* as far as being alone goes */
        return ERR_OK;
    }
    if (f[0]->start.v != f[1]->start.v || !digest_eq(&f[0]->users.rows, &f[1]->users.rows) ||
        f[0]->users.count != 1) {
        return ERR_OK;
    }
    *counts = true;
    if (!digest_eq(&f[0]->scope, g->scope) || !digest_eq(&f[1]->scope, g->scope)) {
        g->out->another++;
        return ERR_OK;
    }
    err_t err = paired_days(f, g->row->filed, NULL, &pair.days);
    if (err == ERR_USAGE) { /* without returns it is no pair */
        paired_free(&pair.days);
        *counts = false;
        return ERR_OK;
    }
    err = err == ERR_OK ? list_room(&g->out->own_v, &g->room, (size_t)g->out->count + 1, sizeof pair) : err;
    if (err != ERR_OK) {
        paired_free(&pair.days);
        return err;
    }
    g->out->own_v[g->out->count++] = pair;
    return ERR_OK;
}

static err_t try_pair(gather_t *g, side_run_t *a, side_run_t *b)
{
    report_facts_t facts[PAIR_SIDES] = {0};
    const report_facts_t *const f[PAIR_SIDES] = {&facts[0], &facts[1]};
    side_run_t *side[PAIR_SIDES] = {a->side == 0 ? a : b, a->side == 0 ? b : a};
    bool counts = false;
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < PAIR_SIDES; i++) {
        err = report_facts_read(g->store, str_from(side[i]->row.id.text), NULL, g->diag, &facts[i]);
    }
    err = err == ERR_OK ? take(g, f, &counts) : err;
    if (counts) {
        a->paired = true;
        b->paired = true;
    }
    report_facts_free(&facts[0]);
    report_facts_free(&facts[1]);
    return err;
}

err_t pairs_read(store_t *s, const case_row_t *row, const digest_t *scope, diag_t *diag, pairs_t *out)
{
    ASSERT(s != NULL && row != NULL && scope != NULL && out != NULL);
    side_runs_t runs = {0};
    gather_t g = {.store = s, .row = row, .scope = scope, .diag = diag, .out = out};
    memset(out, 0, sizeof *out);
    err_t err = runs_since(s, row, diag, &runs);
    for (u32 i = 0; err == ERR_OK && i < runs.count; i++) { /* the one that makes a pair whole */
        for (u32 k = 0; err == ERR_OK && k < i && !runs.own_v[i].paired; k++) {
            side_run_t *a = &runs.own_v[k];
            side_run_t *b = &runs.own_v[i];
            bool beside = a->side != b->side && !a->paired && a->row.seed == b->row.seed &&
                          digest_eq(&a->row.input, &b->row.input);
            err = beside ? try_pair(&g, a, b) : ERR_OK;
        }
    }
    for (u32 i = 0; i < runs.count; i++) {
        out->alone += runs.own_v[i].paired ? 0 : 1;
    }
    free(runs.own_v);
    return err;
}

void pairs_free(pairs_t *p)
{
    ASSERT(p != NULL);
    for (u32 i = 0; i < p->count; i++) {
        paired_free(&p->own_v[i].days);
    }
    free(p->own_v);
    memset(p, 0, sizeof *p);
}

err_t pairs_stretch(const pairs_t *p, money_t cash, date_t after, u32 max, stretch_t *out)
{
    ASSERT(p != NULL && out != NULL);
    size_t most = 1;
    date_t last = after;
    memset(out, 0, sizeof *out);
    for (u32 i = 0; i < p->count; i++) {
        most += p->own_v[i].days.count;
    }
    out->own_day = calloc(most, sizeof *out->own_day);
    out->own_diff = calloc(most, sizeof *out->own_diff);
    if (out->own_day == NULL || out->own_diff == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < p->count; i++) {
        const paired_t *d = &p->own_v[i].days;
        for (u32 k = 0; k < d->count && p->own_v[i].cash.v == cash.v && out->count < max; k++) {
            if (d->own_day[k] > last) {
                last = d->own_day[k];
                out->own_day[out->count] = last;
                out->own_diff[out->count++] = d->own_ret[0][k] - d->own_ret[1][k];
            }
        }
    }
    return ERR_OK;
}

void stretch_free(stretch_t *s)
{
    ASSERT(s != NULL);
    free(s->own_day);
    free(s->own_diff);
    memset(s, 0, sizeof *s);
}

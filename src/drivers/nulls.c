/* See nulls.h. */
#include "drivers/nulls.h"

#include <stdlib.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

/* Below PLANT_LEAST trades an edge of the planted size would be missed too often (trading.md 12, power). */
enum { PLANT_BARS = 12, PLANT_TRADES = 1000, PLANT_LEAST = 500, NULLS_SEEDS_MAX = 64 };

#define NULLS_SLACK_R 0.02
#define PLANT_RISK 0.4 /* of a trade's own risk: about half of it arrives before stop or target */
#define NULLS_SE 2.0

typedef struct {
    const lab_t *data;
    const nulls_spec_t *spec;
    diag_t *diag;
    const strategy_desc_t *list[LIMIT_STRATEGIES];
    u32 count;
    u32 failed;
} nulls_t;

typedef struct {
    u64 n;
    f64 mean;
    f64 se; /* trades of one day (swing: of four weeks) count as one draw */
} stat_t;

typedef struct {
    const lab_result_t *trades;
    i32 strategy; /* -1: all */
    i32 d;        /* 0: both sides */
    u32 first;    /* at most so many, in order; 0: all */
    bool busy;    /* relative volume of 2 and more only */
} pick_t;

static bool picked(const pick_t *p, const lab_trade_t *t)
{
    return (p->strategy < 0 || t->strategy == p->strategy) && (p->d == 0 || t->d == p->d) &&
           (!p->busy || t->rvol >= 2.0);
}

static err_t stat_of(const nulls_t *x, const pick_t *p, stat_t *out)
{
    date_t first = x->data->own_slice[0].session;
    u32 width = x->spec->config->profile == PROFILE_DAY ? 1 : 28;
    u32 groups = (u32)(x->data->own_slice[x->data->slices - 1].session - first) / width + 1;
    f64 *sum = calloc(2 * (size_t)groups, sizeof *sum);
    if (sum == NULL) {
        return ERR_NO_MEMORY;
    }
    f64 total = 0;
    *out = (stat_t){0};
    for (u32 i = 0; i < p->trades->count && (p->first == 0 || out->n < p->first); i++) {
        const lab_trade_t *t = &p->trades->own_trade[i];
        if (picked(p, t)) {
            u32 g = (u32)(t->session - first) / width;
            sum[2 * g] += lab_gross_r(t);
            sum[2 * g + 1] += 1.0;
            total += lab_gross_r(t);
            out->n++;
        }
    }
    out->mean = out->n > 0 ? total / (f64)out->n : 0.0;
    f64 squares = 0;
    for (u32 g = 0; g < groups; g++) {
        f64 e = sum[2 * g] - out->mean * sum[2 * g + 1];
        squares += e * e;
    }
    out->se = out->n > 0 ? q_sqrt(squares) / (f64)out->n : 0.0;
    free(sum);
    return ERR_OK;
}

static void say(nulls_t *x, null_line_t line, bool holds)
{
    bool thin = line.n < (line.least > 0 ? line.least : (u64)NULLS_LEAST);
    line.verdict = thin ? NULL_THIN : (holds ? NULL_HOLDS : NULL_FAILS);
    x->failed += line.verdict == NULL_FAILS ? 1 : 0;
    if (x->spec->say != NULL) {
        x->spec->say(x->spec->ctx, &line);
    }
}

/* A figure that may be so far from zero on either side. */
static void say_within(nulls_t *x, const char *test, const char *who, const stat_t *s, f64 bound)
{
    null_line_t line = {.test = test, .who = who, .n = s->n, .value = s->mean, .bound = bound, .unit = "R"};
    say(x, line, q_abs(s->mean) <= bound);
}

static err_t run_on(nulls_t *x, lab_t *l, const config_t *config, u32 delay, bool costs, lab_result_t *out)
{
    lab_how_t how = {
        .config = config, .strategies = x->list, .strategy_count = x->count, .delay = delay, .costs = costs};
    return lab_run(l, &how, x->diag, out);
}

/* ---- 1. shuffled ---- */

typedef struct {
    f64 mean[NULLS_SEEDS_MAX];
    f64 squares; /* of the seeds' own errors */
    u64 n;
    u32 seeds;
} cloud_t;

typedef struct {
    cloud_t cloud[LIMIT_STRATEGIES];
    u32 judged, beyond; /* strategy-seeds */
} tally_t;

static err_t shuffled_once(nulls_t *x, u64 seed, bool each, tally_t *t)
{
    lab_t l = {0};
    lab_result_t r = {0};
    err_t err = lab_copy(x->data, &l);
    TRY_DONE(err);
    TRY_DONE(lab_shuffle(&l, seed, each));
    TRY_DONE(run_on(x, &l, x->spec->config, 0, false, &r));
    for (u32 k = 0; k < x->count; k++) {
        stat_t s;
        TRY_DONE(stat_of(x, &(pick_t){.trades = &r, .strategy = (i32)k}, &s));
        if (s.n >= NULLS_LEAST) {
            t->cloud[k].mean[t->cloud[k].seeds++] = s.mean;
            t->cloud[k].squares += s.se * s.se;
            t->cloud[k].n += s.n;
            t->judged++;
            t->beyond += q_abs(s.mean) > NULLS_SLACK_R + NULLS_SE * s.se ? 1 : 0;
        }
    }
done:
    lab_result_free(&r);
    lab_free(&l);
    return err;
}

/* Mean of the seeds' means; its error is what their own spread gives or, with few of them, what their own
 * errors give, whichever is more. */
static stat_t cloud_stat(const cloud_t *c)
{
    stat_t s = {.n = c->n};
    f64 squares = 0;
    for (u32 i = 0; i < c->seeds; i++) {
        s.mean += c->mean[i] / (f64)c->seeds;
    }
    for (u32 i = 0; i < c->seeds; i++) {
        squares += (c->mean[i] - s.mean) * (c->mean[i] - s.mean);
    }
    if (c->seeds > 1) {
        s.se =
            q_max(q_sqrt(squares / (f64)(c->seeds - 1) / (f64)c->seeds), q_sqrt(c->squares) / (f64)c->seeds);
    }
    return s;
}

static err_t shuffled(nulls_t *x, bool each)
{
    const char *name = each ? "shuffled each" : "shuffled together";
    tally_t t = {0};
    for (u32 i = 0; i < x->spec->seeds; i++) {
        bool enough = i > 1 && x->spec->enough != NULL && x->spec->enough(x->spec->ctx);
        if (!enough) {
            TRY(shuffled_once(x, x->spec->seed * 1000 + i, each, &t));
        }
    }
    for (u32 k = 0; k < x->count; k++) {
        stat_t s = cloud_stat(&t.cloud[k]);
        s.n = t.cloud[k].seeds > 1 ? s.n : 0;
        say_within(x, name, x->list[k]->name, &s, NULLS_SLACK_R + NULLS_SE * s.se);
    }
    /* One in twenty by chance alone, and two standard errors of that share more. */
    f64 share = t.judged > 0 ? (f64)t.beyond / (f64)t.judged : 0.0;
    f64 bound = t.judged > 0 ? 0.05 + NULLS_SE * q_sqrt(0.05 * 0.95 / (f64)t.judged) : 0.0;
    null_line_t line = {.test = name,
                        .who = "seeds beyond",
                        .n = t.judged > 0 ? NULLS_LEAST : 0,
                        .value = share,
                        .bound = bound,
                        .unit = "share"};
    say(x, line, share <= bound);
    return ERR_OK;
}

/* ---- 2. sign ---- */

/* Long where some days are turned over against short where the other days are: the same market seen from
 * below. */
static err_t sign(nulls_t *x)
{
    lab_t l[2] = {0};
    lab_result_t r[2] = {0};
    err_t err = ERR_OK;
    for (u32 i = 0; i < 2; i++) {
        TRY_DONE(lab_copy(x->data, &l[i]));
        TRY_DONE(lab_flip(&l[i], x->spec->seed, i == 1));
        TRY_DONE(run_on(x, &l[i], x->spec->config, 0, false, &r[i]));
    }
    for (u32 k = 0; k < x->count * 2; k++) {
        i32 d = k % 2 == 0 ? 1 : -1;
        stat_t a;
        stat_t b;
        TRY_DONE(stat_of(x, &(pick_t){.trades = &r[0], .strategy = (i32)(k / 2), .d = d}, &a));
        TRY_DONE(stat_of(x, &(pick_t){.trades = &r[1], .strategy = (i32)(k / 2), .d = -d}, &b));
        stat_t diff = {.n = MIN_OF(a.n, b.n), .mean = a.mean - b.mean};
        say_within(x, d > 0 ? "sign, long" : "sign, short", x->list[k / 2]->name, &diff,
                   NULLS_SLACK_R + NULLS_SE * q_sqrt(a.se * a.se + b.se * b.se));
    }
done:
    for (u32 i = 0; i < 2; i++) {
        lab_result_free(&r[i]);
        lab_free(&l[i]);
    }
    return err;
}

/* ---- 3. planted ---- */

/* How long the planted move takes: a trade that ends with its week must have met it by then, so that it is in
 * half of the strategy's longest hold. */
static u32 plant_bars(const nulls_t *x, u32 k)
{
    u32 hold = (u32)x->list[k]->swing_hold_days / 2;
    bool day = x->spec->config->profile == PROFILE_DAY;
    return day || hold == 0 ? PLANT_BARS : MIN_OF(hold, (u32)PLANT_BARS);
}

static err_t plant(lab_t *l, const pick_t *where, u32 bars)
{
    u32 n = 0;
    lab_push_t *push = calloc((size_t)where->trades->count + 1, sizeof *push);
    if (push == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < where->trades->count; i++) {
        const lab_trade_t *t = &where->trades->own_trade[i];
        if (picked(where, t)) {
            push[n++] = (lab_push_t){
                .slice = t->slice, .inst = t->inst, .a = (f64)t->d * PLANT_RISK * t->risk / t->entry};
        }
    }
    if (n > 0) {
        lab_push_sort(push, n);
    }
    err_t err = lab_push(l, push, n, bars);
    free(push);
    return err;
}

/* On a shuffled market, so that nothing else is there to be found. The lower bound within a thousand trades
 * is above zero; what was not planted for any other strategy is not found by it, or by less than half. */
static err_t planted_one(nulls_t *x, lab_t *flat, const lab_result_t *base, u32 k)
{
    lab_t l = {0};
    lab_result_t r = {0};
    stat_t s;
    pick_t where = {.trades = base, .strategy = (i32)k, .busy = true};
    TRY(stat_of(x, &where, &s));
    where.busy = s.n >= NULLS_LEAST; /* a strategy whose signals come without volume gets it on all of them */
    err_t err = lab_copy(flat, &l);
    TRY_DONE(err);
    TRY_DONE(plant(&l, &where, plant_bars(x, k)));
    TRY_DONE(run_on(x, &l, x->spec->config, 0, false, &r));
    pick_t mine = where;
    mine.trades = &r;
    mine.first = PLANT_TRADES;
    TRY_DONE(stat_of(x, &mine, &s));
    null_line_t line = {.test = "planted, found",
                        .who = x->list[k]->name,
                        .n = s.n,
                        .value = s.mean - 1.96 * s.se,
                        .bound = 0,
                        .least = PLANT_LEAST,
                        .unit = "R at least"};
    say(x, line, line.value > 0);
done:
    lab_result_free(&r);
    lab_free(&l);
    return err;
}

static err_t planted(nulls_t *x)
{
    lab_t flat = {0};
    lab_result_t base = {0};
    err_t err = lab_copy(x->data, &flat);
    TRY_DONE(err);
    TRY_DONE(lab_shuffle(&flat, x->spec->seed, true));
    TRY_DONE(run_on(x, &flat, x->spec->config, 0, false, &base));
    for (u32 k = 0; k < x->count; k++) {
        TRY_DONE(planted_one(x, &flat, &base, k));
    }
done:
    lab_result_free(&base);
    lab_free(&flat);
    return err;
}

/* ---- 4. delay, 5. cost ---- */

/* A signal that is worth much less one bar later knew that bar. */
static err_t delay(nulls_t *x, lab_t *l)
{
    lab_result_t r[2] = {0};
    err_t err = run_on(x, l, x->spec->config, 0, false, &r[0]);
    TRY_DONE(err);
    TRY_DONE(run_on(x, l, x->spec->config, 1, false, &r[1]));
    for (u32 k = 0; k < x->count; k++) {
        stat_t a;
        stat_t b;
        TRY_DONE(stat_of(x, &(pick_t){.trades = &r[0], .strategy = (i32)k}, &a));
        TRY_DONE(stat_of(x, &(pick_t){.trades = &r[1], .strategy = (i32)k}, &b));
        stat_t drop = {.n = MIN_OF(a.n, b.n), .mean = q_max(a.mean - b.mean, 0.0)};
        say_within(x, "delay", x->list[k]->name, &drop,
                   2.0 * NULLS_SLACK_R + NULLS_SE * q_sqrt(a.se * a.se + b.se * b.se));
    }
done:
    lab_result_free(&r[0]);
    lab_result_free(&r[1]);
    return err;
}

/* The same trades at twice the costs lose the costs once more, to the grid of prices (four roundings against
 * us of 1e-4). */
static err_t cost(nulls_t *x, lab_t *l)
{
    lab_result_t r[2] = {0};
    config_t once = *x->spec->config;
    once.fill_stop_depth = 0; /* the stop's depth is a price, not a fee: it does not double */
    once.cost_mult = 1.0;
    config_t twice = once;
    twice.cost_mult = 2.0;
    f64 worst = 0;
    err_t err = run_on(x, l, &once, 0, true, &r[0]);
    TRY_DONE(err);
    TRY_DONE(run_on(x, l, &twice, 0, true, &r[1]));
    bool same = r[0].count == r[1].count;
    for (u32 i = 0; same && i < r[0].count; i++) {
        const lab_trade_t *a = &r[0].own_trade[i];
        const lab_trade_t *b = &r[1].own_trade[i];
        same = a->slice == b->slice && a->inst == b->inst && a->entry == b->entry && a->exit == b->exit &&
               a->cost > 0;
        worst = q_max(worst, q_abs(b->cost - 2.0 * a->cost));
    }
    null_line_t line = {
        .test = "cost", .who = "all", .n = r[0].count, .value = worst, .bound = 6e-4, .unit = "$ a share"};
    say(x, line, same && worst <= line.bound);
done:
    lab_result_free(&r[0]);
    lab_result_free(&r[1]);
    return err;
}

/* ---- 6. mirror ---- */

static int by_number(const void *pa, const void *pb)
{
    u64 a = *(const u64 *)pa;
    u64 b = *(const u64 *)pb;
    return a < b ? -1 : (a > b ? 1 : 0);
}

/* Signals of one strategy, those of the reflected market with their side turned, sorted. */
static u32 signals_of(const lab_result_t *r, u32 strategy, bool turned, u64 *out)
{
    u32 n = 0;
    for (u32 i = 0; i < r->signals; i++) {
        u64 v = r->own_signal[i];
        if (((v >> 1) & 0x7FFFU) == strategy) {
            out[n++] = v ^ (turned ? 1U : 0U);
        }
    }
    if (n > 0) {
        qsort(out, n, sizeof *out, by_number);
    }
    return n;
}

static u32 unmatched(const u64 *a, u32 na, const u64 *b, u32 nb)
{
    u32 i = 0;
    u32 j = 0;
    u32 both = 0;
    while (i < na && j < nb) {
        both += a[i] == b[j] ? 1 : 0;
        u64 x = a[i];
        i += x <= b[j] ? 1 : 0;
        j += b[j] <= x ? 1 : 0;
    }
    return na + nb - 2 * both;
}

/* Signals swap one for one, but for those within rounding of a threshold or measured in percent. */
static err_t mirror(nulls_t *x)
{
    lab_t l[2] = {0};
    lab_result_t r[2] = {0};
    u64 *own[2] = {NULL, NULL};
    err_t err = ERR_OK;
    for (u32 i = 0; i < 2; i++) {
        TRY_DONE(lab_copy(x->data, &l[i]));
        lab_reflect(&l[i], i == 1);
        TRY_DONE(run_on(x, &l[i], x->spec->config, 0, false, &r[i]));
        own[i] = malloc(((size_t)r[i].signals + 1) * sizeof(u64));
        err = own[i] == NULL ? ERR_NO_MEMORY : ERR_OK;
        TRY_DONE(err);
    }
    for (u32 k = 0; k < x->count; k++) {
        u32 na = signals_of(&r[0], k, false, own[0]);
        u32 nb = signals_of(&r[1], k, true, own[1]);
        u32 odd = unmatched(own[0], na, own[1], nb);
        null_line_t line = {.test = "mirror",
                            .who = x->list[k]->name,
                            .n = na,
                            .value = na > 0 ? (f64)odd / (f64)(na + nb) : 0.0,
                            .bound = 0.01,
                            .unit = "unmatched"};
        say(x, line, line.value <= line.bound);
    }
done:
    for (u32 i = 0; i < 2; i++) {
        free(own[i]);
        lab_result_free(&r[i]);
        lab_free(&l[i]);
    }
    return err;
}

/* ---- 7. buy everything ---- */

enum { ALWAYS_HOLD = 5 };

static bool always_holds(const setup_t *s, i32 d)
{
    return d > 0 && setup_get(s, FEATURE_CLOSE) > 0;
}

/* Neither stop nor target is ever met: a coin has been sold for the twenty thousandth part of its price. */
static void always_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    ASSERT(d > 0);
    f64 c = setup_get(s, FEATURE_CLOSE);
    *out = (strategy_plan_t){.level = c, .stop = 1e-6 * c, .target = 1000.0 * c, .score = 1.0};
}

static const strategy_desc_t strategy_always = {.name = "buy everything",
                                                .day = true,
                                                .swing = true,
                                                .swing_hold_days = ALWAYS_HOLD,
                                                .holds = always_holds,
                                                .plan = always_plan};

/* What the same prices give without any engine: swing, from each open to the open ALWAYS_HOLD bars on, then
 * one bar of pause (the signal's own); day, from the session's second open to its last close. */
static f64 benchmark(const lab_t *l, bool day, u64 *trades)
{
    f64 sum = 0;
    *trades = 0;
    for (u32 who = 0; who < l->instruments; who++) {
        f64 entry = 0;
        u32 bar = 0; /* of the symbol in this session (day) or since its last signal (swing) */
        date_t session = 0;
        for (u32 i = 0; i < l->slices; i++) {
            const slice_t *s = &l->own_slice[i];
            slice_t rows = *s;
            rows.count = (u32)(l->own_row[i + 1] - l->own_row[i]);
            rows.inst = l->own_inst + l->own_row[i];
            rows.bar = l->own_bar + l->own_row[i];
            const bar_t *b = slice_bar(&rows, (inst_t)who);
            bar = day && s->session != session ? 0 : bar;
            session = s->session;
            if (b == NULL) {
                continue;
            }
            entry = bar == 1 ? price_to_f64(b->open) : entry;
            bool out = day ? bar >= 1 && s->session_last : bar == ALWAYS_HOLD + 1;
            if (out) {
                f64 end = price_to_f64(day ? b->close : b->open);
                sum += end / entry - 1.0;
                *trades += 1;
            }
            bar = out && !day ? 1 : bar + 1; /* the bar of the exit is that of the next signal */
        }
    }
    return *trades > 0 ? sum / (f64)*trades : 0.0;
}

static err_t everything(nulls_t *x, lab_t *l)
{
    const strategy_desc_t *only[1] = {&strategy_always};
    lab_how_t how = {
        .config = x->spec->config, .strategies = only, .strategy_count = 1, .costs = true, .always = true};
    lab_result_t r = {0};
    u64 n = 0;
    f64 gross = 0;
    f64 costs = 0;
    TRY(lab_run(l, &how, x->diag, &r));
    for (u32 i = 0; i < r.count; i++) {
        const lab_trade_t *t = &r.own_trade[i];
        gross += (t->exit / t->entry - 1.0) / (f64)r.count;
        costs += t->cost / t->entry / (f64)r.count;
    }
    f64 market = benchmark(l, x->spec->config->profile == PROFILE_DAY, &n);
    null_line_t line = {.test = "buy everything",
                        .who = "all",
                        .n = r.count,
                        .value = 1e4 * q_abs(gross - market),
                        .bound = 1e-6,
                        .unit = "bps off the market"};
    say(x, line, r.count == n && line.value <= line.bound && costs > 0);
    lab_result_free(&r);
    return ERR_OK;
}

err_t nulls_run(const lab_t *data, const nulls_spec_t *spec, diag_t *diag, u32 *failed)
{
    ASSERT(data != NULL && data->slices > 0 && spec != NULL && spec->config != NULL && failed != NULL);
    ASSERT(spec->seeds >= 1 && spec->seeds <= NULLS_SEEDS_MAX);
    nulls_t x = {.data = data, .spec = spec, .diag = diag};
    bool day = spec->config->profile == PROFILE_DAY;
    for (u32 k = 0; k < (spec->only != NULL ? 1 : strategy_count()); k++) {
        const strategy_desc_t *st = spec->only != NULL ? spec->only : strategy_at(k);
        if (day ? st->day : st->swing) {
            x.list[x.count++] = st;
        }
    }
    lab_t plain = {0};
    err_t err = lab_copy(data, &plain);
    TRY_DONE(err);
    TRY_DONE(cost(&x, &plain));
    TRY_DONE(everything(&x, &plain));
    TRY_DONE(mirror(&x));
    TRY_DONE(delay(&x, &plain));
    TRY_DONE(sign(&x));
    TRY_DONE(planted(&x));
    TRY_DONE(shuffled(&x, false));
    TRY_DONE(shuffled(&x, true));
done:
    lab_free(&plain);
    *failed = x.failed;
    return err;
}

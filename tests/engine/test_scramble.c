/* The fence (decisions 6 and 23): whatever is known only after t changes nothing that was decided up to t.
 *
 * At random moments t, also inside blocks that are computed ahead, everything known later is made absurd:
 * prices, volumes, splits and dividends, symbols that vanish or come, sessions that are not held or end
 * early. All events up to the last slice known at t must be the same bytes as without. What the market
 * answers to the next bars (fills) comes after that slice and is no decision. The test is shown to bite:
 * three leaks planted in front of the engine (a bar of the future, a factor of a later split, a column
 * standardised over its block) are each caught. */
#include "tests/engine/dataset.h"

#include "base/rng.h"
#include "tests/budget.h"

enum { SYMBOLS_MAX = 64, BLOCK_OF_LEAK = 64 };

static f64 unit(u64 seed, u32 what, u64 n)
{
    return rng_unit((rng_key_t){.seed = seed, .purpose = RNG_TEST, .entity = what}, n);
}

/* ---- what becomes of the bars after t ---- */

typedef struct {
    u64 seed;
    i64 t;
    f64 level[SYMBOLS_MAX];
    i64 gone_from[SYMBOLS_MAX], gone_to[SYMBOLS_MAX];
} scramble_t;

static scramble_t scramble_of(u64 seed, i64 t, const dataset_t *d)
{
    scramble_t x = {.seed = seed, .t = t};
    i64 end = d->own_slice[d->count - 1].t_known;
    CHECK(d->like.instrument_count <= SYMBOLS_MAX);
    for (u32 i = 0; i < d->like.instrument_count; i++) {
        x.level[i] = 0.4 + 2.0 * unit(seed, 1, i);
        f64 a = unit(seed, 2, i);
        x.gone_from[i] = unit(seed, 3, i) < 0.3 ? t + (i64)(a * 0.2 * (f64)(end - t)) : I64_MAX;
        x.gone_to[i] = unit(seed, 4, i) < 0.5 ? I64_MAX : x.gone_from[i] / 2 + end / 2;
    }
    return x;
}

static i64 scaled(i64 price, f64 by)
{
    i64 v = (i64)((f64)price * by);
    return v < 1000000 ? 1000000 : v;
}

static void scramble_bar(const scramble_t *x, u32 inst, u64 row, bar_t *b)
{
    f64 by = x->level[inst] * (0.9 + 0.2 * unit(x->seed, 5, row));
    b->open.v = scaled(b->open.v, by);
    b->high.v = scaled(b->high.v, by);
    b->low.v = scaled(b->low.v, by);
    b->close.v = scaled(b->close.v, by);
    b->volume = (i64)((f64)b->volume * 8.0 * unit(x->seed, 6, row)) + 1;
    CHECK(bar_is_sane(b));
}

/* Sessions that begin after t: one in ten is not held, one in ten ends early. */
static bool slice_gone(const scramble_t *x, const slice_t *s, const slice_t *first)
{
    if (first->t_open <= x->t || s->timeframe == TF_1D) {
        return first->t_open > x->t && unit(x->seed, 7, (u64)s->session) < 0.1;
    }
    f64 u = unit(x->seed, 7, (u64)s->session);
    return u < 0.1 || (u < 0.2 && s->t_known > first->t_open + 3 * NS_PER_HOUR);
}

static u32 scramble_actions(const scramble_t *x, const slice_t *s, u64 n, action_t *out)
{
    u32 count = 0;
    for (u32 i = 0; i < s->action_count; i++) {
        bool known = s->action[i].t_known <= x->t;
        if (known || unit(x->seed, 8, n + i) < 0.5) {
            out[count++] = s->action[i];
        }
    }
    if (s->count > 0 && unit(x->seed, 9, n) < 0.05) {
        out[count++] = (action_t){.t_known = s->t_known,
                                  .ratio_num = 3,
                                  .ratio_den = 2,
                                  .ex_date = s->session,
                                  .inst = s->inst[n % s->count],
                                  .kind = ACTION_SPLIT};
    }
    return count;
}

static dataset_t scrambled(const dataset_t *base, const scramble_t *x)
{
    dataset_t d = {.like = base->like, .trade_from = base->trade_from};
    d.own_instruments = calloc(base->like.instrument_count, sizeof(instrument_t));
    memcpy(d.own_instruments, base->own_instruments, base->like.instrument_count * sizeof(instrument_t));
    d.like.instruments = d.own_instruments;
    const slice_t *first = &base->own_slice[0];
    for (u32 i = 0; i < base->count; i++) {
        bar_t bar[SYMBOLS_MAX];
        inst_t inst[SYMBOLS_MAX];
        action_t action[SYMBOLS_MAX * 4];
        slice_t s = base->own_slice[i];
        first = s.session != first->session ? &base->own_slice[i] : first;
        s.bar = base->own_bar + base->own_rows[i];
        s.inst = base->own_inst + base->own_rows[i];
        s.action = base->own_action + base->own_acts[i];
        if (s.t_known <= x->t) {
            dataset_add(&d, &s);
            continue;
        }
        if (slice_gone(x, &s, first)) {
            continue;
        }
        u32 n = 0;
        for (u32 k = 0; k < s.count; k++) {
            u32 who = s.inst[k];
            if (s.t_known < x->gone_from[who] || s.t_known >= x->gone_to[who]) {
                bar[n] = s.bar[k];
                inst[n] = s.inst[k];
                scramble_bar(x, who, base->own_rows[i] + k, &bar[n++]);
            }
        }
        s.count = n;
        s.bar = bar;
        s.inst = inst;
        s.action_count = scramble_actions(x, &s, i, action);
        s.action = action;
        if (n > 0) {
            dataset_add(&d, &s);
        }
    }
    return d;
}

/* ---- leaks, planted between the bars and the engine ---- */

typedef enum { LEAK_NONE, LEAK_BAR, LEAK_ADJUSTMENT, LEAK_NORMALISATION, LEAKS } leak_t;
static const char *const leak_names[] = {"none", "bar", "adjustment", "normalisation"};

static void fit(bar_t *b)
{
    b->high.v = MAX_OF(b->high.v, MAX_OF(b->open.v, b->close.v));
    b->low.v = MIN_OF(b->low.v, MIN_OF(b->open.v, b->close.v));
}

/* The close shown is the next bar's. */
static void leak_bar(dataset_t *d)
{
    i64 next[SYMBOLS_MAX] = {0};
    for (u32 i = d->count; i-- > 0;) {
        for (u32 k = 0; k < d->own_slice[i].count; k++) {
            bar_t *b = &d->own_bar[d->own_rows[i] + k];
            u32 who = d->own_inst[d->own_rows[i] + k];
            i64 close = b->close.v;
            b->close.v = next[who] != 0 ? next[who] : close;
            next[who] = close;
            fit(b);
        }
    }
}

/* Back-adjusted the usual way: earlier bars are divided by splits that came later. */
static void leak_adjustment(dataset_t *d)
{
    f64 factor[SYMBOLS_MAX];
    for (u32 i = 0; i < SYMBOLS_MAX; i++) {
        factor[i] = 1.0;
    }
    for (u32 i = d->count; i-- > 0;) {
        for (u32 k = 0; k < d->own_slice[i].count; k++) {
            bar_t *b = &d->own_bar[d->own_rows[i] + k];
            f64 f = factor[d->own_inst[d->own_rows[i] + k]];
            b->open.v = scaled(b->open.v, f);
            b->high.v = scaled(b->high.v, f);
            b->low.v = scaled(b->low.v, f);
            b->close.v = scaled(b->close.v, f);
        }
        for (u32 k = 0; k < d->own_slice[i].action_count; k++) {
            const action_t *a = &d->own_action[d->own_acts[i] + k];
            if (a->kind == ACTION_SPLIT) {
                factor[a->inst] *= (f64)a->ratio_den / (f64)a->ratio_num;
            }
        }
        d->own_slice[i].action_count = 0;
    }
}

/* Volume against its mean over the block it stands in, of which half is still to come. */
static void leak_normalisation(dataset_t *d)
{
    for (u32 from = 0; from < d->count; from += BLOCK_OF_LEAK) {
        u32 to = MIN_OF(from + (u32)BLOCK_OF_LEAK, d->count);
        f64 sum[SYMBOLS_MAX] = {0};
        for (u32 pass = 0; pass < 2; pass++) {
            for (u32 i = from; i < to; i++) {
                for (u32 k = 0; k < d->own_slice[i].count; k++) {
                    bar_t *b = &d->own_bar[d->own_rows[i] + k];
                    u32 who = d->own_inst[d->own_rows[i] + k];
                    if (pass == 0) {
                        sum[who] += (f64)b->volume;
                    } else if (sum[who] > 0) {
                        b->volume = (i64)((f64)b->volume * (f64)(to - from) / sum[who] * 1e6) + 1;
                    }
                }
            }
        }
    }
}

static void plant(dataset_t *d, leak_t leak)
{
    switch (leak) {
    case LEAK_BAR:
        leak_bar(d);
        break;
    case LEAK_ADJUSTMENT:
        leak_adjustment(d);
        break;
    case LEAK_NORMALISATION:
        leak_normalisation(d);
        break;
    default:
        break;
    }
}

/* ---- the comparison ---- */

/* Facts up to the last slice known at t, in order; inputs are left out, since a leak in front of the engine
 * would show in them at once and prove nothing about decisions. */
static bool facts_equal(const tape_t *a, size_t a_end, const tape_t *b, size_t b_end)
{
    reader_t ra = reader_of(a->own_bytes, a_end);
    reader_t rb = reader_of(b->own_bytes, b_end);
    for (;;) {
        event_t ea = {0};
        event_t eb = {0};
        bool more_a = false;
        bool more_b = false;
        while (ra.at < ra.size && !more_a) {
            CHECK_OK(event_decode(&ra, &ea));
            more_a = !event_is_input((event_kind_t)ea.head.kind);
        }
        while (rb.at < rb.size && !more_b) {
            CHECK_OK(event_decode(&rb, &eb));
            more_b = !event_is_input((event_kind_t)eb.head.kind);
        }
        if (!more_a || !more_b) {
            return more_a == more_b;
        }
        if (ea.head.checksum != eb.head.checksum || ea.head.seq != eb.head.seq ||
            ea.head.t_engine != eb.head.t_engine) {
            return false;
        }
    }
}

/* Where the tape stands after the last slice known at t. */
static u32 mark_at(const tape_t *t, i64 moment)
{
    u32 i = 0;
    while (i < t->marks && t->own_mark[i].t_known <= moment) {
        i++;
    }
    return i;
}

typedef struct {
    u32 moments, equal, moved_after, inside;
} verdict_count_t;

/* One moment: the bars after it scrambled, the leak in front, and the tape compared with the leaky base's. */
static void try_moment(const dataset_t *clean, const tape_t *base, leak_t leak, u64 seed, verdict_count_t *v)
{
    u32 at = (u32)(unit(seed, 10, 0) * (f64)(base->marks - 12));
    i64 gap = base->own_mark[at + 1].t_open - base->own_mark[at].t_known;
    i64 t = base->own_mark[at].t_known + (gap > 1 ? (i64)(unit(seed, 11, 0) * (f64)gap) : 0);
    scramble_t x = scramble_of(seed, t, clean);
    dataset_t d = scrambled(clean, &x);
    plant(&d, leak);
    tape_t tape;
    how_t how = {.kernel_level = 0, .stop_after = base->own_mark[at + 10].t_known};
    (void)run_once(&d, &how, &tape);
    u32 a = mark_at(base, t);
    u32 b = mark_at(&tape, t);
    CHECK(a > 0 && a == b);
    bool same = facts_equal(base, base->own_mark[a - 1].used, &tape, tape.own_mark[b - 1].used);
    if (leak == LEAK_NONE) {
        same = same && base->own_mark[a - 1].used == tape.own_mark[b - 1].used &&
               memcmp(base->own_bytes, tape.own_bytes, tape.own_mark[b - 1].used) == 0;
    }
    if (!same && leak == LEAK_NONE) {
        print_message("seed %llu: a decision up to slice %u moved\n", (unsigned long long)seed, a - 1);
    }
    v->moments++;
    v->equal += same ? 1 : 0;
    v->inside += at % 78 != 77 ? 1 : 0;
    size_t rest = MIN_OF(base->used, tape.used) - tape.own_mark[b - 1].used;
    v->moved_after += memcmp(base->own_bytes + base->own_mark[a - 1].used,
                             tape.own_bytes + tape.own_mark[b - 1].used, rest) != 0
                          ? 1
                          : 0;
    tape_free(&tape);
    dataset_free(&d);
}

static verdict_count_t scramble_all(const dataset_t *clean, leak_t leak, u32 moments)
{
    verdict_count_t v = {0};
    dataset_t leaky = dataset_copy(clean);
    plant(&leaky, leak);
    tape_t base;
    how_t how = {.kernel_level = 0};
    (void)run_once(&leaky, &how, &base);
    CHECK(base.kind[EV_DECISION] > 0 && base.marks > 20);
    budget_t seeds = budget_start(moments);
    for (u64 i; budget_next(&seeds, &i);) {
        try_moment(clean, &base, leak, 1000 * (u64)leak + i, &v);
    }
    budget_say(&seeds, "moments");
    tape_free(&base);
    dataset_free(&leaky);
    return v;
}

static void fence(const dataset_t *d, const char *what, u32 moments, u32 leak_moments)
{
    verdict_count_t v = scramble_all(d, LEAK_NONE, moments);
    print_message("# %s: %u moments, %u equal before, %u moved after\n", what, v.moments, v.equal,
                  v.moved_after);
    CHECK_EQ(v.equal, v.moments);
    CHECK(v.moved_after * 10 >= v.moments * 9); /* the scramble does bite */
    for (leak_t leak = LEAK_BAR; leak < LEAKS; leak++) {
        v = scramble_all(d, leak, leak_moments);
        print_message("# %s: planted leak of a %s: caught at %u of %u moments\n", what, leak_names[leak],
                      v.moments - v.equal, v.moments);
        CHECK(v.equal < v.moments || v.moments < leak_moments); /* a few moments need not meet a leak */
    }
}

TEST(simulated_minutes)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(5, 12, 12, 3, &d);
    fence(&d, "simulated minutes", 40, 12);
    dataset_free(&d);
}

TEST(recorded_days)
{
    UNUSED_STATE;
    dataset_t d;
    stored_t w = {.file = "daily/sp500_daily.csv.zst",
                  .source = "sp500_daily",
                  .proxy = "",
                  .symbols =
                      "AAPL,ABT,AIG,AMZN,CAT,CSCO,CVX,HD,IBM,INTC,JNJ,KO,MRK,MSFT,NKE,ORCL,PFE,PG,T,TGT,WMT",
                  .timeframe = TF_1D,
                  .from = date_from_ymd(2004, 10, 1),
                  .trade_from = date_from_ymd(2005, 1, 3),
                  .to = date_from_ymd(2005, 12, 1)};
    if (!dataset_stored(&w, &d)) {
        skip();
    }
    fence(&d, "recorded days", 160, 20);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(simulated_minutes), cmocka_unit_test(recorded_days)};
    return RUN_TESTS(tests);
}

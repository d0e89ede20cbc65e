/* The fence (decisions 6 and 23): whatever is known only after t changes nothing that was decided up to t.
 *
 * At random moments t, also inside blocks that are computed ahead, everything known later is made absurd:
 * prices, volumes, splits and dividends, symbols that vanish or come, sessions that are not held or end
 * early, the regime proxy's own bars. All events up to the last slice known at t must be the same bytes as
 * without, the rows of features that were decided on must be the same bits, as must the engine's state, and
 * behind that slice every fact and the state for as long as the inputs are: the first event that differs is
 * an input that nobody could know at t. The test is shown to bite: seven planted leaks are each caught, six
 * in front of the engine (a bar of the future, a factor of a later split, a column standardised over its
 * block, a proxy's bar of the future) and one inside it (a view that outlives its block and shows a row of
 * the next).
 *
 * A leak can show only where something was decided with it. So the leaks are tried right behind slices that
 * ended in a whole cycle's record (of one-minute slices only each fifth does, and none in quiet minutes), and
 * the leak between blocks, with blocks of one slice, in front of slices whose bars close a trade: what a
 * trade teaches is read off the view. There only volumes are absurd, so that the fills are the same. */
#include "tests/engine/coins.h"
#include "tests/engine/dataset.h"

#include "base/rng.h"
#include "tests/budget.h"

enum { SYMBOLS_MAX = 64, HALT_LEAD = 120, BLOCK_OF_LEAK = 64 };

static f64 unit(u64 seed, u32 what, u64 n)
{
    return rng_unit((rng_key_t){.seed = seed, .purpose = RNG_TEST, .entity = what}, n);
}

/* ---- what becomes of the bars after t ---- */

typedef struct {
    u64 seed;
    i64 t;
    bool volume_only; /* fills and so the inputs stay the same for longer, and with them all that must */
    f64 level[SYMBOLS_MAX];
    i64 gone_from[SYMBOLS_MAX], gone_to[SYMBOLS_MAX];
} scramble_t;

static scramble_t scramble_of(u64 seed, i64 t, const dataset_t *d, bool volume_only)
{
    scramble_t x = {.seed = seed, .t = t, .volume_only = volume_only};
    i64 end = d->own_slice[d->count - 1].t_known;
    CHECK(d->like.instrument_count <= SYMBOLS_MAX);
    for (u32 i = 0; i < d->like.instrument_count; i++) {
        x.level[i] = 0.4 + 2.0 * unit(seed, 1, i);
        f64 a = unit(seed, 2, i);
        x.gone_from[i] =
            !x.volume_only && unit(seed, 3, i) < 0.3 ? t + (i64)(a * 0.2 * (f64)(end - t)) : I64_MAX;
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
    if (x->volume_only) {
        b->volume = (i64)((f64)b->volume * (2.0 + 8.0 * unit(x->seed, 6, row))) + 1;
        return;
    }
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
    if (x->volume_only) {
        return false;
    }
    if (first->t_open <= x->t || s->timeframe == TF_1D) {
        return first->t_open > x->t && unit(x->seed, 7, (u64)s->session) < 0.1;
    }
    f64 u = unit(x->seed, 7, (u64)s->session);
    return u < 0.1 || (u < 0.2 && s->t_known > first->t_open + 3 * NS_PER_HOUR);
}

static u32 scramble_actions(const scramble_t *x, const slice_t *s, u64 n, action_t *out)
{
    u32 count = 0;
    if (x->volume_only) {
        for (u32 i = 0; i < s->action_count; i++) {
            out[i] = s->action[i];
        }
        return s->action_count;
    }
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

/* The proxy's bars after t: another level, other volumes, one in ten is not there. */
static void scramble_proxy(const scramble_t *x, dataset_t *d)
{
    u32 n = 0;
    for (u32 i = 0; i < d->like.proxy_bar_count; i++) {
        bar_t *b = &d->own_proxy[n];
        *b = d->own_proxy[i];
        if (b->t_known > x->t) {
            b->close.v = scaled(b->close.v, 0.5 + unit(x->seed, 12, i));
            b->open.v = scaled(b->open.v, 0.5 + unit(x->seed, 13, i));
            b->high.v = MAX_OF(b->high.v, MAX_OF(b->open.v, b->close.v));
            b->low.v = MIN_OF(b->low.v, MIN_OF(b->open.v, b->close.v));
        }
        n += b->t_known <= x->t || unit(x->seed, 14, i) > 0.1 ? 1 : 0;
    }
    d->like.proxy_bar_count = n;
}

/* Halts and bulletins that are known before the slice is that brings them. */
typedef struct {
    halt_t halt[SYMBOLS_MAX * 64];
    bulletin_t bulletin[SYMBOLS_MAX * 64];
    u32 halts, bulletins;
} told_t;

enum { IV_LEAST = BULLETIN_SCALE / 10, IV_SPAN = BULLETIN_SCALE };

/* What is known by t stays, also where its slice does not; of what comes after it half is not told, and of
 * the rest what a bulletin says is the opposite. */
static void scramble_told(const scramble_t *x, const dataset_t *base, u32 at, told_t *kept)
{
    u32 halts = base->own_slice[at].halt_count;
    for (u32 i = 0; i < halts + base->own_slice[at].bulletin_count; i++) {
        bool is_halt = i < halts;
        size_t n = is_halt ? base->own_stops[at] + i : base->own_words[at] + (i - halts);
        bool later = (is_halt ? base->own_halt[n].t_event : base->own_bulletin[n].t_known) > x->t;
        if (later && unit(x->seed, is_halt ? 15 : 16, n) < 0.5) {
            continue;
        }
        if (is_halt) {
            assert_true(kept->halts < COUNT_OF(kept->halt));
            kept->halt[kept->halts++] = base->own_halt[n];
        } else {
            assert_true(kept->bulletins < COUNT_OF(kept->bulletin));
            bulletin_t b = base->own_bulletin[n];
            i64 mirror = b.kind == BULLETIN_IV ? IV_SPAN : 0; /* no volatility is below nothing */
            b.value = later && b.value != BULLETIN_NO_VALUE ? mirror - b.value : b.value;
            kept->bulletin[kept->bulletins++] = b;
        }
    }
}

static dataset_t scrambled(const dataset_t *base, const scramble_t *x)
{
    dataset_t d;
    dataset_like(&base->like, &d);
    d.trade_from = base->trade_from;
    scramble_proxy(x, &d);
    const slice_t *first = &base->own_slice[0];
    told_t told = {0};
    for (u32 i = 0; i < base->count; i++) {
        bar_t bar[SYMBOLS_MAX];
        inst_t inst[SYMBOLS_MAX];
        action_t action[SYMBOLS_MAX * 4];
        slice_t s = base->own_slice[i];
        first = s.session != first->session ? &base->own_slice[i] : first;
        s.bar = base->own_bar + base->own_rows[i];
        s.inst = base->own_inst + base->own_rows[i];
        s.action = base->own_action + base->own_acts[i];
        s.halt = base->own_halt + base->own_stops[i];
        s.bulletin = base->own_bulletin + base->own_words[i];
        if (s.t_known <= x->t) {
            dataset_add(&d, &s);
            continue;
        }
        scramble_told(x, base, i, &told);
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
        s.halt = told.halt;
        s.halt_count = told.halts;
        s.bulletin = told.bulletin;
        s.bulletin_count = told.bulletins;
        if (n > 0) {
            dataset_add(&d, &s);
            told.halts = 0;
            told.bulletins = 0;
        }
    }
    return d;
}

/* ---- leaks, planted between the bars and the engine ---- */

typedef enum {
    LEAK_NONE,
    LEAK_BAR,
    LEAK_ADJUSTMENT,
    LEAK_NORMALISATION,
    LEAK_PROXY,
    LEAK_HALT,
    LEAK_NEWS,
    LEAK_VIEW, /* inside the engine: tape_leak */
    LEAKS
} leak_t;
static const char *const leak_names[] = {"none",      "bar",  "adjustment",           "normalisation",
                                         "proxy bar", "halt", "bulletin", "row of the next block"};

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
                        f64 lots = (f64)fixed_pow10((u32)-d->like.instruments[who].qty_exponent);
                        b->volume = (i64)((f64)b->volume * (f64)(to - from) / sum[who] * 1e6 * lots) + 1;
                    }
                }
            }
        }
    }
}

/* The proxy's close shown is that of its next bar. */
static void leak_proxy(dataset_t *d)
{
    for (u32 i = 0; i + 1 < d->like.proxy_bar_count; i++) {
        d->own_proxy[i].close = d->own_proxy[i + 1].close;
        fit(&d->own_proxy[i]);
    }
}

/* Halts are told two hours before they are known. */
static void leak_halt(dataset_t *d)
{
    for (u32 i = 0; i < d->count; i++) {
        u32 later = i + HALT_LEAD;
        d->own_stops[i] = later < d->count ? d->own_stops[later] : 0;
        d->own_slice[i].halt_count = later < d->count ? d->own_slice[later].halt_count : 0;
        for (u32 k = 0; k < d->own_slice[i].halt_count; k++) {
            d->own_halt[d->own_stops[i] + k].t_event = d->own_slice[i].t_known;
            d->own_halt[d->own_stops[i] + k].resumes = 0;
        }
    }
}

/* Bulletins are told two hours before they are known. */
static void leak_news(dataset_t *d)
{
    for (u32 i = 0; i < d->count; i++) {
        u32 later = i + HALT_LEAD;
        d->own_words[i] = later < d->count ? d->own_words[later] : 0;
        d->own_slice[i].bulletin_count = later < d->count ? d->own_slice[later].bulletin_count : 0;
        for (u32 k = 0; k < d->own_slice[i].bulletin_count; k++) {
            bulletin_t *b = &d->own_bulletin[d->own_words[i] + k];
            b->t_known = d->own_slice[i].t_known;
            b->t_event = MIN_OF(b->t_event, b->t_known);
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
    case LEAK_PROXY:
        leak_proxy(d);
        break;
    case LEAK_HALT:
        leak_halt(d);
        break;
    case LEAK_NEWS:
        leak_news(d);
        break;
    default:
        break;
    }
}

/* ---- the comparison ---- */

/* Two tapes, read side by side up to the mark of the last slice known at t, and beyond. */
typedef struct {
    reader_t r;
    event_t e;
    const u8 *bytes; /* of the event */
    size_t size;
    size_t inputs;
    const u64 *print; /* the engine's state before each input; NULL: not looked at */
} walk_t;

static bool walk_next(walk_t *w, bool facts_only)
{
    while (w->r.at < w->r.size) {
        w->bytes = w->r.p + w->r.at;
        CHECK_OK(event_decode(&w->r, &w->e));
        w->size = (size_t)(w->r.p + w->r.at - w->bytes);
        w->inputs += event_is_input((event_kind_t)w->e.head.kind) ? 1 : 0;
        if (w->e.head.kind == EV_RUN_START) {
            continue; /* it holds the prints of all of the proxy's bars, of which the engine gets the known
                         ones */
        }
        if (!facts_only || !event_is_input((event_kind_t)w->e.head.kind)) {
            return true;
        }
    }
    return false;
}

/* What the engine had come to know before both events, where they are inputs. Its clock is part of that, and
 * stands at the input already: other times leave nothing to compare. */
static bool walk_same_state(const walk_t *a, const walk_t *b)
{
    return a->print == NULL || !event_is_input((event_kind_t)a->e.head.kind) ||
           !event_is_input((event_kind_t)b->e.head.kind) || a->e.head.t_engine != b->e.head.t_engine ||
           a->print[a->inputs - 1] == b->print[b->inputs - 1];
}

static bool walk_same(const walk_t *a, const walk_t *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Up to the marks. Behind a leak in front of the engine the inputs differ at once, which would prove nothing
 * about decisions: facts_only leaves them out (a fact's own number and times still count). */
static bool equal_until(walk_t *a, size_t a_end, walk_t *b, size_t b_end, bool facts_only)
{
    a->r.size = a_end;
    b->r.size = b_end;
    for (;;) {
        bool more_a = walk_next(a, facts_only);
        bool more_b = walk_next(b, facts_only);
        if (!more_a || !more_b) {
            return more_a == more_b;
        }
        if (!walk_same(a, b) || !walk_same_state(a, b)) {
            return false;
        }
    }
}

static i64 known_of(const event_t *e)
{
    return e->head.kind == EV_SLICE ? e->as.SLICE.t_known : e->head.t_event;
}

/* Behind the marks: as long as the inputs are the same, the facts are; what differs first is an input of t
 * or later (the slices known at t stand before the marks). */
static bool equal_beyond(walk_t *a, const tape_t *ta, walk_t *b, const tape_t *tb, i64 t)
{
    a->r.size = ta->used;
    b->r.size = tb->used;
    for (;;) {
        bool more_a = walk_next(a, false);
        bool more_b = walk_next(b, false);
        if (!more_a || !more_b) {
            return true; /* one of them was stopped earlier */
        }
        if (!walk_same_state(a, b)) {
            return false;
        }
        if (!walk_same(a, b)) {
            return event_is_input((event_kind_t)a->e.head.kind) &&
                   event_is_input((event_kind_t)b->e.head.kind) && known_of(&a->e) >= t &&
                   known_of(&b->e) >= t;
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

/* What was decided on. */
static bool columns_equal(const tape_t *a, const tape_t *b, u32 marks)
{
    for (u32 i = 0; i < marks; i++) {
        if (a->own_mark[i].columns != b->own_mark[i].columns) {
            return false;
        }
    }
    return true;
}

static bool in_front(leak_t leak)
{
    return leak != LEAK_NONE && leak != LEAK_VIEW;
}

static bool tapes_equal(const tape_t *base, const tape_t *tape, leak_t leak, u32 marks, i64 t)
{
    walk_t a = {.r = reader_of(base->own_bytes, base->used), .print = base->own_print};
    walk_t b = {.r = reader_of(tape->own_bytes, tape->used), .print = tape->own_print};
    size_t a_end = base->own_mark[marks - 1].used;
    size_t b_end = tape->own_mark[marks - 1].used;
    return equal_until(&a, a_end, &b, b_end, in_front(leak)) && equal_beyond(&a, base, &b, tape, t) &&
           (in_front(leak) || columns_equal(base, tape, marks));
}

typedef struct {
    u32 moments, equal, moved_after, inside;
} verdict_count_t;

/* Where a moment may stand: behind any slice, behind one in which a cycle came to its end, or in front of one
 * that brings another row and whose bars close a trade. */
static bool slice_fits(const tape_t *base, leak_t leak, u32 i)
{
    if (leak == LEAK_VIEW) {
        return base->own_mark[i + 1].decided && base->own_mark[i + 1].lessons > base->own_mark[i].lessons;
    }
    return leak == LEAK_NONE || (i > 0 && base->own_mark[i].cycles > base->own_mark[i - 1].cycles);
}

/* Slices that fit, in order. */
static u32 slices_fitting(const tape_t *base, leak_t leak, u32 *out)
{
    u32 n = 0;
    for (u32 i = 0; i + 12 < base->marks; i++) {
        if (slice_fits(base, leak, i)) {
            out[n++] = i;
        }
    }
    return n;
}

/* One moment: the bars after it scrambled, the leak in front, and the tape compared with the leaky base's. */
static void try_moment(const dataset_t *clean, const tape_t *base, leak_t leak, u64 seed, u32 at,
                       verdict_count_t *v)
{
    i64 gap = base->own_mark[at + 1].t_open - base->own_mark[at].t_known;
    i64 t = base->own_mark[at].t_known + (gap > 1 ? (i64)(unit(seed, 11, 0) * (f64)gap) : 0);
    bool volume_only = leak == LEAK_VIEW || (leak == LEAK_NONE && unit(seed, 15, 0) < 0.25);
    scramble_t x = scramble_of(seed, t, clean, volume_only);
    dataset_t d = scrambled(clean, &x);
    plant(&d, leak);
    tape_t tape;
    how_t how = {.stop_after = base->own_mark[at + 10].t_known,
                 .with_state = !in_front(leak),
                 .no_lookahead = leak == LEAK_VIEW,
                 .leak_view = leak == LEAK_VIEW};
    (void)run_once(&d, &how, &tape);
    u32 a = mark_at(base, t);
    u32 b = mark_at(&tape, t);
    CHECK(a > 0 && a == b);
    bool same = tapes_equal(base, &tape, leak, a, t);
    if (!same && leak == LEAK_NONE) {
        print_message("seed %llu: a decision up to slice %u moved\n", (unsigned long long)seed, a - 1);
    }
    v->moments++;
    v->equal += same ? 1 : 0;
    v->inside += base->own_mark[at].block == base->own_mark[at + 1].block ? 1 : 0;
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
    how_t how = {
        .with_state = !in_front(leak), .no_lookahead = leak == LEAK_VIEW, .leak_view = leak == LEAK_VIEW};
    (void)run_once(&leaky, &how, &base);
    CHECK(base.kind[EV_DECISION] > 0 && base.marks > 20);
    if (leak == LEAK_NONE) {
        print_message("# %llu cycles, %llu orders, %llu fills\n", (unsigned long long)base.cycles,
                      (unsigned long long)base.kind[EV_INTENT], (unsigned long long)base.kind[EV_FILL]);
    }
    u32 *fits = calloc(base.marks, sizeof *fits);
    u32 n = slices_fitting(&base, leak, fits);
    CHECK(n > 0);
    budget_t seeds = budget_start(moments);
    for (u64 i; budget_next(&seeds, &i);) {
        u64 seed = 1000 * (u64)leak + i;
        try_moment(clean, &base, leak, seed, fits[(u32)(unit(seed, 10, 0) * (f64)n)], &v);
    }
    budget_say(&seeds, "moments");
    free(fits);
    tape_free(&base);
    dataset_free(&leaky);
    return v;
}

/* How often a leak is caught; one moment in six may fall where it has not leaked yet (the last slice of the
 * block that a column was standardised over, a day whose proxy would have had the same regime). */
static void bites(const dataset_t *d, const char *what, leak_t leak, u32 moments)
{
    verdict_count_t v = scramble_all(d, leak, moments);
    u32 caught = v.moments - v.equal;
    print_message("# %s: planted leak of a %s: caught at %u of %u moments\n", what, leak_names[leak], caught,
                  v.moments);
    CHECK(caught * 6 >= v.moments * 5 || (caught > 0 && v.moments < moments));
}

static void fence(const dataset_t *d, const char *what, u32 moments, u32 leak_moments)
{
    verdict_count_t v = scramble_all(d, LEAK_NONE, moments);
    print_message("# %s: %u moments (%u inside a block), %u equal before, %u moved after\n", what, v.moments,
                  v.inside, v.equal, v.moved_after);
    CHECK_EQ(v.equal, v.moments);
    CHECK(v.moved_after * 10 >= v.moments * 9); /* the scramble does bite */
    budget_t leaks = budget_start(LEAK_VIEW - LEAK_BAR);
    for (u64 k; budget_next(&leaks, &k);) {
        leak_t leak = (leak_t)(LEAK_BAR + k);
        bool there = leak == LEAK_PROXY  ? d->own_proxy != NULL
                     : leak == LEAK_HALT ? d->halts > 0
                     : leak == LEAK_NEWS ? d->bulletins > 0
                                         : true;
        if (there) {
            bites(d, what, leak, leak_moments);
        }
    }
    budget_say(&leaks, "leaks");
}

TEST(simulated_minutes)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(5, 12, 12, 3, &d);
    fence(&d, "simulated minutes", 40, 12);
    dataset_free(&d);
}

/* With trading halts: what is told of them after t is another story, and nothing of before it changes. */
TEST(simulated_minutes_with_halts)
{
    UNUSED_STATE;
    dataset_t d;
    sim_market_spec_t spec = dataset_market(6, 12, 12, 3);
    spec.halts = 100;
    dataset_of_market(&spec, &d);
    CHECK(d.halts > 100);
    fence(&d, "simulated minutes with halts", 30, 8);
    dataset_free(&d);
}

typedef u32 tell_fn(const slice_t *s, u32 at, u32 names, bulletin_t *out);

static bulletin_t covered(const slice_t *s, bulletin_kind_t kind)
{
    return (bulletin_t){.t_known = s->t_open, .t_event = s->t_open, .kind = BULLETIN_COVERS,
                        .inst = INST_NONE, .value = (i64)kind};
}

/* Nearly every minute something is heard of somebody. */
static u32 tell_news(const slice_t *s, u32 at, u32 names, bulletin_t *out)
{
    u32 n = 0;
    for (u32 k = 0; at == 0 && k < 2; k++) {
        out[n++] = covered(s, k == 0 ? BULLETIN_NEWS : BULLETIN_REPORT);
    }
    if (s->timeframe != TF_1D && unit(3, 21, at) < 0.8) {
        f64 u = 2.0 * unit(3, 22, at) - 1.0;
        out[n++] = (bulletin_t){.t_known = s->t_known - 20 * NS_PER_SEC, .t_event = s->t_known - NS_PER_MIN,
                                .kind = unit(3, 23, at) < 0.02 ? BULLETIN_REPORT : BULLETIN_NEWS,
                                .inst = (inst_t)(unit(3, 24, at) * (f64)names),
                                .value = (i64)(u * BULLETIN_SCALE), .text = "somebody says something"};
    }
    return n;
}

/* Every day a volatility of every name, and in minutes now and then a new one of somebody. */
static u32 tell_chains(const slice_t *s, u32 at, u32 names, bulletin_t *out)
{
    u32 n = 0;
    if (at == 0) {
        out[n++] = covered(s, BULLETIN_IV);
    }
    for (u32 i = 0; i < names; i++) {
        if (s->timeframe == TF_1D || unit(4, 21 + i, at) < 0.2) {
            f64 u = unit(4, 50 + i, at);
            i64 t = s->t_known - 20 * NS_PER_SEC;
            out[n++] = (bulletin_t){.t_known = t, .t_event = t, .kind = BULLETIN_IV, .inst = (inst_t)i,
                                    .value = IV_LEAST + (i64)(u * (IV_SPAN - 2 * IV_LEAST))};
        }
    }
    return n;
}

static void dataset_tell(dataset_t *d, tell_fn *tell)
{
    dataset_t told;
    dataset_like(&d->like, &told);
    told.trade_from = d->trade_from;
    for (u32 i = 0; i < d->count; i++) {
        bulletin_t b[SYMBOLS_MAX + 4];
        slice_t s = d->own_slice[i];
        s.bar = d->own_bar + d->own_rows[i];
        s.inst = d->own_inst + d->own_rows[i];
        s.action = d->own_action + d->own_acts[i];
        s.halt = d->own_halt + d->own_stops[i];
        s.bulletin = b;
        s.bulletin_count = tell(&s, i, d->like.instrument_count, b);
        dataset_add(&told, &s);
    }
    dataset_free(d);
    *d = told;
}

/* With news: what is heard after t is another story, and nothing of before it changes. */
TEST(simulated_minutes_with_news)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(7, 12, 12, 3, &d);
    dataset_tell(&d, tell_news);
    CHECK(d.bulletins > 1000);
    fence(&d, "simulated minutes with news", 30, 8);
    dataset_free(&d);
}

/* With option chains, that are heard of in the history too: nothing else tells a rank of tomorrow. */
TEST(simulated_minutes_with_chains)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(8, 12, 12, 3, &d);
    dataset_tell(&d, tell_chains);
    CHECK(d.bulletins > 1000);
    fence(&d, "simulated minutes with chains", 20, 8);
    dataset_free(&d);
}

/* Sessions of a whole day, seven days a week, each of several blocks. */
TEST(coins)
{
    UNUSED_STATE;
    dataset_t d;
    coins_t k = {.seed = 8, .history = 70, .sessions = 6, .first = date_from_ymd(2024, 3, 1)};
    dataset_coins(&k, TF_5M, &d);
    fence(&d, "coins, five minutes", 20, 6);
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
    fence(&d, "recorded days", 160, 16);
    bites(&d, "recorded days", LEAK_VIEW, 8);
    dataset_free(&d);
}

TEST(recorded_minutes)
{
    UNUSED_STATE;
    dataset_t d;
    stored_t w = {.file = "intraday/us_5min.csv.zst",
                  .source = "us_5min",
                  .proxy = "SPY",
                  .proxy_file = "daily/yahoo_SPY_daily.csv.zst",
                  .proxy_source = "yahoo_daily",
                  .symbols = "AAPL,AMZN,GS,HOOD,INTC,IONQ,META,MSFT,NVDA,PLTR,SOFI,TSLA,UBER,WMT,XLE,XOM",
                  .timeframe = TF_5M,
                  .from = date_from_ymd(2025, 5, 12),
                  .trade_from = date_from_ymd(2025, 9, 2),
                  .to = date_from_ymd(2025, 9, 11)};
    if (!dataset_stored(&w, &d)) {
        skip();
    }
    fence(&d, "recorded minutes", 36, 8);
    bites(&d, "recorded minutes", LEAK_VIEW, 6);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(simulated_minutes),
                                       cmocka_unit_test(simulated_minutes_with_halts),
                                       cmocka_unit_test(simulated_minutes_with_news),
                                       cmocka_unit_test(simulated_minutes_with_chains),
                                       cmocka_unit_test(coins), cmocka_unit_test(recorded_days),
                                       cmocka_unit_test(recorded_minutes)};
    return RUN_TESTS(tests);
}

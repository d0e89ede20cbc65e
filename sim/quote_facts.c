/* See quote_facts.h. */
#include "sim/quote_facts.h"

#include <stdlib.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

static const f64 CENT = 0.01;
static const f64 HALF_CENT = 0.005;

/* Of the eight recorded stocks (docs/simulated-market.md lists them) the smallest and the largest median over
 * their days, widened by a quarter of itself; for a tenth and nine tenths of all name-days, which are one
 * number each, a quarter of it on both sides. Correlation of the sides is allowed on both what was found on
 * the larger. */
static const sim_fact_band_t bands[SIM_QUOTE_FACTS] = {
    [SIM_QUOTE_SPREAD_LOW] = {"spread over the law, lowest tenth", 0.706, 1.18, false},
    [SIM_QUOTE_SPREAD_HIGH] = {"spread over the law, highest tenth", 0.967, 1.61, false},
    [SIM_QUOTE_TICK_SHARE] = {"narrow: minutes at one cent", 0.6, 1.25, true},
    [SIM_QUOTE_FIRST] = {"wide: first 15 minutes over midday", 1.25, 3.4, false},
    [SIM_QUOTE_LAST] = {"wide: last 15 minutes over midday", 0.365, 0.72, false},
    [SIM_QUOTE_CLUSTER] = {"wide: spread with a minute before", 0.109, 0.4, false},
    [SIM_QUOTE_RANGE] = {"wide: spread with the bar's range", 0.139, 0.43, false},
    [SIM_QUOTE_DEVIATION] = {"wide: deviation of log spread", 0.3, 0.675, false},
    [SIM_QUOTE_SIZE_LOW] = {"narrow: size over the law, lowest tenth", 0.323, 0.538, false},
    [SIM_QUOTE_SIZE_HIGH] = {"narrow: size over the law, highest tenth", 1.64, 2.73, false},
    [SIM_QUOTE_SIZE_SD] = {"deviation of log size", 0.36, 1.375, false},
    [SIM_QUOTE_SIZE_CLUSTER] = {"narrow: size with a minute before", 0.172, 0.769, false},
    [SIM_QUOTE_SIZE_CROSS] = {"size of bid with size of ask", -0.175, 0.175, true},
    [SIM_QUOTE_INSIDE] = {"last price within the quote", 0.65, 1.25, true},
};

const sim_fact_band_t *sim_quote_band(sim_quote_fact_t fact)
{
    ASSERT(fact < SIM_QUOTE_FACTS);
    ASSERT(bands[fact].name != NULL && bands[fact].low < bands[fact].high);
    return &bands[fact];
}

bool sim_quote_in_band(sim_quote_fact_t fact, f64 value)
{
    const sim_fact_band_t *band = sim_quote_band(fact);
    return value >= band->low && value <= band->high;
}

static int by_value(const void *pa, const void *pb)
{
    f64 a = *(const f64 *)pa;
    f64 b = *(const f64 *)pb;
    return a < b ? -1 : a > b ? 1 : 0;
}

static f64 quantile(f64 *v, u32 n, f64 part)
{
    if (n == 0) {
        return 0.0;
    }
    qsort(v, n, sizeof *v, by_value);
    return v[MIN_OF((u32)(part * (f64)n), n - 1)];
}

typedef enum { CLASS_ANY, CLASS_NARROW, CLASS_WIDE } width_class_t;

static bool is_narrow(const quote_measure_t *q)
{
    return q->median < CENT + HALF_CENT;
}

static f64 fact_of(const quote_measure_t *q, sim_quote_fact_t fact)
{
    f64 law = q_max(sim_quote_law_bps(q->price, q->dollars), 1e4 * CENT / q->price);
    f64 lots = sim_quote_law_lots(q->price, q->dollars);
    const f64 all[SIM_QUOTE_FACTS] = {[SIM_QUOTE_SPREAD_LOW] = q->bps / law,
                                      [SIM_QUOTE_SPREAD_HIGH] = q->bps / law,
                                      [SIM_QUOTE_TICK_SHARE] = q->tick_share,
                                      [SIM_QUOTE_FIRST] = q->first,
                                      [SIM_QUOTE_LAST] = q->last,
                                      [SIM_QUOTE_CLUSTER] = q->cluster,
                                      [SIM_QUOTE_RANGE] = q->by_range,
                                      [SIM_QUOTE_DEVIATION] = q->deviation,
                                      [SIM_QUOTE_SIZE_LOW] = q->lots / lots,
                                      [SIM_QUOTE_SIZE_HIGH] = q->lots / lots,
                                      [SIM_QUOTE_SIZE_SD] = q->size_sd,
                                      [SIM_QUOTE_SIZE_CLUSTER] = q->size_cluster,
                                      [SIM_QUOTE_SIZE_CROSS] = q->size_cross,
                                      [SIM_QUOTE_INSIDE] = q->inside};
    return all[fact];
}

void sim_quote_facts_of(const quote_measure_t *days, u32 count, sim_quote_facts_t *out)
{
    static const struct {
        width_class_t cls;
        f64 part;
    } how[SIM_QUOTE_FACTS] = {
        [SIM_QUOTE_SPREAD_LOW] = {CLASS_ANY, 0.1},    [SIM_QUOTE_SPREAD_HIGH] = {CLASS_ANY, 0.9},
        [SIM_QUOTE_TICK_SHARE] = {CLASS_NARROW, 0.5}, [SIM_QUOTE_FIRST] = {CLASS_WIDE, 0.5},
        [SIM_QUOTE_LAST] = {CLASS_WIDE, 0.5},         [SIM_QUOTE_CLUSTER] = {CLASS_WIDE, 0.5},
        [SIM_QUOTE_RANGE] = {CLASS_WIDE, 0.5},        [SIM_QUOTE_DEVIATION] = {CLASS_WIDE, 0.5},
        [SIM_QUOTE_SIZE_LOW] = {CLASS_NARROW, 0.1},   [SIM_QUOTE_SIZE_HIGH] = {CLASS_NARROW, 0.9},
        [SIM_QUOTE_SIZE_SD] = {CLASS_ANY, 0.5},       [SIM_QUOTE_SIZE_CLUSTER] = {CLASS_NARROW, 0.5},
        [SIM_QUOTE_SIZE_CROSS] = {CLASS_ANY, 0.5},    [SIM_QUOTE_INSIDE] = {CLASS_ANY, 0.5}};
    ASSERT(days != NULL && out != NULL);
    ASSERT(count > 0 && count <= SIM_QUOTE_DAYS_MAX);
    f64 v[SIM_QUOTE_DAYS_MAX];
    *out = (sim_quote_facts_t){0};
    for (u32 k = 0; k < SIM_QUOTE_FACTS; k++) {
        u32 n = 0;
        for (u32 i = 0; i < count; i++) {
            width_class_t cls = is_narrow(&days[i]) ? CLASS_NARROW : CLASS_WIDE;
            if (how[k].cls == CLASS_ANY || how[k].cls == cls) {
                v[n++] = fact_of(&days[i], (sim_quote_fact_t)k);
            }
        }
        out->value[k] = quantile(v, n, how[k].part);
    }
    for (u32 i = 0; i < count; i++) {
        out->narrow += is_narrow(&days[i]) ? 1 : 0;
    }
    out->wide = count - out->narrow;
}

typedef struct {
    quote_day_t day[SIM_STOCKS_MAX + 1];
    sim_quote_t quote[SIM_STOCKS_MAX + 1];
    quote_measure_t measure[SIM_QUOTE_DAYS_MAX];
    u32 count;
} sample_t;

static void take_minute(sample_t *x, const slice_t *s, u32 minute)
{
    for (u32 k = 0; k < s->count; k++) {
        quote_day_t *d = &x->day[s->inst[k]];
        const bar_t *b = &s->bar[k];
        d->high[minute] = price_to_f64(b->high);
        d->low[minute] = price_to_f64(b->low);
        d->last[minute] = price_to_f64(b->close);
        d->volume[minute] = (f64)b->volume;
    }
}

static void take_quotes(sample_t *x, const sim_market_t *m, u32 minute)
{
    u32 rows = sim_market_quotes(m, x->quote);
    for (u32 i = 0; i < rows; i++) {
        quote_day_t *d = &x->day[i];
        d->bid[minute] = price_to_f64(x->quote[i].bid);
        d->ask[minute] = price_to_f64(x->quote[i].ask);
        d->bid_size[minute] = (f64)x->quote[i].bid_size;
        d->ask_size[minute] = (f64)x->quote[i].ask_size;
    }
}

static void end_session(sample_t *x, const source_t *source)
{
    for (u32 i = 0; i < source->instrument_count; i++) {
        bool stock = i != source->proxy; /* a fund is quoted by another law */
        if (stock && x->count < SIM_QUOTE_DAYS_MAX && quotes_measure(&x->day[i], &x->measure[x->count])) {
            x->count++;
        }
        x->day[i] = (quote_day_t){0};
    }
}

static void sample_take(sample_t *x, sim_market_t *m)
{
    source_t source = sim_market_source(m);
    slice_t s;
    u32 minute = 0;
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        if (s.timeframe != TF_1M) {
            continue;
        }
        if (minute < QUOTE_MINUTES) {
            take_minute(x, &s, minute);
            take_quotes(x, m, minute);
        }
        minute++;
        if (s.session_last) {
            if (minute == QUOTE_MINUTES) {
                end_session(x, &source);
            }
            minute = 0;
        }
    }
}

err_t sim_quote_facts(const sim_market_spec_t *spec, diag_t *diag, sim_quote_facts_t *out)
{
    ASSERT(spec != NULL && out != NULL);
    sim_market_spec_t own = *spec;
    own.stocks = SIM_QUOTE_STOCKS;
    own.history_sessions = 30; /* volatilities away from where they start */
    own.warmup_sessions = 0;
    own.sessions = SIM_QUOTE_SESSIONS;
    sim_market_t *m = NULL;
    TRY(sim_market_open(&own, diag, &m));
    sample_t *x = calloc(1, sizeof *x);
    if (x == NULL) {
        sim_market_close(m);
        return diag_fail(diag, ERR_NO_MEMORY, "simulated market: no memory for its quotes");
    }
    sample_take(x, m);
    ASSERT(x->count > 0);
    sim_quote_facts_of(x->measure, x->count, out);
    free(x);
    sim_market_close(m);
    return ERR_OK;
}

/* See market_facts.h. */
#include "sim/market_facts.h"

#include <stdlib.h>

#include "base/assert.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"

enum { MINUTES_WHOLE = 390, BAR_MINUTES = 5, FIVE_N = SIM_FACTS_SESSIONS * SIM_FACTS_BARS };

/* The smallest and the largest of the blocks that docs/simulated-market.md lists (five of days, four of five
 * minutes), widened by a quarter of themselves; the cross-correlation of five minutes by a half, because its
 * nine months knew one regime where the twenty years of days range over a factor of 2.5. The autocorrelation
 * is allowed on both sides what was found on the larger. */
static const sim_fact_band_t bands[SIM_FACT_COUNT] = {
    [SIM_FACT_DAY_KURTOSIS] = {"daily kurtosis", 5.1, 11.4, false},
    [SIM_FACT_DAY_HILL] = {"daily tail index", 2.23, 4.24, false},
    [SIM_FACT_DAY_CLUSTER_1] = {"daily clustering, lag 1", 0.066, 0.292, false},
    [SIM_FACT_DAY_CLUSTER_5] = {"daily clustering, lag 5", 0.04, 0.317, false},
    [SIM_FACT_DAY_CLUSTER_20] = {"daily clustering, lag 20", 0.0185, 0.222, false},
    [SIM_FACT_DAY_LEVERAGE] = {"daily leverage, lags 1-5", -0.0694, -0.0188, false},
    [SIM_FACT_DAY_CROSS] = {"daily cross-correlation", 0.144, 0.597, false},
    [SIM_FACT_DAY_LINEAR] = {"daily autocorrelation", -0.0763, 0.0763, true},
    [SIM_FACT_MIN_KURTOSIS] = {"5-minute kurtosis", 8.01, 18.2, false},
    [SIM_FACT_MIN_HILL] = {"5-minute tail index", 2.09, 3.81, false},
    [SIM_FACT_MIN_CLUSTER_1] = {"5-minute clustering, lag 1", 0.182, 0.33, false},
    [SIM_FACT_MIN_CLUSTER_5] = {"5-minute clustering, lag 5", 0.102, 0.2, false},
    [SIM_FACT_MIN_CLUSTER_20] = {"5-minute clustering, lag 20", 0.0038, 0.0599, false},
    [SIM_FACT_MIN_CROSS] = {"5-minute cross-correlation", 0.085, 0.36, false},
    [SIM_FACT_MIN_LINEAR] = {"5-minute autocorrelation", -0.0399, 0.0399, true},
    [SIM_FACT_VOLUME_FIRST] = {"volume of the first 15 minutes", 0.0785, 0.139, false},
    [SIM_FACT_VOLUME_LAST] = {"volume of the last 15 minutes", 0.0818, 0.139, false},
};

typedef struct {
    f64 close[SIM_STOCKS_MAX + 1];
    f64 day[(SIM_STOCKS_MAX + 1) * SIM_FACTS_DAYS];
    f64 five[(SIM_STOCKS_MAX + 1) * FIVE_N];
    f64 volume[SIM_STOCKS_MAX + 1][SIM_FACTS_BARS];
    u8 scratch[1 << 20];
    u32 days;
    u32 fives; /* bars so far, of whole sessions */
} sample_t;

const sim_fact_band_t *sim_fact_band(sim_fact_t fact)
{
    ASSERT(fact < SIM_FACT_COUNT);
    ASSERT(bands[fact].name != NULL && bands[fact].low < bands[fact].high);
    return &bands[fact];
}

bool sim_fact_in_band(sim_fact_t fact, f64 value)
{
    const sim_fact_band_t *band = sim_fact_band(fact);
    return value >= band->low && value <= band->high;
}

void sim_facts_of_days(const stylised_t *s, sim_facts_t *out)
{
    ASSERT(s != NULL && out != NULL);
    out->value[SIM_FACT_DAY_KURTOSIS] = s->kurtosis;
    out->value[SIM_FACT_DAY_HILL] = s->hill;
    out->value[SIM_FACT_DAY_CLUSTER_1] = s->clustering[0];
    out->value[SIM_FACT_DAY_CLUSTER_5] = s->clustering[1];
    out->value[SIM_FACT_DAY_CLUSTER_20] = s->clustering[2];
    out->value[SIM_FACT_DAY_LEVERAGE] = s->leverage;
    out->value[SIM_FACT_DAY_CROSS] = s->cross;
    out->value[SIM_FACT_DAY_LINEAR] = s->linear;
}

void sim_facts_of_minutes(const stylised_t *s, stylised_edges_t volume, sim_facts_t *out)
{
    ASSERT(s != NULL && out != NULL);
    out->value[SIM_FACT_MIN_KURTOSIS] = s->kurtosis;
    out->value[SIM_FACT_MIN_HILL] = s->hill;
    out->value[SIM_FACT_MIN_CLUSTER_1] = s->clustering[0];
    out->value[SIM_FACT_MIN_CLUSTER_5] = s->clustering[1];
    out->value[SIM_FACT_MIN_CLUSTER_20] = s->clustering[2];
    out->value[SIM_FACT_MIN_CROSS] = s->cross;
    out->value[SIM_FACT_MIN_LINEAR] = s->linear;
    out->value[SIM_FACT_VOLUME_FIRST] = volume.first;
    out->value[SIM_FACT_VOLUME_LAST] = volume.last;
}

static void take_day(sample_t *x, const slice_t *s, u32 ordinal)
{
    for (u32 i = 0; i < s->count; i++) {
        f64 close = price_to_f64(s->bar[i].close);
        if (ordinal > 0) {
            x->day[i * SIM_FACTS_DAYS + x->days] = q_log(close / x->close[i]);
        }
        x->close[i] = close;
    }
    x->days += ordinal > 0 ? 1 : 0;
}

/* `minute` of a whole session. */
static void take_minute(sample_t *x, const slice_t *s, u32 minute)
{
    u32 bar = minute / BAR_MINUTES;
    bool ends = minute % BAR_MINUTES == BAR_MINUTES - 1;
    for (u32 i = 0; i < s->count; i++) {
        f64 close = price_to_f64(s->bar[i].close);
        x->volume[i][bar] += (f64)s->bar[i].volume;
        if (minute == 0) {
            x->close[i] = price_to_f64(s->bar[i].open);
        }
        if (ends) {
            x->five[i * FIVE_N + x->fives] = q_log(close / x->close[i]);
            x->close[i] = close;
        }
    }
    x->fives += ends ? 1 : 0;
}

static void sample_take(sample_t *x, source_t *source)
{
    slice_t s;
    for (u32 n = 0; n <= SIM_FACTS_DAYS && source->next(source->ctx, &s, NULL) == ERR_OK; n++) {
        ASSERT(s.timeframe == TF_1D);
        take_day(x, &s, n);
    }
    while (x->fives < FIVE_N && source->next(source->ctx, &s, NULL) == ERR_OK) {
        session_t session;
        bool held = calendar_session(CAL_NYSE, s.session, I64_MAX, &session);
        ASSERT(held);
        if (session.close - session.open == MINUTES_WHOLE * NS_PER_MIN) {
            take_minute(x, &s, (u32)((s.t_open - session.open) / NS_PER_MIN));
        }
    }
    ASSERT(x->days == SIM_FACTS_DAYS && x->fives == FIVE_N);
}

static err_t sample_measure(sample_t *x, u32 rows, sim_facts_t *out)
{
    arena_t a;
    stylised_t s;
    stylised_edges_t volume = {0.0, 0.0};
    arena_init(&a, x->scratch, sizeof x->scratch);
    TRY(stylised_measure(&a, &(stylised_set_t){x->day, rows, SIM_FACTS_DAYS}, &s));
    sim_facts_of_days(&s, out);
    arena_init(&a, x->scratch, sizeof x->scratch);
    TRY(stylised_measure(&a, &(stylised_set_t){x->five, rows, FIVE_N}, &s));
    for (u32 i = 0; i < rows; i++) {
        stylised_edges_t one;
        bool ok = stylised_volume_edges(x->volume[i], SIM_FACTS_BARS, SIM_FACTS_EDGE, &one);
        ASSERT(ok); /* every simulated bar has a volume */
        volume.first += one.first / rows;
        volume.last += one.last / rows;
    }
    sim_facts_of_minutes(&s, volume, out);
    return ERR_OK;
}

err_t sim_market_facts(const sim_market_spec_t *spec, diag_t *diag, sim_facts_t *out)
{
    ASSERT(spec != NULL && out != NULL);
    sim_market_spec_t own = *spec;
    own.history_sessions = SIM_FACTS_DAYS + 1;
    own.warmup_sessions = 0;
    own.sessions = SIM_FACTS_SESSIONS + 8; /* room for the half days, which are left out */
    sim_market_t *m = NULL;
    TRY(sim_market_open(&own, diag, &m));
    sample_t *x = calloc(1, sizeof *x);
    if (x == NULL) {
        sim_market_close(m);
        return diag_fail(diag, ERR_NO_MEMORY, "simulated market: no memory for its sample");
    }
    source_t source = sim_market_source(m);
    sample_take(x, &source);
    err_t err = sample_measure(x, source.instrument_count, out);
    free(x);
    sim_market_close(m);
    return err;
}

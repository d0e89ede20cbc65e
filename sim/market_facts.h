/* How like a real market the simulated one is: its stylised facts, each beside the band in which real markets
 * lie.
 *
 * Promises: the simulated market is measured by the very functions that measured the real sets, in samples of
 * the same kind. The bands are written from the real sets (docs/simulated-market.md names them and how), and
 * tests/sim/test_stylised.c measures them again where the sets are at hand.
 * Leaves to others: the measures themselves (quant/stats/stylised.h). */
#ifndef VITRINE_SIM_MARKET_FACTS_H
#define VITRINE_SIM_MARKET_FACTS_H

#include "quant/stats/stylised.h"
#include "sim/market.h"

typedef enum {
    SIM_FACT_DAY_KURTOSIS,
    SIM_FACT_DAY_HILL,
    SIM_FACT_DAY_CLUSTER_1,
    SIM_FACT_DAY_CLUSTER_5,
    SIM_FACT_DAY_CLUSTER_20,
    SIM_FACT_DAY_LEVERAGE,
    SIM_FACT_DAY_CROSS,
    SIM_FACT_DAY_LINEAR, /* every day fact stands before, every minute fact behind */
    SIM_FACT_MIN_KURTOSIS,
    SIM_FACT_MIN_HILL,
    SIM_FACT_MIN_CLUSTER_1,
    SIM_FACT_MIN_CLUSTER_5,
    SIM_FACT_MIN_CLUSTER_20,
    SIM_FACT_MIN_CROSS,
    SIM_FACT_MIN_LINEAR,
    SIM_FACT_VOLUME_FIRST,
    SIM_FACT_VOLUME_LAST,
    SIM_FACT_COUNT
} sim_fact_t;

typedef struct {
    const char *name;
    f64 low;
    f64 high;
    bool absent; /* the fact is that there is nothing: independent normal returns have it too */
} sim_fact_band_t;

typedef struct {
    f64 value[SIM_FACT_COUNT];
} sim_facts_t;

/* The sample: daily returns close to close, then log returns of five minutes inside whole sessions (the first
 * from the open). */
enum { SIM_FACTS_DAYS = 1000, SIM_FACTS_SESSIONS = 47, SIM_FACTS_BARS = 78, SIM_FACTS_EDGE = 3 };

const sim_fact_band_t *sim_fact_band(sim_fact_t fact);
bool sim_fact_in_band(sim_fact_t fact, f64 value);
/* Sorts the measures of a set into the list above. */
void sim_facts_of_days(const stylised_t *s, sim_facts_t *out);
void sim_facts_of_minutes(const stylised_t *s, stylised_edges_t volume, sim_facts_t *out);
/* Runs a market of this specification over its own sample (the counts of sessions are set here).
 * ERR_PARAM_RANGE as sim_market_open, ERR_NO_MEMORY. */
MUST_USE err_t sim_market_facts(const sim_market_spec_t *spec, diag_t *diag, sim_facts_t *out);

#endif

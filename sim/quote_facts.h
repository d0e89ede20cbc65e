/* How like real ones the quotes of the simulated market are: facts beside the bands in which recorded quotes
 * lie.
 *
 * Promises: both are measured by quant/stats/quotes.h and summed up by one function. The bands come from
 * recorded quotes (docs/simulated-market.md names them and how), tests/sim/test_market_quotes.c measures them
 * again where the set is at hand. Leaves to others: the quotes themselves (sim/market_quotes.c). */
#ifndef VITRINE_SIM_QUOTE_FACTS_H
#define VITRINE_SIM_QUOTE_FACTS_H

#include "quant/stats/quotes.h"
#include "sim/market_facts.h"

/* Narrow: a median spread of one cent. Wide: any other. */
typedef enum {
    SIM_QUOTE_SPREAD_LOW,  /* tenth of the name-days, of the mean spread over what price and volume say */
    SIM_QUOTE_SPREAD_HIGH, /* nine tenths */
    SIM_QUOTE_TICK_SHARE,  /* narrow, as all below: median over name-days */
    SIM_QUOTE_FIRST,       /* wide */
    SIM_QUOTE_LAST,        /* wide */
    SIM_QUOTE_CLUSTER,     /* wide */
    SIM_QUOTE_RANGE,       /* wide */
    SIM_QUOTE_DEVIATION,   /* wide */
    SIM_QUOTE_SIZE_LOW,    /* narrow: tenth, of the median size over what price and volume say */
    SIM_QUOTE_SIZE_HIGH,   /* nine tenths */
    SIM_QUOTE_SIZE_SD,
    SIM_QUOTE_SIZE_CLUSTER, /* narrow */
    SIM_QUOTE_SIZE_CROSS,
    SIM_QUOTE_INSIDE,
    SIM_QUOTE_FACTS
} sim_quote_fact_t;

enum { SIM_QUOTE_DAYS_MAX = 2048 };

typedef struct {
    f64 value[SIM_QUOTE_FACTS];
    u32 narrow, wide; /* name-days of each */
} sim_quote_facts_t;

const sim_fact_band_t *sim_quote_band(sim_quote_fact_t fact);
bool sim_quote_in_band(sim_quote_fact_t fact, f64 value);
/* Sums up name-days, 1..SIM_QUOTE_DAYS_MAX. */
void sim_quote_facts_of(const quote_measure_t *days, u32 count, sim_quote_facts_t *out);
/* Runs a market of this specification, with so many stocks and whole sessions, and measures each stock in
 * each. ERR_PARAM_RANGE as sim_market_open, ERR_NO_MEMORY. */
enum { SIM_QUOTE_STOCKS = 150, SIM_QUOTE_SESSIONS = 3 };
MUST_USE err_t sim_quote_facts(const sim_market_spec_t *spec, diag_t *diag, sim_quote_facts_t *out);

#endif

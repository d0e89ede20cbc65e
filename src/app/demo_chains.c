/* The option chains of the simulated market at the close of its trading sessions as CSV, in the layout
 * plain_chain. See demo_table.h. */
#include "app/demo_table.h"

#include "base/fixed.h"
#include "model/calendar.h"
#include "sim/chain.h"

enum { PRICE_DIGITS = 9, CENTS = 2 };

static void price_print(FILE *f, price_t v)
{
    char text[32];
    (void)fixed_print(text, sizeof text, v.v, PRICE_DIGITS, CENTS);
    (void)fprintf(f, ",%s", text);
}

/* Sensitivities as vendors state them: vega and rho for a point of volatility and of rate, theta for a day.
 */
static void option_print(FILE *f, const char *symbol, const char *date, const sim_option_t *o)
{
    static const f64 point = 0.01;
    static const f64 days = 365.0;
    char expiry[11];
    const option_greeks_t *g = &o->greeks;
    date_print(expiry, o->expiry);
    (void)fprintf(f, "%s,%s,%s,%.2f,%c,%.2f", symbol, date, expiry, o->contract.strike,
                  o->contract.side > 0 ? 'C' : 'P', o->contract.spot);
    price_print(f, o->bid);
    price_print(f, o->ask);
    (void)fprintf(f, ",%.6f,%.6f,%.8f,%.6f,%.6f,%.6f,%lld\n", o->contract.sigma, g->delta, g->gamma,
                  g->vega * point, g->theta / days, g->rho * point, (long long)o->open);
}

static u32 slice_print(const run_source_t *market, const slice_t *s, void *memory, FILE *f)
{
    sim_option_t *options = memory;
    char date[11];
    u32 rows = 0;
    if (s->session < sim_market_trading_from(market->own_market) || !s->session_last) {
        return 0;
    }
    date_print(date, s->session);
    for (u32 i = 0; i < market->source.instrument_count; i++) {
        u32 n = sim_chain(market->own_market, (inst_t)i, options);
        for (u32 k = 0; k < n; k++) {
            option_print(f, market->source.instruments[i].symbol, date, &options[k]);
        }
        rows += n;
    }
    return rows;
}

const demo_table_t demo_chains = {
    .option = "chains",
    .rows = "option quotes",
    .header = "underlying,date,expiry,strike,right,spot,bid,ask,iv,delta,gamma,vega,theta,rho,open_interest",
    .memory = SIM_CHAIN_MAX * sizeof(sim_option_t),
    .slice = slice_print};

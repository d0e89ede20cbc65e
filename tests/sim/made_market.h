/* A simulated market as a test asks for it. */
#ifndef VITRINE_TESTS_SIM_MADE_MARKET_H
#define VITRINE_TESTS_SIM_MADE_MARKET_H

#include "sim/market.h"

/* How many sessions: daily ones first, then minutes before and after the first that is traded. */
typedef struct {
    u32 history, warmup, sessions;
} made_days_t;

static inline sim_market_spec_t market_of(u64 seed, made_days_t days, f64 halts, f64 events)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.history_sessions = days.history;
    spec.warmup_sessions = days.warmup;
    spec.sessions = days.sessions;
    spec.halts = halts;
    spec.events = events;
    return spec;
}

#endif

/* See run_source.h. */
#include "app/run_source.h"

#include <stdlib.h>

#include "base/assert.h"

static err_t market_source(run_spec_t *spec, diag_t *diag, run_source_t *out)
{
    sim_market_spec_t ms = sim_market_spec_default(spec->seed);
    ms.stocks = spec->stocks;
    ms.history_sessions = spec->history;
    ms.warmup_sessions = spec->warmup;
    ms.sessions = spec->sessions;
    ms.start = spec->market_start;
    ms.halts = (f64)spec->halts;
    ms.events = (f64)spec->events;
    ms.tells = spec->news[0] != '\0';
    err_t err = sim_market_edge_parse(str_from(spec->edge), &ms.edge, &ms.edge_strength);
    if (err == ERR_PARAM_RANGE) {
        return diag_fail(diag, ERR_USAGE,
                         "--edge %.23s: the strength must be a number above 0 and at most %.0f (A)\n"
                         "do: write --edge momentum:1",
                         spec->edge, SIM_EDGE_MOST);
    }
    if (err != ERR_OK) {
        return diag_fail(diag, ERR_USAGE, "--edge %.16s: there is no such pattern\ndo: vitrine demo --help",
                         spec->edge);
    }
    TRY(sim_market_open(&ms, diag, &out->own_market));
    out->source = sim_market_source(out->own_market);
    if (spec->vix[0] != '\0') {
        TRY(sim_market_vix_bars(&ms, diag, &out->own_vix, &out->source.vix_bar_count));
        out->source.vix_bars = out->own_vix;
    }
    spec->trade_from = sim_market_trading_from(out->own_market);
    return ERR_OK;
}

err_t run_source_open(run_spec_t *spec, const char *home, diag_t *diag, run_source_t *out)
{
    ASSERT(spec != NULL && out != NULL);
    *out = (run_source_t){0};
    if (spec->kind == RUN_DEMO) {
        err_t err = market_source(spec, diag, out);
        if (err != ERR_OK) {
            run_source_close(out);
        }
        return err;
    }
    TRY(feed_source_open(spec, home, diag, &out->own_feed));
    out->source = feed_source_of(out->own_feed);
    return ERR_OK;
}

void run_source_close(run_source_t *s)
{
    ASSERT(s != NULL);
    feed_source_close(s->own_feed);
    sim_market_close(s->own_market);
    free(s->own_vix);
    *s = (run_source_t){0};
}

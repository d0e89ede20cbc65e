/* See run_source.h. */
#include "app/run_source.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/grow.h"
#include "model/calendar.h"

static err_t market_spec(const run_spec_t *spec, diag_t *diag, sim_market_spec_t *out)
{
    *out = sim_market_spec_default(spec->seed);
    out->stocks = spec->stocks;
    out->history_sessions = spec->history;
    out->warmup_sessions = spec->warmup;
    out->sessions = spec->sessions;
    out->start = spec->market_start;
    out->halts = (f64)spec->halts;
    out->events = (f64)spec->events;
    out->tells = spec->news[0] != '\0';
    err_t err = sim_market_edge_parse(str_from(spec->edge), &out->edge, &out->edge_strength);
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
    return ERR_OK;
}

static err_t market_source(run_spec_t *spec, diag_t *diag, run_source_t *out)
{
    sim_market_spec_t ms;
    TRY(market_spec(spec, diag, &ms));
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

err_t run_source_market(const run_spec_t *spec, diag_t *diag, report_take_fn take, void *ctx)
{
    ASSERT(spec != NULL && spec->kind == RUN_DEMO && take != NULL);
    sim_market_spec_t ms;
    sim_market_t *m = NULL;
    slice_t slice;
    TRY(market_spec(spec, diag, &ms));
    TRY(sim_market_open(&ms, diag, &m));
    source_t source = sim_market_source(m);
    err_t err = ERR_OK;
    while (err == ERR_OK) {
        err = source.next(source.ctx, &slice, diag);
        err = err == ERR_OK ? take(ctx, &source, &slice) : err;
    }
    sim_market_close(m);
    return err == ERR_EMPTY ? ERR_OK : err;
}

err_t run_source_plants(const run_spec_t *spec, diag_t *diag, report_plant_t **own_out, u32 *count)
{
    ASSERT(spec != NULL && spec->kind == RUN_DEMO && own_out != NULL && count != NULL);
    sim_market_spec_t ms;
    sim_market_t *m = NULL;
    session_t day = {0};
    planted_t today[SIM_STOCKS_MAX];
    report_plant_t *own = NULL;
    u32 room = 0;
    u32 used = 0;
    TRY(market_spec(spec, diag, &ms));
    TRY(sim_market_open(&ms, diag, &m));
    err_t err = ERR_OK;
    day.date = sim_market_trading_from(m) - 1;
    for (u32 i = 0; i < spec->sessions && err == ERR_OK; i++) {
        day = calendar_next(CAL_NYSE, day.date, I64_MAX);
        u32 n = sim_market_planted(m, day.date, today, SIM_STOCKS_MAX);
        err = list_room(&own, &room, (size_t)used + n, sizeof *own);
        for (u32 k = 0; k < n && err == ERR_OK; k++) {
            const planted_t *p = &today[k];
            own[used++] = (report_plant_t){p->inst, p->direction, p->t_lead, p->t_end};
        }
    }
    sim_market_close(m);
    if (err != ERR_OK) {
        free(own);
        return err;
    }
    *own_out = own;
    *count = used;
    return ERR_OK;
}

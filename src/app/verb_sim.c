/* `vitrine sim`: the order simulation, one seed or many; the one command that shows a failing seed again. */
#include "app/sim_workers.h"
#include "base/assert.h"
#include "faces/cli/app.h"
#include "faces/cli/args.h"
#include "os/clock.h"
#include "os/host.h"
#include "sim/market_facts.h"
#include "sim/quote_facts.h"
#include "sim/world.h"

enum {
    SIM_SEEDS = 500,
    SIM_ENOUGH = 200,     /* worlds from which on every fault must have fired */
    SIM_TOLD = 16,        /* failed seeds that are told with their last events */
    SIM_FEW = 8,          /* names of a small world */
    SIM_YEAR_HOURS = 1638 /* 252 sessions of six and a half hours */
};

typedef struct {
    app_t *app;
    u64 from, to;   /* inclusive */
    i64 until_mono; /* 0: by the seeds alone */
    u32 workers;
    i64 lived;   /* simulated time of all worlds, ns */
    i64 account; /* of all accounts in them */
    u64 worlds, accounts, several, wide, failed;
    u64 fills, unknowns, restarts, steps, lookups, checks, halts;
    u64 sharing, bunches, shared_whole;
    u64 fired[FAULT_COUNT];
    world_result_t broken[SIM_TOLD]; /* the first worlds that failed */
} sim_t;

/* "7" or "1-500". */
static err_t seeds_read(app_t *app, const char *option, const char *text, sim_t *s)
{
    str_t head;
    str_t rest;
    bool range = str_cut(str_from(text), '-', &head, &rest);
    err_t err = str_to_u64(head, &s->from);
    s->to = s->from;
    if (err == ERR_OK && range) {
        err = str_to_u64(rest, &s->to);
    }
    if (err != ERR_OK || s->to < s->from || s->to == UINT64_MAX) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--%s %s: neither a seed nor a range\ndo: --seeds 7 or --seeds 1-500", option, text);
    }
    return ERR_OK;
}

static void sim_add(void *self, const world_result_t *r)
{
    sim_t *s = self;
    if (r->failed && s->failed < SIM_TOLD) {
        s->broken[s->failed] = *r;
    }
    s->worlds++;
    s->accounts += r->accounts;
    s->several += r->accounts > 1 ? 1 : 0;
    s->wide += r->names > SIM_FEW ? 1 : 0;
    s->failed += r->failed ? 1 : 0;
    s->lived += r->lived;
    s->account += r->lived * (i64)r->accounts;
    s->fills += r->fills;
    s->unknowns += r->unknowns;
    s->restarts += r->restarts;
    s->steps += r->steps;
    s->lookups += r->lookups;
    s->checks += r->checks;
    s->halts += r->halts;
    s->sharing += r->sharing;
    s->bunches += r->bunches;
    s->shared_whole += r->shared_whole;
    for (u32 i = 0; i < FAULT_COUNT; i++) {
        s->fired[i] += r->fired[i];
    }
    app_progress(s->app, "worlds", s->worlds, s->to - s->from + 1);
}

static void last_line(void *ctx, const char *text)
{
    app_say(ctx, "  %s\n", text);
}

static void tell_failed(app_t *app, const world_result_t *r)
{
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_u64(&app->jw, "seed", r->seed);
        jsonw_put_u64(&app->jw, "account", r->broken_account);
        jsonw_put_text(&app->jw, "broken", r->what);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
        return;
    }
    app_print(app, "seed %llu: ", (unsigned long long)r->seed);
    if (r->broken_account != 0) {
        app_print(app, "account %llu: ", (unsigned long long)r->broken_account);
    }
    app_print(app, "%s\n  run again: vitrine sim --seeds %llu%s\n", r->what, (unsigned long long)r->seed,
              r->stopped ? " --threads 1" : "");
}

/* Each world tells its fills, unknowns and the faults that fired when it is asked for alone. */
static void tell_totals(app_t *app, const sim_t *s)
{
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_u64(w, "worlds", s->worlds);
        jsonw_put_u64(w, "failed", s->failed);
        jsonw_put_u64(w, "accounts", s->accounts);
        jsonw_put_u64(w, "simulated_s", (u64)(s->lived / NS_PER_SEC));
        jsonw_put_u64(w, "account_s", (u64)(s->account / NS_PER_SEC));
        jsonw_put_u64(w, "steps", s->steps);
        jsonw_put_u64(w, "checks", s->checks);
        jsonw_put_u64(w, "fills", s->fills);
        jsonw_put_u64(w, "unknowns", s->unknowns);
        jsonw_put_u64(w, "look_ups", s->lookups);
        jsonw_put_u64(w, "restarts", s->restarts);
        jsonw_put_u64(w, "halts", s->halts);
        jsonw_put_u64(w, "accounts_sharing", s->sharing);
        jsonw_put_u64(w, "orders_of_several", s->bunches);
        jsonw_put_u64(w, "shared_sums", s->shared_whole);
        jsonw_key(w, "faults");
        jsonw_object(w);
        for (u32 i = 0; i < FAULT_COUNT; i++) {
            jsonw_put_u64(w, fault_name((fault_t)i), s->fired[i]);
        }
        jsonw_end(w);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    f64 hours = (f64)s->account / 3.6e12;
    app_print(app, "%llu world%s of %.1f simulated hours, %llu failed; %llu steps, %llu checks\n",
              (unsigned long long)s->worlds, s->worlds == 1 ? "" : "s", (f64)s->lived / 3.6e12,
              (unsigned long long)s->failed, (unsigned long long)s->steps, (unsigned long long)s->checks);
    app_print(app, "%llu accounts; %llu worlds of several, %llu of 9 to 30 names\n",
              (unsigned long long)s->accounts, (unsigned long long)s->several, (unsigned long long)s->wide);
    app_print(
        app, "%llu accounts share one at a broker: %llu orders of several, %llu times equal to the cent\n",
        (unsigned long long)s->sharing, (unsigned long long)s->bunches, (unsigned long long)s->shared_whole);
    app_print(app, "%.1f account-hours, %.4f account-years of %d trading hours; %.0f fills an account-hour\n",
              hours, hours / SIM_YEAR_HOURS, SIM_YEAR_HOURS, hours > 0 ? (f64)s->fills / hours : 0.0);
    app_print(app, "%llu fills, %llu unknowns, %llu look-ups, %llu restarts, %llu halts\n",
              (unsigned long long)s->fills, (unsigned long long)s->unknowns, (unsigned long long)s->lookups,
              (unsigned long long)s->restarts, (unsigned long long)s->halts);
    for (u32 i = 0; i < FAULT_COUNT; i++) {
        app_print(app, "  %-34s %llu\n", fault_name((fault_t)i), (unsigned long long)s->fired[i]);
    }
}

/* Failed seeds once more, in this process: a world is a function of its seed, and its last events are told.
 * One that stopped its process would stop this one too. */
static err_t sim_tell_failed(app_t *app, const sim_t *s)
{
    world_t *w = NULL;
    TRY(world_open(&w));
    err_t err = ERR_OK;
    for (u64 i = 0; err == ERR_OK && i < MIN_OF(s->failed, (u64)SIM_TOLD); i++) {
        world_result_t r = s->broken[i];
        if (!r.stopped) {
            err = world_run(w, r.seed, NULL, &r);
            world_print_last(w, last_line, app);
        }
        tell_failed(app, &r);
    }
    world_close(w);
    return err;
}

static err_t sim_seeds(app_t *app, sim_t *s)
{
    s->app = app;
    s->workers = (u32)MIN_OF((u64)s->workers, s->to - s->from + 1);
    sim_work_t work = {.from = s->from,
                       .to = s->to,
                       .until_mono = s->until_mono,
                       .workers = s->workers,
                       .self = s,
                       .done = sim_add};
    err_t err = sim_workers_run(&work);
    app_progress_end(app);
    return err == ERR_OK && s->failed > 0 ? sim_tell_failed(app, s) : err;
}

static err_t sim_verdict(app_t *app, const sim_t *s)
{
    if (s->failed > 0) {
        return diag_fail(&app->diag, ERR_CORRUPT,
                         "%llu of %llu worlds broke an invariant\ndo: run a seed named above again",
                         (unsigned long long)s->failed, (unsigned long long)s->worlds);
    }
    for (u32 i = 0; i < FAULT_COUNT && s->worlds >= SIM_ENOUGH; i++) {
        if (s->fired[i] == 0) {
            return diag_fail(&app->diag, ERR_CORRUPT,
                             "the fault \"%s\" never fired, so nothing is known about it\ndo: run more seeds",
                             fault_name((fault_t)i));
        }
    }
    return ERR_OK;
}

static void fact_tell(app_t *app, const sim_fact_band_t *band, f64 value)
{
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "fact", band->name);
        jsonw_put_f64(&app->jw, "value", value);
        jsonw_put_f64(&app->jw, "low", band->low);
        jsonw_put_f64(&app->jw, "high", band->high);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    } else {
        app_print(app, "  %-39s %8.4f  real markets %7.4f to %7.4f%s\n", band->name, value, band->low,
                  band->high, value >= band->low && value <= band->high ? "" : "  outside");
    }
}

/* The facts of the simulated market of one seed, each beside the band of real markets. */
static err_t sim_market_tell(app_t *app, u64 seed)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    sim_facts_t facts;
    sim_quote_facts_t quotes;
    TRY(sim_market_facts(&spec, &app->diag, &facts));
    TRY(sim_quote_facts(&spec, &app->diag, &quotes));
    for (u32 k = 0; k < SIM_FACT_COUNT; k++) {
        fact_tell(app, sim_fact_band((sim_fact_t)k), facts.value[k]);
    }
    for (u32 k = 0; k < SIM_QUOTE_FACTS; k++) {
        fact_tell(app, sim_quote_band((sim_quote_fact_t)k), quotes.value[k]);
    }
    return ERR_OK;
}

static err_t sim_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    sim_t s = {.from = 1, .to = SIM_SEEDS};
    i64 seconds = 0;
    i64 threads = (i64)os_processor_count();
    TRY(args_i64(args, "threads", 1, SIM_WORKERS, &app->diag, &threads));
    TRY(args_i64(args, "seconds", 1, 7 * 24 * 3600, &app->diag, &seconds));
    const char *named = args_has(args, "seeds") ? "seeds" : "seed"; /* --seed S alone is that world */
    if (args_has(args, named)) {
        TRY(seeds_read(app, named, args_value(args, named), &s));
    } else if (seconds > 0) {
        s.to = UINT32_MAX;
    }
    if (args_has(args, "market")) {
        return sim_market_tell(app, s.from);
    }
    s.workers = (u32)threads;
    s.until_mono = seconds > 0 ? os_mono() + seconds * NS_PER_SEC : 0;
    TRY(sim_seeds(app, &s));
    tell_totals(app, &s);
    return sim_verdict(app, &s);
}

const verb_desc_t verb_sim = {
    .name = "sim",
    .aliases = {"simulate"},
    .summary = "orders in small simulated worlds with faults, every invariant checked after every event",
    .usage = "[--seeds N|A-B] [--seconds N] [--market]",
    .detail =
        "Each seed is a world: random prices, a random trader, a broker that misbehaves, a disk that "
        "forgets. "
        "One to five accounts, of which some share one at the broker, three to thirty names. A seed that "
        "breaks an invariant is named with its last events and runs again by --seeds. A fault that never "
        "fired fails a run of 200 worlds and more. "
        "--threads says how many worlds run side by side.",
    .example = "vitrine sim --seeds 7",
    .options = {{"seeds", "N|A-B", "one seed or a range; 1-500 if not given"},
                {"seconds", "N", "stop after so many seconds instead of a count"},
                {"market", NULL, "how like a real market the simulated one of the (first) seed is"}},
    .words_max = 0,
    .anywhere = true,
    .bare = true,
    .run = sim_run,
};

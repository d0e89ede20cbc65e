/* `vitrine what-if`: how one planned order would stand against the limits of an account, at a moment of a
 * run.
 */
#include "app/replay_home.h"

#include <stdlib.h>
#include <string.h>

#include "app/what_if_sell.h"
#include "base/assert.h"
#include "base/dollars.h"
#include "faces/cli/args.h"
#include "faces/cli/run_result.h"
#include "faces/cli/why_law.h"
#include "faces/report/tax_ledger.h"
#include "model/sector.h"
#include "scan/plan.h"

typedef struct {
    plan_t plan;
    const char *symbol;
    const char *user; /* NULL: the first */
    i64 at;
    scan_t *own_spare;
    plan_answer_t answer; /* of the last decision bar so far that is not later than `at` */
    err_t err;
    bool known_symbol, known_user, answered;
    what_if_sell_t sell; /* instead of a plan, if `selling` */
    bool selling;
    u16 sector;
    config_t config;
    date_t session;
    bool coin; /* no law of shares binds it */
} what_t;

static bool find_desk(const what_t *a, const engine_t *e, engine_desk_t *out)
{
    for (u32 i = 0; i < engine_desks(e); i++) {
        *out = engine_desk(e, i);
        if (a->user == NULL || str_eq_c(str_from(a->user), out->row->name)) {
            return true;
        }
    }
    return false;
}

static void watch(void *ctx, const runner_view_t *v)
{
    what_t *a = ctx;
    engine_desk_t desk;
    if (v->slot < 0 || v->slice->t_known > a->at) {
        return;
    }
    for (u32 i = 0; i < v->market->count && !a->known_symbol; i++) {
        a->known_symbol = str_eq_nocase(str_from(v->market->instruments[i].symbol), str_from(a->symbol));
        a->plan.inst = (inst_t)i;
    }
    a->known_user = find_desk(a, v->engine, &desk);
    if (!a->known_symbol || !a->known_user) {
        return;
    }
    const scan_shared_t *shared = engine_shared(v->engine);
    if (a->selling) {
        f64 close = view_get(&shared->view, FEATURE_CLOSE, a->plan.inst) /
                    view_get(&shared->view, FEATURE_FACTOR, a->plan.inst);
        a->sell.price = a->plan.price > 0 ? a->plan.price : close;
        a->sell.t = shared->now;
        a->sell.account = desk.row->account_id;
        a->answered = a->sell.price > 0;
        a->err = a->answered ? ERR_OK : ERR_EMPTY;
        return;
    }
    a->err = plan_ask(desk.user, shared, &a->plan, a->own_spare, &a->answer);
    a->answered = a->err == ERR_OK;
    a->sector = v->market->instruments[a->plan.inst].sector;
    a->config = desk.user->config;
    a->session = shared->session;
    a->coin = v->market->calendar == CAL_CRYPTO;
}

static void print_pair(app_t *app, const char *name, plan_pair_t p, const char *limit)
{
    app_print(app, "  %-24s%10.2f %%%12.2f %%   %s\n", name, p.now, p.after, limit);
}

static void print_gate(app_t *app, const what_t *a, const gate_t *g)
{
    const rule_desc_t *d = rule_find(g->rule);
    why_law_t law;
    app_print(app, "  %s  %-16s %14.6g %-2s %14.6g %-7s %s\n", gate_holds(g) ? "pass" : "FAIL", d->name,
              gate_value(g), gate_op_text(d->op), gate_threshold(g), d->unit, d->text);
    if (!gate_holds(g) && !a->coin && why_law_of(g, &a->config, a->session, a->answer.t, &law)) {
        app_print(app, "        law: %s\n        do: %s\n", law.citation, law.remedy);
    }
}

static void print_text(app_t *app, const what_t *a)
{
    const plan_answer_t *x = &a->answer;
    const config_t *c = &a->config;
    char t[36];
    char limit[4][48];
    time_print(t, x->t);
    (void)snprintf(limit[0], sizeof limit[0], "at most %.2f %%",
                   risk_limit(CEILING_GROSS_PCT, c->risk_max_gross_pct));
    (void)snprintf(limit[1], sizeof limit[1], "no limit of its own");
    (void)snprintf(limit[2], sizeof limit[2], "at most %.2f %%",
                   risk_limit(CEILING_HEAT_PCT, c->risk_portfolio_heat_pct));
    (void)snprintf(limit[3], sizeof limit[3], "at most %.2f %%",
                   risk_limit(CEILING_SECTOR_PCT, c->risk_max_sector_pct));
    char stop[48] = "no stop";
    char price[PRICE_TEXT];
    char units[32];
    if (a->plan.stop > 0) {
        (void)snprintf(stop, sizeof stop, "stop %s", price_text(price, a->plan.stop, a->coin));
    }
    (void)snprintf(units, sizeof units, "%g", a->plan.units);
    i64 parts = 0;
    if (a->coin && fixed_from_f64(a->plan.units, fixed_pow10((u32)-QTY_EXPONENT_MIN), &parts) == ERR_OK) {
        (void)fixed_print(units, sizeof units, parts, (u32)-QTY_EXPONENT_MIN, 0);
    }
    app_print(app, "%s: %s %s %s at %s, %s: %.2f of %.2f equity\n", t, a->plan.d > 0 ? "buy" : "sell short",
              units, a->symbol, price_text(price, x->price, a->coin), stop, x->notional, x->equity);
    app_print(app, "  %-24s%12s%14s\n", "of equity", "now", "after");
    print_pair(app, "gross exposure", x->gross, limit[0]);
    print_pair(app, "net exposure", x->net, limit[1]);
    print_pair(app, "heat", x->heat, limit[2]);
    print_pair(app, sector_name(a->sector), x->sector, limit[3]);
    app_print(app, "  size by correlation x %.4f%s\n", x->correlation,
              x->same_underlying ? ", and refused: the same underlying is held" : "");
    for (u32 i = 0; i < x->gates.count; i++) {
        if (!a->coin || !gate_holds(&x->gates.v[i]) || !why_law_alone(x->gates.v[i].rule)) {
            print_gate(app, a, &x->gates.v[i]);
        }
    }
    app_print(app, "%s\n", x->passes ? "every limit would hold" : "refused as it stands");
}

static void json_pair(jsonw_t *w, const char *name, plan_pair_t p, f64 limit)
{
    jsonw_key(w, name);
    jsonw_object(w);
    jsonw_put_f64(w, "now", p.now);
    jsonw_put_f64(w, "after", p.after);
    if (limit > 0) {
        jsonw_put_f64(w, "limit", limit);
    }
    jsonw_end(w);
}

static void print_json(app_t *app, const what_t *a, const replay_done_t *d)
{
    const plan_answer_t *x = &a->answer;
    const config_t *c = &a->config;
    jsonw_t *w = &app->jw;
    char t[36];
    time_print(t, x->t);
    jsonw_object(w);
    jsonw_put_text(w, "run_id", d->run.id.text);
    jsonw_put_text(w, "at", t);
    jsonw_put_f64(w, "price", x->price);
    jsonw_put_f64(w, "notional", x->notional);
    jsonw_put_f64(w, "equity", x->equity);
    json_pair(w, "gross_pct", x->gross, risk_limit(CEILING_GROSS_PCT, c->risk_max_gross_pct));
    json_pair(w, "net_pct", x->net, 0);
    json_pair(w, "heat_pct", x->heat, risk_limit(CEILING_HEAT_PCT, c->risk_portfolio_heat_pct));
    json_pair(w, "sector_pct", x->sector, risk_limit(CEILING_SECTOR_PCT, c->risk_max_sector_pct));
    jsonw_put_text(w, "sector", sector_name(a->sector));
    jsonw_put_f64(w, "correlation_factor", x->correlation);
    jsonw_put_bool(w, "same_underlying", x->same_underlying);
    jsonw_put_bool(w, "passes", x->passes);
    jsonw_key(w, "gates");
    jsonw_array(w);
    for (u32 i = 0; i < x->gates.count; i++) {
        const gate_t *g = &x->gates.v[i];
        jsonw_object(w);
        jsonw_put_text(w, "rule", rule_find(g->rule)->name);
        jsonw_put_f64(w, "value", gate_value(g));
        jsonw_put_f64(w, "threshold", gate_threshold(g));
        jsonw_put_bool(w, "holds", gate_holds(g));
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static err_t number_of(app_t *app, const char *text, const char *what, f64 *out)
{
    if (text != NULL && (str_to_f64(str_from(text), out) != ERR_OK || !(*out > 0))) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "what-if: %s %.40s is no number above zero\ndo: vitrine what-if buy 100 AAPL", what,
                         text);
    }
    return ERR_OK;
}

/* What belongs to a sale alone, and to an entry alone. */
static err_t sale_of(app_t *app, const args_t *args, what_t *a)
{
    const char *tax = args_value(args, "tax");
    const char *odd = a->selling ? args_value(args, "stop") : tax;
    if (odd != NULL) {
        return diag_fail(&app->diag, ERR_USAGE, "what-if %s: --%s says nothing of it\ndo: leave it out",
                         args_word(args, 0), a->selling ? "stop" : "tax");
    }
    a->sell.rates_known = tax != NULL;
    if (tax != NULL && tax_rates_parse(tax, &a->sell.rates) != ERR_OK) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "what-if --tax %.40s: two rates are wanted\ndo: write SHORT,LONG in percent, as in 32,15", tax);
    }
    return ERR_OK;
}

static err_t plan_of(app_t *app, const args_t *args, what_t *a)
{
    const char *side = args_word(args, 0);
    const char *at = args_value(args, "at");
    bool buy = str_eq_nocase(str_from(side), STR("buy"));
    a->selling = str_eq_nocase(str_from(side), STR("sell"));
    if (!buy && !a->selling && !str_eq_nocase(str_from(side), STR("short"))) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "what-if: %.40s is neither buy nor short nor sell\ndo: vitrine what-if buy 100 AAPL",
                         side);
    }
    TRY(sale_of(app, args, a));
    a->plan.d = buy ? 1 : -1;
    a->symbol = args_word(args, 2);
    a->user = args_value(args, "user");
    a->at = I64_MAX;
    bool all = a->selling && str_eq_nocase(str_from(args_word(args, 1)), STR("all"));
    TRY(number_of(app, all ? NULL : args_word(args, 1), "the quantity", &a->plan.units));
    TRY(number_of(app, args_value(args, "price"), "--price", &a->plan.price));
    TRY(number_of(app, args_value(args, "stop"), "--stop", &a->plan.stop));
    if (at != NULL && time_parse(str_from(at), &a->at) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "what-if: --at %.40s cannot be read\ndo: write 2019-08-05",
                         at);
    }
    a->at += at != NULL && strchr(at, ':') == NULL ? NS_PER_DAY - 1 : 0;
    return ERR_OK;
}

/* Why there is no answer. */
static err_t no_answer(app_t *app, const what_t *a, const replay_done_t *d)
{
    const char *id = d->run.id.text;
    if (a->known_symbol && !a->known_user) {
        return diag_fail(&app->diag, ERR_NOT_FOUND,
                         "what-if: run %s has no user %.64s\ndo: `vitrine report` lists them", id, a->user);
    }
    if (!a->known_symbol) {
        return diag_fail(&app->diag, ERR_UNKNOWN_SYMBOL,
                         "what-if: run %s has no %.40s, or no decision bar by that time", id, a->symbol);
    }
    if (a->err == ERR_EMPTY) {
        return diag_fail(&app->diag, a->err,
                         "what-if: run %s has no bar of %.40s by then\ndo: name a later --at", id, a->symbol);
    }
    if (a->coin && a->plan.units < 1e-8) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "what-if: %.40s is traded in parts of 0.00000001\ndo: name so much at least",
                         a->symbol);
    }
    return diag_fail(&app->diag, ERR_USAGE,
                     "what-if: run %s: no order for %.40s can have this quantity, price and stop\ndo: a stop "
                     "lies below the price of a buy and above that of a short; else name a smaller quantity",
                     id, a->symbol);
}

static err_t what_if_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    what_t a = {.err = ERR_EMPTY};
    replay_done_t d;
    const char *run = args_value(args, "run");
    TRY(plan_of(app, args, &a));
    a.own_spare = calloc(1, sizeof *a.own_spare);
    if (a.own_spare == NULL) {
        return ERR_NO_MEMORY;
    }
    replay_job_t how = {.kernel_level = kernel_level_from(NULL),
                        .threads = run_threads(app),
                        .lookahead = true,
                        .ctx = &a,
                        .watch = watch};
    err_t err = replay_home_job(app, str_from(run == NULL ? "latest" : run), &how, &d);
    if (err == ERR_OK && !d.verdict.matches) {
        err = diag_fail(&app->diag, ERR_DIVERGED,
                        "what-if: run %s does not replay, so its account is not known%s\ndo: `vitrine replay "
                        "%s` says where it parts",
                        d.run.id.text, d.verdict.same_logic ? "" : "\nit was recorded by other decision code",
                        d.run.id.text);
    } else if (err == ERR_OK && !a.answered) {
        err = no_answer(app, &a, &d);
    } else if (err == ERR_OK && a.selling) {
        a.sell.run = d.run.id.text;
        a.sell.symbol = a.symbol;
        a.sell.units = a.plan.units;
        err = what_if_sell(app, &a.sell);
    } else if (err == ERR_OK && app->json) {
        print_json(app, &a, &d);
    } else if (err == ERR_OK) {
        print_text(app, &a);
    }
    free(a.own_spare);
    return err;
}

const verb_desc_t verb_what_if = {
    .name = "what-if",
    .summary = "how one planned order would stand against the limits",
    .usage = "buy|short|sell QTY SYMBOL",
    .detail = "The account is that of a run after the decision bar of --at (default: its last): the run is\n"
              "decided again up to there, and stages 11 and 12 are asked. Nothing is changed or sent.\n"
              "sell tells of what is held (QTY or all) the lots, how long they were held, what a wash sale\n"
              "would defer, and what is left after tax. It closes a short position too.",
    .example = "vitrine what-if buy 100 AAPL --stop 180 --run latest",
    .options = {{"run", "RUN", "id of a run or its beginning (default: the newest)"},
                {"at", "TIME", "a moment of it (UTC; a day means its end)"},
                {"user", "NAME", "whose account, in a run of many (default: the first)"},
                {"price", "PRICE", "at this price (default: the last close)"},
                {"stop", "PRICE", "with this stop; without one all of it is at risk"},
                {"tax", "SHORT,LONG", "sell: rates in percent, for what is left after tax"},
                {NULL, NULL, NULL}},
    .words_min = 3,
    .words_max = 3,
    .run = what_if_run,
};

/* `vitrine why`: the chain of one decision, and the smallest change that would have turned it. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "faces/cli/args.h"
#include "faces/cli/why_story.h"

/* ---- self-check ---- */

typedef struct {
    u64 wanted, seed;
    u64 refusals; /* seen */
    u64 total;    /* of the run, from the first walk */
    u64 taken, named, unnamed, failed;
    app_t *app;
} check_t;

static err_t count_step(void *ctx, const why_step_t *s)
{
    check_t *c = ctx;
    c->total += s->cycle != NULL ? s->cycle->refusal_count + s->cycle->cand_count : 0;
    return ERR_OK;
}

/* Chosen with equal chance, in one pass: of `left` still to come, `need` are still wanted. */
static bool chosen(const check_t *c)
{
    u64 left = c->total - c->refusals;
    u64 need = c->wanted - c->taken;
    rng_key_t key = {.seed = c->seed, .purpose = RNG_TEST, .entity = 1};
    return left > 0 && rng_below(key, c->refusals, left) < need;
}

static void check_one(check_t *c, const why_step_t *s, u16 inst)
{
    bool take = c->taken < c->wanted && chosen(c);
    c->refusals++;
    if (!take) {
        return;
    }
    why_limits_t limits = {.config = s->config, .micro = s->micro};
    why_t w;
    why_of(s->cycle, inst, &limits, &w);
    c->taken++;
    c->named += w.change >= 0 ? 1 : 0;
    c->unnamed += w.change < 0 ? 1 : 0;
    if (w.outcome == WHY_ABSENT || !why_check(&w)) {
        c->failed++;
        app_say(c->app, "fails: %s in cycle %llu, stage %u\n", s->run->own_insts[inst].symbol,
                (unsigned long long)s->cycle->cycle, w.stage);
    }
}

static err_t check_step(void *ctx, const why_step_t *s)
{
    check_t *c = ctx;
    for (u64 i = 0; s->cycle != NULL && i < s->cycle->refusal_count; i++) {
        check_one(c, s, s->cycle->refusal[i].inst);
    }
    for (u64 i = 0; s->cycle != NULL && i < s->cycle->cand_count; i++) {
        check_one(c, s, s->cycle->cand[i].inst);
    }
    return ERR_OK;
}

err_t why_self_check(app_t *app, const why_check_t *ask)
{
    ASSERT(app != NULL && ask != NULL && ask->run != NULL);
    check_t c = {.wanted = ask->count, .seed = ask->seed, .app = app};
    why_run_t r;
    why_visitor_t v = {.cycles = true, .user = ask->user, .take = count_step, .ctx = &c};
    err_t err = why_walk(app, ask->run, &v, &r);
    why_run_free(&r);
    TRY(err);
    c.wanted = MIN_OF(c.wanted, c.total);
    v.take = check_step;
    err = why_walk(app, ask->run, &v, &r);
    why_run_free(&r);
    TRY(err);
    if (app->json) {
        jsonw_object(&app->jw);
        if (ask->user != NULL) {
            jsonw_put_text(&app->jw, "user", ask->user);
        }
        jsonw_put_u64(&app->jw, "decisions", c.total);
        jsonw_put_u64(&app->jw, "checked", c.taken);
        jsonw_put_u64(&app->jw, "with_single_change", c.named);
        jsonw_put_u64(&app->jw, "without", c.unnamed);
        jsonw_put_u64(&app->jw, "failed", c.failed);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    app_print(
        app,
        "%llu of %llu decisions%s%s checked: %llu with a single change that turns them and whose half does "
        "not, %llu that no single change turns, %llu failed\n",
        (unsigned long long)c.taken, (unsigned long long)c.total, ask->user != NULL ? " of user " : "",
        ask->user != NULL ? ask->user : "", (unsigned long long)c.named,
        (unsigned long long)c.unnamed, (unsigned long long)c.failed);
    return c.failed == 0 ? ERR_OK
                         : diag_fail(&app->diag, ERR_DIVERGED,
                                     "why --self-check: %llu refusals do not turn as their record says",
                                     (unsigned long long)c.failed);
}

/* ---- one decision ---- */

static err_t read_time(app_t *app, const args_t *args, i64 *at)
{
    const char *text = args_word(args, 1);
    *at = I64_MAX;
    if (text == NULL) {
        return ERR_OK;
    }
    if (time_parse(str_from(text), at) != ERR_OK) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "why: the time %.40s cannot be read\ndo: write 2019-08-05, or 2019-08-05T20:00:00Z (UTC)", text);
    }
    if (strchr(text, ':') == NULL) {
        *at += NS_PER_DAY - 1; /* a day means all of it */
    }
    return ERR_OK;
}

static err_t what_if(app_t *app, const why_story_t *s, const char *text)
{
    str_t name;
    str_t value;
    f64 v = 0;
    if (!str_cut(str_from(text), '=', &name, &value) || str_to_f64(value, &v) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "why --what-if %.60s\ndo: write RULE=VALUE, as in RANK=57.1",
                         text);
    }
    const rule_desc_t *rule = rule_find_name(name);
    if (rule == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "why --what-if: there is no rule " STR_FMT
                         "\ndo: name one of those that `vitrine why` prints",
                         STR_ARG(name));
    }
    bool turns = false;
    err_t err = why_what_if(&s->why, rule, v, &turns);
    if (err == ERR_PARAM_RANGE) {
        return diag_fail(&app->diag, ERR_USAGE, "why --what-if: nothing was refused here");
    }
    if (err != ERR_OK) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "why --what-if: %s has no recorded value at stage %u, which refused\ndo: name one of that "
            "stage's rules",
            rule->name, s->why.stage);
    }
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "rule", rule->name);
        jsonw_put_f64(&app->jw, "value", v);
        jsonw_put_bool(&app->jw, "passes_stage", turns);
        jsonw_put_i64(&app->jw, "stage", s->why.stage);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    app_print(app, "\nwhat if %s were %g: stage %u %s\n", rule->name, v, s->why.stage,
              turns ? "passes; what lies beyond is not evaluated" : "still refuses");
    return ERR_OK;
}

static err_t one_decision(app_t *app, const args_t *args, const char *run)
{
    why_ask_t ask = {.target = args_word(args, 0), .run = run, .user = args_value(args, "user")};
    if (ask.target == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "why: of what?\ndo: `vitrine why SYMBOL [TIME]`, or `vitrine why ID`");
    }
    const char *tax = args_value(args, "tax");
    TRY(read_time(app, args, &ask.at));
    ask.exact = args_word(args, 1) != NULL && strchr(args_word(args, 1), ':') != NULL;
    ask.rates_known = tax != NULL;
    if (tax != NULL && tax_rates_parse(tax, &ask.rates) != ERR_OK) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "why --tax %.40s: two rates are wanted\ndo: write SHORT,LONG in percent, as in 32,15", tax);
    }
    why_story_t *own = calloc(1, sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    const char *change = args_value(args, "what-if");
    err_t err = why_story_read(app, &ask, own);
    if (err == ERR_OK && app->json && change == NULL) {
        why_json(app, own);
    } else if (err == ERR_OK && !app->json) {
        why_text(app, own);
    }
    if (err == ERR_OK && change != NULL) {
        err = what_if(app, own, change);
    }
    why_story_free(own);
    free(own);
    return err;
}

static err_t why_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *run = args_value(args, "run");
    const char *user = args_value(args, "user");
    i64 count = 0;
    run = run != NULL ? run : "latest";
    if (args_value(args, "export") != NULL) {
        return why_export(app, args_value(args, "export"), user);
    }
    TRY(args_i64(args, "self-check", 1, 100000000, &app->diag, &count));
    if (count > 0) {
        why_check_t ask = {
            .run = run, .user = user, .count = (u64)count, .seed = (u64)app->settings.process.seed};
        return why_self_check(app, &ask);
    }
    return one_decision(app, args, run);
}

const verb_desc_t verb_why = {
    .name = "why",
    .aliases = {"explain"},
    .summary = "the chain of one decision, and the smallest change that would have turned it",
    .usage = "SYMBOL [TIME] | ID | --self-check N | --export RUN",
    .detail =
        "  For a symbol: the last cycle at or before TIME (UTC; a day means its end), by default the last;\n"
        "  of a day, or without TIME, the last of the session that came to the symbol.\n"
        "  For an id (hex or as sent to the broker; its beginning is enough): the trade's whole life.\n"
        "  A change is named only if it alone passes the stage that refused; later stages are not "
        "evaluated.\n"
        "  With --user an id must be that user's, and --export and --self-check take that user's cycles "
        "alone;\n"
        "  in global mode the house's own cycles are in them only without --user.",
    .example = "vitrine why AAPL 2019-08-05 --run latest",
    .options =
        {
            {"run", "RUN", "id of a run or its beginning (default: the newest)"},
            {"user", "NAME", "whose decision, in a run of many (a symbol: the first user's)"},
            {"tax", "SHORT,LONG", "rates in percent: what an exit leaves after tax"},
            {"what-if", "RULE=VALUE", "say whether the stage passes with this value instead"},
            {"self-check", "N", "try the named change, and half of it, on N refusals of the run"},
            {"export", "RUN", "JSON lines: one a cycle, with every refusal and candidate"},
        },
    .words_min = 0,
    .words_max = 2,
    .run = why_run,
};

/* See court_print.h. */
#include "faces/cli/court_print.h"

#include "base/assert.h"
#include "faces/cli/court_sitting.h"

err_t court_words(app_t *app, const args_t *args, const char *option, char *out, size_t size)
{
    ASSERT(app != NULL && option != NULL && out != NULL);
    const char *text = args_value(args, option);
    if (text == NULL || text[0] == '\0') {
        return diag_fail(&app->diag, ERR_USAGE, "court: --%s is missing\ndo: say it in a few words", option);
    }
    if (!cases_text_fits(str_from(text)) || str_copy(out, size, str_from(text)) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--%s: it is longer than %zu letters, or no plain text\ndo: say it in one line",
                         option, size - 1);
    }
    return ERR_OK;
}

static void day_of(char out[11], i64 t)
{
    date_print(out, (date_t)(t / NS_PER_DAY));
}

/* ---- JSON ------------------------------------------------------------------------------------------------
 */

static void put_row(jsonw_t *w, const case_t *c)
{
    const case_row_t *r = &c->row;
    char day[11];
    jsonw_put_u64(w, "case", r->number);
    jsonw_put_text(w, "state", case_state_name(c));
    jsonw_put_text(w, "hypothesis", r->hypothesis);
    date_print(day, r->filed);
    jsonw_put_text(w, "filed", day);
    jsonw_put_text(w, "challenger", r->challenger.text);
    jsonw_put_text(w, "incumbent", r->incumbent.text);
    date_print(day, r->after);
    jsonw_put_text(w, "after", day);
}

static void put_sitting(jsonw_t *w, const case_row_t *r)
{
    jsonw_put_text(w, "origin", r->origin);
    jsonw_put_u64(w, "days", r->days);
    jsonw_put_u64(w, "trades", r->trades);
    jsonw_put_u64(w, "trials", r->trials);
    jsonw_put_f64(w, "daily_difference", r->mean);
    jsonw_put_f64(w, "low", r->low);
    jsonw_put_f64(w, "high", r->high);
    jsonw_put_f64(w, "dsr", r->dsr);
    if (r->pbo_known) {
        jsonw_put_f64(w, "pbo", r->pbo);
    }
    jsonw_put_bool(w, "signature_needed", r->signature);
    court_put_grounds(w, r->grounds);
}

/* Of a day; of a stretch that has some. */
static f64 difference(const stretch_t *s)
{
    f64 sum = 0;
    for (u32 i = 0; i < s->count; i++) {
        sum += s->own_diff[i];
    }
    return sum / s->count;
}

static void put_stage(jsonw_t *w, const char *name, const stretch_t *s, u32 wanted, const money_t *cash)
{
    jsonw_key(w, name);
    jsonw_object(w);
    jsonw_put_u64(w, "sessions", s->count);
    if (wanted > 0) {
        jsonw_put_u64(w, "sessions_needed", wanted);
    }
    jsonw_put_f64(w, "cash", money_to_f64(*cash));
    if (s->count > 0) {
        jsonw_put_f64(w, "daily_difference", difference(s));
    }
    jsonw_end(w);
}

static void put_seen(jsonw_t *w, const case_row_t *r, const court_seen_t *seen)
{
    const docket_t *d = seen->docket;
    jsonw_put_bool(w, "in_force", seen->in_force == r->number);
    if (d == NULL) {
        return;
    }
    put_stage(w, "shadow", &d->shadow, r->shadow_days, &d->cash);
    put_stage(w, "canary", &d->canary, r->canary_days, &d->part);
    put_stage(w, "since", &d->after, 0, &d->cash);
    const watch_t *watch = d->canary.count > 0 ? &d->watch : &d->shadow_watch;
    jsonw_put_f64(w, "evidence_of_worse", watch->evidence);
    jsonw_put_f64(w, "evidence_bound", 1.0 / WATCH_ALPHA);
    jsonw_put_bool(w, "alarm", watch->alarm);
    jsonw_put_u64(w, "runs_alone", seen->pairs->alone);
    jsonw_put_u64(w, "runs_too_early", seen->pairs->early);
    jsonw_put_u64(w, "pairs_on_other_data", seen->pairs->another);
}

static void put_case(app_t *app, const case_t *c, const court_seen_t *seen)
{
    jsonw_t *w = &app->jw;
    char day[11];
    jsonw_object(w);
    put_row(w, c);
    put_sitting(w, &c->row);
    if (seen != NULL) {
        put_seen(w, &c->row, seen);
    }
    jsonw_key(w, "acts");
    jsonw_array(w);
    for (u32 i = 0; i < c->acts; i++) {
        case_t then = *c;
        then.acts = i + 1;
        jsonw_object(w);
        day_of(day, c->act[i].t);
        jsonw_put_text(w, "day", day);
        jsonw_put_text(w, "state", case_state_name(&then));
        jsonw_put_text(w, "who", c->act[i].who);
        jsonw_put_text(w, "text", c->act[i].text);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

/* ---- text ------------------------------------------------------------------------------------------------
 */

static void print_stage(app_t *app, const char *name, const stretch_t *s, u32 wanted, money_t cash)
{
    char of[24] = "";
    if (wanted > 0) {
        (void)snprintf(of, sizeof of, " of %u", wanted);
    }
    app_print(app, "  %-8s %u%s sessions with %.2f", name, s->count, of, money_to_f64(cash));
    if (s->count > 0) {
        app_print(app, ", difference of a day %+.2f bps", 1e4 * difference(s));
    }
    app_print(app, "\n");
}

static void print_seen(app_t *app, const case_row_t *r, const court_seen_t *seen)
{
    const docket_t *d = seen->docket;
    if (d == NULL) {
        return;
    }
    print_stage(app, "shadow", &d->shadow, r->shadow_days, d->cash);
    print_stage(app, "canary", &d->canary, r->canary_days, d->part);
    if (d->after.count > 0) {
        print_stage(app, "since", &d->after, 0, d->cash);
    }
    const watch_t *w = d->canary.count > 0 ? &d->watch : &d->shadow_watch;
    app_print(
        app,
        "  watch    evidence that it is worse %.3g%s; at %.0f it is out (of equals at most %.0f %% ever)\n",
        w->evidence, w->alarm ? ", crossed" : "", 1.0 / WATCH_ALPHA, 100.0 * WATCH_ALPHA);
    const pairs_t *p = seen->pairs;
    if (p->alone + p->early + p->another > 0) {
        app_print(
            app,
            "  not counted: %u run%s without one of the other settings beside it, %u that traded up to the "
            "filing,\n  %u pair%s on other bars or names\n",
            p->alone, p->alone == 1 ? "" : "s", p->early, p->another, p->another == 1 ? "" : "s");
    }
}

/* What a person can do now. */
static void print_next(app_t *app, const case_t *c, const court_seen_t *seen)
{
    char text[512];
    char day[11];
    u32 n = c->row.number;
    const docket_t *d = seen != NULL ? seen->docket : NULL;
    date_print(day, c->row.filed);
    switch (case_state(c)) {
    case CASE_WON:
    case CASE_SHADOWED:
        (void)snprintf(
            text, sizeof text,
            "  next: back-tests of both settings on sessions after %s (--trade-from, same --seed%s), then "
            "`vitrine research court watch %u`\n",
            day, d != NULL && case_state(c) == CASE_SHADOWED ? ", --cash as the canary's" : "", n);
        break;
    case CASE_TRIED:
        (void)snprintf(text, sizeof text, "  next: `vitrine research court %s %u%s`\n",
                       c->row.signature ? "sign" : "promote", n, c->row.signature ? " --who NAME" : "");
        break;
    case CASE_SIGNED:
        (void)snprintf(text, sizeof text, "  next: `vitrine research court promote %u`\n", n);
        break;
    case CASE_PROMOTED:
        (void)snprintf(
            text, sizeof text,
            "  next: `vitrine research court watch %u` after new back-tests of both; `vitrine research "
            "court rollback %u` takes it back\n",
            n, n);
        break;
    case CASE_REFUSED:
    case CASE_ROLLED_BACK:
        return;
    }
    app_print(app, "%s", app_remedy(app, text));
}

static void print_case(app_t *app, const case_t *c, const court_seen_t *seen)
{
    const case_row_t *r = &c->row;
    char filed[11];
    char after[11];
    date_print(filed, r->filed);
    date_print(after, r->after);
    app_print(app, "case %u: %s%s\n  %s\n", r->number, case_state_name(c),
              seen != NULL && seen->in_force == r->number ? ", in force" : "", r->hypothesis);
    app_print(app, "  %s against %s after %s\n", r->challenger.text, r->incumbent.text, after);
    app_print(app, "  from: %s\n", r->origin);
    app_print(app,
              "  sitting  %u days, %u trades, difference of a day %+.2f bps, from %+.2f to %+.2f;\n"
              "           deflated by %u tries %.3f (0.95 needed)\n",
              r->days, r->trades, 1e4 * r->mean, 1e4 * r->low, 1e4 * r->high, r->trials, r->dsr);
    court_print_grounds(app, r->grounds);
    if (seen != NULL) {
        print_seen(app, r, seen);
    }
    for (u32 i = 0; i < c->acts; i++) {
        char day[11];
        case_t then = *c;
        then.acts = i + 1;
        day_of(day, c->act[i].t);
        app_print(app, "  %s  %s%s%s\n              %s\n", day, case_state_name(&then),
                  c->act[i].who[0] == '\0' ? "" : ", ", c->act[i].who, c->act[i].text);
    }
    print_next(app, c, seen);
}

void court_show_case(app_t *app, const case_t *c, const court_seen_t *seen)
{
    ASSERT(app != NULL && c != NULL);
    if (app->json) {
        put_case(app, c, seen);
    } else {
        print_case(app, c, seen);
    }
}

void court_show_list(app_t *app, const case_t *cases, u32 count, u32 in_force)
{
    ASSERT(app != NULL && (cases != NULL || count == 0));
    jsonw_t *w = &app->jw;
    if (app->json) {
        jsonw_object(w);
        jsonw_put_u64(w, "in_force", in_force);
        jsonw_key(w, "cases");
        jsonw_array(w);
        for (u32 i = 0; i < count; i++) {
            jsonw_object(w);
            put_row(w, &cases[i]);
            jsonw_end(w);
        }
        jsonw_end(w);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    for (u32 i = 0; i < count; i++) {
        char day[11];
        date_print(day, cases[i].row.filed);
        app_print(app, "%4u  %s  %-28s %s\n", cases[i].row.number, day, case_state_name(&cases[i]),
                  cases[i].row.hypothesis);
    }
    if (count == 0) {
        app_print(app, "%s", app_remedy(app, "no cases yet; `vitrine research court file` files one\n"));
    } else if (in_force != 0) {
        app_print(app, "in force: case %u\n", in_force);
    } else {
        app_print(app, "none is in force\n");
    }
}

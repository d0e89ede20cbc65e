/* See what_if_sell.h. */
#include "app/what_if_sell.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/dollars.h"
#include "base/fixed.h"
#include "faces/report/report_facts.h"
#include "store/home.h"
#include "store/journal.h"

typedef struct {
    tax_ledger_t tax;
    report_users_t users;
    report_inst_t *own_insts;
    u32 insts;
    u32 inst;
    lots_sale_t sale;
    i64 qty;
} sell_t;

static err_t on_start(app_t *app, const ev_RUN_START_t *e, sell_t *s)
{
    TRY(report_instruments(e->instrument_table, &s->own_insts, &s->insts));
    return report_users_open(e->users_text, (money_t){0}, &app->diag, &s->users);
}

static err_t walk(app_t *app, journal_reader_t *reader, i64 until, sell_t *s)
{
    event_t e;
    bool more = true;
    for (;;) {
        TRY(journal_next(reader, &app->diag, &e, &more));
        if (!more || e.head.t_engine > until) {
            return ERR_OK;
        }
        if (e.head.kind == EV_RUN_START) {
            TRY(on_start(app, &e.as.RUN_START, s));
        }
        tax_run_t run = {.users = &s->users, .insts = s->own_insts, .count = s->insts};
        TRY(tax_ledger_take(&s->tax, &e, &run));
    }
}

static bool is_asked(const sell_t *s, const what_if_sell_t *ask, const lot_open_t *lot)
{
    return lot->account == ask->account && lot->inst == s->inst;
}

static err_t answer(app_t *app, const what_if_sell_t *ask, sell_t *s)
{
    while (s->inst < s->insts &&
           !str_eq_nocase(str_from(s->own_insts[s->inst].symbol), str_from(ask->symbol))) {
        s->inst++;
    }
    ASSERT(s->inst < s->insts); /* the market knew it */
    const report_inst_t *unit = &s->own_insts[s->inst];
    tax_ask_t q = {.account = ask->account, .inst = (inst_t)s->inst, .t = ask->t, .unit = unit};
    i64 held = 0;
    for (u32 i = 0; i < s->tax.lots.open_count; i++) {
        held += is_asked(s, ask, &s->tax.lots.open[i]) ? s->tax.lots.open[i].qty : 0;
    }
    if (held == 0) {
        return diag_fail(
            &app->diag, ERR_NOT_FOUND,
            "what-if: nothing of %.40s is held at that moment\ndo: name another --at, or another --user",
            ask->symbol);
    }
    if (ask->units > 0 && (fixed_from_f64(ask->units, fixed_pow10((u32)-unit->exponent), &q.qty) != ERR_OK ||
                           q.qty <= 0 || q.qty > held)) {
        char text[32];
        (void)fixed_print(text, sizeof text, held, (u32)-unit->exponent, 0);
        return diag_fail(&app->diag, ERR_USAGE,
                         "what-if: %s of %.40s are held\ndo: name so many or fewer, or the word all", text,
                         ask->symbol);
    }
    if (fixed_from_f64(ask->price, PRICE_SCALE, &q.mark.v) != ERR_OK ||
        !tax_ledger_ask(&s->tax, &q, &ask->rates, &s->sale, &s->qty)) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "what-if: the lots are not known%s%s\ndo: `vitrine report` tells more",
                         s->tax.broken ? ": " : "", s->tax.why);
    }
    return ERR_OK;
}

static void print_text(app_t *app, const what_if_sell_t *ask, const sell_t *s)
{
    const report_inst_t *unit = &s->own_insts[s->inst];
    const lots_sale_t *x = &s->sale;
    bool coin = unit->cls == CLASS_CRYPTO;
    char price[PRICE_TEXT];
    char at[36];
    char day[3][11];
    char qty[32];
    time_print(at, ask->t);
    (void)fixed_print(qty, sizeof qty, s->qty, (u32)-unit->exponent, 0);
    app_print(app, "%s: close %s %s at %s: %.2f\n", at, qty, unit->symbol,
              price_text(price, ask->price, coin), money_to_f64(x->proceeds));
    for (u32 i = 0; i < s->tax.lots.open_count; i++) {
        const lot_open_t *lot = &s->tax.lots.open[i];
        if (is_asked(s, ask, lot)) {
            date_print(day[0], lot->acquired);
            date_print(day[1], lots_long_from(lot->held_from));
            (void)fixed_print(qty, sizeof qty, lot->qty, (u32)-unit->exponent, 0);
            app_print(app, "  lot of %s, %s %s, basis %.2f%s%s%s\n", day[0], qty,
                      lot->is_short ? "sold short" : "bought", money_to_f64(lot->basis),
                      lot->replacement ? " with a loss taken over" : "",
                      lot->is_short ? "" : ", long-term from ", lot->is_short ? "" : day[1]);
        }
    }
    app_print(app, "  gain     short-term %+.2f, long-term %+.2f\n", money_to_f64(x->gain_short),
              money_to_f64(x->gain_long));
    if (x->disallowed.v > 0) {
        app_print(app, "  wash     %.2f of the loss deferred by what was bought in the %d days before\n",
                  money_to_f64(x->disallowed), LOTS_WASH_DAYS);
    }
    if (x->at_risk.v > 0) {
        date_print(day[2], x->wash_until);
        app_print(app, "  wash     %.2f of the loss deferred if it is bought back by %s\n",
                  money_to_f64(x->at_risk), day[2]);
    }
    if (ask->rates_known) {
        f64 units = (f64)s->qty / (f64)fixed_pow10((u32)-unit->exponent) * (f64)unit->multiplier;
        app_print(app, "  tax      %+.2f; %.2f left, %s a %s after tax\n", money_to_f64(x->tax),
                  money_to_f64(x->after_tax), price_text(price, money_to_f64(x->after_tax) / units, coin),
                  coin ? "coin" : "share");
    }
}

static void print_json(app_t *app, const what_if_sell_t *ask, const sell_t *s)
{
    const report_inst_t *unit = &s->own_insts[s->inst];
    const lots_sale_t *x = &s->sale;
    jsonw_t *w = &app->jw;
    char at[36];
    char day[11];
    char qty[32];
    time_print(at, ask->t);
    (void)fixed_print(qty, sizeof qty, s->qty, (u32)-unit->exponent, 0);
    jsonw_object(w);
    jsonw_put_text(w, "run_id", ask->run);
    jsonw_put_text(w, "at", at);
    jsonw_put_text(w, "symbol", unit->symbol);
    jsonw_put_text(w, "qty", qty);
    jsonw_put_f64(w, "price", ask->price);
    jsonw_put_f64(w, "proceeds", money_to_f64(x->proceeds));
    jsonw_put_f64(w, "gain_short_term", money_to_f64(x->gain_short));
    jsonw_put_f64(w, "gain_long_term", money_to_f64(x->gain_long));
    jsonw_put_f64(w, "deferred", money_to_f64(x->disallowed));
    jsonw_put_f64(w, "deferred_if_bought_back", money_to_f64(x->at_risk));
    date_print(day, x->wash_until);
    jsonw_put_text(w, "wash_until", x->at_risk.v > 0 ? day : NULL);
    date_print(day, x->long_from);
    jsonw_put_text(w, "long_term_from", x->long_from != 0 ? day : NULL);
    if (ask->rates_known) {
        jsonw_put_f64(w, "tax", money_to_f64(x->tax));
        jsonw_put_f64(w, "after_tax", money_to_f64(x->after_tax));
    }
    jsonw_end(w);
    jsonw_line(w);
}

err_t what_if_sell(app_t *app, const what_if_sell_t *ask)
{
    ASSERT(app != NULL && ask != NULL && ask->price > 0);
    home_t home;
    store_t *store = NULL;
    journal_reader_t *reader = NULL;
    sell_t s = {0};
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, true, false, &app->diag, &store);
    TRY_DONE(err);
    TRY_DONE(journal_reader_open(store, str_from(ask->run), &app->diag, &reader));
    TRY_DONE(walk(app, reader, ask->t, &s));
    TRY_DONE(answer(app, ask, &s));
    if (app->json) {
        print_json(app, ask, &s);
    } else {
        print_text(app, ask, &s);
    }
done:
    journal_reader_close(reader);
    store_close(store);
    home_close(&home);
    tax_ledger_free(&s.tax);
    report_users_free(&s.users);
    free(s.own_insts);
    return err;
}

/* See status_page.h. */
#include "app/status_page.h"

#include <stdio.h>

#include "base/assert.h"
#include "loops/plan.h"
#include "model/calendar.h"

/* Each account that several users share, at its first one. */
static void take_accounts(status_page_t *p, const engine_t *e)
{
    p->account_count = 0;
    for (u32 i = 0; i < engine_desks(e); i++) {
        u64 number = engine_account_at_broker(e, i);
        u32 at = 0;
        while (at < p->account_count && p->account[at].number != number) {
            at++;
        }
        if (number < USER_SHARED || at == STATUS_ACCOUNTS) {
            continue;
        }
        if (at == p->account_count) {
            p->account_count++;
            p->account[at].users = 0;
            p->account[at].number = number;
            p->account[at].live = engine_bunches_live(e, number);
            p->account[at].house = engine_house(e, number);
            (void)snprintf(p->account[at].name, USER_NAME, "%s", engine_desk(e, i).row->shared);
        }
        p->account[at].users++;
    }
}

static void put_accounts(const status_page_t *p, jsonw_t *out)
{
    if (p->account_count == 0) {
        return;
    }
    jsonw_key(out, "shared_accounts");
    jsonw_array(out);
    for (u32 i = 0; i < p->account_count; i++) {
        jsonw_object(out);
        jsonw_put_text(out, "name", p->account[i].name);
        jsonw_put_u64(out, "users", p->account[i].users);
        jsonw_put_u64(out, "bunched_orders_at_work", p->account[i].live);
        jsonw_put_f64(out, "house", money_to_f64(p->account[i].house));
        jsonw_end(out);
    }
    jsonw_end(out);
}

static void put_user(const run_users_t *users, u64 account, jsonw_t *out)
{
    if (account == HOUSE_ACCOUNT) {
        jsonw_put_text(out, "user", "house"); /* no user may be called so */
    }
    for (u32 i = 0; users != NULL && i < users->count; i++) {
        if (users->rows[i].account_id == account) {
            jsonw_put_text(out, "user", users->rows[i].name);
        }
    }
}

static u32 why_stopped(const engine_t *e, const engine_desk_t *d)
{
    return (d->account->killed != 0 ? STOPPED_KILLED : 0U) |
           ((d->account->reconcile & RECONCILE_BROKER) != 0 ? STOPPED_BROKER : 0U) |
           ((d->account->reconcile & RECONCILE_PERSON) != 0 ? STOPPED_PERSON : 0U) |
           (d->user->breaker_open ? STOPPED_BREAKER : 0U) |
           (engine_shared(e)->clock_unsteady ? STOPPED_CLOCK : 0U);
}

static void take_stopped(status_page_t *p, const engine_t *e)
{
    p->stopped_count = 0;
    for (u32 i = 0; i < engine_desks(e) && p->stopped_count < COUNT_OF(p->stopped); i++) {
        engine_desk_t d = engine_desk(e, i);
        u32 why = why_stopped(e, &d);
        if (why != 0) {
            p->stopped[p->stopped_count].account = d.account->account_id;
            p->stopped[p->stopped_count++].why = why;
        }
    }
}

u32 status_page_waiting(const status_page_t *p, u64 account, u32 reasons)
{
    ASSERT(p != NULL && reasons != 0);
    u32 n = 0;
    for (u32 i = 0; i < p->stopped_count; i++) {
        bool meant = account == COMMAND_ALL || account == p->stopped[i].account;
        n += meant && (p->stopped[i].why & reasons) != 0 ? 1 : 0;
    }
    return n;
}

static void put_stopped(const status_page_t *p, jsonw_t *out)
{
    static const char *const reasons[] = {
        "the kill switch is on (vitrine kill --off)",
        "its books and the broker's may differ; a comparison that agrees ends it, or vitrine clear reconcile",
        "a person has to look (vitrine clear reconcile)",
        "the circuit breaker is open (vitrine clear breaker)", "the clock has stepped (vitrine clear clock)"};
    if (p->stopped_count == 0) {
        return;
    }
    jsonw_key(out, "stopped");
    jsonw_array(out);
    for (u32 i = 0; i < p->stopped_count && i < STATUS_STOPPED; i++) {
        char text[512] = "";
        size_t used = 0;
        for (u32 k = 0; k < COUNT_OF(reasons); k++) {
            if ((p->stopped[i].why & 1U << k) != 0) {
                const char *between = used > 0 ? "; " : "";
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", between, reasons[k]);
            }
        }
        ASSERT(used < sizeof text);
        jsonw_object(out);
        put_user(p->users, p->stopped[i].account, out);
        jsonw_put_text(out, "why", text);
        jsonw_end(out);
    }
    jsonw_end(out);
    if (p->stopped_count > STATUS_STOPPED) {
        jsonw_put_u64(out, "stopped_more", p->stopped_count - STATUS_STOPPED);
    }
}

static void take_money(status_page_t *p, const engine_t *e)
{
    i128 cash = 0;
    p->desks = engine_desks(e);
    for (u32 i = 0; i < p->desks; i++) {
        cash += engine_desk(e, i).account->cash.v;
    }
    p->cash = money_to_f64(money_saturated(cash));
    p->equity = money_to_f64(engine_equity(e));
}

void status_page_take(status_page_t *p, engine_t *e)
{
    ASSERT(p != NULL && e != NULL);
    p->loop_count = engine_loops(e, p->loop);
    p->phase = engine_phase(e);
    p->notice_count = engine_notices(e, p->notice);
    take_accounts(p, e);
    take_stopped(p, e);
    take_money(p, e);
    ASSERT(p->loop_count <= LOOPS_MAX && p->notice_count <= ENGINE_NOTICES);
}

void status_put_time(jsonw_t *out, const char *key, i64 t, const char *none)
{
    char text[36];
    time_print(text, t);
    jsonw_put_text(out, key, t == 0 || t == I64_MAX ? none : text);
}

static void put_loop(const engine_loop_t *l, jsonw_t *out)
{
    jsonw_object(out);
    jsonw_put_text(out, "loop", l->loop->name);
    jsonw_put_text(out, "group", loop_group_name(l->loop->group));
    status_put_time(out, "last", l->last, "never");
    status_put_time(out, "next", l->next, "when woken");
    jsonw_put_u64(out, "runs", l->counts.runs);
    jsonw_put_u64(out, "skipped", l->counts.skipped);
    jsonw_put_u64(out, "late", l->counts.late);
    jsonw_put_u64(out, "lag_ms", (u64)(l->lag / NS_PER_MS));
    jsonw_put_u64(out, "lost", l->counts.lost);
    jsonw_put_u64(out, "over_budget", l->counts.overruns);
    jsonw_put_u64(out, "rested", l->counts.rested);
    jsonw_end(out);
}

static void put_notice(const engine_notice_t *n, const run_users_t *users, jsonw_t *out)
{
    const plan_row_t *row = plan_find(n->row);
    jsonw_object(out);
    status_put_time(out, "time", n->t, "unknown");
    jsonw_put_text(out, "loop", row == NULL ? "of another version" : row->name);
    jsonw_put_u64(out, "account", n->account);
    put_user(users, n->account, out);
    jsonw_put_text(out, "text", n->text);
    jsonw_end(out);
}

void status_page_put(const status_page_t *p, jsonw_t *out)
{
    static const char *const phases[] = {"open", "extended hours", "overnight", "no session", "not begun"};
    ASSERT(p != NULL && out != NULL && p->phase < COUNT_OF(phases));
    jsonw_put_text(out, "market_phase", phases[p->phase]);
    put_stopped(p, out);
    jsonw_key(out, "loops");
    jsonw_array(out);
    for (u32 i = 0; i < p->loop_count; i++) {
        put_loop(&p->loop[i], out);
    }
    jsonw_end(out);
    jsonw_key(out, "told");
    jsonw_array(out);
    for (u32 i = 0; i < p->notice_count; i++) {
        put_notice(&p->notice[i], p->users, out);
    }
    jsonw_end(out);
    put_accounts(p, out);
}

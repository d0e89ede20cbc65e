/* See report_facts.h. */
#include "faces/report/report_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "drivers/run_spec.h"
#include "engine/engine.h"
#include "model/calendar.h"
#include "scan/record.h"
#include "trade/portfolio/account.h"
#include "store/trials.h"
#include "wire/json.h"

enum { JSON_ARENA = 1 << 20 };

/* What reading needs besides the result. */
typedef struct {
    report_facts_t *f;
    cycle_record_t *own_cycle;
    screen_refusal_t *own_refusals;
    i64 *own_positions; /* [users][inst_count] last known quantity */
    u64 *own_began; /* [users][inst_count] slices before the first fill of what is held */
    i64 *own_opens; /* starts of all slices */
    const char *user;   /* the one whose facts are wanted; NULL all */
    id128_t *own_entries; /* orders of entries that filled, one a fill; slices under their own ids */
    u32 trade_room, day_room, entry_count, entry_room, opens_room;
    bool booked; /* a fact that moves cash was seen */
    diag_t *diag;
} load_t;

err_t report_instruments(blob_t table, report_inst_t **own_out, u32 *count)
{
    ASSERT(own_out != NULL && count != NULL);
    reader_t r = reader_of(table.p, table.n);
    u64 n = get_varint(&r);
    if (r.bad || n > LIMIT_INSTRUMENTS) {
        return ERR_TRUNCATED;
    }
    report_inst_t *v = calloc((size_t)n + 1, sizeof *v);
    if (v == NULL) {
        return ERR_NO_MEMORY;
    }
    bool fits = true;
    for (u64 i = 0; i < n && fits; i++) {
        fits = str_copy(v[i].symbol, sizeof v[i].symbol, get_str(&r)) == ERR_OK;
        v[i].cls = get_u8(&r);
        v[i].sector = get_u8(&r);
        v[i].exponent = -(i32)get_u8(&r);
        v[i].multiplier = get_i64(&r);
        fits = fits && v[i].exponent >= QTY_EXPONENT_MIN && v[i].multiplier > 0;
    }
    if (r.bad || !fits) {
        free(v);
        return ERR_TRUNCATED;
    }
    *own_out = v;
    *count = (u32)n;
    return ERR_OK;
}

report_origin_t report_origin_of(const run_row_t *run, const config_t *config, bool spec_read)
{
    ASSERT(run != NULL);
    digest_t logic = {{0}};
    if (config != NULL) {
        logic = engine_logic_id(config);
    }
    return (report_origin_t){.other_logic = config == NULL || !digest_eq(&logic, &run->logic),
                             .config_unread = config == NULL,
                             .spec_unread = !spec_read};
}

static digest_t scope_of(const run_spec_t *s)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "%d %d %s|%s|%s|%s|%s|%s|%s|%d|", (int)s->kind, (int)s->timeframe,
                     s->source, s->proxy, s->proxy_source, s->vix, s->vix_source, s->news, s->members,
                     (int)s->members_of);
    ASSERT(n > 0 && (size_t)n < sizeof text);
    digest_t head = digest_of(text, (size_t)n);
    return digest_chain(&head, s->symbols, strlen(s->symbols));
}

/* What the run was made of. A text of another version says nothing; then the figures of its end may. */
static bool read_spec(report_facts_t *f, str_t text)
{
    run_spec_t spec = {.symbols = calloc(1, RUN_SPEC_SYMBOLS)};
    bool read = spec.symbols != NULL && run_spec_decode(text, NULL, &spec) == ERR_OK;
    if (read) {
        f->start = spec.cash;
        f->scope = scope_of(&spec);
        f->trade_from = spec.trade_from;
        (void)snprintf(f->proxy, sizeof f->proxy, "%.31s", spec.proxy);
        (void)snprintf(f->proxy_source, sizeof f->proxy_source, "%.63s", spec.proxy_source);
        (void)snprintf(f->source, sizeof f->source, "%.63s", spec.source);
        if (spec.kind == RUN_DEMO) {
            (void)snprintf(f->edge, sizeof f->edge, "%s", spec.edge);
        }
        if (spec.members_of != 0) {
            date_print(f->members_of, spec.members_of);
        } else if (spec.members[0] != '\0') {
            (void)snprintf(f->members_of, sizeof f->members_of, "%s", spec.members);
        }
        f->made_of = spec;
        f->made_of.symbols = NULL;
    }
    free(spec.symbols);
    return read;
}

/* Whose facts these are, and with what they began. */
static err_t choose_user(load_t *l, str_t rows)
{
    report_facts_t *f = l->f;
    if (l->user == NULL) {
        f->start.v = 0;
        for (u32 i = 0; i < f->users.count; i++) {
            f->start.v += f->users.own_v[i].start.v;
        }
        return ERR_OK;
    }
    const report_user_t *u = NULL;
    TRY(report_user_named(&f->users, l->user, f->run.id.text, l->diag, &u));
    f->start = u->start;
    f->account = u->account;
    return f->config_known ? report_user_config(rows, f->account, &f->config) : ERR_OK;
}

static err_t on_start(load_t *l, const ev_RUN_START_t *e)
{
    report_facts_t *f = l->f;
    if (f->own_insts != NULL) {
        return diag_fail(l->diag, ERR_CORRUPT, "run %s starts twice", f->run.id.text);
    }
    bool spec_read = read_spec(f, e->run_spec);
    f->config_known = config_decode(e->config_text, NULL, &f->config) == ERR_OK;
    f->origin = report_origin_of(&f->run, f->config_known ? &f->config : NULL, spec_read);
    err_t err = report_instruments(e->instrument_table, &f->own_insts, &f->inst_count);
    if (err != ERR_OK) {
        return diag_fail(l->diag, err, "run %s: its table of instruments cannot be read", f->run.id.text);
    }
    TRY(report_users_open(e->users_text, f->start, l->diag, &f->users));
    TRY(choose_user(l, e->users_text));
    l->own_positions = calloc((size_t)f->users.count * f->inst_count + 1, sizeof *l->own_positions);
    l->own_began = calloc((size_t)f->users.count * f->inst_count + 1, sizeof *l->own_began);
    return l->own_positions == NULL || l->own_began == NULL ? ERR_NO_MEMORY : ERR_OK;
}

/* Each failed rule counts once a refusal; the first in the record's order is the one that decided. */
static void count_gates(report_facts_t *f, const gate_t *gate, u64 count)
{
    bool seen[REPORT_RULES] = {false};
    bool first = true;
    for (u64 i = 0; i < count; i++) {
        if (gate_holds(&gate[i]) || gate[i].rule >= REPORT_RULES) {
            continue;
        }
        f->rule_decided[gate[i].rule] += first ? 1 : 0;
        f->rule_failed[gate[i].rule] += seen[gate[i].rule] ? 0 : 1;
        seen[gate[i].rule] = true;
        first = false;
    }
}

static void count_screen(report_facts_t *f, const screen_refusal_t *r)
{
    bool first = true;
    for (u32 bit = 0; bit < 15; bit++) {
        if ((r->mask & (1U << bit)) != 0) {
            f->rule_failed[RULE_HISTORY + bit]++;
            f->rule_decided[RULE_HISTORY + bit] += first ? 1 : 0;
            first = false;
        }
    }
}

static void count_cycle(report_facts_t *f, const cycle_record_t *r)
{
    f->cycles++;
    f->entered += r->universe;
    f->candidates += r->cand_count;
    if (f->first_candidate == 0 && r->stage_out[6] > 0) {
        f->first_candidate = (date_t)r->session; /* cycles come in order */
    }
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        f->in[i] += r->stage_in[i];
        f->out[i] += r->stage_out[i];
    }
    if (r->stopped_stage > 0 && r->stopped_stage < REPORT_STAGES) {
        f->cycles_stopped++;
        f->stopped[r->stopped_stage]++;
        count_gates(f, r->gate, r->gate_count);
    }
    f->refused[6] += r->refusal_count;
    for (u64 i = 0; i < r->refusal_count; i++) {
        count_screen(f, &r->refusal[i]);
    }
    for (u64 i = 0; i < r->cand_count; i++) {
        const cand_record_t *c = &r->cand[i];
        f->traded += c->traded;
        f->handed += (c->flags & CAND_HANDED) != 0 ? 1 : 0; /* by the house: its users enter it again */
        if (c->refused_stage > 0 && c->refused_stage < REPORT_STAGES) {
            f->refused[c->refused_stage]++;
            count_gates(f, c->gate, c->gate_count);
        }
    }
}

static err_t on_decision(load_t *l, const ev_DECISION_t *e)
{
    if (e->form == RECORD_EXIT) {
        l->f->exits++;
        return ERR_OK;
    }
    l->own_cycle->refusal = l->own_refusals;
    err_t err = record_cycle_decode(e->record, l->own_cycle);
    if (err != ERR_OK) {
        return diag_fail(l->diag, err, "run %s: the record of cycle %llu cannot be read", l->f->run.id.text,
                         (unsigned long long)e->cycle);
    }
    count_cycle(l->f, l->own_cycle);
    report_user_t *u = report_user_of(&l->f->users, e->account);
    if (u != NULL) {
        u->cycles++;
    }
    return ERR_OK;
}

static i64 notional(const report_facts_t *f, inst_t inst, i64 price, i64 qty)
{
    money_t m = {0};
    const report_inst_t *t = &f->own_insts[inst];
    err_t err = money_of((price_t){price}, (qty_t){qty}, t->exponent, t->multiplier, ROUND_NEAREST, &m);
    return err == ERR_OK ? m.v : 0;
}

static size_t place_of(const load_t *l, const report_user_t *u, inst_t inst)
{
    return (size_t)(u - l->f->users.own_v) * l->f->inst_count + inst;
}

static i64 *position_of(const load_t *l, const report_user_t *u, inst_t inst)
{
    return &l->own_positions[place_of(l, u, inst)];
}

/* The first booking tells what there was before it. */
static err_t on_fill(load_t *l, const ev_FILL_t *e)
{
    report_facts_t *f = l->f;
    if (e->inst >= f->inst_count) {
        return diag_fail(l->diag, ERR_CORRUPT, "run %s: a fill names instrument %u of %u", f->run.id.text,
                         e->inst, f->inst_count);
    }
    i64 value = notional(f, e->inst, e->price, e->qty);
    if (!l->booked && f->start.v == 0) {
        f->start.v = e->cash_after + e->fee + (side_is_buy((side_t)e->side) ? value : -value);
    }
    l->booked = true;
    f->unmarked++;
    f->fills++;
    f->fees.v += e->fee;
    if (e->role == ROLE_ENTRY) {
        TRY(list_room(&l->own_entries, &l->entry_room, (size_t)l->entry_count + 1, sizeof e->intent));
        l->own_entries[l->entry_count++] = e->intent;
    }
    report_user_t *u = report_user_of(&f->users, e->account);
    if (u != NULL) {
        u->fees.v += e->fee;
        if (*position_of(l, u, e->inst) == 0) { /* the slice of the bar that fills it comes behind the fill */
            l->own_began[place_of(l, u, e->inst)] = f->slices;
        }
        *position_of(l, u, e->inst) = e->position_after;
    }
    return ERR_OK;
}

static void on_cash(load_t *l, const ev_CASH_t *e)
{
    if (!l->booked && l->f->start.v == 0) {
        l->f->start.v = e->kind == CASH_DEPOSIT ? e->cash_after : e->cash_after - e->amount;
    }
    l->booked = true;
    l->f->interest.v += e->kind == CASH_INTEREST ? e->amount : 0;
    report_user_t *u = report_user_of(&l->f->users, e->account);
    if (u != NULL && e->inst < l->f->inst_count && cash_is_action((cash_kind_t)e->kind)) {
        *position_of(l, u, e->inst) = e->qty_after;
    }
}

calendar_id_t report_calendar(const report_facts_t *f)
{
    ASSERT(f != NULL);
    return f->inst_count > 0 && f->own_insts[0].cls == CLASS_CRYPTO ? CAL_CRYPTO : CAL_NYSE;
}

u32 report_year(const report_facts_t *f)
{
    return calendar_year(report_calendar(f));
}

u32 report_facts_day(const report_facts_t *f, date_t day)
{
    ASSERT(f != NULL);
    u32 lo = 0;
    u32 hi = f->day_count;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (f->own_days[mid].session < day) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    ASSERT(lo <= f->day_count);
    return lo;
}

bool report_facts_of(const report_facts_t *f, u64 account)
{
    ASSERT(f != NULL);
    return f->account == 0 || f->account == account;
}

const report_user_t *report_facts_user(const report_facts_t *f, u64 account)
{
    ASSERT(f != NULL);
    for (u32 i = 0; i < f->users.count && f->users.count > 1; i++) {
        if (f->users.own_v[i].account == account) {
            return &f->users.own_v[i];
        }
    }
    return NULL;
}

u32 report_facts_warmup(const report_facts_t *f)
{
    ASSERT(f != NULL && (f->day_count == 0 || f->own_days != NULL));
    u32 n = 0;
    while (n < f->day_count && f->own_days[n].session < f->first_candidate) {
        n++;
    }
    return (u64)n * 20 < f->day_count ? 0 : n;
}

/* A session's end of all whose facts these are: each as it was last marked. */
static report_day_t day_now(const report_facts_t *f, date_t session)
{
    report_day_t day = {.session = session};
    i128 cash = 0;
    i128 equity = 0;
    i128 gross = 0;
    i128 net = 0;
    i128 low = 0;
    for (u32 i = 0; i < f->users.count; i++) {
        const report_user_t *u = &f->users.own_v[i];
        if (!report_facts_of(f, u->account)) {
            continue;
        }
        low += u->low.v;
        cash += u->cash.v;
        equity += u->equity.v;
        gross += u->gross.v;
        net += u->net_held.v;
    }
    day.cash = money_saturated(cash).v;
    day.equity = money_saturated(equity).v;
    day.gross = money_saturated(gross).v;
    day.net = money_saturated(net).v;
    day.low = money_saturated(low).v;
    return day;
}

static err_t on_equity(load_t *l, const ev_EQUITY_t *e)
{
    report_facts_t *f = l->f;
    if (!l->booked && f->start.v == 0) {
        f->start.v = e->cash;
    }
    l->booked = true;
    report_user_t *own = report_user_of(&f->users, e->account);
    if (own != NULL) {
        own->cash.v = e->cash;
        own->equity.v = e->equity;
        own->gross.v = e->gross;
        own->net_held.v = e->net;
        own->low.v = e->low;
    }
    f->unmarked = 0;
    report_day_t day = day_now(f, (date_t)e->session);
    if (f->day_count > 0 && f->own_days[f->day_count - 1].session >= day.session) {
        f->own_days[f->day_count - 1] = day; /* a session that ended twice: the last word counts */
        return ERR_OK;
    }
    TRY(list_room(&f->own_days, &l->day_room, (size_t)f->day_count + 1, sizeof day));
    f->own_days[f->day_count++] = day;
    return ERR_OK;
}

static err_t on_lesson(load_t *l, const ev_LESSON_t *e)
{
    report_facts_t *f = l->f;
    report_trade_t t = {.entry = e->entry, .account = e->account};
    err_t err = lesson_decode(e->record, &t.l);
    err = err == ERR_OK && t.l.inst >= f->inst_count ? ERR_CORRUPT : err;
    if (err != ERR_OK) {
        return diag_fail(l->diag, err, "run %s: the record of closed trade %u cannot be read", f->run.id.text,
                         f->trade_count + 1);
    }
    report_user_t *u = report_user_of(&f->users, e->account);
    t.bar = u != NULL ? (i64)l->own_began[place_of(l, u, (inst_t)t.l.inst)] : I64_MAX;
    TRY(list_room(&f->own_trades, &l->trade_room, (size_t)f->trade_count + 1, sizeof t));
    f->own_trades[f->trade_count++] = t;
    f->unmarked++;
    if (u != NULL) {
        u->closed++;
        u->net.v += t.l.net;
    }
    return ERR_OK;
}

static err_t on_slice(load_t *l, const ev_SLICE_t *e)
{
    report_facts_t *f = l->f;
    TRY(list_room(&l->own_opens, &l->opens_room, (size_t)f->slices + 1, sizeof *l->own_opens));
    l->own_opens[f->slices++] = e->t_open;
    f->timeframe = (timeframe_t)e->timeframe;
    f->symbol_bars += e->rows;
    f->t_first = f->t_first == 0 ? e->t_known : f->t_first;
    f->t_last = e->t_known;
    return ERR_OK;
}

/* A trade may be over before the slice of its own bar is on record: counts of slices become starts of bars at
 * the end. */
static void find_bars(load_t *l)
{
    report_facts_t *f = l->f;
    for (u32 i = 0; i < f->trade_count; i++) {
        i64 *bar = &f->own_trades[i].bar;
        *bar = (u64)*bar < f->slices ? l->own_opens[*bar] : 0;
    }
}

static void on_alert(report_facts_t *f, const ev_ALERT_t *e)
{
    u32 i = 0;
    while (i < f->alert_count && f->alert[i].code != e->code) {
        i++;
    }
    if (i == f->alert_count) {
        if (i == REPORT_ALERTS) {
            f->alert[REPORT_ALERTS - 1].count++;
            return;
        }
        f->alert[i].code = e->code;
        str_t text = str_slice(e->text, 0, MIN_OF(e->text.n, (u32)REPORT_TEXT - 1));
        err_t err = str_copy(f->alert[i].text, sizeof f->alert[i].text, text);
        ASSERT(err == ERR_OK);
        f->alert_count++;
    }
    f->alert[i].count++;
}

static void on_notice(report_facts_t *f, const event_t *e)
{
    const ev_NOTICE_t *n = &e->as.NOTICE;
    u32 i = 0;
    while (i < f->told_count && f->told[i].row != n->loop) {
        i++;
    }
    if (i == REPORT_TOLD) {
        return; /* more rows than any plan has had: what they are nobody could say */
    }
    f->told_count = MAX_OF(f->told_count, i + 1);
    report_told_t *t = &f->told[i];
    t->row = n->loop;
    t->count++;
    t->t = e->head.t_engine;
    t->account = n->account;
    str_t text = str_slice(n->text, 0, MIN_OF(n->text.n, (u32)REPORT_SENTENCE - 1));
    err_t err = str_copy(t->text, sizeof t->text, text);
    ASSERT(err == ERR_OK);
}

/* Whether a fact is of somebody else than the one that is asked for. */
static bool of_another(const report_facts_t *f, const event_t *e)
{
    u64 account = event_account(e);
    return account != 0 && !report_facts_of(f, account);
}

static bool terms_of(const void *ctx, inst_t inst, i32 *exponent, i64 *multiplier)
{
    const report_facts_t *f = ctx;
    if (inst >= f->inst_count) {
        return false;
    }
    *exponent = f->own_insts[inst].exponent;
    *multiplier = f->own_insts[inst].multiplier;
    return true;
}

static err_t take(load_t *l, const event_t *e)
{
    report_facts_t *f = l->f;
    event_kind_t kind = (event_kind_t)e->head.kind;
    tax_run_t run = {.users = &f->users, .insts = f->own_insts, .count = f->inst_count};
    TRY(tax_ledger_take(&f->tax, e, &run)); /* of every account: an owner's wash sales reach across them */
    report_accounts_take(&f->users, e);
    if (of_another(f, e)) {
        return ERR_OK;
    }
    if (kind != EV_RUN_START && f->own_insts == NULL) {
        return diag_fail(l->diag, ERR_CORRUPT, "run %s does not begin with its start", f->run.id.text);
    }
    err_t err = report_slices_take(&f->sliced, e, terms_of, f);
    if (err != ERR_OK) {
        return diag_fail(l->diag, err, "run %s: its sliced orders cannot be read", f->run.id.text);
    }
    switch (kind) {
    case EV_RUN_START:
        return on_start(l, &e->as.RUN_START);
    case EV_DECISION:
        return on_decision(l, &e->as.DECISION);
    case EV_FILL:
        return on_fill(l, &e->as.FILL);
    case EV_CASH:
        on_cash(l, &e->as.CASH);
        return ERR_OK;
    case EV_EQUITY:
        return on_equity(l, &e->as.EQUITY);
    case EV_LESSON:
        return on_lesson(l, &e->as.LESSON);
    case EV_ALERT:
        on_alert(f, &e->as.ALERT);
        return ERR_OK;
    case EV_NOTICE:
        on_notice(f, e);
        return ERR_OK;
    case EV_TIMING:
        return report_time_take(&f->time, e);
    case EV_SLICE:
        return on_slice(l, &e->as.SLICE);
    default:
        return ERR_OK;
    }
}

static int id_order(const void *a, const void *b) { return memcmp(a, b, sizeof(id128_t)); }

/* The parent's id in place of a slice's: both lists in order of ids, side by side. */
static err_t slices_to_orders(load_t *l)
{
    const report_slices_t *s = &l->f->sliced;
    id128_t(*own_of)[2] = calloc(MAX_OF(s->slice_count, 1U), sizeof *own_of); /* slice, order */
    if (own_of == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < s->slice_count; i++) {
        own_of[i][0] = s->own_slices[i].s.id;
        own_of[i][1] = s->own_orders[s->own_slices[i].order].id;
    }
    qsort(own_of, s->slice_count, sizeof *own_of, id_order);
    for (u32 i = 0, k = 0; i < l->entry_count; i++) {
        while (k < s->slice_count && id_order(&own_of[k][0], &l->own_entries[i]) < 0) {
            k++;
        }
        if (k < s->slice_count && id128_eq(own_of[k][0], l->own_entries[i])) {
            l->own_entries[i] = own_of[k][1];
        }
    }
    free(own_of);
    return ERR_OK;
}

/* How many entries filled, wholly or in part: slices of one order are one entry. */
static err_t count_filled(load_t *l, u64 *out)
{
    *out = 0;
    if (l->entry_count == 0) {
        return ERR_OK;
    }
    qsort(l->own_entries, l->entry_count, sizeof *l->own_entries, id_order);
    TRY(slices_to_orders(l));
    qsort(l->own_entries, l->entry_count, sizeof *l->own_entries, id_order);
    for (u32 i = 0; i < l->entry_count; i++) {
        *out += i == 0 || !id128_eq(l->own_entries[i], l->own_entries[i - 1]) ? 1 : 0;
    }
    return ERR_OK;
}

static err_t read_events(load_t *l, store_t *s)
{
    journal_reader_t *r = NULL;
    TRY(journal_reader_open(s, str_from(l->f->run.id.text), l->diag, &r));
    err_t err = ERR_OK;
    bool more = true;
    while (err == ERR_OK && more) {
        event_t e;
        err = journal_next(r, l->diag, &e, &more);
        if (err == ERR_OK && more) {
            err = take(l, &e);
        }
    }
    journal_reader_close(r);
    TRY(err);
    report_time_end(&l->f->time);
    find_bars(l);
    for (u32 i = 0; i < l->f->inst_count * l->f->users.count; i++) {
        l->f->open_positions += l->own_positions[i] != 0 ? 1 : 0;
    }
    return count_filled(l, &l->f->filled);
}

static void text_of(const json_t *j, const char *key, char *out, size_t size)
{
    str_t s;
    if (json_to_str(json_get(j, key), &s) == ERR_OK && s.n > 0) {
        err_t err = str_copy(out, size, str_slice(s, 0, MIN_OF(s.n, (u32)size - 1)));
        ASSERT(err == ERR_OK);
    }
}

/* What the run itself said of its data; a run without figures says nothing. */
static void read_said(report_facts_t *f, str_t text)
{
    arena_t a;
    const json_t *j = NULL;
    if (text.n == 0 || arena_open(&a, JSON_ARENA) != ERR_OK) {
        return;
    }
    if (json_parse(&a, text, NULL, &j) == ERR_OK) {
        text_of(j, "members_of", f->members_of, sizeof f->members_of);
        text_of(j, "adjusted_to", f->adjusted_to, sizeof f->adjusted_to);
        text_of(j, "data_flaws", f->flaws, sizeof f->flaws);
    }
    arena_close(&a);
}

/* A demo counts itself and is no back-test. */
static err_t read_trials(report_facts_t *f, store_t *s, diag_t *diag)
{
    trials_t t;
    TRY(trials_count(s, &f->run.input, diag, &t));
    f->searched = t.searched;
    f->elsewhere = f->run.kind == RUN_BACKTEST ? t.elsewhere : 0;
    f->trials = t.searched + t.runs + (f->run.kind == RUN_BACKTEST ? 0 : 1);
    return ERR_OK;
}

err_t report_facts_read(store_t *s, str_t id, const char *user, diag_t *diag, report_facts_t *out)
{
    ASSERT(s != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    TRY(run_find(s, id, diag, &out->run));
    load_t l = {.f = out, .diag = diag, .user = user};
    l.own_cycle = calloc(1, sizeof *l.own_cycle);
    l.own_refusals = calloc(LIMIT_UNIVERSE, sizeof *l.own_refusals);
    err_t err = l.own_cycle == NULL || l.own_refusals == NULL ? ERR_NO_MEMORY : read_events(&l, s);
    free(l.own_cycle);
    free(l.own_refusals);
    free(l.own_positions);
    free(l.own_began);
    free(l.own_opens);
    free(l.own_entries);
    TRY(err);
    char *own_text = NULL;
    if (run_text(s, out->run.number, false, NULL, &own_text) == ERR_OK) {
        read_said(out, str_from(own_text));
        free(own_text);
    }
    return read_trials(out, s, diag);
}

void report_facts_free(report_facts_t *f)
{
    ASSERT(f != NULL);
    report_slices_free(&f->sliced);
    report_time_free(&f->time);
    free(f->own_insts);
    free(f->own_trades);
    free(f->own_days);
    report_users_free(&f->users);
    tax_ledger_free(&f->tax);
    f->own_insts = NULL;
    f->own_trades = NULL;
    f->own_days = NULL;
}

/* Bunched orders between the broker and the desks: what is said of one order reaches every sub-ledger that
 * has a part in it, live and in recovery by the same functions. docs/decisions/0029. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "trade/execution/recover.h"

/* The bunch that a message of a broker or the door is about; NULL if it is about none. */
static bunch_t *bunch_of_input(const engine_t *e, const event_t *in)
{
    if (e->bunches.sharing == 0) {
        return NULL;
    }
    if (in->head.kind == EV_SEND_RESULT) {
        return bunch_find(&e->bunches, in->as.SEND_RESULT.intent);
    }
    bunch_t *b = in->head.kind == EV_BROKER ? bunch_find(&e->bunches, in->as.BROKER.intent) : NULL;
    return b != NULL && b->account == in->as.BROKER.account ? b : NULL;
}

static desk_t *desk_of_member(const engine_t *e, const bunch_member_t *m)
{
    desk_t *d = desk_of_account(e, m->account);
    ASSERT(d != NULL); /* rows are of these users: bunch_table_recover and its load look */
    return d;
}

void bunch_news(engine_t *e, const event_t *in)
{
    ASSERT(e != NULL && in != NULL);
    const bunch_t *b = bunch_of_input(e, in);
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        desk_t *d = desk_of_member(e, &b->member[i]);
        desk_touch(d);
        scheduler_note(&d->loops, LOOP_IN_BROKER);
    }
}

/* What did not divide. Returns what the house has now. */
static money_t house_add(engine_t *e, const bunch_t *b, money_t residue)
{
    money_t *house = bunch_house(&e->bunches, b->account);
    ASSERT(house != NULL);
    house->v += residue.v;
    return *house;
}

static void on_sent(engine_t *e, const bunch_t *b, const ev_SEND_RESULT_t *s)
{
    for (u32 i = 0; i < b->count; i++) {
        ev_SEND_RESULT_t mine = {.intent = b->member[i].intent, .sent = s->sent};
        exec_on_send_result(&desk_of_member(e, &b->member[i])->account, &mine, e->now, &e->out);
    }
}

static void on_broker(engine_t *e, bunch_t *b, const ev_BROKER_t *m)
{
    bunch_words_t words;
    bunch_hear(b, m, &e->spec.market->instruments[b->inst], &words);
    for (u32 i = 0; i < words.count; i++) {
        desk_on_broker(desk_of_account(e, words.word[i].account), &words.word[i]);
    }
    for (u32 i = 0; words.doubt && i < b->count; i++) {
        exec_doubt(&desk_of_member(e, &b->member[i])->account, b->member[i].intent, e->now, &e->out);
    }
    if (words.residue.v != 0) {
        money_t house = house_add(e, b, words.residue);
        outbox_fact(&e->out, EV_CASH)->as.CASH = (ev_CASH_t){.account = b->account,
                                                             .inst = b->inst,
                                                             .kind = CASH_BUNCH,
                                                             .amount = words.residue.v,
                                                             .cash_after = house.v};
    }
}

bool bunch_take_word(engine_t *e, const event_t *in)
{
    ASSERT(e != NULL && in != NULL);
    bunch_t *b = bunch_of_input(e, in);
    if (b == NULL) {
        return false;
    }
    if (in->head.kind == EV_SEND_RESULT) {
        on_sent(e, b, &in->as.SEND_RESULT);
    } else {
        on_broker(e, b, &in->as.BROKER);
    }
    return true;
}

/* Number of the shared account of a desk; 0: it has its own, as the house has. */
static u64 shared_by(const engine_t *e, u32 index)
{
    const bunch_table_t *t = &e->bunches;
    ASSERT(t->sharing == 0 || index >= t->ledger_count ||
           t->ledger[index].account == e->desk[index].account.account_id);
    return t->sharing > 0 && index < t->ledger_count ? t->ledger[index].shared : 0;
}

/* Nothing opens at a desk before it agrees with its broker. */
static void close_desk(desk_t *d)
{
    d->account.reconcile |= RECONCILE_BROKER;
    desk_touch(d);
    scheduler_note(&d->loops, LOOP_IN_BROKER);
}

void bunch_stray(engine_t *e, u64 account)
{
    ASSERT(e != NULL);
    for (u32 i = 0; account >= USER_SHARED && i < e->desk_count; i++) {
        if (shared_by(e, i) == account) {
            close_desk(&e->desk[i]);
        }
    }
}

void bunch_on_slice(engine_t *e, const slice_t *s)
{
    ASSERT(e != NULL && s != NULL);
    for (u32 i = 0; i < s->action_count; i++) {
        for (u32 k = 0; s->action[i].kind == ACTION_SPLIT && k < e->bunches.count; k++) {
            if (e->bunches.row[k].inst == s->action[i].inst) {
                bunch_on_split(&e->bunches.row[k], &s->action[i]);
            }
        }
    }
}

/* True if a sub-ledger still has its order: a late execution would find it. */
static bool bunch_is_held(engine_t *e, const bunch_t *b)
{
    for (u32 i = 0; i < b->count; i++) {
        if (account_order_const(&desk_of_member(e, &b->member[i])->account, b->member[i].intent) != NULL) {
            return true;
        }
    }
    return false;
}

void bunch_session_begins(engine_t *e)
{
    ASSERT(e != NULL);
    for (u32 i = e->bunches.count; i > 0; i--) {
        if (!bunch_is_held(e, &e->bunches.row[i - 1])) {
            bunch_table_drop(&e->bunches, i - 1);
        }
    }
}

/* ---- recovery -------------------------------------------------------------------------------------------
 */

static void recover_sent(engine_t *e, const bunch_t *b, const ev_SEND_RESULT_t *s)
{
    for (u32 i = 0; s->sent != 0 && i < b->count; i++) {
        order_t *o = account_order(&desk_of_member(e, &b->member[i])->account, b->member[i].intent);
        if (o != NULL && o->state == ORDER_INTENT) {
            o->t_sent = e->now;
        }
    }
}

/* Each sub-ledger is shown its own word as the input that its facts come from. A fill and an end of one
 * message are shown in reverse: the facts of fills read their costs from the last. */
static err_t recover_word(engine_t *e, recover_t *facts, bunch_t *b, const event_t *in)
{
    bunch_words_t words;
    bunch_hear(b, &in->as.BROKER, &e->spec.market->instruments[b->inst], &words);
    (void)house_add(e, b, words.residue);
    for (u32 i = words.count; i > 0; i--) {
        event_t one = {.head = in->head, .as.BROKER = words.word[i - 1]};
        TRY(recover_apply(&facts[desk_of_account(e, one.as.BROKER.account)->index], &one));
    }
    return ERR_OK;
}

err_t bunch_recover(engine_t *e, recover_t *facts, const event_t *ev)
{
    ASSERT(e != NULL && facts != NULL && ev != NULL);
    if (ev->head.kind == EV_BUNCH) {
        return bunch_table_recover(&e->bunches, &ev->as.BUNCH);
    }
    if (ev->head.kind == EV_CASH && ev->as.CASH.kind == CASH_BUNCH) {
        const money_t *house = bunch_house(&e->bunches, ev->as.CASH.account);
        return house != NULL && house->v == ev->as.CASH.cash_after ? ERR_OK : ERR_CORRUPT;
    }
    bunch_t *b = bunch_of_input(e, ev);
    if (b == NULL) {
        return ERR_OK;
    }
    if (ev->head.kind == EV_SEND_RESULT) {
        recover_sent(e, b, &ev->as.SEND_RESULT);
        return ERR_OK;
    }
    return recover_word(e, facts, b, ev);
}

/* ---- comparison with the broker -------------------------------------------------------------------------
 */

static bool is_other(const desk_t *d, const desk_t *of)
{
    u64 mine = shared_by(d->engine, d->index);
    return of != d && mine != 0 && shared_by(d->engine, of->index) == mine;
}

/* Whether an order that the account's broker lists is this desk's to compare; a bunch counts as its own
 * order, while that is not whole. */
static bool told_is_mine(const desk_t *d, id128_t *id)
{
    const bunch_t *b = bunch_find(&d->engine->bunches, *id);
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        const bunch_member_t *m = &b->member[i];
        if (m->account == d->account.account_id && m->filled < m->qty) {
            *id = m->intent;
            return true;
        }
    }
    const desk_t *of = b == NULL ? desk_of_order(d->engine, *id) : NULL;
    return b == NULL && (of == NULL || !is_other(d, of)); /* known to nobody, or not to another */
}

void bunch_told_part(const desk_t *d, broker_told_t *told)
{
    ASSERT(d != NULL && told != NULL);
    const engine_t *e = d->engine;
    u32 kept = 0;
    if (shared_by(e, d->index) == 0) {
        return;
    }
    for (u32 i = 0; i < e->desk_count; i++) {
        if (!is_other(d, &e->desk[i])) {
            continue;
        }
        for (u32 k = 0; k < e->desk[i].account.positions_used; k++) {
            const position_t *p = &e->desk[i].account.positions[k];
            if (p->inst != INST_NONE && p->qty.v != 0) {
                broker_told_less(told, p->inst, p->qty.v);
            }
        }
    }
    for (u32 i = 0; i < told->order_count; i++) {
        id128_t id = told->orders[i];
        if (told_is_mine(d, &id)) {
            told->orders[kept++] = id;
        }
    }
    told->order_count = kept;
}

void bunch_compared(desk_t *d, const broker_told_t *told)
{
    ASSERT(d != NULL && told != NULL);
    bool same = broker_told_holds(&d->account, told);
    for (u32 i = 0; !same && i < d->engine->desk_count; i++) {
        if (is_other(d, &d->engine->desk[i])) {
            close_desk(&d->engine->desk[i]);
        }
    }
}

/* ---- for faces and drivers ------------------------------------------------------------------------------
 */

u64 engine_account_at_broker(const engine_t *e, u32 desk)
{
    ASSERT(e != NULL && desk < e->desk_count);
    u64 shared = shared_by(e, desk);
    return shared != 0 ? shared : e->desk[desk].account.account_id;
}

const bunch_t *engine_bunch(const engine_t *e, id128_t id)
{
    ASSERT(e != NULL);
    return bunch_find(&e->bunches, id);
}

u32 engine_bunches_live(const engine_t *e, u64 shared)
{
    ASSERT(e != NULL);
    u32 live = 0;
    for (u32 i = 0; i < e->bunches.count; i++) {
        const bunch_t *b = &e->bunches.row[i];
        bool any = false;
        for (u32 k = 0; b->account == shared && k < b->count; k++) {
            const desk_t *d = desk_of_member(e, &b->member[k]);
            const order_t *o = account_order_const(&d->account, b->member[k].intent);
            any = any || (o != NULL && !order_state_is_terminal((order_state_t)o->state));
        }
        live += any ? 1 : 0;
    }
    return live;
}

money_t engine_house(const engine_t *e, u64 shared)
{
    ASSERT(e != NULL);
    const money_t *house = bunch_house(&e->bunches, shared);
    return house != NULL ? *house : (money_t){0};
}

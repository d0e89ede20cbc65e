/* Bunched orders between the broker and the desks: what is said of one order reaches every sub-ledger that
 * has a part in it, live and in recovery by the same functions. docs/decisions/0029. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "trade/execution/recover.h"

static desk_t *desk_of_member(const engine_t *e, const bunch_member_t *m)
{
    desk_t *d = desk_of_account(e, m->account);
    ASSERT(d != NULL); /* rows are of these users: bunch_table_recover and its load look */
    return d;
}

void bunch_news(engine_t *e, const event_t *in)
{
    ASSERT(e != NULL && in != NULL);
    const bunch_t *b = bunch_of_input(&e->bunches, in);
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        desk_t *d = desk_of_member(e, &b->member[i]);
        desk_touch(d);
        scheduler_note(&d->loops, LOOP_IN_BROKER);
    }
}

static void take(void *self, account_t *a, const ev_BROKER_t *word)
{
    desk_on_broker(desk_of_account(self, a->account_id), word);
}

bool bunch_take_word(engine_t *e, const event_t *in)
{
    ASSERT(e != NULL && in != NULL);
    bunch_t *b = bunch_of_input(&e->bunches, in);
    if (b == NULL) {
        return false;
    }
    bunch_step_t step = {.books = e->books, .now = e->now, .out = &e->out, .self = e, .take = take};
    if (in->head.kind == EV_SEND_RESULT) {
        bunch_step_sent(&step, b, &in->as.SEND_RESULT);
        return true;
    }
    bunch_words_t words;
    bunch_hear(b, &in->as.BROKER, &e->spec.market->instruments[b->inst], &words);
    bunch_step_words(&step, b, &words);
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
        bunch_step_action(&e->bunches, &s->action[i]);
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

/* Each sub-ledger is shown its own word as the input that its facts come from. A fill and an end of one
 * message are shown in reverse: the facts of fills read their costs from the last. */
static err_t recover_word(engine_t *e, recover_t *facts, bunch_t *b, const event_t *in)
{
    bunch_words_t words;
    bunch_hear(b, &in->as.BROKER, &e->spec.market->instruments[b->inst], &words);
    bunch_words_again(&e->bunches, b, &words);
    for (u32 i = words.count; i > 0; i--) {
        event_t one = {.head = in->head, .as.BROKER = words.word[i - 1]};
        TRY(recover_apply(&facts[desk_of_account(e, one.as.BROKER.account)->index], &one));
    }
    return ERR_OK;
}

err_t bunch_recover(engine_t *e, recover_t *facts, const event_t *ev)
{
    ASSERT(e != NULL && facts != NULL && ev != NULL);
    bunch_t *b = bunch_of_input(&e->bunches, ev);
    if (b == NULL) {
        return bunch_fact_again(&e->bunches, ev);
    }
    for (u32 i = 0; ev->head.kind == EV_SEND_RESULT && i < b->count; i++) {
        bunch_sent_again(&desk_of_member(e, &b->member[i])->account, b, &ev->as.SEND_RESULT, e->now);
    }
    return ev->head.kind == EV_BROKER ? recover_word(e, facts, b, ev) : ERR_OK;
}

/* ---- comparison with the broker -------------------------------------------------------------------------
 */

void bunch_told_to(const desk_t *d, broker_told_t *told)
{
    ASSERT(d != NULL && told != NULL);
    bunch_told_part(&d->engine->books, &d->account, told);
}

void bunch_compared(desk_t *d, const broker_told_t *told)
{
    ASSERT(d != NULL && told != NULL);
    const bunch_books_t *books = &d->engine->books;
    bool same = broker_told_holds(&d->account, told);
    u32 next = 0;
    for (account_t *a = same ? NULL : bunch_beside(books, &d->account, &next); a != NULL;
         a = bunch_beside(books, &d->account, &next)) {
        close_desk(desk_of_account(d->engine, a->account_id));
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

/* See bunch_step.h. */
#include "trade/execution/bunch_step.h"

#include "base/assert.h"

account_t *bunch_account(const bunch_books_t *b, u64 account)
{
    ASSERT(b != NULL);
    u32 lo = 0;
    u32 hi = b->count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (b->account[mid]->account_id < account) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < b->count && b->account[lo]->account_id == account ? b->account[lo] : NULL;
}

account_t *bunch_beside(const bunch_books_t *b, const account_t *mine, u32 *next)
{
    ASSERT(b != NULL && mine != NULL && next != NULL);
    u64 shared = bunch_shared(b->table, mine->account_id);
    if (shared == mine->account_id) {
        return NULL;
    }
    while (*next < b->count) {
        account_t *a = b->account[(*next)++];
        if (a != mine && bunch_shared(b->table, a->account_id) == shared) {
            return a;
        }
    }
    return NULL;
}

bunch_t *bunch_of_input(const bunch_table_t *t, const event_t *in)
{
    ASSERT(t != NULL && in != NULL);
    if (t->sharing == 0) {
        return NULL;
    }
    if (in->head.kind == EV_SEND_RESULT) {
        return bunch_find(t, in->as.SEND_RESULT.intent);
    }
    bunch_t *b = in->head.kind == EV_BROKER ? bunch_find(t, in->as.BROKER.intent) : NULL;
    return b != NULL && b->account == in->as.BROKER.account ? b : NULL;
}

static account_t *member_of(const bunch_books_t *b, const bunch_member_t *m)
{
    account_t *a = bunch_account(b, m->account);
    ASSERT(a != NULL); /* rows are of these accounts: bunch_table_recover and its load look */
    return a;
}

void bunch_step_sent(const bunch_step_t *s, const bunch_t *b, const ev_SEND_RESULT_t *sent)
{
    ASSERT(s != NULL && b != NULL && sent != NULL);
    for (u32 i = 0; i < b->count; i++) {
        ev_SEND_RESULT_t mine = {.intent = b->member[i].intent, .sent = sent->sent};
        exec_on_send_result(member_of(&s->books, &b->member[i]), &mine, s->now, s->out);
    }
}

/* What did not divide. Returns what the house has now. */
static money_t house_add(bunch_table_t *t, const bunch_t *b, money_t residue)
{
    money_t *house = bunch_house(t, b->account);
    ASSERT(house != NULL);
    house->v += residue.v;
    return *house;
}

void bunch_step_words(const bunch_step_t *s, const bunch_t *b, const bunch_words_t *words)
{
    ASSERT(s != NULL && s->take != NULL);
    ASSERT(b != NULL && words != NULL && words->count <= COUNT_OF(words->word));
    for (u32 i = 0; i < words->count; i++) {
        s->take(s->self, bunch_account(&s->books, words->word[i].account), &words->word[i]);
    }
    for (u32 i = 0; words->doubt && i < b->count; i++) {
        exec_doubt(member_of(&s->books, &b->member[i]), b->member[i].intent, s->now, s->out);
    }
    if (words->residue.v != 0) {
        money_t house = house_add(s->books.table, b, words->residue);
        outbox_fact(s->out, EV_CASH)->as.CASH = (ev_CASH_t){.account = b->account,
                                                            .inst = b->inst,
                                                            .kind = CASH_BUNCH,
                                                            .amount = words->residue.v,
                                                            .cash_after = house.v};
    }
}

void bunch_step_action(bunch_table_t *t, const action_t *action)
{
    ASSERT(t != NULL && action != NULL);
    for (u32 i = 0; action->kind == ACTION_SPLIT && i < t->count; i++) {
        if (t->row[i].inst == action->inst) {
            bunch_on_split(&t->row[i], action);
        }
    }
}

void bunch_words_again(bunch_table_t *t, const bunch_t *b, const bunch_words_t *words)
{
    ASSERT(t != NULL && b != NULL && words != NULL);
    (void)house_add(t, b, words->residue);
}

void bunch_sent_again(account_t *a, const bunch_t *b, const ev_SEND_RESULT_t *sent, i64 now)
{
    ASSERT(a != NULL && b != NULL && sent != NULL);
    for (u32 i = 0; sent->sent != 0 && i < b->count; i++) {
        order_t *o = b->member[i].account == a->account_id ? account_order(a, b->member[i].intent) : NULL;
        if (o != NULL && o->state == ORDER_INTENT) {
            o->t_sent = now;
        }
    }
}

err_t bunch_fact_again(bunch_table_t *t, const event_t *f)
{
    ASSERT(t != NULL && f != NULL);
    if (f->head.kind == EV_BUNCH) {
        return bunch_table_recover(t, &f->as.BUNCH);
    }
    if (f->head.kind == EV_CASH && f->as.CASH.kind == CASH_BUNCH) {
        const money_t *house = bunch_house(t, f->as.CASH.account);
        return house != NULL && house->v == f->as.CASH.cash_after ? ERR_OK : ERR_CORRUPT;
    }
    return ERR_OK;
}

/* Whether an order that the account's broker lists is this one's to compare: its own, one that nobody has,
 * and its part of one of several while that is not whole. */
static bool told_is_mine(const bunch_books_t *books, const account_t *mine, id128_t *id)
{
    const bunch_t *b = bunch_find(books->table, *id);
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        const bunch_member_t *m = &b->member[i];
        if (m->account == mine->account_id && m->filled < m->qty) {
            *id = m->intent;
            return true;
        }
    }
    u32 next = 0;
    for (const account_t *a = b == NULL ? bunch_beside(books, mine, &next) : NULL; a != NULL;
         a = bunch_beside(books, mine, &next)) {
        if (account_order_const(a, *id) != NULL) {
            return false;
        }
    }
    return b == NULL;
}

void bunch_told_part(const bunch_books_t *b, const account_t *mine, broker_told_t *told)
{
    ASSERT(b != NULL && mine != NULL && told != NULL);
    if (bunch_shared(b->table, mine->account_id) == mine->account_id) {
        return;
    }
    u32 next = 0;
    for (const account_t *a = bunch_beside(b, mine, &next); a != NULL; a = bunch_beside(b, mine, &next)) {
        for (u32 k = 0; k < a->positions_used; k++) {
            const position_t *p = &a->positions[k];
            if (p->inst != INST_NONE && p->qty.v != 0) {
                broker_told_less(told, p->inst, p->qty.v);
            }
        }
    }
    u32 kept = 0;
    for (u32 i = 0; i < told->order_count; i++) {
        id128_t id = told->orders[i];
        if (told_is_mine(b, mine, &id)) {
            told->orders[kept++] = id;
        }
    }
    told->order_count = kept;
}

/* See bunch.h. */
#include "trade/execution/bunch.h"

#include <string.h>

#include "base/assert.h"
#include "trade/execution/exec_steps.h"

/* ---- the split ------------------------------------------------------------------------------------------
 */

static i128 total_of(const bunch_t *b)
{
    i128 sum = 0;
    for (u32 i = 0; i < b->count; i++) {
        sum += b->member[i].qty;
    }
    return sum;
}

i64 bunch_qty(const bunch_t *b)
{
    ASSERT(b != NULL && b->count <= BUNCH_MEMBERS);
    i128 sum = total_of(b);
    return sum > I64_MAX ? I64_MAX : (i64)sum;
}

void bunch_intent(const bunch_t *b, intent_t *i)
{
    ASSERT(b != NULL && i != NULL);
    i->id = b->id;
    i->parent = (id128_t){0};
    i->account_id = b->account;
    i->sequence = 0;
    i->qty.v = bunch_qty(b);
}

/* A member at a total: whole units of its part, what is over, and what it is given. */
typedef struct {
    i128 floor;
    i128 rest; /* of the total quantity: below 1 means a remainder */
    i128 due;  /* the total at which its part reaches the next whole unit */
    i128 has;
} part_t;

/* Whether a unit goes to `a` before it goes to `b`, who stands behind it. */
static bool goes_first(const part_t *a, const part_t *b)
{
    return a->due < b->due || (a->due == b->due && a->rest >= b->rest);
}

/* What is between the floors and the total goes, a unit each, to those who are due first. */
static void deal_rest(part_t *part, u32 count, i128 left)
{
    while (left > 0) {
        part_t *best = NULL;
        for (u32 i = 0; i < count; i++) {
            part_t *p = &part[i];
            bool open = p->rest > 0 && p->has <= p->floor;
            if (open && (best == NULL || !goes_first(best, p))) {
                best = p;
            }
        }
        ASSERT(best != NULL); /* the ceilings together reach the total */
        best->has++;
        left--;
    }
}

/* After a split of shares, whose fractions fall away member by member, some may have more than their ceiling:
 * the others wait, the last ones longest. */
static void take_back(const bunch_t *b, part_t *part, i128 over)
{
    for (u32 i = b->count; i > 0 && over > 0; i--) {
        part_t *p = &part[i - 1];
        i128 less = MIN_OF(p->has - b->member[i - 1].filled, over);
        p->has -= less;
        over -= less;
    }
    ASSERT(over == 0);
}

void bunch_split(const bunch_t *b, i64 more, i64 out[BUNCH_MEMBERS])
{
    ASSERT(b != NULL && b->count > 0 && b->count <= BUNCH_MEMBERS);
    ASSERT(more > 0 && out != NULL);
    part_t part[BUNCH_MEMBERS];
    i128 all = total_of(b);
    i128 to = more;
    i128 left = 0;
    for (u32 i = 0; i < b->count; i++) {
        to += b->member[i].filled;
        out[i] = 0;
    }
    if (all == 0) { /* nothing was asked for: an overfill has to stand somewhere */
        out[0] = more;
        return;
    }
    left = to;
    for (u32 i = 0; i < b->count; i++) {
        const bunch_member_t *m = &b->member[i];
        part_t *p = &part[i];
        i128 exact = m->qty * to;
        *p = (part_t){.floor = exact / all, .rest = exact % all};
        p->due = m->qty > 0 ? ((p->floor + 1) * all + m->qty - 1) / m->qty : 0;
        p->has = MAX_OF(p->floor, (i128)m->filled);
        left -= p->has;
    }
    if (left >= 0) {
        deal_rest(part, b->count, left);
    } else {
        take_back(b, part, -left);
    }
    for (u32 i = 0; i < b->count; i++) {
        out[i] = (i64)(part[i].has - b->member[i].filled);
        ASSERT(out[i] >= 0 && out[i] <= more);
    }
}

void bunch_deal(bunch_t *b, i64 more, i64 out[BUNCH_MEMBERS])
{
    bunch_split(b, more, out);
    b->filled += more;
    for (u32 i = 0; i < b->count; i++) {
        b->member[i].filled += out[i];
    }
}

/* ---- what the broker says -------------------------------------------------------------------------------
 */

static ev_BROKER_t *word_add(const bunch_t *b, u32 index, const ev_BROKER_t *m, bunch_words_t *out)
{
    ASSERT(out->count < COUNT_OF(out->word));
    ev_BROKER_t *w = &out->word[out->count++];
    *w = *m;
    w->intent = b->member[index].intent;
    w->account = b->member[index].account;
    w->cum_qty = b->member[index].filled;
    return w;
}

static void word_to_all(const bunch_t *b, const ev_BROKER_t *m, bunch_words_t *out)
{
    for (u32 i = 0; i < b->count; i++) {
        (void)word_add(b, i, m, out);
    }
}

/* The part of an amount, without its fraction. What is left over of fees falls to the house; of spread,
 * slippage and impact, which are only told, nobody has it: members' sums may be smaller than the whole's. */
static i64 part_down(i64 amount, i64 qty, i64 of)
{
    return (i64)((i128)amount * qty / of);
}

/* What an execution comes to. False if no account could book it. */
static bool value_of(i64 price, i64 qty, const instrument_t *in, i64 *out)
{
    money_t v;
    err_t err = money_of((price_t){price}, (qty_t){qty}, in->qty_exponent, in->multiplier, ROUND_NEAREST, &v);
    *out = err == ERR_OK ? v.v : 0;
    return err == ERR_OK && v.v <= ACCOUNT_FILL_MAX;
}

static void fill_dealt(bunch_t *b, const ev_BROKER_t *m, const instrument_t *in, bunch_words_t *out)
{
    i64 part[BUNCH_MEMBERS];
    i64 value = 0;
    i64 whole = 0;
    i64 fees = 0;
    bunch_deal(b, m->qty, part);
    b->exec[b->exec_count++ % ORDER_EXEC_IDS] = m->exec_id;
    for (u32 i = 0; i < b->count; i++) {
        if (part[i] == 0) { /* it hears that the order lives: what never left has no fills */
            ev_BROKER_t alive = {.kind = BROKER_ACK, .broker_order = m->broker_order, .t_event = m->t_event};
            if (b->member[i].filled < b->member[i].qty) {
                (void)word_add(b, i, &alive, out);
            }
            continue;
        }
        ev_BROKER_t *w = word_add(b, i, m, out);
        w->qty = part[i];
        w->fee = part_down(m->fee, part[i], m->qty);
        w->spread_cost = part_down(m->spread_cost, part[i], m->qty);
        w->slippage_cost = part_down(m->slippage_cost, part[i], m->qty);
        w->impact_cost = part_down(m->impact_cost, part[i], m->qty);
        (void)value_of(m->price, part[i], in, &whole); /* less than the whole, which was asked */
        value += whole;
        fees += w->fee;
    }
    (void)value_of(m->price, m->qty, in, &whole);
    i64 more = side_is_buy((side_t)b->side) ? value - whole : whole - value;
    out->residue.v = more + fees - m->fee;
}

/* An answer to a look that tells nothing new ends the doubt of members that have all of theirs: each hears a
 * repeat of the first unit that it had. Of no more: an order that ended keeps its count when shares split,
 * and a repeat of more than that would be booked. */
static void fill_repeated(const bunch_t *b, const ev_BROKER_t *m, bunch_words_t *out)
{
    for (u32 i = 0; i < b->count; i++) {
        if (b->member[i].filled > 0) {
            ev_BROKER_t *w = word_add(b, i, m, out);
            w->exec_id = 0;
            w->qty = 1;
            w->cum_qty = 1;
            w->fee = 0; /* it was shared out with the execution */
            w->spread_cost = 0;
            w->slippage_cost = 0;
            w->impact_cost = 0;
        }
    }
}

/* A reverse split can leave a member without a unit, and no execution falls to it: it ends with the last one
 * of the others, who hear nothing else of an end. */
static void empty_end(const bunch_t *b, const ev_BROKER_t *m, bunch_words_t *out)
{
    ev_BROKER_t end = {.kind = BROKER_CANCELED, .broker_order = m->broker_order, .t_event = m->t_event};
    bool whole = b->filled >= bunch_qty(b);
    for (u32 i = 0; i < b->count && whole; i++) {
        if (b->member[i].qty == 0 && b->member[i].filled == 0) {
            (void)word_add(b, i, &end, out);
        }
    }
}

/* Executions are missing that came before this one, by a count that can be believed. Parts depend by a unit
 * on the order of executions, and the broker woke the members' own orders in its own: what overtook others is
 * not dealt out, it is told again with them by a look. Beyond the whole quantity nobody is asked any more. */
static bool overtook(const bunch_t *b, const ev_BROKER_t *m)
{
    i64 whole = bunch_qty(b);
    bool sound = exec_count_is_sound(m, MAX_OF(whole, b->filled), b->reference);
    return sound && m->cum_qty - m->qty > b->filled && b->filled < whole;
}

static void on_fill(bunch_t *b, const ev_BROKER_t *m, const instrument_t *in, bool more_told,
                    bunch_words_t *out)
{
    i64 value = 0;
    exec_seen_t seen = {.exec = b->exec, .exec_count = b->exec_count, .filled = b->filled, .told = b->told};
    if (!exec_is_sound(m) || m->qty > I64_MAX - b->filled || !value_of(m->price, m->qty, in, &value) ||
        m->fee > ACCOUNT_FILL_MAX) {
        ev_BROKER_t none = *m;
        none.qty = 0; /* each member is to find it as strange as the bunch does */
        word_to_all(b, &none, out);
        return;
    }
    if (exec_is_repeat(&seen, m)) {
        fill_repeated(b, m, out);
        empty_end(b, m, out);
        return;
    }
    if (overtook(b, m)) {
        out->doubt = more_told;
        return;
    }
    fill_dealt(b, m, in, out);
    empty_end(b, m, out);
    out->doubt = b->told > b->filled;
    if (b->held != 0 && !out->doubt) {
        ev_BROKER_t end = {.kind = b->held,
                           .reason = b->held_reason,
                           .broker_order = m->broker_order,
                           .t_event = m->t_event};
        b->held = 0;
        word_to_all(b, &end, out);
    }
}

static bool ends(const ev_BROKER_t *m)
{
    return m->kind == BROKER_CANCELED || m->kind == BROKER_EXPIRED || m->kind == BROKER_REJECT;
}

/* "It lives" and "it is not here" prove nothing of an order of which executions are missing. */
static bool is_look(const ev_BROKER_t *m)
{
    return m->kind == BROKER_ACK || m->kind == BROKER_LOOKUP_FOUND || m->kind == BROKER_LOOKUP_ABSENT;
}

static void on_word(bunch_t *b, const ev_BROKER_t *m, bool more_told, bunch_words_t *out)
{
    bool missing = b->told > b->filled;
    if (b->held != 0 && m->kind != BROKER_BUST) {
        return; /* words of before its end, or the end again */
    }
    if (missing && ends(m)) {
        b->held = m->kind;
        b->held_reason = m->reason;
        out->doubt = true;
        return;
    }
    out->doubt = missing && more_told;
    if (!missing || !is_look(m)) {
        word_to_all(b, m, out);
    }
}

void bunch_hear(bunch_t *b, const ev_BROKER_t *m, const instrument_t *in, bunch_words_t *out)
{
    ASSERT(b != NULL && m != NULL && in != NULL && out != NULL);
    ASSERT(b->count > 0 && b->count <= BUNCH_MEMBERS);
    i64 most = MAX_OF(bunch_qty(b), b->filled);
    i64 before = b->told;
    bool sound = exec_count_is_sound(m, most, b->reference);
    b->told = sound ? MAX_OF(b->told, MIN_OF(m->cum_qty, most)) : b->told;
    out->residue = (money_t){0};
    out->count = 0;
    out->doubt = false;
    if (m->kind == BROKER_FILL) {
        on_fill(b, m, in, b->told > before, out);
    } else {
        on_word(b, m, b->told > before, out);
    }
}

void bunch_on_split(bunch_t *b, const action_t *action)
{
    ASSERT(b != NULL && action != NULL);
    qty_t missing = {MAX_OF(b->told - b->filled, 0)}; /* and stays so, no more and no less */
    missing.v = split_qty(missing, action, &missing) == ERR_OK ? missing.v : 0;
    b->filled = 0;
    for (u32 i = 0; i < b->count; i++) {
        bunch_member_t *m = &b->member[i];
        qty_t left = {m->qty - m->filled};
        qty_t filled = {m->filled};
        if (split_qty(left, action, &left) == ERR_OK && split_qty(filled, action, &filled) == ERR_OK) {
            m->filled = filled.v;
            m->qty = filled.v + left.v;
        }
        b->filled += m->filled;
    }
    b->told = b->filled + missing.v;
    price_t reference = b->reference;
    b->reference = split_price(reference, action, &reference) == ERR_OK ? reference : b->reference;
}

/* ---- the fact -------------------------------------------------------------------------------------------
 */

err_t bunch_members_encode(const bunch_t *b, writer_t *w)
{
    ASSERT(b != NULL && w != NULL && b->count <= BUNCH_MEMBERS);
    put_u16(w, (u16)b->count);
    for (u32 i = 0; i < b->count; i++) {
        put_bytes(w, b->member[i].intent.b, sizeof b->member[i].intent.b);
        put_u64(w, b->member[i].account);
        put_i64(w, b->member[i].qty);
    }
    return writer_done(w);
}

err_t bunch_of_fact(const ev_BUNCH_t *f, bunch_t *out)
{
    ASSERT(f != NULL && out != NULL);
    reader_t r = reader_of(f->members.p, f->members.n);
    bunch_t b = {
        .id = f->id, .account = f->account, .inst = f->inst, .side = f->side, .reference = {f->reference}};
    b.count = get_u16(&r);
    if (b.count == 0 || b.count > BUNCH_MEMBERS) {
        return ERR_CORRUPT;
    }
    for (u32 i = 0; i < b.count; i++) {
        bunch_member_t *m = &b.member[i];
        get_bytes(&r, m->intent.b, sizeof m->intent.b);
        m->account = get_u64(&r);
        m->qty = get_i64(&r);
        if (m->qty <= 0 || (i > 0 && m->account <= m[-1].account)) {
            return ERR_CORRUPT;
        }
    }
    TRY(reader_done(&r));
    *out = b;
    return reader_left(&r) == 0 ? ERR_OK : ERR_CORRUPT;
}

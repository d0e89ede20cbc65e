/* See bunch_table.h. */
#include "trade/execution/bunch_table.h"

#include <string.h>

#include "base/assert.h"
#include "model/state_io.h"

/* ---- who shares with whom -------------------------------------------------------------------------------
 */

size_t bunch_table_room(u32 users)
{
    return ((size_t)users + 1) * (sizeof(bunch_ledger_t) + BUNCH_ROWS * sizeof(bunch_t)) + 256;
}

err_t bunch_table_open(bunch_table_t *t, const user_row_t *rows, u32 count, arena_t *arena)
{
    ASSERT(t != NULL && arena != NULL && (rows != NULL || count == 0));
    *t = (bunch_table_t){.ledger_count = count, .ledger = arena_array(arena, bunch_ledger_t, count + 1)};
    if (t->ledger == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 i = 0; i < count; i++) {
        u64 there = users_account_at(rows, count, i);
        bool shares = there != rows[i].account_id;
        t->ledger[i] = (bunch_ledger_t){.account = rows[i].account_id, .shared = shares ? there : 0};
        t->sharing += shares ? 1 : 0;
    }
    t->cap = t->sharing * BUNCH_ROWS;
    t->row = arena_array(arena, bunch_t, t->cap + 1);
    return t->row != NULL ? ERR_OK : ERR_ARENA_FULL;
}

static const bunch_ledger_t *ledger_of(const bunch_table_t *t, u64 account)
{
    u32 lo = 0;
    u32 hi = t->ledger_count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (t->ledger[mid].account < account) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < t->ledger_count && t->ledger[lo].account == account ? &t->ledger[lo] : NULL;
}

u64 bunch_shared(const bunch_table_t *t, u64 account)
{
    ASSERT(t != NULL);
    const bunch_ledger_t *l = t->sharing == 0 ? NULL : ledger_of(t, account);
    return l != NULL && l->shared != 0 ? l->shared : account;
}

money_t *bunch_house(const bunch_table_t *t, u64 shared)
{
    ASSERT(t != NULL);
    for (u32 i = 0; t->sharing > 0 && i < t->ledger_count; i++) {
        if (t->ledger[i].shared == shared) {
            return &t->ledger[i].house;
        }
    }
    return NULL;
}

bunch_t *bunch_find(const bunch_table_t *t, id128_t id)
{
    ASSERT(t != NULL);
    for (u32 i = 0; i < t->count; i++) {
        if (id128_eq(t->row[i].id, id)) {
            return &t->row[i];
        }
    }
    return NULL;
}

bunch_t *bunch_of_member(const bunch_table_t *t, id128_t intent)
{
    ASSERT(t != NULL);
    for (u32 i = 0; i < t->count; i++) {
        for (u32 k = 0; k < t->row[i].count; k++) {
            if (id128_eq(t->row[i].member[k].intent, intent)) {
                return &t->row[i];
            }
        }
    }
    return NULL;
}

/* ---- gathering ------------------------------------------------------------------------------------------
 */

static bool may_join(const bunch_table_t *t, const effect_t *e)
{
    bool role = e->intent.role == ROLE_ENTRY || e->intent.role == ROLE_EXIT;
    return e->kind == EFFECT_SUBMIT && e->member_count == 0 && role &&
           bunch_shared(t, e->intent.account_id) != e->intent.account_id;
}

/* All that a broker reads of an order but its quantity. */
static bool equal_terms(const intent_t *a, const intent_t *b)
{
    return a->inst == b->inst && a->side == b->side && a->type == b->type && a->tif == b->tif &&
           a->role == b->role && a->flags == b->flags && a->limit.v == b->limit.v && a->stop.v == b->stop.v &&
           a->reference.v == b->reference.v && a->bracket_stop.v == b->bracket_stop.v &&
           a->bracket_target.v == b->bracket_target.v && a->t_decided == b->t_decided &&
           a->send_before == b->send_before;
}

/* The effects that go with the one at `first`, by ascending account, one of each: `at` names them. What is
 * `gone` into another bunch joins nobody else. */
static u32 company(const bunch_table_t *t, const outbox_t *out, const bool *gone, u32 first,
                   u32 at[BUNCH_MEMBERS])
{
    const intent_t *mine = &out->effects[first].intent;
    u64 shared = bunch_shared(t, mine->account_id);
    i64 room = I64_MAX - mine->qty.v;
    u32 count = 1;
    at[0] = first;
    for (u32 i = first + 1; i < out->effect_count && count < BUNCH_MEMBERS; i++) {
        const effect_t *e = &out->effects[i];
        if (gone[i] || !may_join(t, e) || bunch_shared(t, e->intent.account_id) != shared ||
            !equal_terms(mine, &e->intent) || e->intent.qty.v > room ||
            e->intent.account_id <= out->effects[at[count - 1]].intent.account_id) {
            continue; /* desks act in order of their accounts: one that comes behind has acted twice */
        }
        room -= e->intent.qty.v;
        at[count++] = i;
    }
    return count;
}

static id128_t id_of(const bunch_t *b)
{
    u8 bytes[BUNCH_MEMBERS * 16];
    writer_t w = writer_of(bytes, sizeof bytes);
    for (u32 i = 0; i < b->count; i++) {
        put_bytes(&w, b->member[i].intent.b, sizeof b->member[i].intent.b);
    }
    return id128_of(bytes, w.used);
}

static bool fact_of(const bunch_t *b, order_role_t role, outbox_t *out)
{
    u8 bytes[BUNCH_BYTES];
    writer_t w = writer_of(bytes, sizeof bytes);
    blob_t members;
    if (bunch_members_encode(b, &w) != ERR_OK || outbox_blob(out, bytes, w.used, &members) != ERR_OK) {
        return false;
    }
    outbox_fact(out, EV_BUNCH)->as.BUNCH = (ev_BUNCH_t){.id = b->id,
                                                        .account = b->account,
                                                        .inst = b->inst,
                                                        .side = b->side,
                                                        .role = (u8)role,
                                                        .reference = b->reference.v,
                                                        .qty = bunch_qty(b),
                                                        .members = members};
    return true;
}

/* False, and nothing changed, if there is no room: then each goes alone. */
static bool join(bunch_table_t *t, outbox_t *out, const u32 *at, u32 count)
{
    effect_t *first = &out->effects[at[0]];
    effect_member_t *member = arena_array(&out->blobs, effect_member_t, count);
    bunch_t b = {.account = bunch_shared(t, first->intent.account_id),
                 .inst = first->intent.inst,
                 .side = first->intent.side,
                 .reference = first->intent.reference,
                 .count = count};
    if (member == NULL || t->count == t->cap) {
        return false;
    }
    for (u32 i = 0; i < count; i++) {
        const effect_t *e = &out->effects[at[i]];
        member[i] = (effect_member_t){.intent = e->intent, .epoch = e->epoch};
        b.member[i] =
            (bunch_member_t){.intent = e->intent.id, .account = e->intent.account_id, .qty = e->intent.qty.v};
    }
    b.id = id_of(&b);
    if (!fact_of(&b, (order_role_t)first->intent.role, out)) {
        return false;
    }
    t->row[t->count++] = b;
    first->member = member;
    first->member_count = count;
    first->epoch = 0; /* each member has its own */
    bunch_intent(&b, &first->intent);
    return true;
}

/* Takes out the effects that are marked. */
static void effects_close_up(outbox_t *out, const bool *gone)
{
    u32 kept = 0;
    for (u32 i = 0; i < out->effect_count; i++) {
        if (!gone[i]) {
            out->effects[kept++] = out->effects[i];
        }
    }
    out->effect_count = kept;
}

static bool asked_before(const outbox_t *out, u32 index, const bool *gone)
{
    const effect_t *e = &out->effects[index];
    for (u32 i = 0; i < index; i++) {
        if (!gone[i] && out->effects[i].kind == e->kind &&
            id128_eq(out->effects[i].intent.id, e->intent.id)) {
            return true;
        }
    }
    return false;
}

/* A cancel or a look-up of a member is one of the whole. */
static bool ask_for_all(const bunch_table_t *t, outbox_t *out, u32 index, const bool *gone)
{
    effect_t *e = &out->effects[index];
    bool about = e->kind == EFFECT_CANCEL || e->kind == EFFECT_LOOKUP;
    const bunch_t *b = about ? bunch_of_member(t, e->intent.id) : NULL;
    if (b == NULL) {
        return false;
    }
    e->intent.id = b->id;
    e->intent.account_id = b->account;
    return asked_before(out, index, gone);
}

void bunch_gather(bunch_table_t *t, outbox_t *out)
{
    ASSERT(t != NULL && out != NULL);
    if (t->sharing == 0 || out->effect_count == 0) {
        return;
    }
    bool *gone = arena_array(&out->blobs, bool, out->effect_count);
    ASSERT(gone != NULL); /* a byte an effect: the outbox is sized for the facts behind them */
    for (u32 i = 0; i < out->effect_count; i++) {
        u32 at[BUNCH_MEMBERS];
        u32 count = gone[i] || !may_join(t, &out->effects[i]) ? 0 : company(t, out, gone, i, at);
        bool joined = count > 1 && join(t, out, at, count);
        for (u32 k = 1; joined && k < count; k++) {
            gone[at[k]] = true;
        }
        gone[i] = gone[i] || ask_for_all(t, out, i, gone);
    }
    effects_close_up(out, gone);
}

/* Every member is a sub-ledger of the account. */
static bool row_is_sound(const bunch_table_t *t, const bunch_t *b)
{
    for (u32 i = 0; i < b->count; i++) {
        if (b->account < USER_SHARED || bunch_shared(t, b->member[i].account) != b->account) {
            return false;
        }
    }
    return true;
}

err_t bunch_table_recover(bunch_table_t *t, const ev_BUNCH_t *f)
{
    ASSERT(t != NULL && f != NULL);
    bunch_t b;
    TRY(bunch_of_fact(f, &b));
    if (t->count == t->cap || bunch_find(t, b.id) != NULL || !row_is_sound(t, &b)) {
        return ERR_CORRUPT;
    }
    t->row[t->count++] = b;
    return ERR_OK;
}

void bunch_table_drop(bunch_table_t *t, u32 index)
{
    ASSERT(t != NULL && index < t->count);
    t->row[index] = t->row[--t->count];
}

/* ---- as bytes -------------------------------------------------------------------------------------------
 */

static void io_row(state_io_t *io, bunch_t *b)
{
    state_bytes(io, b->id.b, sizeof b->id.b);
    state_u64(io, &b->account);
    state_u16(io, &b->inst);
    state_u8(io, &b->side);
    state_u8(io, &b->held);
    state_u8(io, &b->held_reason);
    b->count = (u32)state_upto(io, b->count, BUNCH_MEMBERS);
    state_price(io, &b->reference);
    state_i64(io, &b->filled);
    state_i64(io, &b->told);
    state_u32(io, &b->exec_count);
    for (u32 i = 0; i < MIN_OF(b->exec_count, (u32)ORDER_EXEC_IDS); i++) {
        state_u64(io, &b->exec[i]);
    }
    for (u32 i = 0; i < b->count && !state_is_bad(io); i++) {
        bunch_member_t *m = &b->member[i];
        state_bytes(io, m->intent.b, sizeof m->intent.b);
        state_u64(io, &m->account);
        state_i64(io, &m->qty);
        state_i64(io, &m->filled);
        state_bad(io, m->qty < 0 || m->filled < 0 || (i > 0 && m->account <= m[-1].account));
    }
    state_bad(io, b->count == 0 || b->filled < 0);
}

static void io_table(state_io_t *io, bunch_table_t *t)
{
    u32 ledgers = t->ledger_count;
    state_u32(io, &ledgers);
    state_bad(io, ledgers != t->ledger_count);
    for (u32 i = 0; i < t->ledger_count && !state_is_bad(io); i++) {
        state_i64(io, &t->ledger[i].house.v);
    }
    t->count = (u32)state_upto(io, t->count, t->cap);
    for (u32 i = 0; i < t->count && !state_is_bad(io); i++) {
        io_row(io, &t->row[i]);
        state_bad(io, !row_is_sound(t, &t->row[i]));
    }
}

/* No number takes more than ten bytes. */
size_t bunch_table_bytes(const bunch_table_t *t)
{
    ASSERT(t != NULL);
    size_t row = 256 + ORDER_EXEC_IDS * 10 + BUNCH_MEMBERS * 48;
    return 64 + (size_t)t->ledger_count * 10 + (size_t)t->count * row;
}

err_t bunch_table_save(const bunch_table_t *t, writer_t *w)
{
    ASSERT(t != NULL && w != NULL);
    bunch_table_t copy = *t; /* writing changes nothing behind the pointers */
    state_io_t io = {.w = w};
    io_table(&io, &copy);
    return writer_done(w);
}

void bunch_table_take(bunch_table_t *to, const bunch_table_t *from)
{
    ASSERT(to != NULL && from != NULL);
    ASSERT(to->ledger_count == from->ledger_count && to->cap == from->cap);
    memcpy(to->ledger, from->ledger, from->ledger_count * sizeof *to->ledger);
    memcpy(to->row, from->row, from->count * sizeof *to->row);
    to->count = from->count;
}

err_t bunch_table_load(reader_t *r, u32 version, bunch_table_t *t)
{
    ASSERT(r != NULL && t != NULL);
    if (version != BUNCH_TABLE_VERSION) {
        return ERR_VERSION;
    }
    state_io_t io = {.r = r};
    io_table(&io, t);
    return reader_done(r);
}

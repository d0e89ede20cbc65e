/* Every order of messages, exhaustively: one entry of two units through the real machine, breadth first to
 * depth 8, equal states visited once (I7, I9, I10, I11). And the table itself, state by message.
 *
 * A state is reached again by its path of moves, since an account is too large to keep a thousand of. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "trade/execution/recover.h"
#include "trade/risk/permit.h"

enum { DEPTH = 8, STATES_MAX = 20000, QTY = 2 };

/* What can happen next: broker words with the figures that matter, the door's word, our own wish. */
typedef enum {
    MOVE_ACK,
    MOVE_FILL_ONE,
    MOVE_FILL_TWO,
    MOVE_REJECT,
    MOVE_CANCELED,
    MOVE_CANCELED_ALL_FILLED,
    MOVE_CANCEL_REFUSED,
    MOVE_EXPIRED,
    MOVE_REPLACED,
    MOVE_REPLACE_REFUSED,
    MOVE_SILENT,
    MOVE_FOUND,
    MOVE_ABSENT_EARLY,
    MOVE_ABSENT_LATE,
    MOVE_ABSENT_STALE, /* said early, heard late */
    MOVE_NOT_SENT,
    MOVE_BUST,
    MOVE_SENT,
    MOVE_CANCEL,
    MOVE_COUNT
} move_t;

typedef struct {
    u8 moves[DEPTH];
    u8 depth;
} path_t;

typedef struct {
    account_t *base;    /* with the order just submitted */
    account_t *account; /* where a path is walked */
    outbox_t out;
    id128_t id;
    i64 t;
    path_t *paths;
    u64 *keys;
    u32 count;
    u64 steps;
    u32 reached; /* bits of order_state_t */
} machine_t;

static void submit(machine_t *m)
{
    account_setup_t s = {.account_id = 7,
                         .owner_id = 1,
                         .risk_group_id = 1,
                         .cash = {1000000 * MONEY_SCALE},
                         .visibility_delay_ns = NS_PER_MIN};
    account_init(m->base, &s);
    account_day_begin(m->base, 20000, 20001);
    m->t = 20000 * NS_PER_DAY;
    gates_t gates = {0};
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (rule_stage(r->id) == 12) {
            gates.v[gates.count++].rule = r->id;
        }
    }
    permit_request_t r = {.multiplier = 1};
    r.draft = (intent_t){.t_decided = m->t,
                         .send_before = m->t + NS_PER_SEC,
                         .qty = {QTY},
                         .reference = {PRICE_SCALE},
                         .inst = 0,
                         .side = SIDE_BUY,
                         .type = ORDER_MARKET,
                         .tif = TIF_DAY,
                         .role = ROLE_ENTRY};
    risk_permit_t permit;
    CHECK_OK(permit_open(m->base, &r, &gates, &permit));
    CHECK_OK(exec_submit(m->base, &permit, m->t, &m->out));
    m->id = permit.intent.id;
}

static ev_BROKER_t word_of(const machine_t *m, move_t move)
{
    static const u8 kinds[] = {[MOVE_ACK] = BROKER_ACK,
                               [MOVE_FILL_ONE] = BROKER_FILL,
                               [MOVE_FILL_TWO] = BROKER_FILL,
                               [MOVE_REJECT] = BROKER_REJECT,
                               [MOVE_CANCELED] = BROKER_CANCELED,
                               [MOVE_CANCELED_ALL_FILLED] = BROKER_CANCELED,
                               [MOVE_CANCEL_REFUSED] = BROKER_CANCEL_REFUSED,
                               [MOVE_EXPIRED] = BROKER_EXPIRED,
                               [MOVE_REPLACED] = BROKER_REPLACED,
                               [MOVE_REPLACE_REFUSED] = BROKER_REPLACE_REFUSED,
                               [MOVE_SILENT] = BROKER_SILENT,
                               [MOVE_FOUND] = BROKER_LOOKUP_FOUND,
                               [MOVE_ABSENT_EARLY] = BROKER_LOOKUP_ABSENT,
                               [MOVE_ABSENT_LATE] = BROKER_LOOKUP_ABSENT,
                               [MOVE_ABSENT_STALE] = BROKER_LOOKUP_ABSENT,
                               [MOVE_NOT_SENT] = BROKER_NOT_SENT,
                               [MOVE_BUST] = BROKER_BUST};
    ev_BROKER_t w = {.kind = kinds[move], .intent = m->id, .account = 7, .t_event = m->t};
    if (w.kind == BROKER_FILL) {
        w.exec_id = move == MOVE_FILL_ONE ? 1 : 2;
        w.qty = 1;
        w.price = PRICE_SCALE;
        w.cum_qty = move == MOVE_FILL_ONE ? 1 : 2;
    }
    w.cum_qty = move == MOVE_CANCELED_ALL_FILLED ? QTY : w.cum_qty;
    return w;
}

/* What must hold of one step, whatever came before it. */
static void judge(const machine_t *m, const order_t *before, move_t move)
{
    const order_t *after = account_order_const(m->account, m->id);
    assert_non_null(after);
    bool ended = order_state_is_terminal((order_state_t)before->state);
    CHECK(!ended || after->state == before->state);
    CHECK(after->filled.v >= before->filled.v && after->filled.v <= QTY);
    CHECK(after->state != ORDER_FILLED || after->filled.v == QTY);
    if (before->state == ORDER_UNKNOWN && after->state != ORDER_UNKNOWN) {
        CHECK(move < MOVE_NOT_SENT && move != MOVE_SILENT);
        CHECK(move != MOVE_ABSENT_EARLY && move != MOVE_ABSENT_STALE);
        CHECK(move != MOVE_CANCEL_REFUSED && move != MOVE_REPLACE_REFUSED);
    }
    u32 changes = 0;
    for (u32 i = 0; i < m->out.fact_count; i++) {
        const event_t *e = &m->out.facts[i];
        if (e->head.kind == EV_ORDER_STATE && e->as.ORDER_STATE.correction == 0) {
            CHECK(e->as.ORDER_STATE.from < ORDER_FILLED);
            changes++;
        }
    }
    CHECK(before->state == after->state || changes > 0);
    for (u32 i = 0; i < m->out.effect_count; i++) {
        CHECK(m->out.effects[i].kind != EFFECT_SUBMIT); /* nothing is ever sent again */
    }
    CHECK(account_check(m->account));
    CHECK(exec_check(m->account));
}

static void step(machine_t *m, move_t move)
{
    order_t before = *account_order_const(m->account, m->id);
    closed_trades_t closed;
    closed.count = 0;
    outbox_reset(&m->out);
    i64 now = move == MOVE_ABSENT_LATE ? m->t + 2 * NS_PER_MIN : m->t;
    if (move == MOVE_SENT) {
        ev_SEND_RESULT_t r = {.intent = m->id, .sent = 1};
        exec_on_send_result(m->account, &r, now, &m->out);
    } else if (move == MOVE_CANCEL) {
        (void)(exec_cancel(m->account, m->id, now, &m->out) == ERR_OK);
    } else {
        ev_BROKER_t w = word_of(m, move);
        w.t_event = move == MOVE_ABSENT_LATE ? now : w.t_event;
        now = move == MOVE_ABSENT_STALE ? m->t + 2 * NS_PER_MIN : now;
        exec_on_broker(m->account, &w, 0.1, now, &closed, &m->out);
    }
    m->steps++;
    judge(m, &before, move);
}

static u64 key_of(const machine_t *m)
{
    u8 bytes[8192];
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(account_encode_facts(m->account, &w));
    const order_t *o = account_order_const(m->account, m->id);
    put_u8(&w, o->before);
    put_u32(&w, o->flags);
    put_u8(&w, o->end);
    put_u8(&w, o->t_doubt != 0 ? 1 : 0);
    put_i64(&w, o->told.v);
    put_u8(&w, m->account->reconcile);
    return hash64(bytes, w.used);
}

static void walk(machine_t *m, const path_t *p)
{
    memcpy(m->account, m->base, sizeof *m->account);
    for (u32 i = 0; i < p->depth; i++) {
        step(m, (move_t)p->moves[i]);
    }
}

static void visit(machine_t *m, const path_t *p)
{
    u64 key = key_of(m);
    m->reached |= 1U << account_order_const(m->account, m->id)->state;
    for (u32 i = 0; i < m->count; i++) {
        if (m->keys[i] == key) {
            return;
        }
    }
    assert_true(m->count < STATES_MAX);
    m->keys[m->count] = key;
    m->paths[m->count++] = *p;
}

TEST(every_sequence_of_messages_to_depth_8)
{
    UNUSED_STATE;
    machine_t m = {.base = calloc(1, sizeof(account_t)),
                   .account = calloc(1, sizeof(account_t)),
                   .paths = calloc(STATES_MAX, sizeof(path_t)),
                   .keys = calloc(STATES_MAX, sizeof(u64))};
    assert_true(m.base != NULL && m.account != NULL && m.paths != NULL && m.keys != NULL);
    CHECK_OK(outbox_open(&m.out, 1 << 16));
    submit(&m);
    path_t root = {.depth = 0};
    walk(&m, &root);
    visit(&m, &root);
    for (u32 at = 0; at < m.count; at++) {
        path_t p = m.paths[at];
        for (u32 move = 0; p.depth < DEPTH && move < MOVE_COUNT; move++) {
            path_t next = p;
            next.moves[next.depth++] = (u8)move;
            walk(&m, &next);
            visit(&m, &next);
        }
    }
    print_message("# %u states, %llu steps\n", m.count, (unsigned long long)m.steps);
    const order_state_t all[] = {ORDER_INTENT,   ORDER_PENDING_NEW,    ORDER_UNKNOWN, ORDER_NEW,
                                 ORDER_PARTIAL,  ORDER_PENDING_CANCEL, ORDER_FILLED,  ORDER_CANCELED,
                                 ORDER_REJECTED, ORDER_EXPIRED};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        CHECK((m.reached >> all[i] & 1) != 0);
    }
    outbox_close(&m.out);
    free(m.base);
    free(m.account);
    free(m.paths);
    free(m.keys);
}

TEST(the_table_state_by_message)
{
    UNUSED_STATE;
    for (u32 s = ORDER_INTENT; s <= ORDER_EXPIRED; s++) {
        for (u32 k = BROKER_ACK; k <= BROKER_BUST; k++) {
            edge_t e = order_edge((order_state_t)s, (broker_msg_kind_t)k);
            CHECK(s < ORDER_FILLED || e.next == 0);
            CHECK(e.next == 0 || e.next == s || order_edge_legal((order_state_t)s, (order_state_t)e.next));
            bool leaves = s == ORDER_UNKNOWN && e.next != 0 && e.next != ORDER_UNKNOWN;
            CHECK(!leaves || (e.flags & EDGE_PROOF) != 0);
            CHECK(!leaves || (k != BROKER_SILENT && k != BROKER_NOT_SENT));
            CHECK(k != BROKER_FILL || (e.flags & EDGE_FILL) != 0); /* money is never ignored */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_of_messages_to_depth_8),
        cmocka_unit_test(the_table_state_by_message),
    };
    return RUN_TESTS(tests);
}

/* The table itself: terminal states never leave, UNKNOWN by proof only, every edge is one the checker
 * allows. */
#include "tests/test.h"
#include "trade/execution/order_state.h"

TEST(terminal_never_leaves)
{
    UNUSED_STATE;
    for (u32 s = ORDER_FILLED; s <= ORDER_EXPIRED; s++) {
        for (u32 m = BROKER_ACK; m <= BROKER_BUST; m++) {
            edge_t e = order_edge((order_state_t)s, (broker_msg_kind_t)m);
            CHECK_EQ(e.next, 0);
            CHECK_EQ((e.flags & EDGE_FILL) != 0, m == BROKER_FILL);
            CHECK_EQ((e.flags & EDGE_CORRECTION) != 0, m == BROKER_FILL);
        }
        for (u32 to = ORDER_INTENT; to <= ORDER_EXPIRED; to++) {
            CHECK(!order_edge_legal((order_state_t)s, (order_state_t)to));
        }
    }
}

TEST(unknown_needs_proof)
{
    UNUSED_STATE;
    for (u32 m = BROKER_ACK; m <= BROKER_BUST; m++) {
        edge_t e = order_edge(ORDER_UNKNOWN, (broker_msg_kind_t)m);
        CHECK_EQ(e.next != 0, (e.flags & EDGE_PROOF) != 0);
    }
    CHECK((order_edge(ORDER_UNKNOWN, BROKER_LOOKUP_ABSENT).flags & EDGE_DELAY) != 0);
    CHECK((order_edge(ORDER_UNKNOWN, BROKER_NOT_SENT).flags & EDGE_IGNORE) != 0);
    CHECK((order_edge(ORDER_UNKNOWN, BROKER_SILENT).flags & EDGE_LOOKUP) != 0);
}

TEST(silence_becomes_unknown_and_is_looked_up)
{
    UNUSED_STATE;
    static const order_state_t from[] = {ORDER_INTENT,          ORDER_PENDING_NEW, ORDER_PENDING_CANCEL,
                                         ORDER_PENDING_REPLACE, ORDER_HELD,        ORDER_SUSPENDED};
    for (size_t i = 0; i < COUNT_OF(from); i++) {
        edge_t e = order_edge(from[i], BROKER_SILENT);
        CHECK_EQ(e.next, ORDER_UNKNOWN);
        CHECK((e.flags & EDGE_LOOKUP) != 0);
    }
}

TEST(every_edge_is_legal)
{
    UNUSED_STATE;
    u32 edges = 0;
    for (u32 s = ORDER_INTENT; s <= ORDER_EXPIRED; s++) {
        for (u32 m = 0; m <= BROKER_BUST + 3; m++) {
            edge_t e = order_edge((order_state_t)s, (broker_msg_kind_t)m);
            edges += e.next != 0 ? 1 : 0;
            CHECK(e.next == 0 || e.next == s || order_edge_legal((order_state_t)s, (order_state_t)e.next));
            CHECK(m != BROKER_FILL || (e.flags & EDGE_FILL) != 0); /* money is never ignored */
            CHECK(m != BROKER_BUST || (e.flags & EDGE_BUST) != 0);
        }
    }
    CHECK(edges > 50);
    CHECK(!order_edge_legal(ORDER_NEW, ORDER_INTENT));
    CHECK(!order_edge_legal(ORDER_PARTIAL, ORDER_HELD));
    CHECK(!order_edge_legal(ORDER_UNKNOWN, ORDER_PENDING_NEW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_never_leaves), cmocka_unit_test(unknown_needs_proof),
        cmocka_unit_test(silence_becomes_unknown_and_is_looked_up), cmocka_unit_test(every_edge_is_legal),
    };
    return RUN_TESTS(tests);
}

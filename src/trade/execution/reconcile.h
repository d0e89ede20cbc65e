/* Comparison with the broker's own account, and the watch over what hangs (I5, I8, I11's "a human is told").
 *
 * Promises: an account that differs from the broker's in a share or a cent is in RECONCILE and opens nothing;
 * every order that could explain the difference is looked up, nothing is ever booked to make it fit; an
 * order that the broker no longer lists is looked up, so that an end whose word was lost is found, and one
 * that it lists though it ended here is a difference, since it may still fill; RECONCILE ends only when both
 * agree and no order is of unknown outcome. Leaves to others: asking the broker
 * (an ask of kind ASK_POSITIONS), how often, who reads the alerts. */
#ifndef VITRINE_TRADE_EXECUTION_RECONCILE_H
#define VITRINE_TRADE_EXECUTION_RECONCILE_H

#include "trade/execution/execution.h"

enum {
    EXEC_ALERT_DIFFERS = 1208, /* cash or positions are not the broker's */
    EXEC_ALERT_HANGS = 1209,   /* an order of unknown outcome for longer than the limit */
    EXEC_ALERT_NAKED = 1210,   /* no live protective order for a position, or for what an entry may have
                                  filled unheard, for longer than the limit */
    EXEC_ALERT_ALIVE = 1213    /* an order that ended here, or that nobody here sent, lives at the broker */
};

/* A list may show for so long what has ended. */
#define EXEC_LIST_LAG_NS (15 * NS_PER_SEC)

typedef struct {
    inst_t inst;
    qty_t qty; /* signed, != 0 */
} broker_position_t;

/* The broker's account at one moment. */
typedef struct {
    money_t cash;
    bool cash_untold; /* the broker named no cash: it is not compared */
    const broker_position_t *positions;
    u32 count;
    bool orders_told;      /* the list below is whole */
    i64 t_asked;           /* of the question: it tells nothing of an order that changed since */
    const id128_t *orders; /* intents of ours that may still fill there, or wait for their parent */
    u32 order_count;
} broker_view_t;

/* What a broker tells of its account, as the body of an answer to ASK_POSITIONS. */
typedef struct {
    broker_position_t positions[LIMIT_POSITIONS];
    id128_t orders[LIMIT_ORDERS];
    u32 count, order_count;
} broker_told_t;
enum { BROKER_VIEW_BYTES = 4 + LIMIT_POSITIONS * 10 + LIMIT_ORDERS * 16 };
/* ERR_BUFFER_FULL. */
MUST_USE err_t broker_view_encode(const broker_told_t *t, writer_t *w);
/* ERR_TRUNCATED; ERR_CORRUPT for more than can be held, or bytes behind it. */
MUST_USE err_t broker_view_decode(blob_t body, broker_told_t *out);

/* Compares; sets or clears RECONCILE; looks up the orders of every instrument that differs (all, if only cash
 * does) and those that the broker should list and does not. Returns true if both agree. */
bool exec_reconcile(account_t *a, const broker_view_t *view, i64 now, outbox_t *out);

enum {
    EXEC_WATCH_REPEATS = 5,                /* a naked position is told again after so many limits, */
    EXEC_WATCH_OFTEN = 60,                 /* so often, and then at twice the time, at last once a day */
    EXEC_WATCH_NAMES = 2 * LIMIT_POSITIONS /* all that is held, and as much of unknown outcome */
};

typedef struct {
    i64 since;
    inst_t inst;
    u16 spare[3];
} exec_naked_t;

/* Memory of the watch, not part of the account: zeroed at start and after a restart. */
typedef struct {
    exec_naked_t naked[EXEC_WATCH_NAMES];
    u32 count;
    i64 last;
} exec_watch_t;

/* Once a second or oftener: alerts for names that were naked for `naked_ns` while they traded, and for orders
 * UNKNOWN for `hang_ns`. A naked name is told again every five limits, sixty times; what nobody mended by
 * then is told at twice its time, at last once a day. Returns how many alerts were written.
 */
u32 exec_watch(exec_watch_t *w, account_t *a, i64 now, i64 naked_ns, i64 hang_ns, outbox_t *out);
/* When the watch will next have something to note or to tell, if nothing changes until then; I64_MAX: never.
 */
i64 exec_watch_next(const exec_watch_t *w, const account_t *a, i64 naked_ns, i64 hang_ns);
/* True if orders proven alive do not cover the position together with what entries may have filled without
 * our knowing, where no stop of their own follows them. */
bool exec_is_naked(const account_t *a, inst_t inst);

/* Takes what another sub-ledger of the account holds off the broker's list: what is left is for one alone to
 * have. A list that is full stays as it is: so many names do not agree anyway. */
void broker_told_less(broker_told_t *told, inst_t inst, i64 qty);
/* Whether an account holds what is told, and nothing else. */
bool broker_told_holds(const account_t *a, const broker_told_t *told);

#endif

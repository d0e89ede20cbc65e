/* Execution: the only module that emits order effects, and the only one that applies what brokers say.
 *
 * Promises: an intent becomes a fact before its effect; an order moves along order_state's table only;
 * executions are counted once; exits never exceed the position (I6): children die by proof before a market
 * exit leaves, and a stop that fills meanwhile shrinks or removes the exit. UNKNOWN is looked up, never
 * sent again (decision 15); nothing is sent for what does not trade (docs/decisions/0026).
 * Leaves to others: permits (risk/), when to exit (exits/), sending (drivers/order_door). */
#ifndef VITRINE_TRADE_EXECUTION_EXECUTION_H
#define VITRINE_TRADE_EXECUTION_EXECUTION_H

#include "trade/execution/order_state.h"
#include "trade/risk/permit.h"

/* Alerts by code, in ALERT facts. */
enum {
    EXEC_ALERT_CORRECTION = 1201,
    EXEC_ALERT_STRANGER = 1202,
    EXEC_ALERT_BUST = 1203,
    EXEC_ALERT_OVERFILL = 1204,
    EXEC_ALERT_EXIT_FAILED = 1205,
    EXEC_ALERT_UNPROTECTED = 1206,
    EXEC_ALERT_POOL = 1207,
    EXEC_ALERT_GOOD_FAITH = 1211, /* a cash account sold what unsettled money had bought */
    EXEC_ALERT_FREERIDING = 1212  /* or what nothing had paid */
};

/* Takes the permit, appends INTENT facts (entry and, with bracket prices, its stop and target in HELD) and
 * PERMIT, emits EFFECT_SUBMIT. ERR_PERMIT, ERR_KILLED, ERR_HALTED, ERR_POOL_FULL: nothing changed but the
 * used permit. */
MUST_USE err_t exec_submit(account_t *a, const risk_permit_t *permit, i64 now, outbox_t *out);
/* Asks the broker to cancel a live order. ERR_ORDER_STATE if it is terminal, held by its parent or already
 * asked. */
MUST_USE err_t exec_cancel(account_t *a, id128_t intent, i64 now, outbox_t *out);
/* Moves the protective stop of a position; only in its favour (ASSERT). ERR_ORDER_STATE while the stop is not
 * plainly working (the ratchet asks again at the next bar), ERR_HALTED. */
MUST_USE err_t exec_replace_stop(account_t *a, position_t *p, price_t stop, i64 now, outbox_t *out);
/* Starts (or goes on with) leaving a position at market. ERR_ORDER_STATE if an exit is already under way,
 * ERR_HALTED. */
MUST_USE err_t exec_exit(account_t *a, position_t *p, exit_reason_t reason, i64 now, outbox_t *out);

/* A message of the market about a halt. One that begins: entries that may still fill are cancelled, since the
 * price after a halt is not the one they were decided at; a sliced entry pauses. While it stands nothing of
 * the instrument is sent but cancels: stops and exits at the broker stay, an exit under way waits. One that
 * ends: exits go on, and what no stop covers is protected. */
void exec_on_halt(account_t *a, const halt_t *h, i64 now, outbox_t *out);

/* The kill switch: risk_kill, then cancels of every opening order that may still fill; what was never sent
 * is refused by the door. Protective orders and positions stay. */
void exec_kill(account_t *a, i64 now, outbox_t *out);

/* Applies one message of the broker or the door. Facts: ORDER_STATE, FILL, ALERT; follow-up effects;
 * finished trades are appended to *closed, a loss if they lose more than `loss_min_r` (account_close). A
 * message about an unknown intent sets RECONCILE and raises an alert. */
void exec_on_broker(account_t *a, const ev_BROKER_t *m, f64 loss_min_r, i64 now, closed_trades_t *closed,
                    outbox_t *out);
/* Ends what an action left without a unit (a reverse split that paid all of it out): what could still act on
 * the instrument is cancelled, the trade is appended to *closed. */
void exec_end_flat(account_t *a, f64 loss_min_r, i64 now, closed_trades_t *closed, outbox_t *out);
/* The door reports that an effect left the process (or was refused before a byte left). */
void exec_on_send_result(account_t *a, const ev_SEND_RESULT_t *r, i64 now, outbox_t *out);
/* The session to the broker is back after a gap: what was said meanwhile is lost, and a resting order that
 * ended in it would never be missed. Every live order is looked up, and nothing opens before the books are
 * compared. */
void exec_session_back(account_t *a, i64 now, outbox_t *out);
/* The timer's net: asks again for every order of unknown outcome or with an unanswered look, if its last look
 * is older than `every_ns` (returns how many), also for one that waits four times as long for a word, cancels
 * reducing orders that outlived their position, and protects what no live stop covers. Call it every few
 * seconds live, every slice in a backtest. */
u32 exec_lookup_unknown(account_t *a, i64 now, i64 every_ns, outbox_t *out);
/* The broker counts more of an order than it told of, as seen by who holds the count: it is looked up until
 * an answer comes. Nothing for an order that has ended or is not here. */
void exec_doubt(account_t *a, id128_t intent, i64 now, outbox_t *out);
/* When the next order will have waited long enough for the look above, if nothing comes; I64_MAX: none
 * waits. */
i64 exec_lookup_next(const account_t *a, i64 every_ns);
/* Positions without a live protective stop or exit for their whole quantity (I5). */
u32 exec_unprotected(const account_t *a);
/* Quantity of a position that orders proven alive would close: stops and exits in their whole. */
i64 exec_closing_proven(const account_t *a, inst_t inst);
/* True for a position whose protective stop was refused again and again: execution sends none any more, it
 * has to leave. False in a halt, where nothing can. */
bool exec_gave_up(const account_t *a, const position_t *p);
/* I1, I6, I7 over the whole account: for checkers. */
bool exec_check(const account_t *a);

#endif

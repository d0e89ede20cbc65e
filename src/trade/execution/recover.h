/* The account from the journal's facts, after a crash and in audits (decision 1).
 *
 * Promises: facts are applied and nothing is decided again; what facts determine (account_encode_facts) is
 * equal, byte for byte, to the account that wrote them (I20). When all are applied, recover_finish makes
 * every request without an outcome UNKNOWN and looks every live order up (decisions 15, 37), protects what no
 * stop covers, and leaves the account in RECONCILE under a new epoch, so that nothing opens before the
 * broker's positions agree. Leaves to others: reading the journal, the kill switch (home/KILL), sessions and
 * splits: the caller applies those by account_on_action where its input stands, since a CASH
 * fact does not hold their ratio. */
#ifndef VITRINE_TRADE_EXECUTION_RECOVER_H
#define VITRINE_TRADE_EXECUTION_RECOVER_H

#include "base/bytes.h"
#include "trade/execution/execution.h"

typedef struct {
    account_t *account; /* as account_init left it at the start of the run */
    const instrument_t *instruments;
    u32 instrument_count;
    /* The tag of an entry where it has no decision record. False or NULL: an empty tag. */
    bool (*tag)(void *self, const ev_INTENT_t *entry, trade_tag_t *out);
    void *tag_self;
    f64 loss_min_r;
    ev_BROKER_t last;       /* the input that the next facts come from */
    u64 epoch;              /* of the last PERMIT */
    money_t ahead;          /* cash of the input's splits, applied by the caller, whose facts are to come */
    closed_trades_t closed; /* the newest ones; count never exceeds CLOSED_TRADES, older ones are dropped */
} recover_t;

/* The intent that a fact recorded, field by field. */
void recover_intent(const ev_INTENT_t *e, intent_t *out);
/* ERR_NOT_FOUND (a fact about an order that no INTENT made), ERR_PARAM_RANGE (no such instrument),
 * ERR_CORRUPT (a state change that does not start where the order stands, or a fill whose cash or position
 * differs from what it leads to), ERR_POOL_FULL, ERR_OVERFLOW. Other accounts' events and other kinds are
 * skipped. */
MUST_USE err_t recover_apply(recover_t *r, const event_t *e);
/* See above. Facts and effects of these last steps go to the outbox, as in any step. */
void recover_finish(recover_t *r, i64 now, outbox_t *out);

/* Canonical bytes of everything that facts determine: money, ledger, settlement, the day's counts, positions,
 * orders; and the halts, which messages tell. Without marks, the exit protocol, retry counters and highs and
 * lows, which begin anew. ERR_BUFFER_FULL. */
MUST_USE err_t account_encode_facts(const account_t *a, writer_t *w);

#endif

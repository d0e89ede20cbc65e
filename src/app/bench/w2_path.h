/* The engine's own way from a wish to a booked fill, for the benches of W2: stage 12, permit, execution,
 * order door, simulated broker, account and ledger. */
#ifndef VITRINE_APP_BENCH_W2_PATH_H
#define VITRINE_APP_BENCH_W2_PATH_H

#include "drivers/paper.h"
#include "trade/execution/execution.h"

typedef struct {
    instrument_t *instruments; /* [count], set by the bench */
    paper_context_t *context;  /* [count] */
    u32 count;
    f64 order_usd;
    config_t config;
    date_t session;
    i64 now;
    u64 trades, asked;
    ev_BROKER_t *messages;
    ev_SEND_RESULT_t *results;
    effect_t *effects;
    account_t *account;
    outbox_t out;
    paper_t paper;
    order_door_t door;
    door_word_t word;
    door_out_t box;
    closed_trades_t closed;
} path_t;

/* Memory of a path whose instruments and contexts are set; from the arena. Closed by path_close. */
MUST_USE err_t path_open(arena_t *a, path_t *s);
void path_close(path_t *s);
/* A fresh account and broker; ended by path_end, which checks the books. */
MUST_USE err_t path_begin(path_t *s);
void path_end(path_t *s);
/* Facts go nowhere here, effects through the door, answers back, until nothing moves: the runner's loop. */
void path_pump(path_t *s);
/* Asks stage 12 for an entry at market with a stop at `stop` x close, and sends it if it may. */
void path_enter(path_t *s, inst_t inst, f64 close, f64 stop);
/* Limits as wide as their hard ceilings let them be. */
config_t path_config(profile_t profile);
/* Dollars to the cent. */
price_t path_price(f64 usd);

#endif

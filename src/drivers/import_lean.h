/* What the layouts of the Lean project share: keys in front, times, contracts, rules over bars and quotes.
 *
 * Key columns stand in this order: symbol, date, time_ms, contract (columns), or symbol, datetime, (none),
 * contract. */
#ifndef VITRINE_DRIVERS_IMPORT_LEAN_H
#define VITRINE_DRIVERS_IMPORT_LEAN_H

#include "drivers/import_records.h"

/* The columns of bars of trades and of quotes, by their own names. */
#define LEAN_TRADE_COLUMNS                                                                                   \
    {                                                                                                        \
        {"open", "open"}, {"high", "high"}, {"low", "low"}, {"close", "close"},                              \
        {                                                                                                    \
            "volume", "volume"                                                                               \
        }                                                                                                    \
    }
#define LEAN_QUOTE_COLUMNS                                                                                   \
    {                                                                                                        \
        {"bid_open", "bid_open"}, {"bid_high", "bid_high"}, {"bid_low", "bid_low"},                          \
            {"bid_close", "bid_close"}, {"bid_size", "bid_size"}, {"ask_open", "ask_open"},                  \
            {"ask_high", "ask_high"}, {"ask_low", "ask_low"}, {"ask_close", "ask_close"},                    \
        {                                                                                                    \
            "ask_size", "ask_size"                                                                           \
        }                                                                                                    \
    }

/* symbol, date, time_ms: known at the end of the bar. */
err_t lean_head_ms(record_import_t *ri, record_head_t *h);
/* The same with a contract: "201312" of a future, "american_call_6000000_20151224" of an option. */
err_t lean_head_contract_ms(record_import_t *ri, record_head_t *h);
/* symbol, "YYYYMMDD HH:MM" in the layout's zone. */
err_t lean_head_stamp(record_import_t *ri, record_head_t *h);
err_t lean_head_contract_stamp(record_import_t *ri, record_head_t *h);
/* The same for a day of the New York exchange: event at midnight there, known at the close. */
err_t lean_head_contract_day(record_import_t *ri, record_head_t *h);
/* A figure of a day that is published before the next session: known at its open. */
err_t lean_head_contract_next(record_import_t *ri, record_head_t *h);
/* Rules: prices above zero, low <= open, close <= high, sizes not below zero; bid over ask is marked. */
err_t lean_row_trade(record_import_t *ri, record_head_t *h, i64 *cell);
err_t lean_row_quote(record_import_t *ri, record_head_t *h, i64 *cell);
/* The same for a chain, where a contract without a price has zeros: they become empty. */
err_t lean_row_chain(record_import_t *ri, record_head_t *h, i64 *cell);
err_t lean_row_tick_trade(record_import_t *ri, record_head_t *h, i64 *cell);
err_t lean_row_tick_quote(record_import_t *ri, record_head_t *h, i64 *cell);
/* Contract text to a symbol: ESZ2013, or the 21 characters of the options' clearing house without blanks. */
MUST_USE err_t lean_contract(record_import_t *ri, str_t symbol, str_t contract, record_head_t *h);

#endif

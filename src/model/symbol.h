/* Symbols: text of the trade's own conventions to instruments and back.
 *
 * Accepts plain US stocks and funds (AAPL, BRK.B), OCC options (AAPL250613C00200000, padded or not), CME futures
 * (ESZ25, ESZ2025), forex (EUR/USD, EURUSD=X refused), CCXT crypto (BTC/USDT, BTC/USDT:USDT and dated forms). */
#ifndef VITRINE_MODEL_SYMBOL_H
#define VITRINE_MODEL_SYMBOL_H

#include "model/instrument.h"

/* Parses and fills an instrument with its class's defaults. ERR_SYNTAX with a message naming the part. */
MUST_USE err_t symbol_parse(str_t text, diag_t *diag, instrument_t *out);
/* Canonical text; symbol_parse(symbol_print(x)) == x. */
void symbol_print(char out[LIMIT_SYMBOL], const instrument_t *inst);

#endif

/* Symbols: text of the trade's own conventions to instruments and back.
 *
 * Accepts plain US stocks and funds (AAPL, BRK.B; BRK-B is read as BRK.B), OCC options (AAPL250613C00200000,
 * or padded to 21 characters), CME futures (ESZ25, ESZ2025), forex (EUR/USD), CCXT crypto (BTC/USDT,
 * BTC/USDT:USDT, BTC/USDT:USDT-250627, BTC/USDT:USDT-250627-100000-C) and indexes (^VIX). Capitals only.
 * Vendor spellings (EURUSD=X, ES=F) are refused here; vendors translate at their own edge. Leaves to others:
 * whether the instrument exists, and a venue's own price steps and contract sizes. */
#ifndef VITRINE_MODEL_SYMBOL_H
#define VITRINE_MODEL_SYMBOL_H

#include "model/instrument.h"

/* Parses and fills an instrument with its class's defaults; stocks and funds are classified by sector.h.
 * ERR_SYNTAX with a message naming the part. All bytes of *out are defined, so instruments may be compared
 * by memcmp. */
MUST_USE err_t symbol_parse(str_t text, diag_t *diag, instrument_t *out);
/* Canonical text; symbol_parse(symbol_print(x)) == x. */
void symbol_print(char out[LIMIT_SYMBOL], const instrument_t *inst);
/* A coin against dollars (USD, or USDT and USDC taken at par), to own outright: "BTC/USD". Fills the
 * instrument; its tick is a millionth of a dollar, since venues differ and none of them steps finer where it
 * matters. False: anything else, a pair of other currencies or a derivative too. */
MUST_USE bool symbol_coin(str_t text, instrument_t *out);
/* The standard listed option on a share or index ("BRK.B", "^SPX"). ERR_SYNTAX if the underlying has no OCC
 * root, ERR_PARAM_RANGE unless the year is 2000 to 2099 and the strike a positive multiple of 0.001 below
 * 100,000. */
MUST_USE err_t symbol_option(str_t underlying, date_t expiry, char right, price_t strike, instrument_t *out);

#endif

/* An account as bytes, for snapshots (decision 8).
 *
 * Promises: every field of the account, canonical, without pointers; save, load, save gives equal bytes; what
 * is loaded has passed account_check, and no index or state in it is out of range. A decoder of a released
 * version is never deleted: version 1 had no sliced orders, version 2 neither the law of cash accounts nor
 * looks that are owed an answer, version 3 no halts. Leaves to others: where the bytes are kept. */
#ifndef VITRINE_TRADE_PORTFOLIO_ACCOUNT_STATE_H
#define VITRINE_TRADE_PORTFOLIO_ACCOUNT_STATE_H

#include "base/bytes.h"
#include "trade/portfolio/account.h"

/* Bytes that any account fits into. */
enum { ACCOUNT_STATE_VERSION = 4, ACCOUNT_STATE_BYTES = 2 << 20 };

/* ERR_BUFFER_FULL. */
MUST_USE err_t account_save(const account_t *a, writer_t *w);
/* Into a spare account: after an error *spare is of no use. ERR_VERSION, ERR_TRUNCATED, ERR_CORRUPT. */
MUST_USE err_t account_load(reader_t *r, u32 version, u32 instruments, account_t *spare);

#endif

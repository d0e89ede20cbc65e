/* Questions that a scan has out: exactly one answer each (decision 10).
 *
 * A stage asks with scan_ask and waits; the engine brings answers, by slot and generation, and makes one
 * itself when a question's deadline has passed: ERR_TIMEOUT for a read (ask again next cycle),
 * ERR_BROKER_SILENT for a mutation (whether it happened is unknown). What is said twice, or was never asked,
 * is not an answer. Leaves to others: who is asked (doors), what an answer means (stages). */
#ifndef VITRINE_SCAN_ASK_H
#define VITRINE_SCAN_ASK_H

#include "scan/scan.h"

/* Sends a question. `what` needs ask, kind, mutation, deadline and body (copied); slot and generation are set
 * here. Its ordinal must not be out (ASSERT) and is below LIMIT_CANDIDATES. */
void scan_ask(scan_t *s, const ask_t *what);
/* Takes a question back in; false if it is not out: the answer is not one. */
bool scan_ask_close(scan_t *s, u32 ask);
/* Of the questions that are out the earliest deadline; I64_MAX if none is. */
i64 scan_ask_deadline(const scan_t *s);
/* The answer that time gives to the first question, by ordinal, whose deadline is at or before `until`. False
 * if there is none. The question stays out until a stage has taken its answer. */
bool scan_ask_expired(const scan_t *s, i64 until, answer_t *out);

#endif

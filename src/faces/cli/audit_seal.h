/* The parts of `vitrine audit` that seal a run's days and hand them to strangers. */
#ifndef VITRINE_FACES_CLI_AUDIT_SEAL_H
#define VITRINE_FACES_CLI_AUDIT_SEAL_H

#include "faces/cli/app.h"
#include "store/home.h"
#include "store/journal.h"

/* Seals what has no seal and compares the rest. ERR_CORRUPT names the day. */
MUST_USE err_t audit_seal(app_t *app, const args_t *args, const home_t *home, store_t *store);
/* One line an intent: sequence, time of the decision, leaf. To be handed out before the outcome is known. */
MUST_USE err_t audit_signals(app_t *app, const args_t *args, const home_t *home, store_t *store);
/* The whole ledger as text that tools/verify-ledger reads; kinds named by --redact show their leaf alone. */
MUST_USE err_t audit_publish(app_t *app, const args_t *args, const home_t *home, store_t *store);

#endif

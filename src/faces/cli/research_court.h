/* `vitrine research court`: may the settings of one stored backtest take the place of another's?
 *
 *   court CHALLENGER INCUMBENT   one sitting (court_sitting.h); nothing but the try is kept
 *   court file ...               a sitting about a hypothesis, kept as a case (store/cases.h)
 *   court list, show, watch, sign, promote, rollback   what becomes of cases
 *
 * Promises: settings change by `promote` and back by `rollback`, or by the rule in `watch`, and only in the
 * one file promoted.toml of the home; all else looks. */
#ifndef VITRINE_FACES_CLI_RESEARCH_COURT_H
#define VITRINE_FACES_CLI_RESEARCH_COURT_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"

/* Options of the court, for the verb's table. */
#define COURT_ARGS                                                                                           \
    {"after", "DATE", "court: the last session that either was tuned on", .part = "court"},                  \
        {"hypothesis", "TEXT", "court file: why the challenger should be better", .part = "court"},          \
        {"shadow-days", "N", "court file: sessions beside the incumbent after the filing (60)",              \
         .part = "court"},                                                                                   \
        {"canary-days", "N", "court file: sessions with little money after those (20)", .part = "court"},    \
        {"canary", "PERCENT", "court file: of the capital, in these (5)", .part = "court"},                  \
        {"no-signature", NULL, "court file: promotion needs nobody's name", .part = "court"},                \
        {"who", "NAME", "court sign, promote, rollback: whose word it is", .part = "court"},                 \
    {                                                                                                        \
        "why", "TEXT", "court rollback: what for", .part = "court"                                           \
    }

/* Words: court, then as above. ERR_USAGE, ERR_NOT_FOUND, ERR_EXISTS, errors of the store. */
MUST_USE err_t research_court(app_t *app, const args_t *args);

#endif

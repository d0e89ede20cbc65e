/* `vitrine research court`: may the settings of one stored backtest take the place of another's?
 *
 * Promises: only days after the one named count, and that day has to be named; both runs saw the same data;
 * each sitting is a try of its own in the store, so that asking again costs. Changes no setting. */
#ifndef VITRINE_FACES_CLI_RESEARCH_COURT_H
#define VITRINE_FACES_CLI_RESEARCH_COURT_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"

/* Words: court CHALLENGER INCUMBENT. ERR_USAGE, ERR_NOT_FOUND, errors of the store. */
MUST_USE err_t research_court(app_t *app, const args_t *args);

#endif

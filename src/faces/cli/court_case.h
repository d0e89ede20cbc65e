/* The words of `vitrine research court` about cases: filing one, looking, and every act after it.
 *
 * Promises: what the rules decide (faces/research/docket.h) is decided before a person's word is heard, by
 * every word that writes; the file of settings and the act about it are one: where the file cannot be written
 * nothing is noted, and a process that died between is healed by saying the word again. */
#ifndef VITRINE_FACES_CLI_COURT_CASE_H
#define VITRINE_FACES_CLI_COURT_CASE_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"

MUST_USE err_t court_file(app_t *app, const args_t *args);
MUST_USE err_t court_list(app_t *app, const args_t *args);
MUST_USE err_t court_show(app_t *app, const args_t *args);
MUST_USE err_t court_watch(app_t *app, const args_t *args);
MUST_USE err_t court_sign(app_t *app, const args_t *args);
MUST_USE err_t court_promote(app_t *app, const args_t *args);
MUST_USE err_t court_rollback(app_t *app, const args_t *args);

#endif

/* The tables of `vitrine status`: loops with their cadence and times, and what loops told last.
 *
 * Promises: no line is wider than STATUS_COLUMNS, a terminal's own width; a group of loops is not said here,
 * `vitrine modules loops` tells it; a loop this binary does not know is shown without cadence.
 * Leaves to others: the answer itself (app/status_page.h), every other member of it (ask.c). */
#ifndef VITRINE_FACES_CLI_STATUS_TABLE_H
#define VITRINE_FACES_CLI_STATUS_TABLE_H

#include "faces/cli/app.h"
#include "wire/json.h"

enum { STATUS_COLUMNS = 80 };

/* `loops` is the answer's array, `now` the engine's time: times of its day are shown without the day. */
void status_print_loops(app_t *app, const json_t *loops, str_t now);
/* `told` is the answer's array of notices, oldest first. */
void status_print_told(app_t *app, const json_t *told);

/* `stopped` is the answer's array of users whose entries are stopped, each with its reasons. */
void status_print_stopped(app_t *app, const json_t *stopped);

/* `accounts` is the answer's array of accounts that several users share. */
void status_print_accounts(app_t *app, const json_t *accounts);

#endif

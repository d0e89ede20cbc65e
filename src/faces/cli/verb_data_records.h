/* `vitrine data list|show|check` for records: the part of verb_data.c that is not about bars. */
#ifndef VITRINE_FACES_CLI_VERB_DATA_RECORDS_H
#define VITRINE_FACES_CLI_VERB_DATA_RECORDS_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"

/* Sets of records, one line each, and the digest over all manifests. *sets counts them; none is no error. */
MUST_USE err_t data_records_list(app_t *app, const args_t *args, u32 *sets);
/* Rows of a set as they were known at --as-of. */
MUST_USE err_t data_records_show(app_t *app, const args_t *args);
/* Bars out of prints, a continuous future out of contracts. */
MUST_USE err_t data_records_build(app_t *app, const args_t *args);
/* Chunks and rules; *sets counts what was checked; none is no error. */
MUST_USE err_t data_records_check(app_t *app, const args_t *args, u32 *sets);

#endif

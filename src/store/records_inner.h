/* What the files of the record store share with one another and with nobody else. */
#ifndef VITRINE_STORE_RECORDS_INNER_H
#define VITRINE_STORE_RECORDS_INNER_H

#include "store/records.h"
#include "store/sqlite.h"

enum { RECORDS_HOME_MAX = 3800 };

struct records {
    char home[RECORDS_HOME_MAX + 1];
    bool read_only;
    bool in_transaction;
    sql_db_t *db;
};

MUST_USE err_t records_sql_open(records_t *r, diag_t *diag);
MUST_USE err_t records_sql_put(records_t *r, const records_chunk_t *c, diag_t *diag);
/* Periods that a merge has to see: first to last, and all that hold corrections. */
typedef struct {
    i32 first;
    i32 last;
    i32 revision;
} records_periods_t;
MUST_USE err_t records_sql_for_put(records_t *r, const records_target_t *to, const records_periods_t *p,
                                   diag_t *diag, records_chunk_t **own_out, u32 *count);
void records_path(const records_t *r, const digest_t *hash, char out[LIMIT_PATH]);
i32 records_period(record_period_t p, i64 t_known);

#endif

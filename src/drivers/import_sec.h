/* What layouts of the US regulator's filings share: filers as series, dates, headers of raw submissions. */
#ifndef VITRINE_DRIVERS_IMPORT_SEC_H
#define VITRINE_DRIVERS_IMPORT_SEC_H

#include "drivers/import_text.h"

/* "1318605", "0001318605" -> series CIK0001318605 and the column `cik`, if the kind has it. */
MUST_USE err_t sec_filer(record_import_t *ri, str_t cik, record_head_t *h, i64 *cell);
/* YYYY-MM-DD (a zone behind it is passed over), MM/DD/YYYY, MM-DD-YYYY or YYYYMMDD. ERR_SYNTAX. */
MUST_USE err_t sec_date(str_t s, date_t *out);
/* The moment a raw submission was accepted, from its header ("<ACCEPTANCE-DATETIME>"); 0 if there is none. */
i64 sec_accepted(str_t all);
/* `days` business days of New York after a day. */
date_t sec_days_after(date_t d, u32 days);
/* Text into a cell by its column's type. */
MUST_USE err_t sec_put(record_import_t *ri, const char *column, str_t s, i64 *cell);

/* Hands out the text of every element of an <edgarSubmission> with the element's name, up to its end. What is
 * refused (ERR_EMPTY) is passed over; a text that ends before is ERR_TRUNCATED. */
typedef err_t (*sec_value_t)(record_import_t *ri, str_t element, str_t text, void *ctx);
MUST_USE err_t sec_submission(record_import_t *ri, str_t all, sec_value_t value, void *ctx);

/* Where values of elements go: path of the enclosing elements is not looked at, names are told in `from`. */
typedef struct {
    const char *element;
    const char *column;
} sec_map_t;

#endif

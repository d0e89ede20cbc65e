/* What layouts of JSON, XML and plain text share: members of an object into cells, faults with a line. */
#ifndef VITRINE_DRIVERS_IMPORT_TEXT_H
#define VITRINE_DRIVERS_IMPORT_TEXT_H

#include "drivers/import_records.h"
#include "wire/jsonpull.h"
#include "wire/xmlpull.h"

/* A JSON error with its line. */
err_t text_json_fail(record_import_t *ri, const jsonpull_t *j, err_t e);
err_t text_xml_fail(record_import_t *ri, const xmlpull_t *x, err_t e);
/* Next token; errors get the line. */
MUST_USE err_t text_json(record_import_t *ri, jsonpull_t *j);
/* The same for XML. */
MUST_USE err_t text_xml(record_import_t *ri, xmlpull_t *x);
/* Every element of kind `each` up to a token of kind `end`: `take` reads it on from its first token. What it
 * refuses (ERR_EMPTY) is passed over; a token of another kind is ERR_SYNTAX. */
typedef struct {
    jsonpull_kind_t each, end;
    err_t (*take)(record_import_t *ri, jsonpull_t *j, void *ctx);
    void *ctx;
} text_elements_t;
MUST_USE err_t text_json_each(record_import_t *ri, jsonpull_t *j, const text_elements_t *e);
/* Wants a token of this kind next. */
MUST_USE err_t text_json_want(record_import_t *ri, jsonpull_t *j, jsonpull_kind_t kind);
/* Text of a string or number, empty for anything else (containers are passed over). */
MUST_USE err_t text_json_value(record_import_t *ri, jsonpull_t *j, str_t *out);
/* "2025-12-12T18:02:43-05:00", with or without zone (then UTC) and fraction. */
MUST_USE err_t text_stamp(str_t s, i64 *out);
/* "20250110160730" in New York. */
MUST_USE err_t text_acceptance(str_t s, i64 *out);
/* "MM/DD/YYYY" or "MM-DD-YYYY". */
MUST_USE err_t text_us_date(str_t s, date_t *out);
/* Copy that lives as long as the table: its number, and back. */
MUST_USE err_t text_keep(record_import_t *ri, str_t s, i64 *cell);
/* Line `from` of a text up to the line break; *rest goes behind it. False at the end. */
bool text_line(str_t *rest, str_t *line);
/* What stands behind `label` on its line, trimmed; empty if the label is not there. */
str_t text_after(str_t all, const char *label);

#endif

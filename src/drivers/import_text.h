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
typedef err_t (*text_take_t)(record_import_t *ri, jsonpull_t *j, void *ctx);
typedef err_t (*text_xml_take_t)(record_import_t *ri, const xmlpull_t *x, void *ctx);
/* Every element of kind `each` up to a token of kind `end`: `take` gets its first token and leaves its last.
 * What it refuses is passed over; a token of another kind is ERR_SYNTAX, a text that ends before is
 * ERR_TRUNCATED. */
typedef struct {
    jsonpull_kind_t each, end;
    text_take_t take;
    void *ctx;
} text_elements_t;
#define TEXT_ANY JSONPULL_END /* as `each`: of any kind */
MUST_USE err_t text_json_each(record_import_t *ri, jsonpull_t *j, const text_elements_t *e);
/* The same for the members of the object whose brace is read. */
MUST_USE err_t text_json_members(record_import_t *ri, jsonpull_t *j, text_take_t take, void *ctx);
/* Every token of an XML text up to the end of element `end`, or of the text with NULL. What is refused is
 * passed over; a text that ends before `end` is ERR_TRUNCATED. */
MUST_USE err_t text_xml_each(record_import_t *ri, xmlpull_t *x, const char *end, text_xml_take_t take,
                             void *ctx);
/* A row as its members come in, none in order. */
typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    bool dated;
} text_row_t;
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

/* What the files of the importer share with one another and with nobody else. */
#ifndef VITRINE_DRIVERS_IMPORT_INNER_H
#define VITRINE_DRIVERS_IMPORT_INNER_H

#include "drivers/import.h"
#include "wire/csv.h"

enum {
    IMPORT_DAY_FIRST = -25567,  /* 1900-01-01 */
    IMPORT_DAYS = 73049,        /* to 2099-12-31 */
    IMPORT_BATCH = 1 << 18,     /* rows held before a flush at the next change of symbol */
    IMPORT_BATCH_MAX = 1 << 20, /* and at the latest: 84 MB */
    IMPORT_SYMBOLS = LIMIT_INSTRUMENTS,
    IMPORT_SLOTS = 1 << 15,     /* of the symbol table: twice the symbols */
    IMPORT_MARK_ACTIONS = 1024, /* of one symbol: a century of quarterly dividends and room */
    IMPORT_RULES_FROM = 7305,   /* 1990-01-01: the calendar is verified from here on */
};

/* A session, asked of the calendar once. */
typedef struct {
    i64 open;  /* UTC ns; 0 with close 0: no session */
    i64 close;
    i64 midnight; /* of the file's zone, by the offset at noon */
    bool known;
} import_day_t;

typedef struct {
    bar_t bar;
    u32 symbol;
    u32 line;
} import_row_t;

typedef struct {
    char name[LIMIT_SYMBOL];
    date_t first; /* sessions seen in this import */
    date_t last;
    i64 close_before;    /* of the row before, for the check of the vendor's adjusted close */
    i64 adjusted_before;
} import_symbol_t;

typedef struct {
    action_t action;
    u32 symbol;
} import_action_t;

typedef struct {
    u32 symbol, time, open, high, low, close, volume, dividend, split, adjusted, file_day;
} import_columns_t;

typedef struct {
    const import_spec_t *spec;
    bar_format_desc_t format;
    import_columns_t col;
    zone_t zone;
    bool zone_seen;   /* the first stamp has told whether stamps carry an offset */
    bool zone_offset;
    bool time_of_day; /* stamps carry a time of day */
    bool coin;        /* the row at hand is a coin's: days of UTC, volumes in parts of a unit */
    bool coin_answer; /* whether `coin_asked`, a name as the file has it, is a coin's */
    char coin_asked[LIMIT_SYMBOL];
    csv_t *own_csv;
    bars_t *own_store;
    diag_t *diag;
    import_report_t report;
    bars_put_t put;
    date_t day_last;
    import_day_t *own_day;
    import_symbol_t *own_symbol;
    u32 symbols;
    u32 symbol_last;
    u16 *own_slot; /* index + 1 */
    import_row_t *own_row;
    u32 rows;
    bar_t *own_bars; /* of one symbol, for the store */
    import_action_t *own_action;
    u32 actions;
    u32 action_room;
    bars_fault_t *own_fault;
    u32 faults;
    u32 fault_room;
} importer_t;

/* Counts a rejected row with its place. */
void import_reject(importer_t *im, quality_rule_t rule, u64 line);
/* A fault in the text: an error, or with `lenient` a rejected row (then ERR_EMPTY, the caller goes on). */
err_t import_fault(importer_t *im, err_t e, u32 column, const char *what);
/* Format by option or header and name, columns, zone. */
MUST_USE err_t import_recognise(importer_t *im);
/* The record at hand as a row. ERR_EMPTY: it was rejected and counted. */
MUST_USE err_t import_parse(importer_t *im, import_row_t *out);
const import_day_t *import_day(importer_t *im, date_t d);
/* Of a coin: midnight to midnight of UTC. */
import_day_t import_coin_day(date_t d);
/* Whose days a stored symbol keeps. */
calendar_id_t import_calendar(const char *symbol);
/* How the row at hand names its symbol, or else its file or a setting. */
str_t import_symbol_text(const importer_t *im);
/* Whether a name, as files have them, is a coin's, and the pair it is stored as. */
bool import_coin_text(str_t text, char pair[LIMIT_SYMBOL]);
MUST_USE err_t import_symbol(importer_t *im, u32 *out);
MUST_USE err_t import_add_action(importer_t *im, u32 symbol, const action_t *a);
/* Actions out of a Lean factor file for the symbols of this import. */
MUST_USE err_t import_factors(importer_t *im);
/* May this name a set? */
bool import_source_fits(const char *name);
/* Last part of a path. */
const char *import_base_name(const char *path);
/* By symbol, ex-date and kind. */
void import_sort_actions(importer_t *im);
/* The stored series of a symbol of this import. */
bars_series_t import_series(const importer_t *im, u32 symbol);
/* The staged rows, in order and without repeats, into the store. */
MUST_USE err_t import_flush(importer_t *im);
/* Daily bars of every session this import has touched, from what is now stored (not only from this file). */
MUST_USE err_t import_daily(importer_t *im, u32 symbol);
/* First pass for a change of venue. */
MUST_USE err_t import_venue(importer_t *im);
/* Split ratio from text such as "2.0", "0.3333": smallest fair fraction. ERR_NUMBER, ERR_OVERFLOW. */
MUST_USE err_t import_ratio(str_t s, i64 *num, i64 *den);

/* ERR_EMPTY: no row of this file can be stored, and by which rule. */
MUST_USE err_t import_nothing(const import_report_t *r, const char *file, diag_t *diag);
/* "bad_number=3 duplicate=1": what the log of imports keeps of a report; cut at size. */
void import_rules_text(const import_report_t *r, char *out, size_t size);

#endif

/* Files of market data into the bar store.
 *
 * The layout is told by the header line and the file's name, columns are found by name. Everything is
 * checked on the way (market/quality.h): a row is stored or rejected by a named rule, rows read = stored +
 * rejected, always. Text that is no number, a value that does not fit, a date that is none and mixed time
 * zones stop the import with file, line and column, and nothing of the file is kept; `lenient` rejects
 * such rows instead. Intraday files also give daily bars (source kept, marked `built`). */
#ifndef VITRINE_DRIVERS_IMPORT_H
#define VITRINE_DRIVERS_IMPORT_H

#include "market/quality.h"
#include "model/bar.h"
#include "model/calendar.h"
#include "store/bars.h"

typedef struct {
    const char *home;
    const char *path;
    const char *format;      /* NULL: by header and name */
    const char *source;      /* NULL: the format's */
    const char *symbol;      /* files without a symbol column; NULL: from the file's name */
    /* Lean factor file; NULL: ../reference/lean_factor_files.csv beside the data, if there */
    const char *factors;
    const char *zone;        /* NULL: the format's */
    const char *resolution;  /* "1m", "5m", "1d"; NULL: the format's */
    i64 price_scale;         /* the file's prices are USD x this; 0: the format's */
    i64 feed_delay_ns;       /* t_known = end of the bar + this */
    date_t adjusted_to;      /* 0: the format's */
    date_t partial_before;   /* bars before this session are of one venue; 0: found by rule */
    i64 now_ns;              /* t_known of corrections and stamp of the log */
    i64 known_ns;            /* files without any date: when they were known; 0: when they were written */
    bool lenient;
    const u8 *bytes;         /* not NULL: the contents of `path`, already in memory */
    size_t byte_count;
} import_spec_t;

typedef struct {
    char format[BARS_SOURCE];
    char source[BARS_SOURCE];
    u64 rows_read;
    u64 rows_stored;
    u64 rows_rejected;
    u64 rows_same;      /* of rows_stored: were in the store already */
    u64 rows_revision;  /* of rows_stored: corrections */
    u64 rows_marked;    /* of rows_stored: with a flag of a rule */
    u64 rule_count[QUALITY_RULES];
    u64 rule_line[QUALITY_RULES]; /* first line of each, 0 if none */
    u64 daily_built;
    u64 actions;
    u32 symbols;
    date_t adjusted_to;
    date_t partial_before; /* 0: no change of venue found */
} import_report_t;

/* Imports one file. Errors come with a place; the store is unchanged then. */
MUST_USE err_t import_file(const import_spec_t *spec, diag_t *diag, import_report_t *out);

/* What a layout of bars is: the descriptor of a file of bar_formats/. The order of columns is free. */
typedef struct {
    const char *name;      /* also the default source */
    const char *about;     /* one sentence for people */
    /* must stand in the file's name when two layouts share a header; NULL: header is enough */
    const char *file_hint;
    const char *symbol;    /* column names; NULL: the file has none */
    const char *time;
    const char *open;
    const char *high;
    const char *low;
    const char *close;
    const char *volume;
    const char *dividend;  /* on the ex-date, USD per share */
    const char *split;     /* on the ex-date, new shares per old */
    const char *adjusted;  /* the vendor's own adjusted close: checked, not stored */
    const char *file_symbol; /* the one symbol of such files, when their name does not tell it */
    const char *file_day;  /* day of the source's file: the row was known that evening */
    timeframe_t timeframe;
    const char *zone;
    i64 price_scale;       /* prices are USD x this */
    date_t adjusted_to;    /* 0: raw */
    bool adjusted_last;    /* adjusted up to the file's last date: adjusted_to = that + 1, actions not kept */
    bool float_text;       /* digits beyond 1e-9 are noise of a binary number and are rounded */
    bool factor_file;      /* actions come from a Lean factor file */
    bool venue_rule;       /* look for a change of venue */
} bar_format_desc_t;

/* By name in byte order; NULL beyond the last. */
const bar_format_desc_t *import_format_at(u32 index);
/* By name. NULL if there is none. */
const bar_format_desc_t *import_format_find(str_t name);

#endif

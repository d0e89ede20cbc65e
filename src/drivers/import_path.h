/* Paths into the stores: files, folders, zstd and zip archives, and the folders of the Lean project.
 *
 * A folder is read whole, names in byte order. A file whose contents were read to their end before under the
 * same layout is passed over, so an import that was stopped goes on where it stopped; a file named by itself
 * is always read. In a folder a file that is no data of ours is passed over and told; a faulty one is told,
 * keeps nothing, and the others go on. Zip archives of the Lean project are read as the joined tables of the
 * same name: the key columns come from folder and member names, so both ways give the same rows. */
#ifndef VITRINE_DRIVERS_IMPORT_PATH_H
#define VITRINE_DRIVERS_IMPORT_PATH_H

#include "drivers/import_records.h"

typedef enum {
    IMPORT_READ,  /* imported: report */
    IMPORT_DONE,  /* was read to its end before */
    IMPORT_OTHER, /* no layout fits */
    IMPORT_FAULTY /* error: diag */
} import_outcome_t;

typedef struct {
    /* One input: `name` is the path, or ARCHIVE:MEMBER. */
    void (*input)(void *ctx, const char *name, import_outcome_t outcome, const import_report_t *r,
                  const diag_t *d);
    /* Sign of life before each file; may be NULL. */
    void (*progress)(void *ctx, const char *name, u64 done, u64 total);
    void *ctx;
} import_sink_t;

typedef struct {
    u64 files;
    u64 done;
    u64 other;
    u64 faulty;
    u64 rows_read;
    u64 rows_stored;
    u64 rows_rejected;
    err_t first_error; /* of the faulty ones */
    diag_t first_diag;
} import_sum_t;

/* Imports a file or a folder (spec->path). A faulty file named by itself is the error returned; inside a
 * folder it is counted. A folder that holds nothing of a known layout: ERR_EMPTY. Adds to *io. */
MUST_USE err_t import_path(const import_spec_t *spec, const import_sink_t *sink, diag_t *diag,
                           import_sum_t *io);

/* What the place of a Lean file says; exposed for tests and fuzzing. */
typedef struct {
    char name[64]; /* of the joined table: "lean_equity_minute_trade" */
    char header[192];
    char prefix[128];  /* cells in front of each line, each with its comma */
    char contract[64]; /* stands behind the date: put after the first `contract_at` cells of the prefix */
} lean_place_t;
/* `path`: the file or archive with its folders; `member`: in the archive, NULL for a plain file. False if the
 * place is none of Lean's. */
bool lean_place(const char *path, const char *member, lean_place_t *out);

#endif

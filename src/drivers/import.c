/* See import.h: the flow of one import. Recognising is import_recognise.c, fields import_parse.c, staging and
 * merging import_batch.c, layouts the files of bar_formats/. */
#include "drivers/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

static err_t read_rows(importer_t *im)
{
    err_t err = ERR_OK;
    u32 last = UINT32_MAX;
    while ((err = csv_next(im->own_csv, im->diag)) == ERR_OK) {
        import_row_t row;
        im->report.rows_read++;
        err = import_parse(im, &row);
        if (err == ERR_EMPTY) {
            continue;
        }
        TRY(err);
        if ((im->rows >= IMPORT_BATCH && row.symbol != last) || im->rows == IMPORT_BATCH_MAX) {
            TRY(import_flush(im));
        }
        last = row.symbol;
        im->own_row[im->rows++] = row;
    }
    return err == ERR_EMPTY ? import_flush(im) : err;
}

static err_t put_actions(importer_t *im)
{
    if (im->format.factor_file) {
        TRY(import_factors(im));
    }
    import_sort_actions(im);
    for (u32 i = 0; i < im->actions; i++) {
        bars_series_t series = import_series(im, im->own_action[i].symbol);
        TRY(bars_put_actions(im->own_store, &series, &im->own_action[i].action, 1, im->diag));
    }
    im->report.actions = im->actions;
    for (u32 i = 0; i < im->faults; i++) {
        TRY(bars_put_fault(im->own_store, &im->own_fault[i], im->diag));
    }
    return ERR_OK;
}

void import_rules_text(const import_report_t *r, char *out, size_t size)
{
    ASSERT(r != NULL && out != NULL && size > 0);
    size_t used = 0;
    out[0] = '\0';
    for (u32 i = 1; i < QUALITY_RULES; i++) {
        if (r->rule_count[i] > 0 && used < size) {
            int n = snprintf(out + used, size - used, "%s%s=%llu", used > 0 ? " " : "",
                             quality_rule_name((quality_rule_t)i), (unsigned long long)r->rule_count[i]);
            used += n > 0 ? (size_t)n : 0;
        }
    }
}

err_t import_nothing(const import_report_t *r, const char *file, diag_t *diag)
{
    ASSERT(r != NULL && file != NULL);
    char why[96] = "";
    for (u32 i = 1; i < QUALITY_RULES && why[0] == '\0'; i++) {
        if (r->rule_count[i] > 0) { /* with its line: one is enough to see what is wrong with all */
            (void)snprintf(why, sizeof why, "; %s, first at line %llu", quality_rule_name((quality_rule_t)i),
                           (unsigned long long)r->rule_line[i]);
        }
    }
    return diag_fail(diag, ERR_EMPTY,
                     "%.200s: none of its %llu rows can be stored\nread as %s%s\n"
                     "do: %s, or name the right layout with --format",
                     file, (unsigned long long)r->rows_read, r->format, why,
                     r->rows_read == 0 ? "fetch a file with rows" : "correct its rows");
}

static err_t import_finish(importer_t *im)
{
    import_report_t *r = &im->report;
    TRY(put_actions(im));
    for (u32 i = 0; i < im->symbols && im->format.timeframe != TF_1D; i++) {
        TRY(import_daily(im, i));
    }
    r->rows_stored = r->rows_read - r->rows_rejected;
    r->rows_same = im->put.rows_same;
    r->rows_revision = im->put.rows_revision;
    r->rule_count[RULE_REVISION] = im->put.rows_revision;
    r->symbols = im->symbols;
    r->adjusted_to = im->symbols > 0 ? import_series(im, 0).adjusted_to : 0;
    ASSERT(r->rows_stored == im->put.rows_new + im->put.rows_same);
    if (r->rows_stored == 0) {
        return import_nothing(r, im->spec->path, im->diag);
    }
    bars_import_t log = {.t_import = im->spec->now_ns,
                         .rows_read = r->rows_read,
                         .rows_stored = r->rows_stored,
                         .rows_rejected = r->rows_rejected,
                         .rows_same = r->rows_same};
    (void)snprintf(log.file, sizeof log.file, "%s", import_base_name(im->spec->path));
    memcpy(log.source, r->source, sizeof log.source);
    import_rules_text(r, log.rules, sizeof log.rules);
    return bars_log_import(im->own_store, &log, im->diag);
}

static err_t import_run(importer_t *im)
{
    const import_spec_t *s = im->spec;
    TRY(s->bytes != NULL ? csv_open_bytes(s->bytes, s->byte_count, s->path, im->diag, &im->own_csv)
                         : csv_open(s->path, im->diag, &im->own_csv));
    TRY(import_recognise(im));
    if (im->format.venue_rule && im->spec->partial_before == 0) {
        TRY(import_venue(im));
    }
    TRY(bars_open(im->spec->home, false, im->diag, &im->own_store));
    TRY(bars_begin(im->own_store, im->diag));
    TRY(read_rows(im));
    TRY(import_finish(im));
    return bars_commit(im->own_store, im->diag);
}

static bool import_allocate(importer_t *im)
{
    im->own_day = calloc(IMPORT_DAYS, sizeof *im->own_day);
    im->own_symbol = calloc(IMPORT_SYMBOLS, sizeof *im->own_symbol);
    im->own_slot = calloc(IMPORT_SLOTS, sizeof *im->own_slot);
    im->own_row = malloc((size_t)IMPORT_BATCH_MAX * sizeof *im->own_row);
    im->own_bars = malloc((size_t)IMPORT_BATCH_MAX * sizeof *im->own_bars);
    return im->own_day != NULL && im->own_symbol != NULL && im->own_slot != NULL && im->own_row != NULL &&
           im->own_bars != NULL;
}

static void import_free(importer_t *im)
{
    csv_close(im->own_csv);
    bars_close(im->own_store); /* rolls back what was not committed */
    free(im->own_day);
    free(im->own_symbol);
    free(im->own_slot);
    free(im->own_row);
    free(im->own_bars);
    free(im->own_action);
    free(im->own_fault);
}

err_t import_file(const import_spec_t *spec, diag_t *diag, import_report_t *out)
{
    ASSERT(spec != NULL && spec->home != NULL && spec->path != NULL);
    ASSERT(out != NULL);
    importer_t *im = calloc(1, sizeof *im);
    if (im == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory to import");
    }
    im->spec = spec;
    im->diag = diag;
    err_t err = import_allocate(im) ? import_run(im) : diag_fail(diag, ERR_NO_MEMORY, "no memory to import");
    if (err == ERR_OK) {
        *out = im->report;
        ASSERT(out->rows_read == out->rows_stored + out->rows_rejected);
    }
    import_free(im);
    free(im);
    return err;
}

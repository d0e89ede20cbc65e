/* See verb_data_records.h. */
#include "faces/cli/verb_data_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/records_build.h"
#include "drivers/records_check.h"
#include "faces/cli/rule_counts.h"
#include "os/clock.h"

enum { SHOW_ROWS = 20, SHOW_ROWS_MAX = 1000000 };

/* ---- list ---- */

static void list_set(app_t *app, const records_chunk_t *c, u32 n)
{
    u64 rows = 0;
    u64 suspects = 0;
    i64 first = I64_MAX;
    i64 last = I64_MIN;
    u32 series = 0;
    char from[11];
    char to[11];
    const record_kind_desc_t *k = record_kind_find(c[0].kind);
    for (u32 i = 0; i < n; i++) {
        rows += c[i].rows;
        suspects += c[i].suspects;
        series = MAX_OF(series, c[i].series);
        first = MIN_OF(first, c[i].known_first);
        last = MAX_OF(last, c[i].known_last);
    }
    date_print(from, (date_t)(first / NS_PER_DAY)); /* when they became known */
    date_print(to, (date_t)(last / NS_PER_DAY));
    const char *kind = k == NULL ? "(unknown)" : k->name;
    if (!app->json) {
        app_print(app, "%-18s %-13s %7u %9llu %s %s%s\n", c[0].source, kind, series,
                  (unsigned long long)rows, from, to, suspects > 0 ? " marked" : "");
        return;
    }
    jsonw_t *w = &app->jw;
    jsonw_object(w);
    jsonw_put_text(w, "source", c[0].source);
    jsonw_put_text(w, "kind", kind);
    jsonw_put_i64(w, "chunks", n);
    jsonw_put_i64(w, "rows", (i64)rows);
    jsonw_put_i64(w, "marked", (i64)suspects);
    jsonw_put_text(w, "first", from);
    jsonw_put_text(w, "last", to);
    jsonw_end(w);
    jsonw_line(w);
}

/* The store, or NULL if there is none of records yet. */
static err_t open_store(app_t *app, records_t **out)
{
    diag_t inner = {0};
    err_t err = records_open(app->home, true, &inner, out);
    if (err == ERR_NOT_FOUND) {
        *out = NULL;
        return ERR_OK;
    }
    return err == ERR_OK ? ERR_OK : diag_fail(&app->diag, err, "%s", inner.text);
}

err_t data_records_list(app_t *app, const args_t *args, u32 *sets)
{
    ASSERT(app != NULL && args != NULL);
    ASSERT(sets != NULL);
    records_t *r = NULL;
    records_chunk_t *own = NULL;
    u32 n = 0;
    digest_t d = {0};
    *sets = 0;
    TRY(open_store(app, &r));
    if (r == NULL || args_value(args, "symbol") != NULL) {
        records_close(r);
        return ERR_OK;
    }
    err_t err = records_chunks(r, args_value(args, "source"), &app->diag, &own, &n);
    err = err == ERR_OK ? records_manifest_hash(r, &app->diag, &d) : err;
    records_close(r);
    TRY(err);
    if (n > 0) {
        app_print(app, "\n%-18s %-13s %7s %9s %-10s %s\n", "records", "kind", "series", "rows",
                  "known from", "to");
    }
    for (u32 from = 0, to = 0; from < n; from = to) {
        for (to = from;
             to < n && own[to].kind == own[from].kind && strcmp(own[to].source, own[from].source) == 0;) {
            to++;
        }
        list_set(app, own + from, to - from);
        (*sets)++;
    }
    if (n > 0) {
        char hex[65];
        hex_print(hex, d.b, sizeof d.b);
        app_print(app, "\nmanifest %s\n", hex);
    }
    free(own);
    return ERR_OK;
}

/* ---- show ---- */

static void cell_text(const record_table_t *t, const record_column_t *c, i64 v, char out[128])
{
    out[0] = '\0';
    if (v == CELL_NONE) {
        return;
    }
    if (c->type == CELL_TEXT) {
        str_t s = record_text(t, (u32)v);
        (void)snprintf(out, 128, "%.*s", (int)MIN_OF(s.n, 120u), (const char *)s.p);
    } else if (c->type == CELL_DATE) {
        date_print(out, (date_t)v);
    } else if (c->type == CELL_TIME) {
        time_print(out, v);
    } else if (c->type == CELL_BOOL) {
        (void)snprintf(out, 128, "%s", v != 0 ? "yes" : "no");
    } else {
        (void)fixed_print(out, 128, v, c->scale, 0);
    }
}

static void show_row(app_t *app, const record_kind_desc_t *k, const record_table_t *t, u32 row)
{
    const record_head_t *h = &t->own_head[row];
    char event[36];
    char known[36];
    char text[128];
    time_print(event, h->t_event);
    time_print(known, h->t_known);
    str_t series = record_text(t, h->series);
    char name[64];
    (void)snprintf(name, sizeof name, STR_FMT, STR_ARG(series));
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "series", name);
        jsonw_put_text(&app->jw, "event", event);
        jsonw_put_text(&app->jw, "known", known);
    }
    app_print(app, "%s  %s  %s%s", name, event, known, (h->flags & RECORD_SUSPECT) != 0 ? "  marked" : "");
    for (u32 c = 0; c < k->count; c++) {
        cell_text(t, &k->column[c], record_row(t, row)[c], text);
        if (text[0] == '\0') {
            continue;
        }
        if (app->json) {
            jsonw_put_text(&app->jw, k->column[c].name, text);
        }
        app_print(app, "  %s=%s", k->column[c].name, text);
    }
    app_print(app, "\n");
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
}

/* Kind of a set, by its first chunk or by --kind. */
static err_t show_kind(app_t *app, const args_t *args, records_t *r, const record_kind_desc_t **out)
{
    records_chunk_t *own = NULL;
    u32 n = 0;
    const char *source = args_value(args, "source");
    TRY(records_chunks(r, source, &app->diag, &own, &n));
    const record_kind_desc_t *k = n == 0 ? NULL : record_kind_find(own[0].kind);
    free(own);
    if (k == NULL) {
        return diag_fail(&app->diag, ERR_NOT_FOUND,
                         "there is no set of records '%.48s'\noption --source\n"
                         "do: `vitrine data list` shows what is stored",
                         source);
    }
    *out = k;
    return ERR_OK;
}

static err_t show_rows(app_t *app, const args_t *args, records_t *r)
{
    const record_kind_desc_t *k = NULL;
    record_table_t t = {0};
    i64 limit = SHOW_ROWS;
    date_t as_of = 0;
    TRY(args_i64(args, "rows", 1, SHOW_ROWS_MAX, &app->diag, &limit));
    TRY(args_date(args, "as-of", &app->diag, &as_of));
    TRY(show_kind(app, args, r, &k));
    records_query_t q = {.source = args_value(args, "source"),
                         .kind = k,
                         .series = args_value(args, "symbol"),
                         .as_of = as_of == 0 ? I64_MAX : (i64)(as_of + 1) * NS_PER_DAY - 1,
                         .from = I64_MIN};
    err_t err = record_table_open(&t, k->count);
    err = err == ERR_OK ? records_read(r, &q, &app->diag, &t) : err;
    u32 from = err == ERR_OK && t.rows > limit ? t.rows - (u32)limit : 0;
    for (u32 i = from; err == ERR_OK && i < t.rows; i++) {
        show_row(app, k, &t, i);
    }
    if (err == ERR_OK) {
        app_say(app, "%u of %u rows of %s (%s)\n", t.rows - from, t.rows, k->name, k->about);
    }
    record_table_close(&t);
    return err;
}

err_t data_records_show(app_t *app, const args_t *args)
{
    ASSERT(app != NULL);
    ASSERT(args != NULL);
    records_t *r = NULL;
    if (args_value(args, "source") == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "data show: no set is named\n"
                         "do: vitrine data show --source NAME [--symbol SERIES] [--as-of DATE]");
    }
    TRY(records_open(app->home, true, &app->diag, &r));
    err_t err = show_rows(app, args, r);
    records_close(r);
    return err;
}

/* ---- build ---- */

static void print_built(app_t *app, const records_build_t *r)
{
    app_print(
        app,
        "%s of %s: rows read %llu, used %llu, made %llu (%llu outside regular hours, not stored), rolls %u\n",
        r->made, r->kind, (unsigned long long)r->rows_read, (unsigned long long)r->rows_used,
        (unsigned long long)r->rows_made, (unsigned long long)r->rows_outside, r->rolls);
}

err_t data_records_build(app_t *app, const args_t *args)
{
    ASSERT(app != NULL);
    ASSERT(args != NULL);
    records_build_spec_t s = {.home = app->home, .source = args_value(args, "source"), .now_ns = os_now()};
    records_build_t r = {0};
    if (s.source == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "data build: no set is named\n"
                         "do: vitrine data build --source NAME");
    }
    TRY(records_build(&s, &app->diag, &r));
    if (r.coins) {
        app_print(app, "%s: rows read %llu, bars of coins %llu, with their days %llu\n", r.made,
                  (unsigned long long)r.rows_read, (unsigned long long)r.rows_used,
                  (unsigned long long)r.rows_made);
        if (r.rows_other > 0) {
            app_print(app, "%llu rows are of no coin in dollars, of no length that bars have, or marked\n",
                      (unsigned long long)r.rows_other);
        }
        if (r.no_volume) {
            app_print(app, "the source says that its volumes mean nothing: these bars have none, and no "
                           "rule\nthat asks for volume lets them through\n");
        }
    } else {
        print_built(app, &r);
    }
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "made", r.made);
        jsonw_put_text(&app->jw, "of", r.kind);
        jsonw_put_i64(&app->jw, "rows_read", (i64)r.rows_read);
        jsonw_put_i64(&app->jw, "rows_used", (i64)r.rows_used);
        jsonw_put_i64(&app->jw, "rows_made", (i64)r.rows_made);
        jsonw_put_i64(&app->jw, "rows_outside", (i64)r.rows_outside);
        jsonw_put_i64(&app->jw, "rows_other", (i64)r.rows_other);
        jsonw_put_i64(&app->jw, "rolls", r.rolls);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    return ERR_OK;
}

/* ---- check ---- */

static void print_fault(void *ctx, const records_fault_t *f)
{
    app_t *app = ctx;
    char date[11];
    const char *rule = quality_rule_name(f->fault.rule);
    const char *verdict = verdict_name(quality_rule_verdict(f->fault.rule));
    date_print(date, f->fault.date);
    app_print(app, "%-8s %s  %-17s %-13s %12.6g %12.6g  %s\n", f->series, date, rule, verdict, f->fault.a,
              f->fault.b, f->source);
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "symbol", f->series);
        jsonw_put_text(&app->jw, "date", date);
        jsonw_put_text(&app->jw, "rule", rule);
        jsonw_put_text(&app->jw, "verdict", verdict);
        jsonw_put_f64(&app->jw, "a", f->fault.a);
        jsonw_put_f64(&app->jw, "b", f->fault.b);
        jsonw_put_text(&app->jw, "source", f->source);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
}

err_t data_records_check(app_t *app, const args_t *args, u32 *sets)
{
    ASSERT(app != NULL && args != NULL);
    ASSERT(sets != NULL);
    records_check_sink_t sink = {.fault = print_fault, .ctx = app};
    records_check_t r = {0};
    diag_t inner = {0};
    *sets = 0;
    if (args_value(args, "symbol") != NULL) {
        return ERR_OK;
    }
    err_t err = records_check(app->home, args_value(args, "source"), &sink, &inner, &r);
    if (err == ERR_NOT_FOUND || err == ERR_EMPTY) {
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return diag_fail(&app->diag, err, "%s", inner.text);
    }
    *sets = r.sets;
    app_print(app, "\n%u set%s of records, %llu rows (%llu marked at import), every chunk matches its hash\n",
              r.sets, r.sets == 1 ? "" : "s", (unsigned long long)r.rows, (unsigned long long)r.suspects);
    rule_counts_print(app, r.count);
    if (app->json) { /* told from a fault by "checked", as the line of the bars is */
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "checked", "records");
        jsonw_put_u64(&app->jw, "sets", r.sets);
        jsonw_put_u64(&app->jw, "rows", r.rows);
        jsonw_put_u64(&app->jw, "marked", r.suspects);
        rule_counts_put(&app->jw, r.count);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    return ERR_OK;
}

/* `vitrine audit`: reads a run's ledger from its first byte and recomputes what it claims. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/assert.h"
#include "faces/cli/audit_seal.h"
#include "faces/cli/event_names.h"
#include "store/head.h"
#include "store/journal.h"

enum { AUDIT_RUNS_MAX = 4096 };

/* One run: its verdict, or the place where the chain breaks. */
static err_t verify_one(app_t *app, const home_t *home, store_t *store, const run_row_t *run)
{
    diag_t d = {0};
    journal_verdict_t v = {0};
    char hash[2 * sizeof v.decisions.b + 1];
    err_t err = journal_verify(store, str_from(run->id.text), &d, &v);
    char head[2 * sizeof v.head.b + 1];
    hex_print(hash, v.decisions.b, sizeof v.decisions.b);
    hex_print(head, v.head.b, sizeof v.head.b);
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "run_id", run->id.text);
        jsonw_put_text(w, "kind", run_kind_name(run->kind));
        jsonw_put_text(w, "status", run_standing(home, run));
        jsonw_put_bool(w, "whole", err == ERR_OK);
        jsonw_put_u64(w, "events", v.events);
        jsonw_put_u64(w, "blocks", v.blocks);
        jsonw_put_text(w, "decision_hash", err == ERR_OK ? hash : NULL);
        jsonw_put_text(w, "chain_head", err == ERR_OK ? head : NULL);
        jsonw_put_text(w, "fault", err == ERR_OK ? NULL : d.set ? d.text : err_text(err));
        jsonw_end(w);
    } else if (err == ERR_OK) {
        app_print(app, "whole   %s  %s, %s: %llu events in %llu blocks, decisions %.16s, chain head %.16s\n",
                  run->id.text, run_kind_name(run->kind), run_standing(home, run),
                  (unsigned long long)v.events, (unsigned long long)v.blocks, hash, head);
    } else {
        const char *what = d.set ? d.text : err_text(err);
        app_print(app, "BROKEN  %s  %.*s\n", run->id.text, (int)strcspn(what, "\n"), what);
    }
    return err;
}

/* The runs asked for: one by id, or all, newest first. */
static err_t find_runs(app_t *app, const args_t *args, store_t *store, run_row_t *runs, u32 *count)
{
    const char *id = args_word(args, 1);
    if (id == NULL) {
        return run_list(store, runs, AUDIT_RUNS_MAX, &app->diag, count);
    }
    *count = 1;
    return run_find(store, str_from(id), &app->diag, &runs[0]);
}

static err_t verify_all(app_t *app, const home_t *home, store_t *store, const run_row_t *runs, u32 count)
{
    u32 broken = 0;
    u32 cut = 0;
    err_t first = ERR_OK;
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_key(&app->jw, "runs");
        jsonw_array(&app->jw);
    }
    for (u32 i = 0; i < count; i++) {
        app_progress(app, "runs", i, count);
        err_t err = verify_one(app, home, store, &runs[i]);
        broken += err != ERR_OK ? 1 : 0;
        cut += run_is_cut(home, &runs[i]) ? 1 : 0;
        first = first == ERR_OK ? err : first;
    }
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_put_u64(&app->jw, "broken", broken);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    if (broken > 0) {
        return diag_fail(&app->diag, first,
                         "%u of %u runs are not whole; the place stands beside each\n%s\n"
                         "do: restore the database from a copy",
                         broken, count, app->home);
    }
    app_say(app, count == 1 ? "%u run, whole\n" : "%u runs, all whole\n", count);
    if (cut > 0) {
        app_say(app, "%u cut short: whole as far as it was written, and without an end\n", cut);
    }
    return ERR_OK;
}

static bool is_money(const event_t *e)
{
    return e->head.kind == EV_FILL || e->head.kind == EV_CASH;
}

enum { EXPORT_LINE = 8 * LIMIT_EVENT_BYTES };

/* Events of one run as JSON lines, for programs that share no code with this one. What people and
 * loops said is text, other blobs are hexadecimal. */
static err_t export_events(app_t *app, journal_reader_t *reader, const char *only, u8 *line)
{
    event_t e;
    bool more = true;
    for (;;) {
        TRY(journal_next(reader, &app->diag, &e, &more));
        if (!more) {
            return ERR_OK;
        }
        const char *kind = event_name((event_kind_t)e.head.kind);
        if (only != NULL && strcasecmp(kind, only) != 0 && !(strcmp(only, "money") == 0 && is_money(&e))) {
            continue;
        }
        writer_t w = writer_of(line, EXPORT_LINE);
        TRY(event_print_json(&e, event_value_name, &w));
        put_bytes(&w, "\n", 1);
        if (fwrite(line, 1, w.used, app->out) != w.used) {
            return diag_fail(&app->diag, ERR_IO, "audit export: the output cannot be written");
        }
    }
}

enum { KINDS_MAX = 128 }; /* above every id of a kind */

static bool kind_exists(const char *name)
{
    bool found = name == NULL || strcmp(name, "money") == 0;
    for (u32 k = 1; !found && k < KINDS_MAX; k++) {
        const char *kind = event_name((event_kind_t)k);
        found = kind != NULL && strcasecmp(kind, name) == 0;
    }
    return found;
}

static err_t export_run(app_t *app, const args_t *args, store_t *store)
{
    const char *id = args_word(args, 1);
    const char *only = args_value(args, "kind");
    journal_reader_t *reader = NULL;
    if (!kind_exists(only)) { /* nothing on the output would read as "there were none" */
        return diag_fail(&app->diag, ERR_USAGE,
                         "--kind %.32s: there is no kind of event of that name\n"
                         "do: `vitrine modules events` lists them; money is fills and cash movements",
                         only);
    }
    u8 *line = malloc(EXPORT_LINE);
    if (line == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = journal_reader_open(store, str_from(id == NULL ? "latest" : id), &app->diag, &reader);
    if (err == ERR_OK) {
        err = export_events(app, reader, args_value(args, "kind"), line);
    }
    journal_reader_close(reader);
    free(line);
    return err;
}

static err_t audit_verify(app_t *app, const args_t *args, const home_t *home, store_t *store)
{
    run_row_t *runs = calloc(AUDIT_RUNS_MAX, sizeof *runs);
    u32 count = 0;
    err_t err = runs == NULL ? ERR_NO_MEMORY : find_runs(app, args, store, runs, &count);
    if (err == ERR_OK) {
        err = verify_all(app, home, store, runs, count);
    }
    free(runs);
    return err == ERR_OK ? head_check(home->root, &app->diag) : err; /* whole, but is it the newest? */
}

static err_t audit_export(app_t *app, const args_t *args, const home_t *home, store_t *store)
{
    (void)home;
    return export_run(app, args, store);
}

static err_t audit_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    static const struct {
        const char *word;
        err_t (*run)(app_t *app, const args_t *args, const home_t *home, store_t *store);
    } parts[] = {{"verify", audit_verify},
                 {"export", audit_export},
                 {"seal", audit_seal},
                 {"signals", audit_signals},
                 {"publish", audit_publish}};
    u32 at = 0;
    while (at < COUNT_OF(parts) && strcmp(args_word(args, 0), parts[at].word) != 0) {
        at++;
    }
    if (at == COUNT_OF(parts)) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "audit %.32s: there are `audit verify`, `export`, `seal`, `signals` and `publish`, each "
            "with a RUN behind it or without\ndo: vitrine audit --help",
            args_word(args, 0));
    }
    home_t home;
    store_t *store = NULL;
    TRY(home_open(app->home, 0, &app->diag, &home));
    diag_t why = {0};
    err_t err = store_open_home(&home, true, false, &why, &store);
    if (err == ERR_EMPTY) { /* there is none, or no run is in it: was there ever one? */
        TRY(head_check(home.root, &app->diag));
    }
    if (err != ERR_OK && why.set) {
        err = diag_fail(&app->diag, err, "%s", why.text);
    }
    if (err == ERR_OK) {
        err = parts[at].run(app, args, &home, store);
        store_close(store);
    }
    home_close(&home);
    return err;
}

const verb_desc_t verb_audit = {
    .name = "audit",
    .summary = "prove that the ledger is whole, or hand it out",
    .usage = "verify | export | seal | signals | publish [RUN]",
    .detail =
        "  Every block of every run is read, its chain recomputed, and the decisions hashed anew; then the\n"
        "  note beside the database (vitrine.head) is asked whether it was newer once. A run is an id, the\n"
        "  beginning of one, latest or previous.\n"
        "  `seal` makes one Merkle root a day and a chain over them, and finds a day that was sealed\n"
        "  otherwise before. `signals` prints what each intent is bound by before its outcome is known.\n"
        "  `publish` writes the ledger for strangers: tools/verify-ledger checks it without this program.",
    .example = "vitrine audit verify latest",
    .options = {{"kind", "KIND", "export: one kind of event, or money for fills and cash movements",
                 .part = "export"},
                {"redact", "KINDS",
                 "publish: kinds of event that show their leaf alone, with commas between",
                 .part = "publish"},
                {NULL, NULL, NULL}},
    .words_min = 1,
    .words_max = 2,
    .bare = true,
    .run = audit_run,
};

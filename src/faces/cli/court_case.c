/* See court_case.h: all words but filing, which is in court_file.c. */
#include "faces/cli/court_case.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/court_print.h"
#include "faces/cli/settings_file.h"
#include "faces/report/report_facts.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/home.h"

/* One case, what was counted of it, and the store it stands in. */
typedef struct {
    app_t *app;
    home_t home;
    store_t *store;
    case_t c;
    pairs_t pairs;
    docket_t docket;
    u32 in_force;
    bool counted;
    bool moved; /* an act followed by the rules, in this word */
} bench_t;

/* Days count from the case's own run: its bars, its names, its money. */
static err_t count_days(bench_t *b)
{
    diag_t *diag = &b->app->diag;
    report_facts_t f = {0};
    static const digest_t none = {0};
    if (b->c.row.grounds != 0) {
        return ERR_OK;
    }
    err_t err = report_facts_read(b->store, str_from(b->c.row.challenger.text), NULL, diag, &f);
    if (err == ERR_OK && (digest_eq(&f.scope, &none) || f.start.v <= 0)) {
        err = diag_fail(diag, ERR_VERSION,
                        "case %u: what its runs ran on cannot be read by this version\ndo: file it again",
                        b->c.row.number);
    }
    err = err == ERR_OK ? pairs_read(b->store, &b->c.row, &f.scope, diag, &b->pairs) : err;
    err = err == ERR_OK ? docket_open(&b->c.row, &b->pairs, f.start, &b->docket) : err;
    b->counted = err == ERR_OK;
    report_facts_free(&f);
    return err;
}

static err_t find_case(bench_t *b, const args_t *args)
{
    const char *word = args_word(args, 2);
    u64 number = 0;
    if (word == NULL || args_word(args, 3) != NULL || str_to_u64(str_from(word), &number) != ERR_OK ||
        number == 0 || number > UINT32_MAX) {
        return diag_fail(&b->app->diag, ERR_USAGE,
                         "court %s: the number of one case\ndo: vitrine research court list",
                         args_word(args, 1));
    }
    TRY(cases_find(b->store, (u32)number, &b->app->diag, &b->c));
    TRY(cases_in_force(b->store, &b->app->diag, &b->in_force));
    return count_days(b);
}

static err_t open_store(app_t *app, bool read_only, bench_t *b)
{
    b->app = app;
    TRY(home_open(app->home, 0, &app->diag, &b->home));
    err_t err = store_open_home(&b->home, read_only, true, &app->diag, &b->store);
    if (err != ERR_OK) {
        home_close(&b->home);
        b->store = NULL;
    }
    return err;
}

static err_t bench_open(app_t *app, const args_t *args, bool read_only, bench_t *b)
{
    memset(b, 0, sizeof *b);
    TRY(open_store(app, read_only, b));
    return find_case(b, args);
}

static void bench_close(bench_t *b)
{
    docket_free(&b->docket);
    pairs_free(&b->pairs);
    if (b->store != NULL) {
        store_close(b->store);
        home_close(&b->home);
    }
}

static void show(bench_t *b)
{
    court_seen_t seen = {
        .docket = b->counted ? &b->docket : NULL, .pairs = &b->pairs, .in_force = b->in_force};
    court_show_case(b->app, &b->c, &seen);
}

/* ---- settings --------------------------------------------------------------------------------------------
 */

/* A file to write as the deed of an act: whole before the transaction begins. */
typedef struct {
    char path[LIMIT_PATH];
    u8 *own_text;
    size_t used;
} deed_t;

static err_t write_file(void *ctx, diag_t *diag)
{
    const deed_t *d = ctx;
    return os_file_write(d->path, (str_t){.p = d->own_text, .n = (u32)d->used}, 0600, diag);
}

/* The settings of a run as they were recorded, if they are still those that the case is about. */
static err_t settings_of(bench_t *b, const run_id_t *id, const digest_t *hash, config_t *out)
{
    diag_t *diag = &b->app->diag;
    run_row_t run;
    char *text = NULL;
    TRY(run_find(b->store, str_from(id->text), diag, &run));
    TRY(run_text(b->store, run.number, true, diag, &text));
    err_t err = config_decode(str_from(text), diag, out);
    free(text);
    if (err == ERR_OK) {
        digest_t now = config_hash(out);
        err = digest_eq(&now, hash) ? ERR_OK : ERR_CORRUPT;
    }
    return err == ERR_OK ? ERR_OK
                         : diag_fail(diag, ERR_CORRUPT,
                                     "case %u: the settings of run %s are not those that were judged\n"
                                     "do: file a new case with runs of this version",
                                     b->c.row.number, id->text);
}

/* The file as it stands with the challenger's settings in force, or with the incumbent's again. */
static err_t deed_of(bench_t *b, bool challenger, deed_t *d)
{
    const case_row_t *r = &b->c.row;
    const run_id_t *id = challenger ? &r->challenger : &r->incumbent;
    char head[256];
    config_t config;
    TRY(settings_of(b, id, challenger ? &r->challenger_config : &r->incumbent_config, &config));
    (void)snprintf(
        head, sizeof head,
        "# Settings in force by the court of this home, case %u: the %s's.\n"
        "# Written by `vitrine research court`; --config reads them. What is changed here is not judged.\n",
        r->number, challenger ? "challenger" : "incumbent");
    d->own_text = malloc(SETTINGS_FILE_MAX);
    if (d->own_text == NULL) {
        return ERR_NO_MEMORY;
    }
    writer_t w = writer_of(d->own_text, SETTINGS_FILE_MAX);
    TRY(settings_file_put(&w, head, &config));
    d->used = w.used;
    home_path(&b->home, HOME_PROMOTED, d->path);
    return ERR_OK;
}

/* ---- acts ------------------------------------------------------------------------------------------------
 */

static err_t act_now(bench_t *b, case_act_t *act)
{
    deed_t d = {.own_text = NULL};
    case_deed_t deed = {.ctx = &d, .in_force = b->in_force};
    err_t err = ERR_OK;
    act->t = os_now();
    if (act->kind == CASE_PROMOTED || act->kind == CASE_ROLLED_BACK) {
        err = deed_of(b, act->kind == CASE_PROMOTED, &d);
        deed.run = write_file;
    }
    err = err == ERR_OK ? cases_act(b->store, &b->c, act, deed, &b->app->diag) : err;
    err = err == ERR_OK ? cases_find(b->store, b->c.row.number, &b->app->diag, &b->c) : err;
    err = err == ERR_OK ? cases_in_force(b->store, &b->app->diag, &b->in_force) : err;
    free(d.own_text);
    return err;
}

/* A promoted case on which another stands is not in force: taking it back would take back the other. */
static bool stands_below(const bench_t *b)
{
    return case_state(&b->c) == CASE_PROMOTED && b->in_force != b->c.row.number;
}

/* Every act that follows by the rules. */
static err_t advance(bench_t *b)
{
    case_act_t act;
    while (b->counted && !stands_below(b) && docket_next(&b->c, &b->docket, &act)) {
        TRY(act_now(b, &act));
        b->moved = true;
    }
    return ERR_OK;
}

static err_t not_now(bench_t *b, const char *what)
{
    return diag_fail(&b->app->diag, ERR_USAGE, "court %s: case %u is %s\ndo: vitrine research court show %u",
                     what, b->c.row.number, case_state_name(&b->c), b->c.row.number);
}

/* ---- words -----------------------------------------------------------------------------------------------
 */

err_t court_list(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    bench_t b = {0};
    case_t *cases = NULL;
    u32 count = 0;
    if (args_word(args, 2) != NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court list: it takes no case\ndo: vitrine research court show CASE");
    }
    TRY(open_store(app, true, &b));
    err_t err = cases_list(b.store, &app->diag, &cases, &count);
    err = err == ERR_OK ? cases_in_force(b.store, &app->diag, &b.in_force) : err;
    if (err == ERR_OK) {
        court_show_list(app, cases, count, b.in_force);
    }
    free(cases);
    bench_close(&b);
    return err;
}

/* A word about one case: what it does after the rules have had theirs. */
static err_t word(app_t *app, const args_t *args, bool read_only,
                  err_t (*then)(bench_t *b, const args_t *args))
{
    ASSERT(app != NULL && args != NULL);
    bench_t *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = bench_open(app, args, read_only, b);
    err = err == ERR_OK && !read_only ? advance(b) : err;
    err = err == ERR_OK && then != NULL ? then(b, args) : err;
    if (err == ERR_OK) {
        show(b);
    }
    bench_close(b);
    free(b);
    return err;
}

err_t court_show(app_t *app, const args_t *args)
{
    return word(app, args, true, NULL);
}

err_t court_watch(app_t *app, const args_t *args)
{
    return word(app, args, false, NULL);
}

static err_t sign(bench_t *b, const args_t *args)
{
    case_act_t act = {.kind = CASE_SIGNED, .text = "signed"};
    TRY(court_words(b->app, args, "who", act.who, sizeof act.who));
    if (!b->c.row.signature) {
        return diag_fail(&b->app->diag, ERR_USAGE,
                         "court sign: case %u was filed without the need of one\n"
                         "do: vitrine research court promote %u",
                         b->c.row.number, b->c.row.number);
    }
    return case_state(&b->c) == CASE_TRIED ? act_now(b, &act) : not_now(b, "sign");
}

err_t court_sign(app_t *app, const args_t *args)
{
    return word(app, args, false, sign);
}

/* An optional name. */
static err_t read_who(bench_t *b, const args_t *args, case_act_t *act)
{
    return args_value(args, "who") != NULL ? court_words(b->app, args, "who", act->who, sizeof act->who)
                                           : ERR_OK;
}

/* Settings in force may be replaced only by what was judged against them. */
static err_t replaces(bench_t *b)
{
    case_t now;
    if (b->in_force == 0) {
        return ERR_OK;
    }
    TRY(cases_find(b->store, b->in_force, &b->app->diag, &now));
    return digest_eq(&now.row.challenger_config, &b->c.row.incumbent_config)
               ? ERR_OK
               : diag_fail(
                     &b->app->diag, ERR_USAGE,
                     "court promote: case %u is in force, and case %u was judged against other settings\n"
                     "do: vitrine research court rollback %u, or file a case against its challenger",
                     b->in_force, b->c.row.number, b->in_force);
}

static err_t promote(bench_t *b, const args_t *args)
{
    case_act_t act = {.kind = CASE_PROMOTED, .text = "settings written to " HOME_PROMOTED};
    TRY(read_who(b, args, &act));
    if (!cases_follows(&b->c.row, case_state(&b->c), CASE_PROMOTED)) {
        return not_now(b, "promote");
    }
    TRY(replaces(b));
    return act_now(b, &act);
}

err_t court_promote(app_t *app, const args_t *args)
{
    return word(app, args, false, promote);
}

static err_t rollback(bench_t *b, const args_t *args)
{
    case_act_t act = {.kind = CASE_ROLLED_BACK, .text = "by hand"};
    TRY(read_who(b, args, &act));
    if (args_value(args, "why") != NULL) {
        TRY(court_words(b->app, args, "why", act.text, sizeof act.text));
    }
    if (b->moved && case_state(&b->c) == CASE_ROLLED_BACK) {
        return ERR_OK; /* the rule was first, by the same word */
    }
    if (case_state(&b->c) != CASE_PROMOTED) {
        return not_now(b, "rollback");
    }
    if (stands_below(b)) {
        return diag_fail(
            &b->app->diag, ERR_USAGE,
            "court rollback: case %u stands on case %u\ndo: vitrine research court rollback %u first",
            b->in_force, b->c.row.number, b->in_force);
    }
    return act_now(b, &act);
}

err_t court_rollback(app_t *app, const args_t *args)
{
    return word(app, args, false, rollback);
}

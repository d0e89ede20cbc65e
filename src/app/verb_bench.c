/* `vitrine bench`: our figures beside those of peers, taken in turn on this machine. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "base/assert.h"
#include "faces/cli/args.h"
#include "faces/cli/verb.h"

enum { RUNS_DEFAULT = 5, OPEN_FOLDERS = 16 };

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static err_t bench_one(bench_t *b, const bench_desc_t *d)
{
    if (b->app->json) {
        jsonw_object(&b->app->jw);
        jsonw_put_text(&b->app->jw, "bench", d->name);
        jsonw_put_text(&b->app->jw, "title", d->title);
        jsonw_end(&b->app->jw);
        jsonw_line(&b->app->jw);
    }
    app_print(b->app, "\n%s  %s\n", d->name, d->title);
    return d->run(b);
}

static err_t bench_named(bench_t *b, const args_t *args)
{
    for (u32 i = 0; args_word(args, i) != NULL; i++) {
        if (bench_find(args_word(args, i)) == NULL) {
            return diag_fail(&b->app->diag, ERR_USAGE,
                             "bench: there is no %s\ndo: `vitrine bench --list` shows them",
                             args_word(args, i));
        }
    }
    bench_machine(b);
    if (args_has(args, "stages")) {
        return bench_one(b, bench_find("stages"));
    }
    for (u32 i = 0; i < bench_count(); i++) {
        const bench_desc_t *d = bench_at(i);
        bool wanted = args_word(args, 0) == NULL && strcmp(d->name, "stages") != 0;
        for (u32 k = 0; args_word(args, k) != NULL; k++) {
            wanted = wanted || strcmp(args_word(args, k), d->name) == 0;
        }
        if (wanted) {
            TRY(bench_one(b, d));
        }
    }
    return ERR_OK;
}

static err_t bench_list(app_t *app)
{
    for (u32 i = 0; i < bench_count(); i++) {
        app_print(app, "%-8s %s\n", bench_at(i)->name, bench_at(i)->title);
    }
    return ERR_OK;
}

static err_t bench_verb_run(app_t *app, const args_t *args)
{
    i64 runs = RUNS_DEFAULT;
    bench_t b = {.app = app};
    char work[LIMIT_PATH]; /* in the home: durable writes are measured on the disk that will do them */
    if (args_has(args, "list")) {
        return bench_list(app);
    }
    TRY(args_i64(args, "runs", 1, BENCH_RUNS_MAX, &app->diag, &runs));
    b.runs = (u32)runs;
    const char *peers = args_value(args, "peers");
    TRY(str_copy(b.peers, sizeof b.peers, str_from(peers == NULL ? "bench/peers" : peers)));
    TRY(app_home_make(app));
    TRY(app_path(app, "bench-XXXXXX", work));
    if (mkdtemp(work) == NULL) {
        return diag_fail(&app->diag, ERR_IO, "bench: no folder can be made in %s", app->home);
    }
    TRY(str_copy(b.work, sizeof b.work, str_from(work)));
    err_t err = bench_named(&b, args);
    (void)nftw(work, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    return err;
}

const verb_desc_t verb_bench = {
    .name = "bench",
    .aliases = {"benchmark", "perf"},
    .summary = "our speed beside that of others, measured in turn",
    .usage = "[NAME...] [--runs N]",
    .detail = "Prints the median of our figure and of a peer's with their spread, the ratio and the target. "
              "Peers are\n"
              "programs that bench/build-peers fetches and builds; one that is missing is named as missing. "
              "Daily W2f\n"
              "wants imported bars (sp500_daily, lean_equity_daily), minute W2f simulates its market.",
    .example = "vitrine bench W1 W3 --runs 9",
    .options = {{"runs", "N", "measure each row so often (5)"},
                {"peers", "DIR", "programs of the peers (bench/peers)"},
                {"stages", NULL, "only: where the time of a whole run goes"},
                {"list", NULL, "the names"},
                {NULL, NULL, NULL}},
    .words_max = VERB_WORDS_MAX,
    .run = bench_verb_run,
};

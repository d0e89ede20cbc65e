/* `vitrine replay`: a recorded run, decided again and compared. */
#include "app/replay_home.h"

#include <stdlib.h>

#include "app/file_sha256.h"
#include "app/run_source.h"
#include "base/assert.h"
#include "faces/cli/args.h"
#include "faces/cli/run_args.h"
#include "faces/cli/run_result.h"
#include "store/home.h"

static err_t with_store(app_t *app, str_t id, store_t *store, const replay_job_t *how, replay_done_t *out)
{
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    run_spec_t spec = {.symbols = symbols};
    run_source_t source = {0};
    config_t config;
    replay_job_t job = *how;
    u64 resumes[REPLAY_RESUMES];
    err_t err = symbols == NULL ? ERR_NO_MEMORY : ERR_OK;
    TRY_DONE(err);
    TRY_DONE(run_find(store, id, &app->diag, &out->run));
    TRY_DONE(replay_open_spec(store, id, &app->diag, &spec, &config, NULL));
    out->settings = config_hash(&config);
    spec.news[0] = '\0'; /* bulletins are inputs: the record has them */
    spec.members[0] = '\0';
    TRY_DONE(run_source_open(&spec, app->home, &app->diag, &source));
    TRY_DONE(replay_find_resumes(store, id, &app->diag, resumes, &job.resume_count));
    job.resume_from = resumes;
    TRY_DONE(journal_reader_open(store, id, &app->diag, &job.reader));
    job.source = &source.source;
    TRY_DONE(replay_run(&job, &spec, &app->diag, &out->verdict));
done:
    journal_reader_close(job.reader);
    run_source_close(&source);
    free(symbols);
    return err;
}

err_t replay_home_job(app_t *app, str_t id, const replay_job_t *how, replay_done_t *out)
{
    ASSERT(app != NULL && how != NULL && out != NULL);
    home_t home;
    store_t *store = NULL;
    *out = (replay_done_t){0};
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, true, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = with_store(app, id, store, how, out);
    }
    store_close(store);
    home_close(&home);
    return err;
}

err_t replay_home_run(app_t *app, str_t id, const char *kernels, bool lookahead, replay_done_t *out)
{
    ASSERT(app != NULL && out != NULL);
    replay_job_t how = {
        .kernel_level = kernel_level_from(kernels), .threads = run_threads(app), .lookahead = lookahead};
    return replay_home_job(app, id, &how, out);
}

/* What a replay that matches certifies, each by its hash: whoever holds these has the same run, or another.
 */
static void certificate(app_t *app, const replay_done_t *d)
{
    const struct {
        const char *name;
        const digest_t *hash;
    } all[] = {{"program", &d->program}, {"logic", &d->run.logic},  {"settings", &d->settings},
               {"data", &d->run.input},  {"journal", &d->run.head}, {"decisions", &d->verdict.decisions}};
    char hex[2 * sizeof(digest_t) + 1];
    if (app->json) {
        jsonw_key(&app->jw, "certificate");
        jsonw_object(&app->jw);
    }
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        hex_print(hex, all[i].hash->b, sizeof all[i].hash->b);
        if (app->json) {
            jsonw_put_text(&app->jw, all[i].name, hex);
        }
        app_print(app, "  %-11s%s\n", all[i].name, hex);
    }
    if (app->json) {
        jsonw_end(&app->jw);
    }
}

static void print_json(app_t *app, const replay_done_t *d)
{
    const replay_verdict_t *v = &d->verdict;
    char hash[65];
    jsonw_t *w = &app->jw;
    hex_print(hash, v->decisions.b, sizeof v->decisions.b);
    jsonw_object(w);
    jsonw_put_text(w, "run_id", d->run.id.text);
    jsonw_put_bool(w, "matches", v->matches);
    jsonw_put_bool(w, "same_logic", v->same_logic);
    jsonw_put_u64(w, "inputs", v->inputs);
    jsonw_put_u64(w, "facts", v->facts);
    jsonw_put_text(w, "decision_hash", hash);
    if (!v->matches) {
        jsonw_put_u64(w, "first_fact", v->seq_fact);
        jsonw_put_u64(w, "input", v->seq_input);
        jsonw_put_bool(w, "input_differs", v->input_differs);
        jsonw_put_text(w, "what", v->what);
    } else if (d->certified) {
        certificate(app, d);
    }
    jsonw_end(w);
    jsonw_line(w);
}

err_t replay_print(app_t *app, const replay_done_t *d)
{
    const replay_verdict_t *v = &d->verdict;
    if (app->json) {
        print_json(app, d);
    }
    if (v->matches) {
        app_print(app, "replay matches: %llu inputs, %llu facts, the same to the bit (run %s)\n",
                  (unsigned long long)v->inputs, (unsigned long long)v->facts, d->run.id.text);
        if (!v->same_logic) {
            app_print(app, "it was recorded by other decision code, which decided the same here\n");
        }
        if (d->certified && !app->json) {
            certificate(app, d);
        }
        return ERR_OK;
    }
    app_print(app, "replay differs: %s\n", v->what);
    if (v->seq_fact != 0) {
        app_print(app, "first decision that differs: event %llu, behind input %llu\n",
                  (unsigned long long)v->seq_fact, (unsigned long long)v->seq_input);
    }
    return diag_fail(
        &app->diag, ERR_DIVERGED, "run %s does not replay: %s\n  do: %s", d->run.id.text, v->what,
        v->same_logic ? "check the bar store with `vitrine data check` and the journal with `vitrine audit "
                        "verify`"
                      : "it was recorded by other decision code; replay it with that version");
}

static err_t replay_verb_run(app_t *app, const args_t *args)
{
    replay_done_t d;
    const char *id = args_word(args, 0);
    u64 size = 0;
    TRY(run_args_kernels_fit(app, args));
    TRY(replay_home_run(app, str_from(id == NULL ? "latest" : id), args_value(args, "kernels"),
                        !args_has(args, "no-lookahead"), &d));
    d.certified = args_has(args, "certificate");
    if (d.certified && file_sha256("/proc/self/exe", &d.program, &size) != ERR_OK) {
        return diag_fail(&app->diag, ERR_IO,
                         "replay --certificate: the file of this program cannot be read\n"
                         "do: leave --certificate out where there is no /proc");
    }
    return replay_print(app, &d);
}

const verb_desc_t verb_replay = {
    .name = "replay",
    .summary = "decide a recorded run again and compare",
    .usage = "[RUN] [--verify]",
    .detail = "Reads the run's journal and the bar store and nothing else. Names the first event that "
              "differs and the\n"
              "input behind it. RUN is an id, the beginning of one, latest or previous.",
    .example = "vitrine replay latest --verify",
    .options = {{"verify", NULL, "compare every fact (always done; the word is for scripts)"},
                {"certificate", NULL,
                 "of a match: hashes of program, decision code, settings, data, journal, decisions"},
                {"kernels", "LEVEL", "sse2, avx2 or avx512; the bits are the same"},
                {"no-lookahead", NULL, "compute features slice by slice; the bits are the same"},
                {NULL, NULL, NULL}},
    .words_max = 1,
    .run = replay_verb_run,
};

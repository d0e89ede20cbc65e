/* See search_args.h. */
#include "faces/cli/search_args.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/run_args.h"
#include "faces/cli/run_result.h"
#include "os/os.h"
#include "store/home.h"
#include "store/searches.h"
#include "store/trials.h"

static err_t read_method(app_t *app, const args_t *args, space_t *s)
{
    const char *method = args_value(args, "method");
    i64 trials = 50;
    s->method = SEARCH_GRID;
    s->seed = (u64)app->settings.process.seed;
    TRY(args_i64(args, "trials", 1, SEARCH_TRIALS_MAX, &app->diag, &trials));
    if (method != NULL && strcmp(method, "random") == 0) {
        s->method = SEARCH_RANDOM;
        s->trials = (u32)trials;
    } else if (method != NULL && strcmp(method, "grid") != 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--method %.32s is none of grid, random\ndo: name one of them", method);
    }
    return ERR_OK;
}

static err_t read_space(app_t *app, const args_t *args, search_args_t *s)
{
    const char *text = NULL;
    TRY(read_method(app, args, &s->space));
    for (u32 n = 0; (text = args_value_at(args, "param", n)) != NULL; n++) {
        TRY(space_add(&s->space, str_from(text), &app->diag));
    }
    if (s->space.count > 0) {
        TRY(space_finish(&s->space, SEARCH_TRIALS_MAX, &app->diag));
    }
    const char *goal = args_value(args, "goal");
    return goal == NULL || goal_parse(goal, &s->goal) == ERR_OK
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--goal %.32s is none of sharpe, return, calmar, r\ndo: name one of them", goal);
}

err_t search_args_read(app_t *app, const args_t *args, search_args_t *out)
{
    ASSERT(app != NULL && args != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->goal = GOAL_SHARPE;
    out->spec.symbols = calloc(1, RUN_SPEC_SYMBOLS);
    if (out->spec.symbols == NULL) {
        return ERR_NO_MEMORY;
    }
    feed_source_t *feed = NULL;
    TRY(run_args_spec(app, args, &out->spec));
    TRY(run_args_profile_fits(app, &out->spec));
    TRY(read_space(app, args, out));
    out->config = run_args_config(app, &out->spec);
    TRY(config_from_sets(app, args, &out->config));
    TRY(feed_source_open(&out->spec, app->home, &app->diag, &feed));
    out->first = feed_source_first(feed);
    out->last = feed_source_last(feed);
    source_t source = feed_source_of(feed);
    out->input = source.content;
    out->calendar = source.instruments[0].calendar;
    (void)snprintf(out->market, sizeof out->market, "%s", source.market);
    feed_source_close(feed);
    return ERR_OK;
}

void search_args_free(search_args_t *s)
{
    ASSERT(s != NULL);
    free(s->spec.symbols);
    s->spec.symbols = NULL;
}

static void progress(void *ctx, u32 done, u32 total)
{
    app_progress(ctx, "tries", done, total);
}

study_spec_t search_study(app_t *app, const search_args_t *s, const span_t *span, run_spec_t *spec)
{
    ASSERT(app != NULL && s != NULL && span != NULL && spec != NULL);
    ASSERT(span->from <= span->to);
    *spec = s->spec;
    spec->from = (i64)span->from * NS_PER_DAY;
    spec->to = ((i64)span->to + 1) * NS_PER_DAY;
    spec->trade_from = span->trade_from != 0 ? span->trade_from : s->spec.trade_from;
    return (study_spec_t){.home = app->home,
                          .spec = spec,
                          .config = &s->config,
                          .space = s->space.count > 0 ? &s->space : NULL,
                          .threads = run_threads(app),
                          .kernel_level = kernel_level_from(NULL),
                          .ctx = app,
                          .progress = progress};
}

/* The home's store, to be closed by store_close. */
static err_t open_store(app_t *app, store_t **out)
{
    home_t home;
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, false, false, &app->diag, out);
    home_close(&home);
    return err;
}

err_t search_before(app_t *app, const search_args_t *s, u32 *out)
{
    ASSERT(app != NULL && s != NULL && out != NULL);
    store_t *store = NULL;
    trials_t t = {0};
    TRY(open_store(app, &store));
    trial_data_t data = {
        .input = s->input, .market = str_from(s->market), .first = s->first, .last = s->last};
    err_t err = trials_data(store, &data, &app->diag);
    err = err == ERR_OK ? trials_count(store, &s->input, &app->diag, &t) : err;
    store_close(store);
    *out = t.runs + t.searched;
    return err;
}

err_t search_looked(app_t *app, const search_args_t *s, date_t first, u32 *out)
{
    ASSERT(app != NULL && s != NULL && out != NULL);
    store_t *store = NULL;
    trial_days_t days = {.input = s->input, .first = first, .last = s->last};
    TRY(open_store(app, &store));
    err_t err = trials_runs_on(store, &days, &app->diag, out);
    store_close(store);
    return err;
}

/* Days of a part are days of the whole: of which a row is, is not told apart. */
static err_t record(app_t *app, const search_args_t *s, const trial_row_t *rows, u32 count)
{
    store_t *store = NULL;
    trial_data_t data = {
        .input = s->input, .market = str_from(s->market), .first = s->first, .last = s->last};
    TRY(open_store(app, &store));
    err_t err = trials_data(store, &data, &app->diag);
    for (u32 i = 0; err == ERR_OK && i < count; i++) {
        data.input = rows[i].input;
        err = trials_data(store, &data, &app->diag);
    }
    err = err == ERR_OK ? trials_add(store, rows, count, &app->diag) : err;
    store_close(store);
    return err;
}

/* The same try as one on the whole range. It opens nothing: the row of its own days says so. */
static u32 add_row(const search_args_t *s, const trial_row_t *row, trial_row_t *rows, u32 count)
{
    rows[count++] = *row;
    if (!digest_eq(&row->input, &s->input)) {
        rows[count] = *row;
        rows[count].input = s->input;
        rows[count++].locked = false;
    }
    return count;
}

static trial_row_t row_of(const char *study, const char *params, bool locked, const try_t *t)
{
    return (trial_row_t){.t_created = os_now(),
                         .input = t->input,
                         .decisions = t->decisions,
                         .study = str_from(study),
                         .params = str_from(params),
                         .locked = locked,
                         .sharpe = t->sharpe,
                         .total = t->total};
}

/* What the tries came to in the blocks of their days, for whoever asks later how much the choice among them
 * was luck. Tries without a mark on some session of the others cannot be laid beside them, which shows in the
 * blocks. */
static err_t record_search(app_t *app, const search_args_t *s, const char *study, const study_t *tries)
{
    const try_t *one = &tries->own_try[0];
    store_t *store = NULL;
    search_try_t *rows = calloc(tries->trials, sizeof *rows);
    if (rows == NULL) {
        return ERR_NO_MEMORY;
    }
    search_row_t row = {.t_created = os_now(),
                        .study = str_from(study),
                        .market = str_from(s->market),
                        .first = one->own_day[0],
                        .last = one->own_day[one->days - 1]};
    for (u32 i = 0; i < tries->trials; i++) {
        const try_t *t = &tries->own_try[i];
        config_t config = s->config;
        if (s->space.count > 0) {
            space_apply(&s->space, i, &config);
        }
        config_for_market(&config, s->calendar); /* as runs record it, or no run would be known by it */
        rows[i].config = config_hash(&config);
        row.last = MAX_OF(row.last, t->own_day[t->days - 1]);
        pbo_blocks(t->own_ret, t->days, rows[i].block);
    }
    err_t err = open_store(app, &store);
    if (err == ERR_OK) {
        err = searches_add(store, &row, rows, tries->trials, &app->diag);
        store_close(store);
    }
    free(rows);
    return err;
}

err_t search_record(app_t *app, const search_args_t *s, const char *study, const study_t *tries)
{
    ASSERT(s != NULL && tries != NULL && tries->own_try != NULL);
    trial_row_t *rows = calloc(2 * (size_t)tries->trials, sizeof *rows);
    u32 count = 0;
    char(*params)[SPACE_TEXT] = calloc(tries->trials, sizeof *params);
    err_t err = rows == NULL || params == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < tries->trials; i++) {
        if (s->space.count > 0) {
            space_print(&s->space, i, params[i]);
        }
        trial_row_t row = row_of(study, params[i], false, &tries->own_try[i]);
        count = add_row(s, &row, rows, count);
    }
    err = err == ERR_OK ? record(app, s, rows, count) : err;
    free(rows);
    free(params);
    return err == ERR_OK ? record_search(app, s, study, tries) : err;
}

err_t search_record_one(app_t *app, const search_args_t *s, const search_mark_t *mark, const try_t *t)
{
    ASSERT(s != NULL && mark != NULL && t != NULL);
    char params[SPACE_TEXT] = "";
    if (s->space.count > 0 && !mark->as_is) {
        space_print(&s->space, mark->point, params);
    }
    trial_row_t row = row_of(mark->study, params, mark->locked, t);
    trial_row_t rows[2];
    return record(app, s, rows, add_row(s, &row, rows, 0));
}

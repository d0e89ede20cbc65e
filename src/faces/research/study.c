/* See study.h. */
#include "faces/research/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/runner.h"
#include "model/calendar.h"
#include "os/thread.h"
#include "quant/math/qmath.h"
#include "scan/lesson.h"

enum { TRY_ARENA = 4 << 20, THREADS_MAX = 64, PBO_ARENA = 1 << 20, PBO_PER_TRY = 512 };

static const char *const goal_names[GOAL_COUNT] = {"sharpe", "return", "calmar", "r"};

const char *goal_name(goal_t g)
{
    ASSERT((u32)g < GOAL_COUNT);
    return goal_names[g];
}

err_t goal_parse(const char *name, goal_t *out)
{
    ASSERT(name != NULL && out != NULL);
    for (u32 i = 0; i < GOAL_COUNT; i++) {
        if (strcmp(name, goal_names[i]) == 0) {
            *out = (goal_t)i;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

void try_free(try_t *t)
{
    ASSERT(t != NULL);
    free(t->own_ret);
    free(t->own_day);
    t->own_ret = NULL;
    t->own_day = NULL;
}

/* ---- one try ------------------------------------------------------------------------------------------- */

/* What the tap keeps of a run. */
typedef struct {
    f64 *own_equity; /* [0] is the start */
    date_t *own_day;
    u32 count, room;
    date_t trade_from;
    f64 r;
    f64 year; /* sessions a year */
    u32 trades;
} kept_t;

static err_t keep_day(kept_t *k, date_t day, f64 equity)
{
    if (k->count == k->room) {
        u32 room = k->room == 0 ? 1024 : 2 * k->room;
        f64 *e = realloc(k->own_equity, room * sizeof *e);
        if (e == NULL) {
            return ERR_NO_MEMORY;
        }
        k->own_equity = e;
        date_t *d = realloc(k->own_day, room * sizeof *d);
        if (d == NULL) {
            return ERR_NO_MEMORY;
        }
        k->own_day = d;
        k->room = room;
    }
    k->own_equity[k->count] = equity;
    k->own_day[k->count++] = day;
    return ERR_OK;
}

static err_t tap(void *ctx, event_t *e)
{
    kept_t *k = ctx;
    if (e->head.kind == EV_EQUITY && (date_t)e->as.EQUITY.session >= k->trade_from) {
        return keep_day(k, (date_t)e->as.EQUITY.session, money_to_f64((money_t){e->as.EQUITY.equity}));
    }
    if (e->head.kind == EV_LESSON) {
        lesson_record_t l;
        TRY(lesson_decode(e->as.LESSON.record, &l));
        k->r += (f64)l.net_r / 1e6;
        k->trades++;
    }
    return ERR_OK;
}

static err_t measure(const kept_t *k, try_t *out)
{
    metrics_equity_t m;
    arena_t a;
    out->trades = k->trades;
    out->r = k->trades > 0 ? k->r / k->trades : 0.0;
    out->days = k->count - 1;
    out->year = k->year;
    out->own_ret = calloc((size_t)k->count + 1, sizeof *out->own_ret);
    out->own_day = calloc((size_t)k->count + 1, sizeof *out->own_day);
    if (out->own_ret == NULL || out->own_day == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 1; i < k->count; i++) {
        out->own_ret[i - 1] = k->own_equity[i] / k->own_equity[i - 1] - 1.0;
        out->own_day[i - 1] = k->own_day[i];
    }
    TRY(arena_open(&a, TRY_ARENA));
    err_t err =
        metrics_equity(&a, k->own_equity, k->own_day, k->count, &(metrics_terms_t){.year = k->year}, &m);
    arena_close(&a);
    if (err == ERR_OK) {
        out->total = m.total_return;
        out->sharpe = m.sharpe.ok ? m.sharpe.value : 0.0;
        out->drawdown = m.drawdown.fraction;
        out->cagr = m.cagr.ok ? m.cagr.value : 0.0;
        out->skew = m.skew;
        out->kurtosis = m.kurtosis;
    }
    return err;
}

static err_t run_one(const study_spec_t *s, const config_t *config, feed_source_t *feed, kept_t *k,
                     runner_result_t *result, diag_t *diag)
{
    source_t source = feed_source_of(feed);
    runner_spec_t rs = {.source = &source,
                        .config = config,
                        .tap = {.ctx = k, .append = tap},
                        .seed = s->spec->seed,
                        .incarnation = {{1}},
                        .cash = s->spec->cash,
                        .profile = config->profile,
                        .trade_from = s->spec->trade_from,
                        .lookahead = true,
                        .untradable_proxy = true,
                        .kernel_level = s->kernel_level,
                        .threads = 1};
    return runner_run(&rs, diag, result);
}

/* The range that was left, since what cut it is an option that the message can only name. */
static err_t too_short(const run_spec_t *s, diag_t *diag)
{
    char a[11];
    char b[11];
    char left[48];
    date_t first = MAX_OF((date_t)(s->from / NS_PER_DAY), s->trade_from);
    date_t last = (date_t)(s->to / NS_PER_DAY) - 1;
    date_print(a, first);
    date_print(b, last);
    (void)snprintf(left, sizeof left, first <= last ? "%s to %s is" : "nothing between %s and %s is",
                   first <= last ? a : b, first <= last ? b : a);
    return diag_fail(diag, ERR_EMPTY,
                     "fewer than two sessions to measure\n%s what --from, --to, --trade-from and "
                     "--lock (walk-forward: --train and --test) leave\n"
                     "do: give a longer range, an earlier --trade-from or a smaller --lock",
                     left);
}

err_t study_try(const study_spec_t *s, u32 i, diag_t *diag, try_t *out)
{
    ASSERT(s != NULL && s->spec != NULL && s->config != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    config_t config = *s->config;
    runner_result_t result = {0};
    feed_source_t *feed = NULL;
    kept_t k = {.trade_from = s->spec->trade_from};
    if (s->space != NULL) {
        space_apply(s->space, i, &config);
    }
    TRY(feed_source_open(s->spec, s->home, diag, &feed));
    source_t source = feed_source_of(feed);
    out->input = source.content;
    k.year = calendar_year(source.instruments[0].calendar);
    err_t err = keep_day(&k, feed_source_first(feed) - 1, money_to_f64(s->spec->cash));
    err = err == ERR_OK ? run_one(s, &config, feed, &k, &result, diag) : err;
    if (err == ERR_OK && k.count < 3) {
        err = too_short(s->spec, diag);
    }
    err = err == ERR_OK ? measure(&k, out) : err;
    out->decisions = result.decisions;
    feed_source_close(feed);
    free(k.own_equity);
    free(k.own_day);
    if (err != ERR_OK) {
        try_free(out);
    }
    return err;
}

/* ---- all of them --------------------------------------------------------------------------------------- */

f64 study_goal(const try_t *t, goal_t g)
{
    ASSERT(t != NULL);
    switch (g) {
    case GOAL_RETURN:
        return t->total;
    case GOAL_CALMAR:
        return t->drawdown > 1e-9 ? t->cagr / t->drawdown : 0.0;
    case GOAL_R:
        return t->r;
    case GOAL_SHARPE:
    case GOAL_COUNT:
        break;
    }
    return t->sharpe;
}

/* What the threads share: who is next, and the first thing that went wrong. */
typedef struct {
    const study_spec_t *spec;
    study_t *out;
    os_mutex_t *lock;
    u32 next, done;
    err_t err;
    diag_t diag;
} crew_t;

static void work(void *arg)
{
    crew_t *c = arg;
    for (;;) {
        os_mutex_lock(c->lock);
        u32 i = c->err == ERR_OK && c->next < c->out->trials ? c->next++ : c->out->trials;
        os_mutex_unlock(c->lock);
        if (i == c->out->trials) {
            return;
        }
        diag_t diag = {0};
        err_t err = study_try(c->spec, i, &diag, &c->out->own_try[i]);
        os_mutex_lock(c->lock);
        if (err != ERR_OK && c->err == ERR_OK) {
            c->err = err;
            c->diag = diag;
        }
        c->done++;
        if (c->spec->progress != NULL) {
            c->spec->progress(c->spec->ctx, c->done, c->out->trials);
        }
        os_mutex_unlock(c->lock);
    }
}

static err_t run_crew(crew_t *c, u32 threads)
{
    os_thread_t *thread[THREADS_MAX] = {NULL};
    u32 started = 0;
    err_t err = ERR_OK;
    while (err == ERR_OK && started + 1 < threads) {
        err = os_thread_start("try", work, c, &thread[started]);
        started += err == ERR_OK ? 1 : 0;
    }
    work(c); /* this thread too, and alone if no other could be had */
    for (u32 i = 0; i < started; i++) {
        os_thread_join(thread[i]);
    }
    return c->err;
}

static err_t judge_pbo(study_t *s)
{
    u32 days = s->own_try[0].days;
    for (u32 i = 0; i < s->trials; i++) {
        if (s->own_try[i].days != days) {
            return ERR_OK; /* sessions without a mark: the tries cannot be laid side by side */
        }
    }
    arena_t a;
    f64 *ret = calloc((size_t)s->trials * days + 1, sizeof *ret);
    if (ret == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = arena_open(&a, PBO_ARENA + (size_t)s->trials * PBO_PER_TRY);
    if (err == ERR_OK) {
        for (u32 i = 0; i < s->trials; i++) {
            memcpy(ret + (size_t)i * days, s->own_try[i].own_ret, days * sizeof *ret);
        }
        err = pbo_compute(&a, ret, s->trials, days, &s->pbo);
        s->pbo_known = err == ERR_OK;
        err = err == ERR_EMPTY ? ERR_OK : err;
        arena_close(&a);
    }
    free(ret);
    return err;
}

/* The best, and what it is worth after so many tries. Ties go to the lower index. */
static err_t judge(study_t *s, goal_t goal)
{
    f64 sum = 0;
    f64 squares = 0;
    f64 yearly = q_sqrt(s->own_try[0].year);
    for (u32 i = 0; i < s->trials; i++) {
        f64 daily = s->own_try[i].sharpe / yearly;
        sum += daily;
        squares += daily * daily;
        if (i == 0 || study_goal(&s->own_try[i], goal) > s->goal_best) {
            s->best = i;
            s->goal_best = study_goal(&s->own_try[i], goal);
        }
    }
    f64 n = (f64)s->trials;
    s->sharpe_var = s->trials > 1 ? q_max((squares - sum * sum / n) / (n - 1.0), 0.0) : 0.0;
    const try_t *b = &s->own_try[s->best];
    /* How the tries of before differ is not known: as by chance at least. These may be near copies of each
     * other, and a small difference among them says nothing of those. */
    f64 var = s->before > 0 && b->days > 2 ? q_max(s->sharpe_var, 1.0 / (f64)(b->days - 1)) : s->sharpe_var;
    f64 benchmark = metrics_expected_max_sharpe((u64)s->trials + s->before, var);
    s->expected = benchmark * yearly;
    s->dsr = (metric_t){.value = metrics_psr(b->sharpe / yearly, benchmark, b->days, b->skew, b->kurtosis),
                        .ok = b->days > 2};
    return judge_pbo(s);
}

err_t study_run(const study_spec_t *s, goal_t goal, diag_t *diag, study_t *out)
{
    ASSERT(s != NULL && out != NULL && (u32)goal < GOAL_COUNT);
    memset(out, 0, sizeof *out);
    out->trials = s->space == NULL ? 1 : s->space->trials;
    out->before = s->before;
    ASSERT(out->trials > 0);
    out->own_try = calloc(out->trials, sizeof *out->own_try);
    crew_t crew = {.spec = s, .out = out};
    if (out->own_try == NULL) {
        return ERR_NO_MEMORY;
    }
    TRY(os_mutex_open(&crew.lock));
    u32 threads = MIN_OF(MAX_OF(s->threads, 1U), (u32)THREADS_MAX);
    err_t err = run_crew(&crew, MIN_OF(threads, out->trials));
    os_mutex_close(crew.lock);
    if (err != ERR_OK) {
        if (diag != NULL) {
            *diag = crew.diag;
        }
        return err;
    }
    return judge(out, goal);
}

void study_free(study_t *s)
{
    ASSERT(s != NULL);
    for (u32 i = 0; s->own_try != NULL && i < s->trials; i++) {
        try_free(&s->own_try[i]);
    }
    free(s->own_try);
    s->own_try = NULL;
}

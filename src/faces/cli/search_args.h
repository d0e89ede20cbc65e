/* What `optimize` and `walk-forward` share: the data, the space and the goal of a search, and its rows in the
 * store. */
#ifndef VITRINE_FACES_CLI_SEARCH_ARGS_H
#define VITRINE_FACES_CLI_SEARCH_ARGS_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"
#include "faces/research/study.h"
#include "store/journal.h"

/* Rows of a verb's table of options. */
#define SEARCH_ARGS                                                                                          \
    {"param", "KEY=VALUES", "a setting to vary: 1,2,3 or FROM:TO:STEP; repeatable", .repeatable = true},     \
        {"method", "NAME", "grid (every combination) or random"},                                            \
        {"trials", "N", "random: how many tries (50)"},                                                      \
    {                                                                                                        \
        "goal", "NAME", "sharpe, return, calmar or r (sharpe)"                                               \
    }

enum { SEARCH_TRIALS_MAX = 2000 };

typedef struct {
    run_spec_t spec; /* symbols are owned */
    config_t config;
    space_t space;
    goal_t goal;
    date_t first, last; /* stored days of the range */
    digest_t input;     /* content of the whole range, as a run on it has it */
    char market[288];   /* what its tries are counted under */
    calendar_id_t calendar;
} search_args_t;

/* Reads options and the range that the store has. Free with search_args_free, also after an error. */
MUST_USE err_t search_args_read(app_t *app, const args_t *args, search_args_t *out);
void search_args_free(search_args_t *s);

/* A study over days [from, to] of the range, trading from trade_from on (0: from the first). */
typedef struct {
    date_t from, to, trade_from;
} span_t;
/* `spec` gets the span's data and must outlive the study. */
study_spec_t search_study(app_t *app, const search_args_t *s, const span_t *span, run_spec_t *spec);
/* What was tried on the whole range before, here and in back-tests. */
MUST_USE err_t search_before(app_t *app, const search_args_t *s, u32 *out);
/* Back-tests of this home that have traded on days of the range from `first` on. */
MUST_USE err_t search_looked(app_t *app, const search_args_t *s, date_t first, u32 *out);
/* Rows of tries, so that later reports count them: under the days that were tried on, and, where those are
 * stored in other chunks, under the whole range too, for whoever runs on that. */
MUST_USE err_t search_record(app_t *app, const search_args_t *s, const char *study, const study_t *tries);
/* One try of point i on its own, marked as an opening of the locked part or not. */
typedef struct {
    const char *study;
    u32 point;
    bool as_is; /* no point of the space: nothing was varied */
    bool locked;
} search_mark_t;
MUST_USE err_t search_record_one(app_t *app, const search_args_t *s, const search_mark_t *mark,
                                 const try_t *t);

#endif

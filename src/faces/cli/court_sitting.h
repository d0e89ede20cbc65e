/* A sitting of the court: two stored backtests of the same data, judged on the days after one that is named.
 *
 * Promises: only days after the one named count, and a search of this home that tried the challenger's
 * settings on any of them refuses that day, whoever asks; both runs saw the same data; each sitting is a try
 * of its own in the store, so that asking again costs. What a home cannot know is not found out: searches
 * elsewhere, and looks. */
#ifndef VITRINE_FACES_CLI_COURT_SITTING_H
#define VITRINE_FACES_CLI_COURT_SITTING_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"
#include "faces/report/report.h"
#include "faces/research/pairs.h"
#include "quant/stats/court.h"
#include "store/searches.h"

typedef struct {
    report_facts_t facts[PAIR_SIDES]; /* challenger, incumbent */
    paired_t days;
    u32 trades;
    u32 tries;     /* on this data without this very question */
    bool asked;    /* before */
    bool compares; /* the runs differ: something was looked at */
    char question[128];
    date_t after;
    search_origin_t origin; /* of the challenger's settings, in this home */
    u32 searched;           /* searches of any settings that chose by days after that */
    u32 looked;             /* back-tests, besides these two, that traded on them */
    court_verdict_t verdict;
} court_t;

/* Reads the runs in words `word` and the next one, and judges. Nothing is written. Free with court_close,
 * also after an error. ERR_USAGE, ERR_NOT_FOUND, errors of the store. */
MUST_USE err_t court_open(app_t *app, const args_t *args, u32 word, court_t *k);
void court_close(court_t *k);
/* Writes the sitting down as a try, unless the same was asked before. */
MUST_USE err_t court_record(app_t *app, const court_t *k);
/* Whether the runs had other money or other users: then more than settings is compared. */
bool court_other_money(const court_t *k);
bool court_other_users(const court_t *k);
/* Members of an open object. */
void court_put(app_t *app, const court_t *k);
void court_put_grounds(jsonw_t *w, u32 grounds);
void court_print(app_t *app, const court_t *k);
void court_print_grounds(app_t *app, u32 grounds);
/* "2 other back-tests and 1 search of this home ran on these days"; false, and nothing said, where none did.
 */
bool court_seen_print(const court_t *k, char *out, size_t size);

#endif

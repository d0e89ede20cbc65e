/* The facts of one run, read once from its journal: all that a report is made of.
 *
 * Promises: nothing is computed that cannot be counted or copied from the journal, the run's row and its
 * figures; what is missing is marked unknown, never guessed. Prices in 1e-9, money in 1e-6 of the base
 * currency, as recorded. Leaves to others: what the figures mean (report.h). */
#ifndef VITRINE_FACES_REPORT_REPORT_FACTS_H
#define VITRINE_FACES_REPORT_REPORT_FACTS_H

#include "faces/report/report_slices.h"
#include "faces/report/report_time.h"
#include "faces/report/report_users.h"
#include "drivers/run_spec.h"
#include "faces/report/tax_ledger.h"
#include "model/bar.h"
#include "model/config.h"
#include "model/instrument.h"
#include "scan/lesson.h"
#include "store/journal.h"
#include "store/searches.h"

enum {
    REPORT_STAGES = 14,  /* 1..13 used */
    REPORT_RULES = 1300, /* rule ids are stage x 100 + n */
    REPORT_ALERTS = 32,  /* kinds of alerts kept apart; the rest count under the last */
    REPORT_TOLD = 90,    /* rows of the plan of loops, and room for those of another version */
    REPORT_TEXT = 96,
    REPORT_SENTENCE = 240
};

typedef struct {
    lesson_record_t l;
    id128_t entry;
    u64 account; /* whose */
    i64 bar;     /* start of the bar in which its entry began to fill; 0: the record ends before it */
} report_trade_t;

/* One session's end. */
typedef struct {
    date_t session;
    i64 cash, equity, gross, net;
    i64 low; /* of the marks at the ends of bars; of several accounts the sum of theirs; 0: not recorded */
} report_day_t;

typedef struct {
    u16 code;
    u64 count;
    char text[REPORT_TEXT]; /* of the first */
} report_alert_t;

/* What one loop told. */
typedef struct {
    u16 row; /* of the plan of loops */
    u64 count;
    i64 t;                      /* of the last */
    u64 account;                /* of the last: whose; 0: of everybody */
    char text[REPORT_SENTENCE]; /* of the last */
} report_told_t;

/* What of a record is not this program's: the figures of the record stand, and a reader is told. */
typedef struct {
    bool other_logic; /* decided by other code, or settings that cannot be told to be the same */
    bool config_unread, spec_unread;
} report_origin_t;

typedef struct {
    run_row_t run;
    report_origin_t origin;
    bool interrupted; /* the record says that it runs, and no process does */
    config_t config;
    bool config_known;
    report_inst_t *own_insts;
    u32 inst_count;
    timeframe_t timeframe;      /* of its decisions; 0 if it has no slice */
    report_trade_t *own_trades; /* in order of closing */
    u32 trade_count;
    report_day_t *own_days; /* ascending by session */
    u32 day_count;
    report_users_t users; /* all of the run */
    tax_ledger_t tax;     /* lots of all accounts of the run */
    u64 account;          /* the one that these facts are of; 0: all together */
    money_t start;        /* cash before the first booking */
    u64 cycles, cycles_stopped, entered, candidates, traded, handed, exits, fills, slices, symbol_bars;
    date_t first_candidate; /* session in which a name first came past the screen, 0: none did */
    u64 filled; /* of `traded`, the entries decided and sent: those that a fill proves */
    u64 in[REPORT_STAGES], out[REPORT_STAGES], refused[REPORT_STAGES], stopped[REPORT_STAGES];
    u64 rule_decided[REPORT_RULES]; /* refusals and stops in which it failed first: they add up */
    u64 rule_failed[REPORT_RULES];  /* refusals in which it failed, with others or alone */
    money_t fees, interest;         /* of all fills; of cash */
    u32 open_positions;             /* instruments with a position at the end */
    u64 unmarked; /* fills and closed trades behind the last session's end, where equity was marked last: a
                     run that was stopped within a session counts them, its equity does not hold them */
    report_alert_t alert[REPORT_ALERTS];
    u32 alert_count;
    report_told_t told[REPORT_TOLD]; /* in order of first telling */
    u32 told_count;
    report_time_t time; /* of its decisions; empty where it was not recorded */
    u32 trials;   /* on this data in the store: backtests, this run and what was searched */
    u32 searched; /* of them the tries of searches and the sittings of the court */
    u32 elsewhere; /* of a back-test: what was tried on other data in the store, which no figure counts */
    report_slices_t sliced;
    search_origin_t searches; /* of this home that tried the run's settings */
    bool origin_known;        /* `searches` was asked for */
    char members_of[REPORT_TEXT], adjusted_to[REPORT_TEXT], flaws[REPORT_TEXT]; /* "" unknown or none */
    char edge[24]; /* planted in a simulated market, "none" too; "" in any other run */
    run_spec_t made_of; /* without its list of symbols; zero where it could not be read */
    char source[REPORT_TEXT], proxy_source[REPORT_TEXT];                        /* of the bar store */
    char proxy[LIMIT_SYMBOL];
    digest_t scope;    /* of what it ran on but for days, cash and seed: bars, names, news; zero unknown */
    date_t trade_from; /* sessions before it only filled the history; 0: none did */
    i64 t_first, t_last;
} report_facts_t;

/* Reads run `id` ("latest", an id or a unique prefix) of an open store; of `user` alone if one is named, NULL
 * all together. ERR_NOT_FOUND for a user that it has not. Free with report_facts_free, also
 * after an error. Errors of the journal (ERR_NOT_FOUND, ERR_CORRUPT, ERR_VERSION...), ERR_NO_MEMORY. */
MUST_USE err_t report_facts_read(store_t *s, str_t id, const char *user, diag_t *diag, report_facts_t *out);
void report_facts_free(report_facts_t *f);

/* Index of the first session that is not before `day`; day_count if there is none. */
u32 report_facts_day(const report_facts_t *f, date_t day);

/* "10 entered = 1 sent + 6 refused + 3 handed on by the house; of the sent 1 filled" */
void report_facts_funnel(const report_facts_t *f, char out[REPORT_SENTENCE]);

/* Whether these facts hold what `account` did: theirs alone where one user is asked for, else everybody's. */
bool report_facts_of(const report_facts_t *f, u64 account);

/* The user of an account; NULL if there is none, or if the run has one user alone, who has no name. */
const report_user_t *report_facts_user(const report_facts_t *f, u64 account);
/* What the tries were: "1 backtest on these days in this store". */
void report_facts_trials(const report_facts_t *f, char out[REPORT_SENTENCE]);
/* Sessions at the beginning in which nothing could be traded yet, for want of history as a rule: how many.
 * They are in every figure; 0 where they are under a twentieth of the run. */
u32 report_facts_warmup(const report_facts_t *f);
/* The same of other data: false, and nothing written, where nothing was tried. */
bool report_facts_elsewhere(const report_facts_t *f, char out[REPORT_SENTENCE]);
/* Whose facts these are: "user bert alone, of 3", "3 users together, global". Empty where the run has one
 * user. */
void report_facts_whose(const report_facts_t *f, char out[REPORT_TEXT]);

/* One of up to ORIGIN_LINES sentences on where the record comes from; NULL behind the last. None where all of
 * it is this program's own. */
enum { ORIGIN_LINES = 3 };
const char *report_origin_line(const report_origin_t *o, u32 index);
/* Of a run's start and the settings that were read from it; NULL: they could not be. */
report_origin_t report_origin_of(const run_row_t *run, const config_t *config, bool spec_read);

/* Where the record ends within a session, two moments stand in one report: says which figure is of which, as
 * one sentence. False, and nothing said, where it ends with a session. */
bool report_facts_moments(const report_facts_t *f, char out[REPORT_SENTENCE]);

/* The calendar of all its instruments, and sessions a year by it. */
calendar_id_t report_calendar(const report_facts_t *f);
u32 report_year(const report_facts_t *f);

/* The instrument table of a RUN_START event; *own_out is malloc'd. ERR_TRUNCATED, ERR_NO_MEMORY. */
MUST_USE err_t report_instruments(blob_t table, report_inst_t **own_out, u32 *count);

#endif

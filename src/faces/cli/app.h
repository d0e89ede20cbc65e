/* What a verb works with: where it is, what was configured, where its words go.
 *
 * Prose and progress go to `err`, results to `out`: with --json one document or JSON lines, otherwise text.
 * Progress is a bar on a terminal and a line every few seconds elsewhere. Errors are a diag_t whose lines
 * are: what was wrong, where, "do: " what to do. */
#ifndef VITRINE_FACES_CLI_APP_H
#define VITRINE_FACES_CLI_APP_H

#include <stdio.h>

#include "base/arena.h"
#include "faces/cli/remedy.h"
#include "faces/cli/settings.h"
#include "faces/report/report_made.h"
#include "faces/report/report_plants.h"
#include "wire/jsonw.h"

/* One row of `vitrine modules`. */
typedef struct {
    const char *name;
    const char *title;
    char more[200];  /* a second line of it; may be empty */
    char detail[80]; /* what else belongs on the row: of a loop its group and cadence; may be empty */
} part_t;

typedef struct part_doc part_doc_t;

/* Where docs/parts shows a part. Parts of one file stand together on it. */
typedef struct {
    const char *file;  /* without folder and .md, made safe by part_slug */
    const char *title; /* of the page */
    const char *lead;  /* its first sentence; of a part alone on its page it is the part's own */
    bool alone;        /* the page is the part's */
    const char *see_how, *see_kind, *see; /* "Asked by", and who asks; NULL: nobody */
} part_page_t;

typedef struct {
    const char *kind; /* "indicators" */
    u32 (*count)(void);
    part_t (*at)(u32 index);
    const char *about;                       /* what the kind is, in one or two sentences */
    void (*doc)(u32 index, part_doc_t *doc); /* all there is to say of one; NULL: no more than `at` */
    part_page_t (*page)(u32 index);          /* NULL: the kind has no pages */
    const char *const *head;                 /* columns of the table a shared page begins with; NULL: none */
    void (*row)(u32 index, part_doc_t *doc); /* its cells of that table, the first an anchor */
    bool rows_alone;                         /* the table says all: no sections below it */
    bool sentences;                          /* titles are sentences: headings are names alone */
    bool story;                              /* its pages end with what a run said of the part */
} part_kind_t;

/* The parts of this binary, put together by app/. */
typedef struct {
    const part_kind_t *kinds;
    u32 kind_count;
    const char *version;
    report_market_fn market; /* shows a simulated market once more; NULL likewise */
    report_plants_fn plants; /* what a simulated market planted; NULL: none can be made here */
} parts_t;

enum { APP_JSON_BUFFER = 1 << 16 };

struct app {
    char home[LIMIT_PATH];
    bool home_named; /* by --home: commands that we name carry it */
    settings_t settings;
    const parts_t *parts;
    char *const *environment;
    FILE *out;
    FILE *err;
    bool json;
    bool quiet;
    bool terminal; /* err is one */
    diag_t diag;
    char remedy[REMEDY_TEXT]; /* of app_remedy */
    jsonw_t jw;               /* writes to out */
    u8 json_buffer[APP_JSON_BUFFER];
    bool json_half; /* what was written last of it ends inside a document */
    struct {
        i64 last_ns; /* monotonic time of the last sign of life */
        i64 start_ns;
        bool drawn; /* a bar stands on the line */
    } progress;
};

/* Text result to `out`; not with --json. */
void app_print(app_t *app, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A remark for people to `err`; not with --quiet. */
void app_say(app_t *app, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Sign of life of long work: `done` of `total` (0: unknown) units. Cheap enough to call per slice. */
void app_progress(app_t *app, const char *what, u64 done, u64 total);
/* Clears the bar. Called by the runner too. */
void app_progress_end(app_t *app);
/* "home/name". ERR_CONFIG if too long. */
MUST_USE err_t app_path(app_t *app, const char *name, char out[LIMIT_PATH]);
/* Creates the home folder (0700) if it is not there. */
MUST_USE err_t app_home_make(app_t *app);
/* ERR_USAGE if a file that a person names is one that the home lives by. */
MUST_USE err_t app_may_write(app_t *app, const char *path);
/* A new beginning of what is written to `out` as JSON; what was not written yet is lost. */
void app_json_begin(app_t *app);
/* Prints "vitrine: what / where / do: remedy" for an error; the remedy falls back to one by error code. With
 * --json a line {"error": its name, "what", "where" (unless there is none), "remedy"} to `out` too. */
void app_print_error(app_t *app, err_t e, const diag_t *diag);
/* Words for people with the user's --home in the commands that they name (remedy.h). Stands until the next
 * call. */
const char *app_remedy(app_t *app, const char *text);

#endif

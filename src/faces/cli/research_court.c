/* See research_court.h. */
#include "faces/cli/research_court.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/court_case.h"
#include "faces/cli/court_sitting.h"

static void print(app_t *app, const court_t *k)
{
    if (!app->json) {
        court_print(app, k);
        return;
    }
    jsonw_object(&app->jw);
    court_put(app, k);
    jsonw_end(&app->jw);
    jsonw_line(&app->jw);
}

static err_t sit(app_t *app, const args_t *args)
{
    if (args_word(args, 2) == NULL || args_word(args, 3) != NULL || args_value(args, "after") == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court: two runs and --after DATE, the last day that anybody tuned on\n"
                         "do: vitrine research court CHALLENGER INCUMBENT --after 2018-12-31");
    }
    court_t *k = calloc(1, sizeof *k);
    if (k == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = court_open(app, args, 1, k);
    err = err == ERR_OK ? court_record(app, k) : err;
    if (err == ERR_OK) {
        print(app, k);
    }
    court_close(k);
    free(k);
    return err;
}

/* Words, and the options that each of them reads. */
typedef struct {
    const char *word;
    err_t (*run)(app_t *app, const args_t *args);
    const char *options; /* each between blanks */
} court_word_t;

static const court_word_t words[] = {
    {"file", court_file, " after hypothesis shadow-days canary-days canary no-signature "},
    {"list", court_list, " "},
    {"show", court_show, " "},
    {"watch", court_watch, " "},
    {"sign", court_sign, " who "},
    {"promote", court_promote, " who "},
    {"rollback", court_rollback, " who why "},
};
static const court_word_t sitting = {"CHALLENGER INCUMBENT", sit, " after "};

/* An option of another word would change nothing, and whoever gave it believes that it does. */
static err_t check_options(app_t *app, const args_t *args, const court_word_t *word)
{
    static const char *const all[] = {"after",  "hypothesis",   "shadow-days", "canary-days",
                                      "canary", "no-signature", "who",         "why"};
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        char name[24];
        (void)snprintf(name, sizeof name, " %s ", all[i]);
        if (args_has(args, all[i]) && strstr(word->options, name) == NULL) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "court %s --%s: nothing would come of it\ndo: leave --%s out", word->word,
                             all[i], all[i]);
        }
    }
    return ERR_OK;
}

err_t research_court(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *what = args_word(args, 1);
    const court_word_t *word = &sitting;
    for (u32 i = 0; what != NULL && i < COUNT_OF(words); i++) {
        word = str_eq_c(str_from(what), words[i].word) ? &words[i] : word;
    }
    TRY(check_options(app, args, word));
    return word->run(app, args);
}

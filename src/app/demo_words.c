/* See demo_words.h. */
#include "app/demo_words.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/clear_word.h"

static const struct {
    command_t code;
    u32 ends; /* stopped_t */
} clears[CLEAR_WORDS] = {
    [CLEAR_RECONCILE] = {COMMAND_CLEAR_RECONCILE, STOPPED_BROKER | STOPPED_PERSON},
    [CLEAR_BREAKER] = {COMMAND_RESET_BREAKER, STOPPED_BREAKER},
    [CLEAR_CLOCK] = {COMMAND_CLEAR_CLOCK, STOPPED_CLOCK},
};

static str_t member(const json_t *in, const char *key)
{
    str_t s = {0};
    const json_t *m = json_get(in, key);
    return m != NULL && json_to_str(m, &s) == ERR_OK ? s : (str_t){0};
}

/* COMMAND_ALL without a name. */
static err_t account_named(const run_users_t *users, str_t name, diag_t *diag, u64 *out)
{
    *out = COMMAND_ALL;
    if (name.n == 0) {
        return ERR_OK;
    }
    u32 least = UINT32_MAX;
    const char *near = NULL;
    for (u32 i = 0; users != NULL && i < users->count; i++) {
        if (str_eq_c(name, users->rows[i].name)) {
            *out = users->rows[i].account_id;
            return ERR_OK;
        }
        near = str_nearer(name, str_from(users->rows[i].name), &least) ? users->rows[i].name : near;
    }
    if (near == NULL) {
        return diag_fail(diag, ERR_NOT_FOUND, "the run has one user, without a name\ndo: leave --user out");
    }
    char meant[STR_MEANT];
    return diag_fail(diag, ERR_NOT_FOUND,
                     "the run has no user " STR_FMT "%s\ndo: `vitrine status` names those that wait",
                     STR_ARG(name), str_meant(name, near, meant));
}

err_t demo_words_clear(demo_words_t *w, const json_t *in, const status_page_t *page, jsonw_t *out,
                       diag_t *diag)
{
    ASSERT(w != NULL && in != NULL && page != NULL && out != NULL);
    str_t what = member(in, "what");
    str_t user = member(in, "user");
    str_t why = member(in, "why");
    clear_word_t k;
    u64 account = COMMAND_ALL;
    TRY(clear_word_find(what, user.n > 0, diag, &k));
    if (why.n == 0 || why.n >= DEMO_WORD_WHY) {
        return diag_fail(diag, ERR_USAGE, "why: a reason of 1 to %d letters stands with it in the record",
                         DEMO_WORD_WHY - 1);
    }
    TRY(account_named(page->users, user, diag, &account));
    if (w->count == DEMO_WORDS) {
        return diag_fail(diag, ERR_BUSY, "%d words wait already\ndo: ask again in a moment", DEMO_WORDS);
    }
    u32 at = (w->first + w->count++) % DEMO_WORDS;
    w->word[at].code = (u16)clears[k].code;
    w->word[at].account = account;
    (void)snprintf(w->word[at].why, DEMO_WORD_WHY, STR_FMT, STR_ARG(why));
    char of[USER_NAME];
    jsonw_put_str(out, "cleared", what);
    (void)snprintf(of, sizeof of, STR_FMT, STR_ARG(user));
    jsonw_put_text(out, "of", user.n > 0 ? of : "all");
    jsonw_put_u64(out, "waited", status_page_waiting(page, account, clears[k].ends));
    return ERR_OK;
}

bool demo_words_next(demo_words_t *w, ev_COMMAND_t *out)
{
    ASSERT(w != NULL && out != NULL);
    if (w->count == 0) {
        return false;
    }
    u32 at = w->first;
    w->first = (w->first + 1) % DEMO_WORDS;
    w->count--;
    *out = (ev_COMMAND_t){.code = w->word[at].code, .account = w->word[at].account};
    out->who = (blob_t){.p = (const u8 *)w->word[at].why, .n = (u32)strlen(w->word[at].why)};
    return true;
}

/* A person's words to a running engine (`vitrine clear`): what stopped entries until somebody has looked ends
 * by them. They wait here until the runner takes them between two slices, as recorded inputs. */
#ifndef VITRINE_APP_DEMO_WORDS_H
#define VITRINE_APP_DEMO_WORDS_H

#include "app/status_page.h"
#include "wire/json.h"
#include "wire/jsonw.h"

enum { DEMO_WORDS = 16, DEMO_WORD_WHY = 240 };

typedef struct {
    struct {
        u16 code;
        u64 account;
        char why[DEMO_WORD_WHY];
    } word[DEMO_WORDS];
    u32 first, count;
} demo_words_t;

/* The ask {"ask":"clear","what":"reconcile|clock|breaker","user":NAME,"why":TEXT}; without a user all are
 * meant. The answer says how many of them waited for it. ERR_NOT_FOUND, ERR_USAGE, ERR_BUSY (the queue is
 * full). */
MUST_USE err_t demo_words_clear(demo_words_t *w, const json_t *in, const status_page_t *page, jsonw_t *out,
                                diag_t *diag);
/* The next one; false: there is none. out->who is valid until the next call. */
bool demo_words_next(demo_words_t *w, ev_COMMAND_t *out);

#endif

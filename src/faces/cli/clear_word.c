/* See clear_word.h. */
#include "faces/cli/clear_word.h"

#include "base/assert.h"

static const struct {
    const char *name;
    bool everybodys;
} words[CLEAR_WORDS] = {
    [CLEAR_RECONCILE] = {"reconcile", false},
    [CLEAR_BREAKER] = {"breaker", false},
    [CLEAR_CLOCK] = {"clock", true},
};

err_t clear_word_find(str_t word, bool of_a_user, diag_t *diag, clear_word_t *out)
{
    ASSERT(out != NULL);
    char meant[STR_MEANT];
    const char *near = NULL;
    u32 least = UINT32_MAX;
    for (u32 i = 0; i < CLEAR_WORDS; i++) {
        near = str_nearer(word, str_from(words[i].name), &least) ? words[i].name : near;
        if (!str_eq_c(word, words[i].name)) {
            continue;
        }
        if (words[i].everybodys && of_a_user) {
            return diag_fail(diag, ERR_USAGE, "clear: the %s is everybody's\ndo: leave --user out",
                             words[i].name);
        }
        *out = (clear_word_t)i;
        return ERR_OK;
    }
    return diag_fail(diag, ERR_USAGE, "clear: there is no '%.*s'%s\ndo: use reconcile, breaker or clock",
                     (int)MIN_OF(word.n, 48U), (const char *)word.p, str_meant(word, near, meant));
}

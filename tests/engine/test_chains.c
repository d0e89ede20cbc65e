/* Option chains in the engine: what a candidate is told of its rank is what all chains heard until then say,
 * by a list of our own, and it has the points of trading.md; where nobody tells there is none. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "ai/evidence.h"
#include "model/calendar.h"
#include "scan/record.h"

enum { NAMES = BUSY_STOCKS + 1, SESSIONS = 400 };

typedef struct {
    date_t day[SESSIONS];
    i64 iv[SESSIONS]; /* in 1e-4 */
    u32 count;
} year_t;

typedef struct {
    year_t of[NAMES];
    u64 known, unknown, dear, of_chain[BULLETIN_KINDS];
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} seen_t;

/* As trading.md and the product say it: over 252 sessions, of at least sixty. False: nothing is known. */
static bool rank_of(const year_t *y, date_t session, f64 *rank)
{
    u32 n = 0;
    i64 least = I64_MAX, most = 0;
    u32 last = y->count - 1;
    for (u32 i = 0; y->count > 0 && i < y->count; i++) {
        if (calendar_count(CAL_NYSE, y->day[i], y->day[last]) < 252) {
            least = MIN_OF(least, y->iv[i]);
            most = MAX_OF(most, y->iv[i]);
            n++;
        }
    }
    if (n < 60 || most == least || calendar_count(CAL_NYSE, y->day[last], session) > 5) {
        return false;
    }
    *rank = 100.0 * (f64)(y->iv[last] - least) / (f64)(most - least);
    return true;
}

static void see_candidate(seen_t *s, const cand_record_t *c)
{
    for (u64 k = 0; k < c->evidence_count; k++) {
        f64 rank = 0;
        if (c->evidence[k].id != EVIDENCE_IV_RANK) {
            continue;
        }
        bool known = rank_of(&s->of[c->inst], (date_t)s->record.session, &rank);
        CHECK_EQ(c->evidence[k].known != 0, known);
        f64 told = (f64)c->evidence[k].value / 1e4;
        CHECK(told - rank < 1e-3 && rank - told < 1e-3);
        CHECK_EQ(c->evidence[k].points, known && rank > 80 ? -300 : 0);
        s->known += known ? 1 : 0;
        s->unknown += known ? 0 : 1;
        s->dear += known && rank > 80 ? 1 : 0;
    }
}

static err_t see(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    if (e->head.kind == EV_BULLETIN) {
        bulletin_t b;
        CHECK(event_bulletin(e, NAMES, &b));
        s->of_chain[b.kind]++;
        if (b.kind == BULLETIN_IV) {
            year_t *y = &s->of[b.inst];
            assert_true(y->count < SESSIONS);
            y->day[y->count] = calendar_date_at(CAL_NYSE, b.t_event);
            CHECK(y->count == 0 || y->day[y->count] > y->day[y->count - 1]);
            y->iv[y->count++] = (i64)(bulletin_value(&b) * 1e4 + 0.5);
        }
    }
    if (e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE) {
        s->record.refusal = s->refusal;
        CHECK_OK(record_cycle_decode(e->as.DECISION.record, &s->record));
        for (u64 i = 0; i < s->record.cand_count; i++) {
            see_candidate(s, &s->record.cand[i]);
        }
    }
    return ERR_OK;
}

TEST(a_candidate_knows_its_rank)
{
    UNUSED_STATE;
    config_t config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    u64 known = 0, dear = 0, unknown = 0;
    for (u64 seed = 1; seed <= 4; seed++) {
        seen_t *s = calloc(1, sizeof *s);
        assert_non_null(s);
        busy_wishes_t w = {.events = 1, .tap = {.ctx = s, .append = see}};
        (void)busy_run(seed, 6, &config, &w);
        known += s->known;
        dear += s->dear;
        unknown += s->unknown;
        for (bulletin_kind_t k = BULLETIN_IV; k <= BULLETIN_MOVE; k++) {
            CHECK(s->of_chain[k] > 0);
        }
        free(s);
    }
    print_message("# known of %llu candidates, %llu of them dear; unknown of %llu\n",
                  (unsigned long long)known, (unsigned long long)dear, (unsigned long long)unknown);
    CHECK(known > 100 && dear > 0 && dear < known && unknown * 10 < known);
    seen_t *s = calloc(1, sizeof *s);
    assert_non_null(s);
    busy_wishes_t w = {.events = 0, .tap = {.ctx = s, .append = see}};
    (void)busy_run(1, 3, &config, &w);
    CHECK(s->known == 0 && s->unknown > 10 && s->of_chain[BULLETIN_IV] == 0);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_candidate_knows_its_rank)};
    return RUN_TESTS(tests);
}

/* The parts as they explain themselves: every one does, what their descriptors name is there, an example is
 * what a person gets by hand, and all of it can be written as text, as JSON and as pages. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alpha/strategies/strategy.h"
#include "base/rng.h"
#include "faces/cli/part_doc.h"
#include "faces/report/figures.h"
#include "loops/loops.h"
#include "os/file.h"
#include "quant/indicators/indicators.h"
#include "scan/scan.h"
#include "tests/faces/line.h"
#include "wire/json.h"

typedef struct {
    char *out, *err;
} said_t;

static exit_code_t ask(said_t *s, const char *line)
{
    return line_run("/tmp/vitrine-test-nowhere", line, &s->out, &s->err);
}

static bool has_words(const part_text_t *t)
{
    return t->does != NULL && strlen(t->does) > 20 && t->wrong != NULL && strlen(t->wrong) > 10;
}

TEST(every_part_says_what_it_does_and_when_it_is_wrong)
{
    (void)state_;
    for (u32 i = 0; i < indicator_count(); i++) {
        const indicator_desc_t *d = indicator_at(i);
        CHECK(has_words(&d->text));
        CHECK(d->text.formula != NULL && d->range != NULL);
        CHECK(d->family >= 1 && d->family <= INDICATOR_FAMILIES);
    }
    for (u32 i = 0; i < strategy_count(); i++) {
        CHECK(has_words(&strategy_at(i)->text));
        CHECK(strategy_at(i)->text.formula != NULL && strategy_at(i)->text.source != NULL);
    }
    for (u32 i = 0; i < loop_count(); i++) {
        CHECK(has_words(&loop_at(i)->text));
    }
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        CHECK(has_words(&stage_at(i)->text));
    }
    for (u32 i = 0; i < FIGURES; i++) {
        CHECK(has_words(&figure_at((figure_t)i)->text));
        CHECK(figure_at((figure_t)i)->text.formula != NULL && figure_label((figure_t)i) != NULL);
    }
}

/* "a b": each must be a key. */
static void check_keys(const char *keys)
{
    for (const char *at = keys; *at != 0;) {
        size_t n = strcspn(at, " ");
        CHECK(key_find((str_t){.p = (const u8 *)at, .n = (u32)n}) != NULL);
        at += n + (at[n] == ' ' ? 1 : 0);
    }
}

TEST(what_descriptors_name_is_there)
{
    (void)state_;
    for (u32 i = 0; i < rule_count(); i++) {
        check_keys(rule_at(i)->keys);
    }
    for (u32 i = 0; i < key_count(); i++) {
        const section_desc_t *s = section_find(key_at(i)->section);
        CHECK(s != NULL && s->stage <= SCAN_STAGES);
    }
    for (u32 i = 0; i < strategy_count(); i++) {
        const strategy_desc_t *s = strategy_at(i);
        CHECK(s->indicators[0] != NULL);
        for (u32 k = 0; k < STRATEGY_NAMES && s->indicators[k] != NULL; k++) {
            CHECK(indicator_find(str_from(s->indicators[k])) != NULL);
        }
        for (u32 k = 0; k < STRATEGY_NAMES && s->keys[k] != NULL; k++) {
            check_keys(s->keys[k]);
        }
    }
}

/* The indicators behind what the market computes; what is not here is the bar itself or an opening range. */
static const struct {
    feature_t feature;
    const char *names[2];
} made_of[] = {
    {FEATURE_EMA9, {"ema"}},
    {FEATURE_EMA21, {"ema"}},
    {FEATURE_RSI, {"rsi"}},
    {FEATURE_ATR, {"atr"}},
    {FEATURE_ATR_AGO, {"atr"}},
    {FEATURE_ATRD, {"atr"}},
    {FEATURE_A, {"atr"}},
    {FEATURE_BAND_MID, {"bollinger"}},
    {FEATURE_BAND_SD, {"bollinger"}},
    {FEATURE_SETUP_LONG, {"bollinger", "rsi"}},
    {FEATURE_VWAP, {"vwap"}},
    {FEATURE_SETUP_SHORT, {"bollinger", "rsi"}},
    {FEATURE_VWAP_RUN, {"vwap"}},
    {FEATURE_SMA50, {"sma"}},
    {FEATURE_SMA200, {"sma"}},
    {FEATURE_RVOL, {"rvol"}},
    {FEATURE_BAR_VOLUME, {"rvol"}},
    {FEATURE_HIGH20, {"highest"}},
    {FEATURE_LOW20, {"lowest"}},
    {FEATURE_HIGH20_BEFORE, {"highest"}},
    {FEATURE_HIGH3, {"highest"}},
    {FEATURE_LOW20_BEFORE, {"lowest"}},
    {FEATURE_LOW3, {"lowest"}},
    {FEATURE_HIGH3_BEFORE, {"highest"}},
    {FEATURE_HIGH252, {"highest"}},
    {FEATURE_LOW3_BEFORE, {"lowest"}},
    {FEATURE_LOW252, {"lowest"}},
};

/* All that a strategy says of one row: conditions, plan, and whether it would leave. */
typedef struct {
    gates_t gates;
    strategy_plan_t plan;
    bool leaves;
} answer_of_t;

static void answer_of(const strategy_desc_t *s, const f64 row[FEATURE_TILE], i32 d, profile_t profile,
                      answer_of_t *out)
{
    market_t market = {.count = 1};
    market_view_t view = {.market = &market, .row = (f64 *)(uintptr_t)row};
    setup_t setup = {.view = &view, .profile = profile};
    held_t held = {.level = 100, .entry = 100, .held_minutes = 40};
    memset(out, 0, sizeof *out);
    s->gates(&setup, d, &out->gates);
    s->plan(&setup, d, &out->plan);
    out->leaves = s->invalid(&setup, d, &held);
}

/* Whether a strategy looks at a feature: some row is answered otherwise when that alone is another. */
static bool looks_at(const strategy_desc_t *s, feature_t f)
{
    f64 row[FEATURE_TILE] = {0};
    answer_of_t a;
    answer_of_t b;
    for (u64 try = 0; try < 64; try++) {
        for (u32 i = 0; i < FEATURE_COUNT; i++) {
            row[i * FEATURE_LANES] = 90.0 + (f64)rng_below((rng_key_t){3, RNG_TEST, i, 0}, try, 2000) / 100.0;
        }
        row[FEATURE_FACTOR * FEATURE_LANES] = 1.0;
        profile_t profile = try % 2 == 0 ? PROFILE_DAY : PROFILE_SWING;
        i32 d = try % 4 < 2 ? 1 : -1;
        if (profile == PROFILE_DAY ? !s->day : !s->swing) {
            continue;
        }
        answer_of(s, row, d, profile, &a);
        f64 *cell = &row[(u32)f * FEATURE_LANES];
        *cell = try % 8 < 4 ? *cell / 3.0 : 1.0;
        answer_of(s, row, d, profile, &b);
        if (memcmp(&a, &b, sizeof a) != 0) {
            return true;
        }
    }
    return false;
}

static bool names_indicator(const strategy_desc_t *s, const char *name)
{
    for (u32 k = 0; k < STRATEGY_NAMES && s->indicators[k] != NULL; k++) {
        if (strcmp(s->indicators[k], name) == 0) {
            return true;
        }
    }
    return false;
}

TEST(strategies_name_just_the_indicators_they_look_at)
{
    (void)state_;
    for (u32 i = 0; i < strategy_count(); i++) {
        const strategy_desc_t *s = strategy_at(i);
        for (u32 k = 0; k < indicator_count(); k++) {
            const char *name = indicator_at(k)->name;
            bool looks = false;
            for (u32 m = 0; m < COUNT_OF(made_of); m++) {
                bool is = strcmp(made_of[m].names[0], name) == 0 ||
                          (made_of[m].names[1] != NULL && strcmp(made_of[m].names[1], name) == 0);
                looks = looks || (is && looks_at(s, made_of[m].feature));
            }
            if (looks != names_indicator(s, name)) {
                print_message("# %s: %s\n", s->name, name);
            }
            CHECK_EQ(looks, names_indicator(s, name));
        }
    }
}

/* Each part of each kind, in both forms, says more than its name. A description that broke off would leave
 * its JSON open. */
TEST(every_part_can_be_shown)
{
    (void)state_;
    static u8 memory[1 << 20];
    said_t s = {0};
    char line[160];
    u32 shown = 0;
    for (u32 k = 0; k < app_parts.kind_count; k++) {
        const part_kind_t *kind = &app_parts.kinds[k];
        for (u32 i = 0; i < kind->count(); i++) {
            arena_t a;
            const json_t *j = NULL;
            part_t p = kind->at(i);
            (void)snprintf(line, sizeof line, "modules %s %s --json", kind->kind, p.name);
            CHECK_EQ(ask(&s, line), EXIT_CODE_OK);
            arena_init(&a, memory, sizeof memory);
            CHECK_EQ(json_parse(&a, str_from(s.out), NULL, &j), ERR_OK);
            line[strlen(line) - strlen(" --json")] = 0;
            CHECK_EQ(ask(&s, line), EXIT_CODE_OK);
            CHECK(strncmp(s.out, p.name, strlen(p.name)) == 0);
            CHECK(strchr(s.out, '`') == NULL && strstr(s.out, "(null)") == NULL);
            const char *below = strchr(s.out, '\n');
            CHECK(below != NULL && strlen(below) > 20); /* something stands under the name */
            shown++;
        }
    }
    CHECK(shown > 400);
    free(s.out);
    free(s.err);
}

/* By hand: closes 100.5, 100.25, 101.25, 102 rise by 1.75 and fall by 0.25 in three steps, so RSI is 87.5;
 * the mean of the first three closes is 100.6667. */
TEST(worked_examples_are_what_a_person_gets)
{
    (void)state_;
    said_t s = {0};
    CHECK_EQ(ask(&s, "modules indicators rsi --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "{\"bar\":3,\"close\":101.25,\"rsi\":null}") != NULL);
    CHECK(strstr(s.out, "{\"bar\":4,\"close\":102,\"rsi\":87.5}") != NULL);
    /* Gains of 5 R, losses of 3.5 R; the fall from 104 to 102.5 is the deepest. */
    CHECK_EQ(ask(&s, "modules figures profit_factor --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "\"worked_example\":\"1.4286 for results in R of 1, -0.5, 2,") != NULL);
    CHECK_EQ(ask(&s, "modules figures max_drawdown --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "\"worked_example\":\"0.0144 for closes on ten days in a row of 100, 101, 100.5,") !=
          NULL);
    CHECK_EQ(ask(&s, "modules indicators sma --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "{\"bar\":3,\"close\":101.25,\"sma\":100.6667}") != NULL);
    free(s.out);
    free(s.err);
}

TEST(thresholds_are_those_of_the_profile)
{
    (void)state_;
    said_t s = {0};
    CHECK_EQ(ask(&s, "modules strategies breakout --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "\"rule\":\"BRK_VOLUME\"") != NULL);
    CHECK(strstr(s.out, "\"unit\":\"x\",\"day\":\">= 2\",\"swing\":\">= 1.5\"") != NULL);
    CHECK_EQ(ask(&s, "modules keys size.max_adv_pct --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "0.25 by day, 1 in swing") != NULL);
    CHECK_EQ(ask(&s, "modules keys size.risk_pct --json"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "0.25, 0.5, 1, 1.5, 2 ") != NULL);
    CHECK(strstr(s.out, "\"rules\":[\"RISK_PCT\"]") != NULL);
    free(s.out);
    free(s.err);
}

TEST(names_are_found_whatever_their_case_or_a_remedy_is_told)
{
    (void)state_;
    said_t s = {0};
    CHECK_EQ(ask(&s, "modules rules quiet_open"), EXIT_CODE_OK);
    CHECK(strstr(s.out, "monk.quiet_open_min") != NULL);
    CHECK_EQ(ask(&s, "modules indicators rsy"), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(s.err, "did you mean rsi?") != NULL);
    CHECK_EQ(ask(&s, "modules indicator rsi"), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(s.err, "did you mean indicators?") != NULL);
    free(s.out);
    free(s.err);
}

static bool holds(const char *folder, const char *name, const char *words)
{
    static char text[1 << 16];
    char path[LIMIT_PATH];
    CHECK_EQ(os_path_join(path, sizeof path, folder, name), ERR_OK);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    size_t n = fread(text, 1, sizeof text - 1, f);
    CHECK_EQ(fclose(f), 0);
    text[n] = 0;
    return strstr(text, words) != NULL;
}

TEST(pages_are_written_and_lead_to_one_another)
{
    (void)state_;
    char folder[] = "/tmp/vitrine-test-XXXXXX";
    char line[64];
    said_t s = {0};
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(line, sizeof line, "modules --pages %s", folder);
    CHECK_EQ(ask(&s, line), EXIT_CODE_OK);
    CHECK(holds(folder, "README.md", "(indicators/README.md)"));
    CHECK(holds(folder, "strategies/orb.md", "(../rules/orb.md#orb_first)"));
    CHECK(holds(folder, "rules/orb.md", "<a id=\"orb_first\">"));
    CHECK(holds(folder, "stages/monk.md", "(../keys/monk.md#monk_quiet_open_min)"));
    CHECK(holds(folder, "keys/monk.md", "(../stages/monk.md)"));
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    FILE *rm = popen(line, "r");
    CHECK(rm != NULL && pclose(rm) == 0);
    CHECK_EQ(ask(&s, "modules --pages /proc/none"), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(s.err, "/proc/none") != NULL);
    free(s.out);
    free(s.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_says_what_it_does_and_when_it_is_wrong),
        cmocka_unit_test(what_descriptors_name_is_there),
        cmocka_unit_test(strategies_name_just_the_indicators_they_look_at),
        cmocka_unit_test(every_part_can_be_shown),
        cmocka_unit_test(worked_examples_are_what_a_person_gets),
        cmocka_unit_test(thresholds_are_those_of_the_profile),
        cmocka_unit_test(names_are_found_whatever_their_case_or_a_remedy_is_told),
        cmocka_unit_test(pages_are_written_and_lead_to_one_another),
    };
    return RUN_TESTS(tests);
}

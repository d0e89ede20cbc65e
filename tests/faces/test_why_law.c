/* A refusal by the law names the law of its own day and what can be done, with the numbers of the gate. */
#include <string.h>

#include "faces/cli/why_law.h"
#include "model/calendar.h"
#include "tests/test.h"

static const struct {
    i32 day;
    rule_t rule;
    f64 value, threshold;
    const char *law, *remedy;
} cases[] = {
    {20240524, RULE_SETTLED_CASH, -512.5, 0, "T+2",
     "$512.50 are missing: buy less, or wait; what is sold today has settled on 20240529"},
    {20240528, RULE_SETTLED_CASH, -512.5, -12, "T+1",
     "$500.50 are missing: buy less, or wait; what is sold today has settled on 20240529"},
    {20240603, RULE_GOOD_FAITH, 3, 2, "220.8(a)(1)(ii)",
     "settled on 20240604, and a violation counts for 12 months"},
    {20240603, RULE_NOT_FROZEN, 17, 0, "220.8(c)", "or wait 17 days"},
    {20240603, RULE_DAY_TRADES, 3, 3, "4210(f)(8)(B)",
     "counts for 5 business days; from an equity of $25,000"},
    {20260603, RULE_INTRADAY_MARGIN, -20, 0, "4210(c)(1)", "$20.00 are missing"},
    {20260604, RULE_INTRADAY_MARGIN, -20, 0, "4210(d)(2)", "$20.00 are missing"},
    {20240531, RULE_SHORT_PRICE, 0, 1, "242.201", "at the latest 20240603"},
};

TEST(law_and_remedy)
{
    UNUSED_STATE;
    config_t margin = config_default(PROFILE_DAY, PRESET_MODERATE);
    config_t cash = margin;
    cash.account_margin = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        date_t day = date_from_ymd(cases[i].day / 10000, cases[i].day / 100 % 100, cases[i].day % 100);
        const rule_desc_t *d = rule_find((u16)cases[i].rule);
        gate_t g = {.rule = (u16)cases[i].rule,
                    .value = gate_grid(d, cases[i].value),
                    .threshold = gate_grid(d, cases[i].threshold)};
        bool of_cash = cases[i].rule == RULE_SETTLED_CASH || cases[i].rule == RULE_GOOD_FAITH ||
                       cases[i].rule == RULE_NOT_FROZEN;
        why_law_t law;
        CHECK(!gate_holds(&g));
        CHECK(why_law_of(&g, of_cash ? &cash : &margin, day, I64_MAX, &law));
        if (strstr(law.citation, cases[i].law) == NULL || strstr(law.remedy, cases[i].remedy) == NULL) {
            print_error("case %zu: %s / %s\n", i, law.citation, law.remedy);
        }
        CHECK(strstr(law.citation, cases[i].law) != NULL);
        CHECK(strstr(law.remedy, cases[i].remedy) != NULL);
    }
}

TEST(other_rules_have_none)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    why_law_t law;
    gate_t g = {.rule = RULE_HEAT};
    CHECK(!why_law_of(&g, &c, date_from_ymd(2024, 6, 3), I64_MAX, &law));
    g.rule = RULE_SHORT_PRICE; /* no such law yet, and a Sunday */
    CHECK(!why_law_of(&g, &c, date_from_ymd(2009, 6, 3), I64_MAX, &law));
    CHECK(!why_law_of(&g, &c, date_from_ymd(2024, 6, 2), I64_MAX, &law));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(law_and_remedy),
        cmocka_unit_test(other_rules_have_none),
    };
    return RUN_TESTS(tests);
}

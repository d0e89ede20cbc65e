/* Money is written one way: sign, dollar, groups of three, cents where they are asked for. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dollars.h"

TEST(money_is_written_one_way)
{
    UNUSED_STATE;
    static const struct {
        f64 v;
        u32 form;
        const char *want;
    } cases[] = {
        {0, DOLLARS_CENTS, "$0.00"},
        {0, DOLLARS_CENTS | DOLLARS_SIGN, "+$0.00"},
        {-0.004, DOLLARS_CENTS, "$0.00"},
        {-0.004, DOLLARS_CENTS | DOLLARS_SIGN, "+$0.00"},
        {-0.005, DOLLARS_CENTS, "-$0.01"},
        {1.18, DOLLARS_CENTS, "$1.18"},
        {-103.93, DOLLARS_CENTS | DOLLARS_SIGN, "-$103.93"},
        {999.995, DOLLARS_CENTS, "$1,000.00"},
        {1234567.5, DOLLARS_WHOLE, "$1,234,568"},
        {-1000, DOLLARS_WHOLE, "-$1,000"},
        {-0.4, DOLLARS_WHOLE, "$0"},
        {1e12, DOLLARS_CENTS, "$1,000,000,000,000.00"},
        {-1e300, DOLLARS_CENTS | DOLLARS_SIGN, "-$90,000,000,000,000.00"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char text[DOLLARS_TEXT];
        assert_string_equal(dollars_text(text, cases[i].v, cases[i].form), cases[i].want);
    }
}

/* What costs less than a dollar, and is no share, is told as finely as it is. */
TEST(prices_of_cheap_coins_are_whole)
{
    UNUSED_STATE;
    static const struct {
        f64 v;
        bool coin;
        const char *want;
    } cases[] = {
        {92.26234567, false, "92.2623"},    {92.26234567, true, "92.2623"},
        {0.104315, false, "0.1043"},        {0.104315, true, "0.104315"},
        {0.1035, true, "0.1035"},           {0.5, true, "0.5000"},
        {0.000000001, true, "0.000000001"}, {0, true, "0.0000"},
        {-0.00012, true, "-0.00012"},       {1.000001, true, "1.0000"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char text[PRICE_TEXT];
        assert_string_equal(price_text(text, cases[i].v, cases[i].coin), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_written_one_way),
        cmocka_unit_test(prices_of_cheap_coins_are_whole),
    };
    return RUN_TESTS(tests);
}

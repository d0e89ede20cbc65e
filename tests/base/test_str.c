/* Exact decimal reading: what is held is what was written, or an error. */
#include "tests/test.h"

#include "base/str.h"

typedef struct {
    const char *text;
    u32 scale;
    bool exact;
    err_t err;
    i64 value;
} case_t;

TEST(scaled_cases)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {"1.25", 9, true, ERR_OK, 1250000000},
        {"-0.000000001", 9, true, ERR_OK, -1},
        {"0.0000000001", 9, true, ERR_NUMBER, 0},
        {"0.00000000051", 9, false, ERR_OK, 1},
        {"1e3", 2, true, ERR_OK, 100000},
        {"1e308", 9, true, ERR_OVERFLOW, 0},
        {"nan", 9, true, ERR_NUMBER, 0},
        {"", 9, true, ERR_NUMBER, 0},
        {"1.2.3", 9, true, ERR_NUMBER, 0},
        {"9223372036.854775807", 9, true, ERR_OK, I64_MAX},
        {"9223372036.854775808", 9, true, ERR_OVERFLOW, 0},
        {"1.10000000000000000000000", 2, true, ERR_OK, 110},
        {"inf", 2, true, ERR_NUMBER, 0},
        {"+5", 0, true, ERR_OK, 5},
        {"0x10", 0, true, ERR_NUMBER, 0},
        {"29.1067214209", 9, false, ERR_OK, 29106721421},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i64 v = 0;
        CHECK_EQ(str_to_scaled(str_from(cases[i].text), cases[i].scale, cases[i].exact, &v), cases[i].err);
        CHECK_EQ(v, cases[i].value);
    }
}

/* The first of equals wins, whatever its case; nothing is nearer than itself. */
TEST(the_nearest_name)
{
    UNUSED_STATE;
    static const char *const names[] = {"momentum", "RSI", "rsi", "orb"};
    u32 least = UINT32_MAX;
    u32 best = UINT32_MAX;
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        best = str_nearer(str_from("rsj"), str_from(names[i]), &least) ? i : best;
    }
    CHECK_EQ(best, 1);
    CHECK_EQ(least, 1);
    CHECK(!str_nearer(str_from("rsi"), str_from("rsi2"), &least));
    CHECK(str_nearer(str_from("rsi"), str_from("RSI"), &least) && least == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scaled_cases), cmocka_unit_test(the_nearest_name)};
    return RUN_TESTS(tests);
}

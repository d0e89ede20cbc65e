/* Axes of drawings: steps that people count in, numbers as the rest of the report writes them. */
#include "tests/test.h"

#include <string.h>

#include "faces/report/svg.h"

TEST(steps_and_numbers_of_axes)
{
    UNUSED_STATE;
    static const struct {
        f64 span;
        u32 most;
        f64 step;
    } cases[] = {{1.0, 5, 0.2}, {0.9, 5, 0.2},     {10, 5, 2}, {11, 5, 2.5},
                 {26, 5, 10},   {0.003, 5, 0.001}, {7, 1, 10}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        f64 step = svg_step(cases[i].span, cases[i].most);
        CHECK(step > 0.999999 * cases[i].step && step < 1.000001 * cases[i].step);
    }
    static const struct {
        f64 v, step;
        svg_unit_t unit;
        const char *text;
    } numbers[] = {{0.125, 0.025, SVG_PERCENT, "12.5 %"},
                   {-0.0, 0.1, SVG_PERCENT, "0 %"},
                   {-1200, 500, SVG_MONEY, "-$1,200"},
                   {0.25, 0.25, SVG_R, "0.25 R"},
                   {3, 1, SVG_PLAIN, "3"},
                   {1234567.5, 0.5, SVG_MONEY, "$1,234,567.50"}};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        char text[32];
        svg_number(text, numbers[i].v, numbers[i].step, numbers[i].unit);
        assert_string_equal(text, numbers[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_numbers_of_axes),
    };
    return RUN_TESTS(tests);
}

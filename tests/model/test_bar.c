/* The bar of an instrument is found wherever it stands in a slice, and nowhere else. */
#include "tests/test.h"

#include "base/rng.h"
#include "model/bar.h"

TEST(a_slice_finds_each_of_its_bars_and_no_other)
{
    UNUSED_STATE;
    enum { NAMES = 50, SLICES = 500 };
    inst_t inst[NAMES];
    bar_t bar[NAMES];
    for (u32 n = 0; n < SLICES; n++) {
        rng_key_t key = {.seed = 5, .cycle = n};
        slice_t s = {.inst = inst, .bar = bar};
        u32 often = n % 10; /* from all that trade to none, with gaps at the front and at the end */
        for (u32 i = 0; i < NAMES; i++) {
            inst[s.count] = (inst_t)i;
            s.count += rng_below(key, i, 10) >= often && (n % 3 != 0 || (i > 4 && i < 40)) ? 1 : 0;
        }
        for (u32 i = 0; i <= UINT16_MAX; i = i < 2 * NAMES ? i + 1 : i + 6543) {
            const bar_t *want = NULL;
            for (u32 k = 0; k < s.count; k++) {
                want = inst[k] == i ? &bar[k] : want;
            }
            CHECK(slice_bar(&s, (inst_t)i) == want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_finds_each_of_its_bars_and_no_other),
    };
    return RUN_TESTS(tests);
}

/* A rule is found by its id, whichever number is asked for. */
#include "tests/test.h"

#include "model/gate.h"

TEST(every_id_finds_its_rule_and_no_other)
{
    UNUSED_STATE;
    for (u32 id = 0; id <= UINT16_MAX; id++) {
        const rule_desc_t *want = NULL;
        for (u32 i = 0; i < rule_count(); i++) {
            want = rule_at(i)->id == id ? rule_at(i) : want;
        }
        CHECK(rule_find((u16)id) == want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_finds_its_rule_and_no_other),
    };
    return RUN_TESTS(tests);
}

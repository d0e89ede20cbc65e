/* Lists that grow keep what they hold, and stay as they are when there is no more. */
#include "tests/test.h"

#include <stdlib.h>

#include "base/grow.h"

TEST(a_list_keeps_what_it_holds)
{
    UNUSED_STATE;
    u64 *own = NULL;
    u32 room = 0;
    for (u32 i = 0; i < 1000; i++) {
        CHECK_OK(list_room(&own, &room, (size_t)i + 1, sizeof *own));
        CHECK(room > i);
        own[i] = 7ULL * i;
    }
    CHECK_EQ(room, 1024); /* 64, doubled */
    u64 *before = own;
    CHECK_OK(list_room(&own, &room, 1024, sizeof *own));
    CHECK(own == before);
    CHECK_OK(list_room(&own, &room, 5000, sizeof *own));
    CHECK_EQ(room, 5000); /* more than twice is asked at once */
    for (u32 i = 0; i < 1000; i++) {
        CHECK_EQ(own[i], 7ULL * i);
    }
    free(own);
}

TEST(no_more_leaves_it_as_it_is)
{
    UNUSED_STATE;
    u8 *own = NULL;
    u32 room = 0;
    CHECK_OK(list_room(&own, &room, 1, 1));
    u8 *before = own;
    CHECK_EQ(list_room(&own, &room, (size_t)UINT32_MAX + 1, 1), ERR_NO_MEMORY);
    CHECK_EQ(list_room(&own, &room, UINT32_MAX, SIZE_MAX / 2), ERR_NO_MEMORY);
    CHECK(own == before);
    CHECK_EQ(room, 64);
    free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_keeps_what_it_holds),
        cmocka_unit_test(no_more_leaves_it_as_it_is),
    };
    return RUN_TESTS(tests);
}

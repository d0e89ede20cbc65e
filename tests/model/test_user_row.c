/* Users as rows: every preference is wired to a field and held to its ceilings, an overlay fits, text reads
 * back as it was written, and nothing that is not sound gets through. */
#include "model/user_row.h"

#include "base/limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/test.h"

static user_row_t row_of(u64 id)
{
    user_row_t r;
    user_row_init(&r, id, "anna", (money_t){25000 * (i64)MONEY_SCALE});
    return r;
}

TEST(every_preference_is_wired_inside_its_field)
{
    UNUSED_STATE;
    CHECK(preference_count() >= 30);
    for (u32 i = 0; i < preference_count(); i++) {
        const preference_desc_t *p = preference_at(i);
        const key_desc_t *k = preference_key(p);
        CHECK(p->lo >= k->lo && p->hi <= k->hi && p->lo < p->hi);
        CHECK(preference_find(str_from(p->name)) == p);
        CHECK(k->dflt >= p->lo && k->dflt <= p->hi);
        for (u32 j = 0; j < i; j++) {
            CHECK(preference_at(j)->id != p->id && preference_key(preference_at(j)) != k);
            CHECK(strcmp(preference_at(j)->name, p->name) != 0);
        }
        config_t house = config_default(PROFILE_DAY, PRESET_MODERATE);
        config_t mine;
        user_row_t r = row_of(1);
        f64 got = 0;
        CHECK_OK(user_prefer(&r, p, p->lo, NULL));
        CHECK_OK(user_resolve(&house, &r, NULL, &mine));
        CHECK(key_get(&mine, k) == p->lo && user_preferred(&r, p, &got) && got == p->lo);
        for (u32 j = 0; j < key_count(); j++) { /* nothing else moved */
            CHECK(key_at(j) == k || key_get(&mine, key_at(j)) == key_get(&house, key_at(j)));
        }
    }
}

TEST(several_preferences_reach_their_own_fields)
{
    UNUSED_STATE;
    config_t house = config_default(PROFILE_DAY, PRESET_MODERATE);
    config_t mine;
    user_row_t r = row_of(1);
    for (u32 i = 0; i < preference_count(); i++) {
        CHECK_OK(user_prefer(&r, preference_at(i), i % 2 == 0 ? preference_at(i)->lo : preference_at(i)->hi,
                             NULL));
    }
    CHECK_OK(user_resolve(&house, &r, NULL, &mine));
    for (u32 i = 0; i < preference_count(); i++) {
        const preference_desc_t *p = preference_at(i);
        CHECK(key_get(&mine, preference_key(p)) == (i % 2 == 0 ? p->lo : p->hi));
    }
}

TEST(all_of_them_fit_into_the_overlay)
{
    UNUSED_STATE;
    user_row_t r = row_of(1);
    for (u32 i = preference_count(); i-- > 0;) { /* whatever the order they are set in */
        CHECK_OK(user_prefer(&r, preference_at(i), preference_at(i)->hi, NULL));
        CHECK_OK(user_prefer(&r, preference_at(i), preference_at(i)->lo, NULL));
        CHECK_OK(user_prefer(&r, preference_at(i), preference_at(i)->hi, NULL));
    }
    CHECK(r.overlay_size <= USER_OVERLAY);
    CHECK_OK(user_row_check(&r, NULL));
    print_message("# all %u preferences take %u of %d bytes\n", preference_count(), r.overlay_size,
                  USER_OVERLAY);
}

TEST(a_preset_is_whole_whatever_the_house_has)
{
    UNUSED_STATE;
    for (u32 h = 0; h <= PRESET_AGGRESSIVE; h++) {
        for (u32 p = 0; p <= PRESET_AGGRESSIVE; p++) {
            config_t house = config_default(PROFILE_SWING, (preset_t)h);
            config_t want = config_default(PROFILE_SWING, (preset_t)p);
            config_t mine;
            user_row_t r = row_of(1);
            r.has_preset = true;
            r.preset = (preset_t)p;
            CHECK_OK(user_resolve(&house, &r, NULL, &mine));
            digest_t a = config_hash(&mine);
            digest_t b = config_hash(&want);
            CHECK(digest_eq(&a, &b));
        }
    }
}

TEST(what_is_outside_is_refused_and_changes_nothing)
{
    UNUSED_STATE;
    static const f64 absurd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, -1, 1e18};
    for (u32 i = 0; i < preference_count(); i++) {
        const preference_desc_t *p = preference_at(i);
        user_row_t r = row_of(1);
        CHECK_OK(user_prefer(&r, p, p->hi, NULL));
        user_row_t before = r;
        for (u32 k = 0; k < COUNT_OF(absurd); k++) {
            diag_t why = {0};
            CHECK_EQ(user_prefer(&r, p, absurd[k], &why), ERR_CONFIG);
            CHECK(why.set && strstr(why.text, p->name) != NULL);
        }
        CHECK_EQ(user_prefer(&r, p, p->hi + 1e-3, NULL), ERR_CONFIG);
        if (preference_key(p)->type != KEY_F64 && p->hi > 1) {
            CHECK_EQ(user_prefer(&r, p, p->lo + 0.5, NULL), ERR_CONFIG);
        }
        CHECK(memcmp(&r, &before, sizeof r) == 0);
    }
}

TEST(text_reads_back)
{
    UNUSED_STATE;
    user_row_t rows[3];
    for (u32 i = 0; i < 3; i++) {
        rows[i] = row_of(i + 1);
        (void)snprintf(rows[i].name, sizeof rows[i].name, "user-%u", i);
        CHECK_OK(user_prefer(&rows[i], preference_at(i * 3), preference_at(i * 3)->lo, NULL));
        CHECK_OK(user_list_add(rows[i].watch, STR("BRK.B"), NULL));
        CHECK_OK(user_list_add(rows[i].watch, STR("AAPL"), NULL));
        CHECK_OK(user_list_add(rows[i].watch, STR("AAPL"), NULL)); /* it stands there already */
        rows[i].excluded_sectors = i;
        rows[i].has_preset = i == 1;
    }
    rows[2].owner_id = 1;
    (void)snprintf(rows[0].shared, USER_NAME, "main");
    (void)snprintf(rows[2].shared, USER_NAME, "main");
    static u8 text[3 * USER_TEXT];
    static u8 again[3 * USER_TEXT];
    user_row_t back[3];
    users_mode_t mode = USERS_EACH;
    u32 count = 0;
    writer_t w = writer_of(text, sizeof text);
    CHECK_OK(users_encode(USERS_GLOBAL, rows, 3, &w));
    CHECK_OK(users_decode((str_t){.p = text, .n = (u32)w.used}, NULL, &mode, back, 3, &count));
    CHECK_EQ(count, 3);
    CHECK_EQ(mode, USERS_GLOBAL);
    for (u32 i = 0; i < 3; i++) {
        CHECK(memcmp(&rows[i], &back[i], sizeof rows[i]) == 0);
    }
    writer_t v = writer_of(again, sizeof again);
    CHECK_OK(users_encode(mode, back, count, &v));
    CHECK(v.used == w.used && memcmp(text, again, w.used) == 0);
    CHECK_EQ(users_decode((str_t){.p = text, .n = (u32)w.used}, NULL, &mode, back, 2, &count),
             ERR_BUFFER_FULL);
}

/* A report adds up what all of them have: more than fits with what they may gain is no record of ours. */
TEST(all_together_hold_no_more_than_one_may)
{
    UNUSED_STATE;
    static u8 text[3 * USER_TEXT];
    user_row_t rows[3];
    user_row_t back[3];
    users_mode_t mode = USERS_EACH;
    u32 count = 0;
    for (u32 i = 0; i < 3; i++) {
        rows[i] = row_of(i + 1);
        rows[i].cash.v = USER_CASH_MAX / 3;
    }
    for (u32 more = 0; more < 2; more++) {
        diag_t why = {0};
        rows[1].cash.v += more == 1 ? 2 : 1; /* a third is rounded down: one more is the whole */
        writer_t w = writer_of(text, sizeof text);
        CHECK_OK(users_encode(USERS_EACH, rows, 3, &w));
        err_t err = users_decode((str_t){.p = text, .n = (u32)w.used}, &why, &mode, back, 3, &count);
        CHECK_EQ(err, more == 1 ? ERR_CONFIG : ERR_OK);
        CHECK_EQ(err, users_cash_check(rows, 3, NULL));
    }
}

TEST(sub_ledgers_have_one_owner_and_one_mode)
{
    UNUSED_STATE;
    user_row_t rows[3];
    u32 at = 9;
    for (u32 i = 0; i < 3; i++) {
        rows[i] = row_of(i + 1);
        rows[i].owner_id = 1;
    }
    CHECK_OK(users_shared_check(USERS_EACH, rows, 3, &at, NULL));
    (void)snprintf(rows[0].shared, USER_NAME, "main");
    (void)snprintf(rows[2].shared, USER_NAME, "main");
    CHECK_EQ(users_shared_check(USERS_EACH, rows, 3, &at, NULL), ERR_CONFIG);
    CHECK_EQ(at, 0);
    CHECK_OK(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL));
    rows[2].owner_id = 2;
    CHECK_EQ(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL), ERR_CONFIG);
    CHECK_EQ(at, 2);
    rows[2].owner_id = 1; /* an account is a cash account or none */
    const preference_desc_t *margin = preference_find(STR("margin"));
    CHECK_OK(user_prefer(&rows[2], margin, 0, NULL));
    CHECK_EQ(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL), ERR_CONFIG);
    CHECK_EQ(at, 2);
    CHECK_OK(user_prefer(&rows[0], margin, 0, NULL));
    CHECK_OK(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL));
    CHECK_OK(user_prefer(&rows[0], margin, 1, NULL));
    CHECK_EQ(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL), ERR_CONFIG);
    rows[2].owner_id = 2;
    (void)snprintf(rows[2].shared, USER_NAME, "other");
    CHECK_OK(users_shared_check(USERS_GLOBAL, rows, 3, &at, NULL));
    (void)snprintf(rows[2].shared, USER_NAME, "a b");
    CHECK_EQ(user_row_check(&rows[2], NULL), ERR_CONFIG);
}

TEST(bad_rows_are_refused_with_the_reason)
{
    UNUSED_STATE;
    static const struct {
        const char *text;
        err_t err;
        const char *says;
    } cases[] = {
        {"user = 0\nname = a\naccount = 1\nowner = 1\nrisk_group = 1\ncash = 1\n", ERR_CONFIG, "0 is no id"},
        {"user = 1\nname = a b\naccount = 1\nowner = 1\nrisk_group = 1\ncash = 1\n", ERR_CONFIG,
         "a name has"},
        {"user = x\n", ERR_NUMBER, "no number"},
        {"user\n", ERR_SYNTAX, "no \"key = value\""},
        {"cash = 1\nname = anna0\nname = anna\n", ERR_EXISTS, "name is given twice"},
        {"\n = 3\n", ERR_SYNTAX, "no \"key"},
        {"max_open_position = 3\n", ERR_UNKNOWN_KEY, "max_open_positions"},
        {"max_open_positions = 3.5\n", ERR_CONFIG, "whole"},
        {"max_open_positions = 31\n", ERR_CONFIG, "outside"},
        {"preset = reckless\n", ERR_CONFIG, "no such preset"},
        {"watch = AAPL,aapl\n", ERR_SYNTAX, "no symbol"},
        {"watch = ,\n", ERR_SYNTAX, "no symbol"},
        {"user = 1\nname = a\naccount = 1\nowner = 1\nrisk_group = 1\ncash = 99999999999999999999\n",
         ERR_OVERFLOW, ""},
        {"user = 1\nname = a\naccount = 1\nowner = 1\nrisk_group = 1\ncash = 1\nexclude_sectors = 8192\n",
         ERR_CONFIG, "sector"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        diag_t why = {0};
        user_row_t r;
        err_t err = user_row_decode(str_from(cases[i].text), &why, &r);
        if (err != cases[i].err) {
            print_message("case %u: %d, %s\n", i, (int)err, why.text);
        }
        CHECK_EQ(err, cases[i].err);
        CHECK(strstr(why.text, cases[i].says) != NULL);
    }
}

TEST(a_list_has_an_end)
{
    UNUSED_STATE;
    user_row_t r = row_of(1);
    char symbol[LIMIT_SYMBOL];
    for (u32 i = 0; i < LIMIT_WATCH; i++) {
        (void)snprintf(symbol, sizeof symbol, "S%u", i);
        CHECK_OK(user_list_add(r.watch, str_from(symbol), NULL));
    }
    CHECK_EQ(user_list_add(r.watch, STR("ONEMORE"), NULL), ERR_BUFFER_FULL);
    CHECK_OK(user_row_check(&r, NULL));
    user_row_t clean = user_row_admit(&r);
    CHECK(memcmp(&clean, &r, sizeof r) == 0);
    memset(r.watch, 'A', sizeof r.watch);
    CHECK_EQ(user_row_check(&r, NULL), ERR_CONFIG);
    clean = user_row_admit(&r);
    CHECK(clean.barred && clean.watch[0] == '\0' && clean.account_id == r.account_id);
    CHECK_EQ(clean.cash.v, r.cash.v);
    CHECK_OK(user_row_check(&clean, NULL));
}

TEST(an_id_that_is_none_becomes_the_accounts)
{
    UNUSED_STATE;
    user_row_t r = row_of(7);
    user_row_t again;
    u8 bytes[USER_TEXT];
    writer_t w = writer_of(bytes, sizeof bytes);
    r.owner_id = USER_ID_MAX + 1;
    r.user_id = UINT64_MAX;
    CHECK_EQ(user_row_check(&r, NULL), ERR_CONFIG);
    user_row_t clean = user_row_admit(&r);
    CHECK(clean.barred && clean.owner_id == r.account_id && clean.user_id == r.account_id);
    CHECK_OK(user_row_check(&clean, NULL));
    CHECK_OK(user_row_encode(&r, &w));
    CHECK_OK(user_row_decode((str_t){.p = bytes, .n = (u32)w.used}, NULL, &again));
    CHECK(memcmp(&again, &clean, sizeof again) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preference_is_wired_inside_its_field),
        cmocka_unit_test(several_preferences_reach_their_own_fields),
        cmocka_unit_test(all_of_them_fit_into_the_overlay),
        cmocka_unit_test(a_preset_is_whole_whatever_the_house_has),
        cmocka_unit_test(what_is_outside_is_refused_and_changes_nothing),
        cmocka_unit_test(text_reads_back),
        cmocka_unit_test(all_together_hold_no_more_than_one_may),
        cmocka_unit_test(sub_ledgers_have_one_owner_and_one_mode),
        cmocka_unit_test(bad_rows_are_refused_with_the_reason),
        cmocka_unit_test(a_list_has_an_end),
        cmocka_unit_test(an_id_that_is_none_becomes_the_accounts),
    };
    return RUN_TESTS(tests);
}

/* Seals: the tree is that of RFC 6962, a day sealed once stays as it was, and an open day waits. */
#include "tests/test.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/seal.h"
#include "tests/store/make_events.h"
#include "tests/store/temp_home.h"

/* The eight leaves and the roots of the reference tests of Certificate Transparency (RFC 6962 trees). */
TEST(tree_of_rfc_6962)
{
    UNUSED_STATE;
    static const struct {
        const char *bytes;
        u32 n;
        const char *root; /* of the leaves up to this one; NULL: not published */
    } cases[] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    merkle_t m;
    merkle_begin(&m);
    digest_t none = merkle_root(&m);
    char hex[2 * sizeof none.b + 1];
    hex_print(hex, none.b, sizeof none.b);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        sha256_state_t s;
        sha256_begin(&s);
        sha256_add(&s, "\x00", 1);
        sha256_add(&s, cases[i].bytes, cases[i].n);
        digest_t leaf = sha256_end(&s);
        merkle_add(&m, &leaf);
        digest_t root = merkle_root(&m);
        hex_print(hex, root.b, sizeof root.b);
        assert_string_equal(hex, cases[i].root);
    }
}

typedef struct {
    char root[64];
    home_t home;
    store_t *store;
    journal_t *journal;
    run_id_t id;
} world_t;

/* A run of three days of five slices each; the third is left open unless `ended`. */
static void world_open(world_t *w, bool ended)
{
    temp_home_make(w->root);
    CHECK_OK(home_open(w->root, HOME_CREATE, NULL, &w->home));
    CHECK_OK(store_open_home(&w->home, false, true, NULL, &w->store));
    run_start_t start = {.kind = RUN_DEMO, .incarnation = make_id(9), .seed = 9, .config = STR("a = 1\n")};
    journal_options_t o = {0};
    CHECK_OK(journal_create(w->store, &start, &o, NULL, &w->journal));
    w->id = journal_run_id(w->journal);
    for (u32 i = 0; i < 15; i++) {
        event_t e = make_slice((20000 + i / 5) * NS_PER_DAY + i);
        CHECK_OK(journal_append(w->journal, &e));
        CHECK_OK(journal_step_end(w->journal, NULL));
    }
    run_end_t end = {.status = RUN_ENDED, .t_ended = 1, .counts = STR("{}")};
    CHECK_OK(ended ? journal_finish(w->journal, &end, NULL) : journal_flush(w->journal, NULL));
}

static void world_close(world_t *w)
{
    journal_close(w->journal);
    store_close(w->store);
    home_close(&w->home);
    temp_home_remove(w->root);
}

static void file_of(const world_t *w, char out[LIMIT_PATH])
{
    char name[64];
    (void)snprintf(name, sizeof name, HOME_SEALS "/%s.seal", w->id.text);
    home_path(&w->home, name, out);
}

TEST(days_are_sealed_once)
{
    UNUSED_STATE;
    world_t w = {0};
    seal_result_t first;
    seal_result_t again;
    world_open(&w, true);
    CHECK_OK(seal_run(&w.home, w.store, STR("latest"), NULL, &first));
    CHECK_EQ(first.days, 3);
    CHECK_EQ(first.added, 3);
    CHECK(!first.open);
    CHECK_EQ(first.last.day, 20002);
    CHECK_EQ(first.last.first_seq, 11);
    CHECK_EQ(first.last.last_seq, 15);
    CHECK_OK(seal_run(&w.home, w.store, STR("latest"), NULL, &again));
    CHECK_EQ(again.added, 0);
    CHECK(digest_eq(&first.last.seal, &again.last.seal));
    char path[LIMIT_PATH];
    struct stat st;
    home_path(&w.home, HOME_SEAL_KEY, path);
    CHECK_EQ(stat(path, &st), 0);
    CHECK_EQ(st.st_mode & 0777, 0600);
    world_close(&w);
}

/* The last day of a run that goes on is not sealed; when more days have come, it is, and the old lines stand.
 */
TEST(open_day_waits)
{
    UNUSED_STATE;
    world_t w = {0};
    seal_result_t r;
    world_open(&w, false);
    CHECK_OK(seal_run(&w.home, w.store, STR("latest"), NULL, &r));
    CHECK_EQ(r.days, 2);
    CHECK(r.open);
    digest_t second = r.last.seal;
    event_t e = make_slice(20003 * NS_PER_DAY);
    CHECK_OK(journal_append(w.journal, &e));
    CHECK_OK(journal_step_end(w.journal, NULL));
    CHECK_OK(journal_flush(w.journal, NULL));
    CHECK_OK(seal_run(&w.home, w.store, STR("latest"), NULL, &r));
    CHECK_EQ(r.days, 3);
    CHECK_EQ(r.added, 1);
    CHECK(digest_eq(&r.last.before, &second));
    world_close(&w);
}

/* Each edit of what was sealed, and of the key, is found and named; nothing is written over. */
TEST(edits_are_found)
{
    UNUSED_STATE;
    for (u32 edit = 0; edit < 4; edit++) {
        world_t w = {0};
        seal_result_t r;
        diag_t diag = {0};
        char path[LIMIT_PATH];
        world_open(&w, true);
        CHECK_OK(seal_run(&w.home, w.store, STR("latest"), NULL, &r));
        arena_t a;
        str_t text;
        CHECK_OK(arena_open(&a, 1 << 16));
        file_of(&w, path);
        if (edit == 3) {
            home_path(&w.home, HOME_SEAL_KEY, path);
        }
        CHECK_OK(os_file_read(&a, path, NULL, &text));
        u8 *bytes = arena_alloc(&a, text.n, 1);
        memcpy(bytes, text.p, text.n);
        u32 n = text.n;
        bytes[edit == 0 ? 60 : n - 2] ^= 1; /* 0: a digit of the first day; 1 and 3: the last; 2: see below */
        n = edit == 2 ? n - 40 : n;         /* 2: the last line is cut short */
        CHECK_OK(os_file_write(path, (str_t){.p = bytes, .n = n}, 0600, NULL));
        CHECK_EQ(seal_run(&w.home, w.store, STR("latest"), &diag, &r), ERR_CORRUPT);
        CHECK(strstr(diag.text, edit == 0 || edit == 3 ? "2024-10-04" : "2024-10-06") != NULL);
        str_t after;
        CHECK_OK(os_file_read(&a, path, NULL, &after));
        CHECK(after.n == n && memcmp(after.p, bytes, n) == 0);
        arena_close(&a);
        world_close(&w);
    }
}

static err_t count_leaf(void *ctx, const event_t *e, str_t bytes, const seal_salt_t *salt,
                        const digest_t *leaf)
{
    u32 *seen = ctx;
    digest_t own = seal_leaf(salt, bytes);
    CHECK(digest_eq(&own, leaf));
    CHECK_EQ(bytes.n, EVENT_HEADER_SIZE + e->head.length);
    (*seen)++;
    return ERR_OK;
}

/* Equal events have unequal leaves (another salt each): what is held back cannot be guessed and tried. */
TEST(leaves_are_salted)
{
    UNUSED_STATE;
    seal_key_t key = {{1, 2, 3}};
    seal_salt_t a = seal_salt(&key, make_id(1), 1);
    seal_salt_t b = seal_salt(&key, make_id(1), 2);
    digest_t la = seal_leaf(&a, STR("sold"));
    digest_t lb = seal_leaf(&b, STR("sold"));
    CHECK(!digest_eq(&la, &lb));
    world_t w = {0};
    u32 seen = 0;
    world_open(&w, true);
    seal_visitor_t visit = {.event = count_leaf, .ctx = &seen};
    CHECK_OK(seal_walk(w.store, STR("latest"), &key, &visit, NULL));
    CHECK_EQ(seen, 15);
    world_close(&w);
}

/* Whoever comes first makes the key, and everybody has that one. */
TEST(one_key_however_many_make_it)
{
    UNUSED_STATE;
    enum { CHILDREN = 8, ROUNDS = 20 };
    for (u32 round = 0; round < ROUNDS; round++) {
        char root[64];
        home_t home;
        int ends[2];
        temp_home_make(root);
        CHECK_OK(home_open(root, HOME_CREATE, NULL, &home));
        CHECK_EQ(pipe(ends), 0);
        for (u32 i = 0; i < CHILDREN; i++) {
            pid_t pid = fork();
            CHECK(pid >= 0);
            if (pid == 0) {
                seal_key_t mine = {0};
                bool ok = seal_key_open(&home, true, NULL, &mine) == ERR_OK &&
                          write(ends[1], mine.b, sizeof mine.b) == (ssize_t)sizeof mine.b;
                _exit(ok ? 0 : 1);
            }
        }
        for (u32 i = 0; i < CHILDREN; i++) {
            int status = 1;
            CHECK(wait(&status) > 0);
            CHECK_EQ(status, 0);
        }
        seal_key_t last = {0};
        CHECK_OK(seal_key_open(&home, false, NULL, &last));
        for (u32 i = 0; i < CHILDREN; i++) {
            seal_key_t one = {0};
            CHECK_EQ(read(ends[0], one.b, sizeof one.b), (ssize_t)sizeof one.b);
            CHECK(memcmp(one.b, last.b, sizeof one.b) == 0);
        }
        (void)close(ends[0]);
        (void)close(ends[1]);
        home_close(&home);
        temp_home_remove(root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_of_rfc_6962),  cmocka_unit_test(days_are_sealed_once),
        cmocka_unit_test(open_day_waits),    cmocka_unit_test(edits_are_found),
        cmocka_unit_test(leaves_are_salted), cmocka_unit_test(one_key_however_many_make_it),
    };
    return RUN_TESTS(tests);
}

/* Capsules: what was packed verifies anywhere; damaged, altered and hostile ones are refused, and nothing is
 * left behind. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faces/line.h"
#include "base/rng.h"
#include "os/file.h"
#include "os/host.h"
#include "store/capsule.h"
#include "store/journal_internal.h"
#include "tests/budget.h"
#include "tests/faces/research/made_store.h"
#include "tests/store/home.h"
#include "wire/tar.h"

enum { CAPSULE_MAX = 32 << 20 };

typedef struct {
    char home[HOME_SIZE]; /* of the run, and TMPDIR */
    char tmp[HOME_SIZE + 16];
    char capsule[HOME_SIZE + 16], other[HOME_SIZE + 16];
    char *out, *err;
    exit_code_t code;
    u8 *own_bytes;
    size_t size;
} world_t;

static void run(world_t *w, const char *home, const char *line)
{
    w->code = line_run(home, line, &w->out, &w->err);
}

static void world_open(world_t *w)
{
    char line[1024];
    memset(w, 0, sizeof *w);
    home_make(w->home);
    (void)snprintf(w->tmp, sizeof w->tmp, "%s/tmp", w->home);
    (void)snprintf(w->capsule, sizeof w->capsule, "%s/run.tar", w->home);
    (void)snprintf(w->other, sizeof w->other, "%s/other.tar", w->home);
    CHECK_OK(os_dir_make(w->tmp, 0700, NULL));
    CHECK_EQ(setenv("TMPDIR", w->tmp, 1), 0);
    made_store(w->home);
    run(w, w->home, "backtest --symbols S01,S02,S03,S04,S05,S06 --proxy S01 --quiet");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "capsule pack latest %s", w->capsule);
    run(w, w->home, line);
    if (w->code != EXIT_CODE_OK) {
        print_error("%s", w->err);
    }
    CHECK_EQ(w->code, EXIT_CODE_OK);
    FILE *f = fopen(w->capsule, "rb");
    CHECK(f != NULL);
    w->own_bytes = malloc(CAPSULE_MAX);
    w->size = fread(w->own_bytes, 1, CAPSULE_MAX, f);
    (void)fclose(f);
    CHECK(w->size > 4096 && w->size < CAPSULE_MAX);
}

static void world_close(world_t *w)
{
    (void)unsetenv("TMPDIR");
    free(w->out);
    free(w->err);
    free(w->own_bytes);
    home_remove(w->home);
}

static void write_other(const world_t *w, const u8 *bytes, size_t n)
{
    FILE *f = fopen(w->other, "wb");
    CHECK(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void verify(world_t *w, const char *path)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "capsule verify %s", path);
    run(w, "/nowhere/at/all", line);
    os_names_t left = {0};
    CHECK_OK(os_dir_list(w->tmp, NULL, &left));
    CHECK_EQ(left.count, 0); /* nothing stays behind, whatever came of it */
    os_names_free(&left);
}

TEST(what_was_packed_verifies_without_its_home)
{
    UNUSED_STATE;
    world_t w;
    char line[1024];
    world_open(&w);
    verify(&w, w.capsule);
    if (w.code != EXIT_CODE_OK) {
        print_error("%s", w.err);
    }
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.out, "replay matches") != NULL && strstr(w.out, "whole   capsule") != NULL);
    (void)snprintf(line, sizeof line, "capsule pack latest %s", w.capsule);
    run(&w, w.home, line);
    CHECK_EQ(w.code, EXIT_CODE_ERROR); /* never over an older one */
    CHECK(strstr(w.err, "is there already") != NULL);
    run(&w, w.home, "capsule");
    CHECK_EQ(w.code, EXIT_CODE_USAGE);
    run(&w, w.home, "capsule verify /nowhere/run.tar");
    CHECK_EQ(w.code, EXIT_CODE_NOT_FOUND);
    world_close(&w);
}

TEST(every_damage_is_refused)
{
    UNUSED_STATE;
    world_t w;
    world_open(&w);
    budget_t budget = budget_start(120);
    for (u64 k; budget_next(&budget, &k);) {
        u64 r = rng_at((rng_key_t){.seed = 6, .purpose = RNG_TEST, .entity = 12}, k);
        /* Within the members: behind the last one only zeros follow, which say nothing. */
        size_t at = r % (w.size - 2 * TAR_BLOCK);
        size_t n = w.size;
        u8 was = w.own_bytes[at];
        if (k % 4 == 3) {
            n = at;
        } else {
            w.own_bytes[at] = (u8)(was ^ (1U << ((r >> 40) % 8)));
        }
        write_other(&w, w.own_bytes, n);
        w.own_bytes[at] = was;
        verify(&w, w.other);
        /* Padding between members, and blanks in a header, are no part of what a capsule says. */
        bool silent = k % 4 != 3 && was == 0;
        if (w.code == EXIT_CODE_OK && !silent) {
            print_error("byte %zu of %zu: not seen\n", at, w.size);
        }
        CHECK(w.code != EXIT_CODE_OK || silent);
        CHECK(w.code == EXIT_CODE_OK || strstr(w.err, "do: ") != NULL);
    }
    budget_say(&budget, "damages");
    world_close(&w);
}

/* A member of the archive: where its content begins; NULL if it is not there. */
static u8 *member(u8 *bytes, size_t size, const char *name, u64 *length)
{
    for (size_t at = 0; at + TAR_BLOCK <= size;) {
        tar_member_t m;
        if (tar_header_read(bytes + at, &m) != ERR_OK) {
            return NULL;
        }
        if (strcmp(m.name, name) == 0) {
            *length = m.size;
            return bytes + at + TAR_BLOCK;
        }
        at += TAR_BLOCK + m.size + tar_padding(m.size);
    }
    return NULL;
}

/* The content of a member changed, and its hash in the manifest with it: what a forger would do. */
static void forge(world_t *w, const char *name, const char *from, const char *to)
{
    u64 n = 0;
    u64 manifest_n = 0;
    char old_hex[65];
    char new_hex[65];
    u8 *content = member(w->own_bytes, w->size, name, &n);
    u8 *manifest = member(w->own_bytes, w->size, "MANIFEST", &manifest_n);
    CHECK(content != NULL && manifest != NULL);
    digest_t d = sha256_of(content, n);
    hex_print(old_hex, d.b, sizeof d.b);
    u8 *at = memmem(content, n, from, strlen(from));
    CHECK(at != NULL && strlen(from) == strlen(to));
    memcpy(at, to, strlen(to));
    d = sha256_of(content, n);
    hex_print(new_hex, d.b, sizeof d.b);
    u8 *line = memmem(manifest, manifest_n, old_hex, 64);
    CHECK(line != NULL);
    memcpy(line, new_hex, 64);
}

TEST(a_forged_report_is_found)
{
    UNUSED_STATE;
    world_t w;
    world_open(&w);
    forge(&w, "report.json", "\"total_return\":", "\"total_Return\":");
    write_other(&w, w.own_bytes, w.size);
    verify(&w, w.other);
    CHECK_EQ(w.code, EXIT_CODE_ERROR);
    CHECK(strstr(w.err, "its report claims other figures") != NULL);
    world_close(&w);
}

TEST(names_that_lead_outside_are_refused)
{
    UNUSED_STATE;
    static const char *const names[] = {"../../../../tmp/x.db", "/etc/vitrine.db", "bars/../x",
                                        "bars/zz/x.bars", "vitrine.db-wal"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        world_t w;
        tar_member_t m;
        char from[96];
        char to[96];
        world_open(&w);
        u64 n = 0;
        u8 *manifest = member(w.own_bytes, w.size, "MANIFEST", &n);
        u8 *report = member(w.own_bytes, w.size, "report.json", &n);
        CHECK(manifest != NULL && report != NULL);
        CHECK_OK(tar_header_read(report - TAR_BLOCK, &m));
        /* The manifest agrees with the name: only the name itself is wrong. Equal lengths keep the rest in
         * place. */
        (void)snprintf(from, sizeof from, " report.json\n");
        (void)snprintf(to, sizeof to, " %-11.11s\n", names[i]);
        for (char *c = to + 1; *c != '\n'; c++) {
            *c = *c == ' ' ? 'x' : *c;
        }
        u8 *at = memmem(manifest, 4096, from, strlen(from));
        CHECK(at != NULL);
        memcpy(at, to, strlen(to));
        (void)snprintf(m.name, sizeof m.name, "%.11s", to + 1);
        CHECK_OK(tar_header(&m, report - TAR_BLOCK));
        write_other(&w, w.own_bytes, w.size);
        verify(&w, w.other);
        CHECK_EQ(w.code, EXIT_CODE_ERROR);
        CHECK(strstr(w.err, "does not name so") != NULL);
        world_close(&w);
    }
}

/* Every line of the manifest is a claim about the run. */
TEST(a_claim_of_other_data_or_logic_is_found)
{
    UNUSED_STATE;
    static const char *const keys[] = {"\ndata ", "\nlogic ", "\ndecisions ", "\njournal "};
    world_t w;
    world_open(&w);
    u64 n = 0;
    u8 *manifest = member(w.own_bytes, w.size, "MANIFEST", &n);
    CHECK(manifest != NULL);
    for (u32 i = 0; i < COUNT_OF(keys); i++) {
        u8 *at = memmem(manifest, n, keys[i], strlen(keys[i]));
        CHECK(at != NULL);
        at += strlen(keys[i]);
        u8 was = *at;
        *at = was == '0' ? '1' : '0';
        write_other(&w, w.own_bytes, w.size);
        *at = was;
        verify(&w, w.other);
        CHECK_EQ(w.code, EXIT_CODE_ERROR);
        CHECK(strstr(w.err, "not the one that the manifest claims") != NULL);
    }
    world_close(&w);
}

TEST(a_database_with_a_view_is_not_plain)
{
    UNUSED_STATE;
    world_t w;
    home_t home;
    store_t *store = NULL;
    diag_t diag = {0};
    world_open(&w);
    CHECK_OK(home_open(w.home, 0, &diag, &home));
    CHECK_OK(capsule_is_plain(&home, &diag));
    CHECK_OK(store_open_home(&home, false, false, &diag, &store));
    CHECK_OK(sql_exec(store->own_db, "CREATE VIEW endless AS SELECT 1", &diag));
    store_close(store);
    CHECK_EQ(capsule_is_plain(&home, &diag), ERR_CORRUPT);
    home_close(&home);
    world_close(&w);
}

/* Cut short, the folder's name would be that of another folder, which is cleared at the end. */
TEST(a_folder_whose_name_does_not_fit_is_not_used)
{
    UNUSED_STATE;
    world_t w;
    char line[1024];
    char deep[LIMIT_PATH];
    world_open(&w);
    memset(deep, 'x', sizeof deep);
    deep[LIMIT_PATH / 2 - 4] = '\0';
    CHECK_EQ(setenv("TMPDIR", deep, 1), 0);
    (void)snprintf(line, sizeof line, "capsule verify %s", w.capsule);
    run(&w, w.home, line);
    CHECK_EQ(w.code, EXIT_CODE_ERROR);
    CHECK(strstr(w.err, "TMPDIR: its path is too long") != NULL);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_packed_verifies_without_its_home),
                                       cmocka_unit_test(every_damage_is_refused),
                                       cmocka_unit_test(a_forged_report_is_found),
                                       cmocka_unit_test(names_that_lead_outside_are_refused),
                                       cmocka_unit_test(a_claim_of_other_data_or_logic_is_found),
                                       cmocka_unit_test(a_database_with_a_view_is_not_plain),
                                       cmocka_unit_test(a_folder_whose_name_does_not_fit_is_not_used)};
    return RUN_TESTS(tests);
}

/* `vitrine data backup` as a user meets it: the copy put in the database's place is the same home. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "store/home.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"
#include "wire/json.h"

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
} world_t;

static exit_code_t run(world_t *w, const char *line)
{
    return line_run(w->home, line, &w->out, &w->err);
}

static void named(const world_t *w, const char *name, char out[LIMIT_PATH])
{
    (void)snprintf(out, LIMIT_PATH, "%s/%s", w->home, name);
}

TEST(a_home_lives_on_from_its_backup)
{
    UNUSED_STATE;
    world_t w = {0};
    arena_t a;
    u8 memory[1 << 14];
    const json_t *j = NULL;
    str_t text = {0};
    char copy[LIMIT_PATH];
    char path[LIMIT_PATH];
    home_make(w.home);
    CHECK_EQ(run(&w, "demo --headless --quiet --sessions 1 --stocks 5"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "report latest --json"), EXIT_CODE_OK);
    char *before = w.out;
    w.out = NULL;
    CHECK_EQ(run(&w, "data backup --json"), EXIT_CODE_OK);
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(json_parse(&a, str_from(w.out), NULL, &j));
    CHECK_OK(json_to_str(json_get(j, "backup"), &text));
    CHECK_OK(str_copy(copy, sizeof copy, text));
    CHECK(strstr(w.out, "\"kept\":1,\"removed\":0}") != NULL);
    static const char *const gone[] = {HOME_DB "-wal", HOME_DB "-shm", HOME_DB};
    for (u32 i = 0; i < COUNT_OF(gone); i++) {
        named(&w, gone[i], path);
        CHECK(!os_exists(path) || os_remove(path, NULL) == ERR_OK);
    }
    CHECK(run(&w, "report latest --json") != EXIT_CODE_OK);
    CHECK_EQ(rename(copy, path), 0);
    CHECK_EQ(run(&w, "report latest --json"), EXIT_CODE_OK);
    CHECK_STR(w.out, before);
    CHECK_EQ(run(&w, "audit verify"), EXIT_CODE_OK); /* and the note beside it agrees */
    free(before);
    CHECK_EQ(run(&w, "data backup --keep 2"), EXIT_CODE_OK);
    CHECK(strstr(w.out, "  1 backup kept, 0 removed\n") != NULL);
    free(w.out);
    free(w.err);
    home_remove(w.home);
}

TEST(mistakes_have_remedies)
{
    UNUSED_STATE;
    world_t w = {0};
    home_t owner;
    home_make(w.home);
    CHECK_EQ(run(&w, "data backup"), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(w.err, "there is no database in this home yet") != NULL);
    CHECK_EQ(run(&w, "demo --headless --quiet --sessions 1 --stocks 5"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "data backup --keep 0"), EXIT_CODE_USAGE);
    CHECK_EQ(run(&w, "data backup now"), EXIT_CODE_USAGE);
    CHECK_OK(home_open(w.home, HOME_OWN, NULL, &owner)); /* as an engine does */
    CHECK(run(&w, "data backup") != EXIT_CODE_OK);
    CHECK(strstr(w.err, "do: ") != NULL);
    home_close(&owner);
    CHECK_EQ(run(&w, "data backup"), EXIT_CODE_OK);
    char line[LINE_BYTES]; /* nothing is written over one */
    (void)snprintf(line, sizeof line, "report latest --html %.*s", (int)strcspn(w.out, "\n"), w.out);
    CHECK_EQ(run(&w, line), EXIT_CODE_USAGE);
    free(w.out);
    free(w.err);
    home_remove(w.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_lives_on_from_its_backup),
        cmocka_unit_test(mistakes_have_remedies),
    };
    return RUN_TESTS(tests);
}

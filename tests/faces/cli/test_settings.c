/* Layers of settings: the later wins, each value knows where it came from, a wrong key names the right one.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faces/cli/settings.h"
#include "os/file.h"

typedef struct {
    char home[64];
    char file[96];
} world_t;

static void world_open(world_t *w, const char *file)
{
    (void)snprintf(w->home, sizeof w->home, "/tmp/vitrine-test-XXXXXX");
    CHECK(mkdtemp(w->home) != NULL);
    (void)snprintf(w->file, sizeof w->file, "%s/config.toml", w->home);
    if (file != NULL) {
        CHECK_OK(os_file_write(w->file, str_from(file), 0600, NULL));
    }
}

static void world_close(world_t *w)
{
    (void)unlink(w->file);
    CHECK_EQ(rmdir(w->home), 0);
}

static f64 value(const settings_t *s, const char *key)
{
    return key_get(&s->config, key_find(str_from(key)));
}

static const char *origin(const settings_t *s, const char *key)
{
    return origin_name(settings_origin(s, key_find(str_from(key))));
}

static char *environment[] = {
    (char *)(uintptr_t) "PATH=/bin",
    (char *)(uintptr_t) "VITRINE__RISK__MAX_OPEN_POSITIONS=7",
    (char *)(uintptr_t) "VITRINE__GATE__ADAPTIVE=false",
    (char *)(uintptr_t) "VITRINE_HOME=/somewhere",
    NULL,
};

TEST(layers)
{
    UNUSED_STATE;
    world_t w;
    settings_t s;
    args_t args;
    diag_t d = {0};
    char *argv[] = {(char *)(uintptr_t) "vitrine", (char *)(uintptr_t) "config",
                    (char *)(uintptr_t) "--seed=42", (char *)(uintptr_t) "--preset=growth"};
    world_open(&w, "profile = \"swing\"\npreset = \"aggressive\"\n[risk]\nmax_open_positions = 3\n[screen]\n"
                   "min_price = 6\n[process]\nthreads = 2\n");
    CHECK_OK(args_parse(4, argv, &d, &args));
    CHECK_OK(settings_load(w.home, environment, &args, &d, &s));
    CHECK_EQ(s.config.profile, PROFILE_SWING);
    CHECK_EQ(s.config.preset, PRESET_GROWTH);
    CHECK_EQ(s.preset_origin, ORIGIN_OPTION);
    CHECK_EQ(s.profile_origin, ORIGIN_FILE);
    CHECK(value(&s, "risk.max_open_positions") == 7);
    CHECK_STR(origin(&s, "risk.max_open_positions"), "env");
    CHECK(value(&s, "gate.adaptive") == 0);
    CHECK(value(&s, "screen.min_price") == 6);
    CHECK_STR(origin(&s, "screen.min_price"), "file");
    CHECK_STR(origin(&s, "pace.enabled"), "profile");
    CHECK_STR(origin(&s, "size.risk_pct"), "preset");
    CHECK(value(&s, "size.risk_pct") == 1.5);
    CHECK_STR(origin(&s, "screen.min_daily_bars"), "default");
    CHECK_EQ(s.process.threads, 2);
    CHECK_EQ(s.process.seed, 42);
    world_close(&w);
}

TEST(without_anything_the_defaults_hold)
{
    UNUSED_STATE;
    world_t w;
    settings_t s;
    config_t plain = config_default(PROFILE_DAY, PRESET_MODERATE);
    world_open(&w, NULL);
    CHECK_OK(settings_load(w.home, NULL, NULL, NULL, &s));
    CHECK(!s.file_found);
    digest_t a = config_hash(&s.config);
    digest_t b = config_hash(&plain);
    CHECK(digest_eq(&a, &b));
    world_close(&w);
}

typedef struct {
    const char *file;
    err_t err;
    const char *said[3];
} case_t;

TEST(faults_have_place_and_remedy)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {"[size]\nrsk_pct = 1\n",
         ERR_UNKNOWN_KEY,
         {"no key size.rsk_pct", "config.toml:2:", "did you mean size.risk_pct?"}},
        {"[process]\nprot = 1\n", ERR_UNKNOWN_KEY, {"did you mean process.port?", "config.toml:2:", "do: "}},
        {"[size]\nrisk_pct = 999\n",
         ERR_CONFIG,
         {"size.risk_pct = 999 is outside", "config.toml:2:", "do: "}},
        {"[screen]\nmin_daily_bars = 60.5\n", ERR_CONFIG, {"whole numbers", "config.toml:2:", "do: "}},
        {"[gate]\nadaptive = 1\n", ERR_CONFIG, {"true or false", "config.toml:2:", "do: "}},
        {"[size]\nrisk_pct = true\n", ERR_CONFIG, {"a number", "config.toml:2:", "do: "}},
        {"[size]\nrisk_pct = \"x\"\n", ERR_CONFIG, {"a number", "config.toml:2:", "do: "}},
        {"[size]\nrisk_pct = \"1\"\n",
         ERR_CONFIG,
         {"size.risk_pct must be a number, and what stands there is text", "config.toml:2:",
          "\ndo: write 1 without quotes"}},
        {"[gate]\nadaptive = \"true\"\n",
         ERR_CONFIG,
         {"gate.adaptive must be true or false, and", "config.toml:2:", "\ndo: write true without quotes"}},
        {"[process]\nthreads = \"2\"\n",
         ERR_CONFIG,
         {"process.threads must be a number, and", "config.toml:2:", "\ndo: write 2 without quotes"}},
        {"[process]\nthreads = true\n", ERR_CONFIG, {"process.threads must be a number\n", ":2:", "do: "}},
        {"[size]\nrisk_pct = [1]\n", ERR_CONFIG, {"not a list", "config.toml:2:", ""}},
        {"preset = \"brave\"\n", ERR_CONFIG, {"ultra_conservative", "config.toml:1:", ""}},
        {"profile = 1\n", ERR_CONFIG, {"\"day\" or \"swing\"", "config.toml:1:", ""}},
        {"[size\n", ERR_CONFIG, {"config.toml:1:", "", ""}},
        {"[size]\n# risk_pct = 1\n[process]\n", ERR_OK, {"", "", ""}},
        {"[size]\n[sise]\n", ERR_UNKNOWN_KEY, {"no key sise", "config.toml:2:", "do: "}},
        {"[process]\nport = 70000\n", ERR_CONFIG, {"0 to 65535", "config.toml:2:", "do: "}},
        {"[process]\nport = 1.5\n", ERR_CONFIG, {"whole number", "config.toml:2:", "do: "}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world_t w;
        settings_t s;
        diag_t d = {0};
        world_open(&w, cases[i].file);
        CHECK_EQ(settings_load(w.home, NULL, NULL, &d, &s), cases[i].err);
        for (size_t j = 0; j < 3; j++) {
            CHECK(strstr(d.text, cases[i].said[j]) != NULL);
        }
        world_close(&w);
    }
}

TEST(a_wrong_variable_is_refused_too)
{
    UNUSED_STATE;
    char *wrong[] = {(char *)(uintptr_t) "VITRINE__SIZE__RISK_PC=1", NULL};
    char *text[] = {(char *)(uintptr_t) "VITRINE__SIZE__RISK_PCT=lots", NULL};
    char *preset[] = {(char *)(uintptr_t) "VITRINE__PRESET=brave", NULL};
    settings_t s;
    diag_t d = {0};
    CHECK_EQ(settings_load("/nowhere", wrong, NULL, &d, &s), ERR_UNKNOWN_KEY);
    CHECK(strstr(d.text, "VITRINE__SIZE__RISK_PC") != NULL &&
          strstr(d.text, "did you mean size.risk_pct") != NULL);
    CHECK_EQ(settings_load("/nowhere", text, NULL, NULL, &s), ERR_CONFIG);
    CHECK_EQ(settings_load("/nowhere", preset, NULL, NULL, &s), ERR_CONFIG);
}

TEST(home_comes_from_option_then_environment)
{
    UNUSED_STATE;
    char home[LIMIT_PATH];
    char *user[] = {(char *)(uintptr_t) "HOME=/h", NULL};
    char *none[] = {NULL};
    args_t args;
    char *argv[] = {(char *)(uintptr_t) "vitrine", (char *)(uintptr_t) "config",
                    (char *)(uintptr_t) "--home=/o"};
    CHECK_OK(args_parse(3, argv, NULL, &args));
    CHECK_OK(settings_home(&args, environment, NULL, home));
    CHECK_STR(home, "/o");
    CHECK_OK(settings_home(NULL, environment, NULL, home));
    CHECK_STR(home, "/somewhere");
    CHECK_OK(settings_home(NULL, user, NULL, home));
    CHECK_STR(home, "/h/.vitrine");
    CHECK_EQ(settings_home(NULL, none, NULL, home), ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers),
        cmocka_unit_test(without_anything_the_defaults_hold),
        cmocka_unit_test(faults_have_place_and_remedy),
        cmocka_unit_test(a_wrong_variable_is_refused_too),
        cmocka_unit_test(home_comes_from_option_then_environment),
    };
    return RUN_TESTS(tests);
}

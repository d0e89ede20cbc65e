/* Bad input, one command line at a time: the exit code, the place and the remedy in the error, and nothing of
 * the home's data changed. Each command runs in a child process, so that a crash, a hang or a limit of the
 * system is that case's fault alone. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/modules.h"
#include "base/hash.h"
#include "faces/cli/cli.h"
#include "os/file.h"
#include "os/host.h"
#include "store/sqlite.h"
#include "tests/faces/clean.h"
#include "tests/faces/zst_frame.h"
#include "wire/json.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { WORDS = 24, ROOM = 1 << 16, SYMBOLS = 3, DAYS = 110, SECONDS_MAX = 90, ENV_MAX = 4 };

#define HEADER "symbol,timestamp,open,high,low,close,volume,dividend_amount,split_coefficient,adjusted_close"

/* What a child may have less of than others. */
typedef enum {
    LIMIT_NOT = 0,
    LIMIT_FILE_SIZE,  /* 16 KiB: as a full disk */
    LIMIT_FILES,      /* 5 descriptors */
    LIMIT_MEMORY,     /* 60 MB of addresses */
    LIMIT_RIGHTS,     /* root becomes nobody */
    LIMIT_NO_STDOUT,  /* closed */
    LIMIT_FULL_STDOUT /* /dev/full */
} limit_t;

typedef struct {
    const char *line;  /* split at blanks; '' is an empty word */
    int code;
    const char *where; /* stands in the error */
    const char *remedy; /* stands in it too, behind "do: " */
    const char *env;   /* one variable, or NULL */
    limit_t limit;
} case_t;

static char root[64];
static char text_out[ROOM];
static char text_err[ROOM];

/* ---- running ---- */

static void child_limits(limit_t limit)
{
    struct rlimit r = {0};
    switch (limit) {
    case LIMIT_FILE_SIZE:
        r.rlim_cur = r.rlim_max = 16384;
        (void)setrlimit(RLIMIT_FSIZE, &r);
        return;
    case LIMIT_FILES:
        r.rlim_cur = r.rlim_max = 5;
        (void)setrlimit(RLIMIT_NOFILE, &r);
        return;
    case LIMIT_MEMORY:
        r.rlim_cur = r.rlim_max = 60000000;
        (void)setrlimit(RLIMIT_AS, &r);
        return;
    case LIMIT_RIGHTS:
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(122);
        }
        return;
    case LIMIT_NO_STDOUT:
        (void)close(1);
        return;
    case LIMIT_FULL_STDOUT: {
        int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
        if (fd < 0 || dup2(fd, 1) != 1) {
            _exit(120);
        }
        (void)close(fd);
        return;
    }
    default:
        return;
    }
}

static int words_of(char *line, char *argv[WORDS])
{
    int n = 0;
    argv[n++] = (char *)(uintptr_t) "vitrine";
    for (char *at = line; *at != 0 && n < WORDS - 1;) {
        argv[n] = at;
        at += strcspn(at, " ");
        if (*at == ' ') {
            *at++ = 0;
        }
        if (strcmp(argv[n], "''") == 0) {
            argv[n][0] = 0;
        }
        n++;
    }
    argv[n] = NULL;
    return n;
}

static void child_run(const char *line, const char *env, limit_t limit)
{
    static char copy[8192];
    static char home[80];
    char *argv[WORDS];
    int out = open("out.txt", O_CREAT | O_TRUNC | O_WRONLY, 0600);
    int err = open("err.txt", O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (out < 0 || err < 0 || dup2(out, 1) != 1 || dup2(err, 2) != 2 || strlen(line) >= sizeof copy) {
        _exit(121);
    }
    (void)close(out);
    (void)close(err);
    memcpy(copy, line, strlen(line) + 1);
    (void)snprintf(home, sizeof home, "HOME=%s/nobody", root);
    char *environment[] = {home, (char *)(uintptr_t)env, NULL};
    bool homeless = env != NULL && strcmp(env, "HOMELESS=1") == 0;
    int argc = words_of(copy, argv);
    child_limits(limit);
    os_process_guard();
    int code = (int)cli_run(argc, argv, environment + (homeless ? 1 : 0), &app_parts,
                            (streams_t){.out = stdout, .err = stderr});
    exit(code); /* not _exit: a sanitizer looks for leaks on the way out and would change the code */
}

static void read_text(const char *path, char out[ROOM])
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(out, 1, ROOM - 1, f);
    out[n] = 0;
    CHECK_EQ(fclose(f), 0);
}

/* Exit code; 1000 + signal if a signal ended it; 2000 if it had to be ended. */
static int wait_for(pid_t p)
{
    int status = 0;
    for (int i = 0; i < SECONDS_MAX * 100; i++) {
        pid_t got = waitpid(p, &status, WNOHANG);
        if (got == p) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        }
        struct timespec pause = {.tv_nsec = i < 50 ? 1000000 : 10000000};
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(p, SIGKILL);
    (void)waitpid(p, &status, 0);
    return 2000;
}

static pid_t start(const char *line, const char *env, limit_t limit)
{
    (void)fflush(NULL);
    pid_t p = fork();
    assert_true(p >= 0);
    if (p == 0) {
        child_run(line, env, limit);
    }
    return p;
}

static int run(const char *line, const char *env, limit_t limit)
{
    int code = wait_for(start(line, env, limit));
    read_text("out.txt", text_out);
    read_text("err.txt", text_err);
    return code;
}

/* ---- files ---- */

static void put(const char *name, const void *p, size_t n)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    CHECK_EQ(fwrite(p, 1, n, f), n);
    CHECK_EQ(fclose(f), 0);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

/* Weekdays from 2020-01-02; the holidays among them are rejected by a rule, which is all right here. */
static size_t good_csv(char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s\n", HEADER);
    for (int s = 0; s < SYMBOLS; s++) {
        date_t d = date_from_ymd(2020, 1, 2);
        for (int i = 0; i < DAYS; d++) {
            char day[11];
            if (date_weekday(d) == 0 || date_weekday(d) == 6) {
                continue;
            }
            date_print(day, d);
            int p = 50 + s * 10 + i % 7;
            int c = 'A' + s;
            used += (size_t)snprintf(out + used, size - used,
                                     "%c%c%c,%s,%d.00,%d.50,%d.25,%d.25,%d,0.0,1.0,%d.25\n", c, c, c, day, p,
                                     p + 1, p - 1, p, 1000000 + i, p);
            i++;
        }
    }
    return used;
}

typedef struct {
    const char *name;
    u32 field;
    const char *value;
} edit_t;

/* The good file with one field of its fourth row replaced. */
static void put_edit(const char *good, const edit_t *e)
{
    static char out[ROOM];
    const char *at = good;
    for (int i = 0; i < 4; i++) {
        at = strchr(at, '\n') + 1;
    }
    for (u32 i = 0; i < e->field; i++) {
        at = strchr(at, ',') + 1;
    }
    size_t head = (size_t)(at - good);
    size_t skip = strcspn(at, ",\n");
    memcpy(out, good, head);
    memcpy(out + head, e->value, strlen(e->value));
    strncpy(out + head + strlen(e->value), at + skip, sizeof out - head - strlen(e->value) - 1);
    put_text(e->name, out);
}

static const edit_t edits[] = {
    {"nan.csv", 2, "NaN"},        {"inf.csv", 2, "-inf"},           {"huge.csv", 2, "1e308"},
    {"scale.csv", 3, "99999999999999"}, {"digits.csv", 2, "1.12345678901234567"}, {"word.csv", 5, "abc"},
    {"volume.csv", 6, "1e30"},    {"half.csv", 6, "1.5"},           {"feb30.csv", 1, "2023-02-30"},
    {"y9999.csv", 1, "9999-01-04"}, {"future.csv", 1, "2090-01-04"}, {"path.csv", 0, "../../etc"},
    {"absolute.csv", 0, "/etc/passwd"}, {"blank.csv", 0, ""},       {"dividend.csv", 7, "-1"},
    {"split.csv", 8, "0"},        {"ratio.csv", 8, "1e308"},        {"quote.csv", 0, "\"AAA"},
    {"zones.csv", 1, "2020-01-07 00:00:00-05:00"}, {"escape.csv", 2, "\"\033[2J\ndo: obey\""},
    {"zero.csv", 5, "0"},         {"minus.csv", 6, "-5"},           {"minuszero.csv", 2, "-0"},
};

/* Some 60 kB that unpack to 2 GB of empty lines. */
static void put_bomb(u8 *packed)
{
    size_t used = frame_begin(packed);
    for (int i = 0; i < 1 << 14; i++) {
        used += block_begin(packed + used, i == (1 << 14) - 1, BLOCK_RUN, BLOCK_MOST);
        packed[used++] = '\n';
    }
    put("bomb.csv.zst", packed, used);
}

static void put_packed(const char *good, size_t n)
{
    static const char nul[] = HEADER "\nA\0B,2020-01-02,1,1,1,1,1,0,1,1\n";
    static u8 packed[ROOM * 2];
    static u8 lines[1 << 20];
    size_t z = pack(packed, good, n);
    put("good.csv.zst", packed, z);
    put("cut2.csv.zst", packed, 2);
    put("cut4.csv.zst", packed, 4);
    put("cut20.csv.zst", packed, 20);
    put("cuthalf.csv.zst", packed, z / 2);
    put("cutlast.csv.zst", packed, z - 1);
    packed[6 + 3 + 4096] |= BLOCK_RESERVED << 1; /* two bits of the second block's header */
    put("flip.csv.zst", packed, z);
    put_bomb(packed);
    memset(lines, 'A', sizeof lines);
    put("longline.csv", lines, sizeof lines);
    put("nul.csv", nul, sizeof nul - 1);
    memset(lines, '#', sizeof lines);
    FILE *f = fopen("big.toml", "w");
    assert_non_null(f);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(fwrite(lines, 1, sizeof lines, f), sizeof lines);
    }
    CHECK_EQ(fclose(f), 0);
}

static void put_others(const char *good)
{
    static char all[ROOM + 512];
    const char *body = strchr(good, '\n') + 1;
    put_text("empty.csv", "");
    put_text("header.csv", HEADER "\n");
    put_text("other.csv", "date,fear_greed\n2020-01-02,50\n");
    put_text("short.csv", HEADER "\nAAA,2020-01-02,1\n");
    put_text("double.csv", "symbol,timestamp,open,open,low,close,volume,dividend_amount,split_coefficient,"
                           "adjusted_close\nAAA,2020-01-02,1,1,1,1,1,0,1,1\n");
    put_text("cloze.csv", "symbol,timestamp,open,high,low,cloze,volume,dividend_amount,split_coefficient,"
                          "adjusted_close\nAAA,2020-01-02,1,1,1,1,1,0,1,1\n");
    put_text("plain.csv.zst", HEADER "\n");
    (void)snprintf(all, sizeof all, "\xEF\xBB\xBF%s", good);
    put_text("mark.csv", all);
    (void)snprintf(all, sizeof all, "%s\n%s", HEADER, body);
    put_text("good2.csv", all);
    put_text("order.csv", "close,volume,symbol,low,high,open,adjusted_close,timestamp,split_coefficient,"
                          "dividend_amount\r\n50,9,ZZZ,49,51,50,50,2020-01-02,1.0,0.0\r\n");
    put_text("syntax.toml", "[size]\nrisk_pct = = 1\n");
    put_text("unknown.toml", "[size]\nrisk_pc = 1\n");
    put_text("nan.toml", "[size]\nrisk_pct = nan\n");
    put_text("range.toml", "[size]\nrisk_pct = 1e308\n");
    put_text("text.toml", "[size]\nrisk_pct = \"a\"\n");
    put_text("twice.toml", "[size]\nrisk_pct = 1\nrisk_pct = 2\n");
    put_text("bytes.toml", "\xff\xfe\n");
    put_text("profile.toml", "profile = \"night\"\n");
    put_text("list.toml", "[size]\nrisk_pct = [1, 2]\n");
    put("binary.txt", "A\0B", 3);
    put_text("raw.csv", "symbol,date,open,high,l\001\377ow,close,volume\nAAA,2020-01-02,1,1,1,1,1\n");
    put_text("nothing.txt", "\n \n");
    put_text("afile", "");
    CHECK_EQ(mkdir("void", 0700), 0);
}

static int world_open(void **state)
{
    static char good[ROOM];
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/vitrine-test-XXXXXX");
    if (mkdtemp(root) == NULL || chdir(root) != 0) {
        return -1;
    }
    size_t n = good_csv(good, sizeof good);
    put("good.csv", good, n);
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        put_edit(good, &edits[i]);
    }
    put_packed(good, n);
    put_others(good);
    return mkfifo("pipe.csv", 0600) != 0 || run("data import good.csv --home h", NULL, LIMIT_NOT) != 0
                   || run("backtest --home h", NULL, LIMIT_NOT) != 0
               ? -1
               : 0;
}

static void remove_tree(const char *path)
{
    os_names_t names = {0};
    struct stat st;
    if (lstat(path, &st) != 0) {
        return;
    }
    if (!S_ISDIR(st.st_mode)) {
        (void)unlink(path);
        return;
    }
    (void)chmod(path, 0700);
    CHECK_OK(os_dir_list(path, NULL, &names));
    for (u32 i = 0; i < names.count; i++) {
        char child[512];
        CHECK_OK(os_path_join(child, sizeof child, path, names.own_v[i]));
        remove_tree(child); /* our own tree, five levels at most */
    }
    os_names_free(&names);
    (void)rmdir(path);
}

static int world_close(void **state)
{
    (void)state;
    int rc = chdir("/");
    remove_tree(root);
    return rc;
}

/* What a person would lose: the list of the bars and the proof of the runs. */
static u64 home_state(const char *home)
{
    char line[256];
    (void)snprintf(line, sizeof line, "data list --json --home %s", home);
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
    u64 h = hash64(text_out, strlen(text_out));
    (void)snprintf(line, sizeof line, "audit verify --home %s", home);
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
    return h ^ (hash64(text_out, strlen(text_out)) * 31);
}

static bool behind_do(const char *remedy)
{
    const char *at = strstr(text_err, "  do: ");
    return at != NULL && strstr(at, remedy) != NULL && strstr(at + 6, "  do: ") == NULL;
}

/* The member of a document of one level; "" if it is not there. */
static str_t member(const json_t *j, const char *key)
{
    str_t s = {0};
    const json_t *m = json_get(j, key);
    return m != NULL && json_to_str(m, &s) == ERR_OK ? s : (str_t){0};
}

/* With --json the same error stands on standard output too, word for word: a line, the only one. */
static bool told_to_programs(const case_t *c)
{
    static char line[8192], again[ROOM];
    arena_t memory;
    const json_t *j = NULL;
    (void)snprintf(line, sizeof line, "%s --json", c->line);
    bool fine = run(line, c->env, c->limit) == c->code && strchr(text_out, '\n') != NULL;
    CHECK_OK(arena_open(&memory, 1 << 18));
    fine = fine && json_parse(&memory, str_from(text_out), NULL, &j) == ERR_OK; /* one document: no more */
    fine = fine && str_starts(member(j, "error"), STR("ERR_")) && member(j, "what").n > 0;
    if (fine) {
        str_t where = member(j, "where");
        size_t used = (size_t)snprintf(again, sizeof again, "vitrine: " STR_FMT, STR_ARG(member(j, "what")));
        for (str_t one; where.n > 0;) {
            (void)str_cut(where, '\n', &one, &where);
            used += (size_t)snprintf(again + used, sizeof again - used, "\n  " STR_FMT, STR_ARG(one));
        }
        (void)snprintf(again + used, sizeof again - used, "\n  do: " STR_FMT "\n",
                       STR_ARG(member(j, "remedy")));
        fine = strcmp(again, text_err) == 0 && strstr(text_err, c->where) != NULL && behind_do(c->remedy);
    }
    arena_close(&memory);
    return fine;
}

static u32 check_cases(const case_t *cases, size_t count)
{
    u32 faults = 0;
    u64 before = home_state("h");
    for (size_t i = 0; i < count; i++) {
        const case_t *c = &cases[i];
        int code = run(c->line, c->env, c->limit);
        bool begins = strncmp(text_err, "vitrine: ", 9) == 0;
        bool fine = code == c->code && begins && strstr(text_err, c->where) != NULL && behind_do(c->remedy);
        /* Standard output is for results; an error must not leave half of one there. */
        fine &= is_clean(text_err) && (code == 0 || text_out[0] == 0);
        char said[512];
        (void)snprintf(said, sizeof said, "%.511s", text_err);
        fine &= home_state("h") == before;
        if (fine && c->limit == LIMIT_NOT && strstr(c->line, "--json") == NULL) {
            fine = told_to_programs(c) && home_state("h") == before;
        }
        if (!fine) {
            faults++;
            print_message("# %s: exit %d, wanted %d with \"%s\" and \"do: %s\"\n# %s\n", c->line, code,
                          c->code, c->where, c->remedy, said);
        }
    }
    return faults;
}

#define IMPORT(file) "data import " file " --quiet --home h"

static const case_t file_cases[] = {
    {IMPORT("missing.csv"), 2, "missing.csv", "check the path", NULL, 0},
    {IMPORT("void"), 2, "void: nothing in this folder is market data", "modules layouts", NULL, 0},
    {IMPORT("pipe.csv"), 1, "pipe.csv: the file is empty", "", NULL, 0},
    {IMPORT("empty.csv"), 1, "empty.csv: the file is empty", "", NULL, 0},
    {IMPORT("header.csv"), 2, "header.csv: none of its 0 rows", "--format", NULL, 0},
    {IMPORT("other.csv"), 1, "other.csv:1: the header fits no layout", "modules layouts", NULL, 0},
    {IMPORT("cloze.csv"), 1, "cloze.csv:1: there is no column 'close'; the nearest is 'cloze'",
     "rename the column", NULL, 0},
    {IMPORT("double.csv"), 1, "double.csv:1: columns 3 and 4 are both called 'open'", "rename", NULL, 0},
    {IMPORT("short.csv"), 1, "short.csv:2, column open (3)", "--lenient", NULL, 0},
    {IMPORT("longline.csv"), 1, "longline.csv:1: the line is longer", "CSV", NULL, 0},
    {IMPORT("nul.csv"), 1, "nul.csv:2, column symbol (1)", "--symbol", NULL, 0},
    {IMPORT("binary.txt"), 1, "binary.txt:1: the header is not text", "name a file of text", NULL, 0},
    {IMPORT("raw.csv"), 1, "raw.csv:1: the header is not text", "name a file of text", NULL, 0},
    {IMPORT("raw.csv --format plain_daily"), 1, "no column 'low': the header is not text", "", NULL, 0},
    {IMPORT("nan.csv"), 1, "nan.csv:5, column open (3): 'NaN'", "--lenient", NULL, 0},
    {IMPORT("inf.csv"), 1, "inf.csv:5, column open (3): '-inf'", "--lenient", NULL, 0},
    {IMPORT("huge.csv"), 1, "huge.csv:5, column open (3): '1e308'", "--lenient", NULL, 0},
    {IMPORT("scale.csv"), 1, "scale.csv:5, column high (4)", "--lenient", NULL, 0},
    {IMPORT("digits.csv"), 1, "digits.csv:5, column open (3)", "--lenient", NULL, 0},
    {IMPORT("word.csv"), 1, "word.csv:5, column close (6): 'abc'", "--lenient", NULL, 0},
    {IMPORT("volume.csv"), 1, "volume.csv:5, column volume (7): '1e30'", "--lenient", NULL, 0},
    {IMPORT("half.csv"), 1, "half.csv:5, column volume (7): '1.5'", "--lenient", NULL, 0},
    {IMPORT("feb30.csv"), 1, "feb30.csv:5, column timestamp (2): '2023-02-30'", "--lenient", NULL, 0},
    {IMPORT("y9999.csv"), 1, "y9999.csv:5, column timestamp (2)", "--lenient", NULL, 0},
    {IMPORT("future.csv"), 1, "future.csv:5, column timestamp (2): '2090-01-04' is in the future", "clock",
     NULL, 0},
    {IMPORT("zones.csv"), 1, "zones.csv:5, column timestamp (2)", "--zone", NULL, 0},
    {IMPORT("path.csv"), 1, "path.csv:5, column symbol (1): '../../etc'", "--symbol", NULL, 0},
    {IMPORT("absolute.csv"), 1, "absolute.csv:5, column symbol (1)", "--symbol", NULL, 0},
    {IMPORT("blank.csv"), 1, "blank.csv:5, column symbol (1)", "--symbol", NULL, 0},
    {IMPORT("dividend.csv"), 1, "dividend.csv:5, column dividend_amount (8)", "--lenient", NULL, 0},
    {IMPORT("split.csv"), 1, "split.csv:5, column split_coefficient (9)", "--lenient", NULL, 0},
    {IMPORT("ratio.csv"), 1, "ratio.csv:5, column split_coefficient (9)", "--lenient", NULL, 0},
    {IMPORT("quote.csv"), 1, "quote.csv:5: a quoted field is never closed", "quote", NULL, 0},
    {IMPORT("escape.csv"), 1, "escape.csv:5, column open (3): '?[2J?do: obey'", "--lenient", NULL, 0},
    {IMPORT("cut2.csv.zst"), 1, "cut2.csv.zst: does not begin as zstd", "fetch", NULL, 0},
    {IMPORT("plain.csv.zst"), 1, "plain.csv.zst: does not begin as zstd", "without .zst", NULL, 0},
    {IMPORT("cut4.csv.zst"), 1, "cut4.csv.zst: the zstd data stops at byte 4", "fetch", NULL, 0},
    {IMPORT("cut20.csv.zst"), 1, "cut20.csv.zst: the zstd data stops at byte 20", "fetch", NULL, 0},
    {IMPORT("cuthalf.csv.zst"), 1, "cuthalf.csv.zst: the zstd data stops", "fetch", NULL, 0},
    {IMPORT("cutlast.csv.zst"), 1, "cutlast.csv.zst: the zstd data stops", "fetch", NULL, 0},
    {IMPORT("flip.csv.zst"), 1, "flip.csv.zst: damaged zstd data", "fetch", NULL, 0},
    {IMPORT("bomb.csv.zst"), 1, "bomb.csv.zst: too large to read at once", "split", NULL, 0},
    {IMPORT("good2.csv --format nonsense"), 4, "'nonsense'", "modules layouts", NULL, 0},
    {IMPORT("good2.csv --zone Mars/Olympus"), 4, "Mars/Olympus", "one of them", NULL, 0},
    {IMPORT("good2.csv --resolution 7m"), 4, "7m", "one of them", NULL, 0},
    {IMPORT("good2.csv --price-scale 0"), 4, "--price-scale 0", "vitrine data --help", NULL, 0},
    {IMPORT("good2.csv --source ../../x"), 4, "--source ../../x", "letters", NULL, 0},
    {IMPORT("good2.csv --source wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"), 4, "--source www", "31", NULL, 0},
    {IMPORT("good2.csv --factors missing.csv"), 4, "--factors missing.csv", "leave", NULL, 0},
    {"data import --home h", 4, "no file is named", "PATH", NULL, 0},
    {"data import good.csv --quiet --home afile", 1, "afile", "another folder", NULL, 0},
};

TEST(files_of_market_data)
{
    UNUSED_STATE;
    CHECK_EQ(check_cases(file_cases, COUNT_OF(file_cases)), 0);
}

#define TEST_RUN "backtest --quiet --home h "

static const case_t line_cases[] = {
    {TEST_RUN "--symbols AAB", 2, "'AAB'", "data import", NULL, 0},
    {TEST_RUN "--symbols AAB", 2, "nearest stored symbol is AAA", "name another", NULL, 0},
    {TEST_RUN "--symbols ../../etc", 2, "'../../etc'", "name another", NULL, 0},
    {TEST_RUN "--symbols ''", 4, "--symbols: the value is empty", "leave --symbols out", NULL, 0},
    {TEST_RUN "--symbols ,,,,,,,,,,,,,,,,,,,,,,,,", 4, "--symbols: the list is empty", "all", NULL, 0},
    {"init --force --home h --config pipe.csv", 4, "not a plain file", "name a file", NULL, 0},
    {"init --force --home h --config h", 4, "not a plain file", "name a file", NULL, 0},
    {TEST_RUN "--symbols @missing", 2, "@missing", "path", NULL, 0},
    {TEST_RUN "--symbols @binary.txt", 4, "@binary.txt", "symbol on each line", NULL, 0},
    {TEST_RUN "--symbols @nothing.txt", 4, "@nothing.txt", "symbol on each line", NULL, 0},
    {TEST_RUN "--symbols @h", 4, "@h", "name a file", NULL, 0},
    {TEST_RUN "--symbols @pipe.csv", 4, "@pipe.csv", "name a file", NULL, 0},
    {TEST_RUN "--users ''", 4, "--users: the value is empty", "leave --users out", NULL, 0},
    {TEST_RUN "--users missing.toml", 2, "missing.toml", "check the path", NULL, 0},
    {TEST_RUN "--users h", 4, "not a plain file", "name a file", NULL, 0},
    {TEST_RUN "--users pipe.csv", 4, "pipe.csv", "name a file", NULL, 0},
    {TEST_RUN "--users syntax.toml", 4, "syntax.toml:2:", "users.md", NULL, 0},
    {TEST_RUN "--users binary.txt", 4, "binary.txt:1:", "users.md", NULL, 0},
    {TEST_RUN "--users bytes.toml", 4, "bytes.toml", "users.md", NULL, 0},
    {TEST_RUN "--users big.toml", 4, "big.toml", "", NULL, 0},
    {"demo --headless --home hd --users h", 4, "not a plain file", "name a file", NULL, 0},
    {TEST_RUN "--from 2021-01-01 --to 2020-01-01", 4, "--from 2021-01-01", "swap", NULL, 0},
    {TEST_RUN "--from 2030-01-01", 2, "stored are 2020-01-02 to", "--from and --to", NULL, 0},
    {TEST_RUN "--from 2023-02-30", 4, "--from 2023-02-30", "vitrine backtest --help", NULL, 0},
    {TEST_RUN "--to ''", 4, "--to: the value is empty", "leave --to out", NULL, 0},
    {TEST_RUN "--trade-from 2050-01-01", 2, "last stored session", "earlier --trade-from", NULL, 0},
    {TEST_RUN "--source sp500_dail", 2, "the nearest is sp500_daily", "data list", NULL, 0},
    {TEST_RUN "--proxy SPX", 2, "'SPX'", "data list", NULL, 0},
    {TEST_RUN "--proxy AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 4, "--proxy", "data list", NULL, 0},
    {TEST_RUN "--timeframe 2d", 4, "--timeframe 2d", "one of them", NULL, 0},
    {TEST_RUN "--timeframe 5m", 2, "no 5m bars", "data import", NULL, 0},
    {TEST_RUN "--cash 0", 4, "--cash 0", "vitrine backtest --help", NULL, 0},
    {TEST_RUN "--cash nan", 4, "--cash nan", "vitrine backtest --help", NULL, 0},
    {TEST_RUN "--cash 1e308", 4, "--cash 1e308", "vitrine backtest --help", NULL, 0},
    {TEST_RUN "--profile day", 4, "1d bars", "--timeframe", NULL, 0},
    {TEST_RUN "--profile night", 4, "option --profile", "choose", NULL, 0},
    {TEST_RUN "--preset brave", 4, "option --preset", "choose", NULL, 0},
    {TEST_RUN "--kernels fast", 4, "--kernels fast", "sse2", NULL, 0},
    {TEST_RUN "--set size.risk_pct=nan", 4, "size.risk_pct=nan", "0.01 to 2", NULL, 0},
    {TEST_RUN "--set size.risk_pct=1e308", 4, "outside 0.01 to 2", "bounds", NULL, 0},
    {TEST_RUN "--set zzzzzzzz=1", 4, "no key zzzzzzzz\n  option --set\n  do:", "modules keys", NULL, 0},
    {TEST_RUN "--set process.threads=2", 4, "process.threads: it is no setting", "--threads", NULL, 0},
    {TEST_RUN "--set preset=growth", 4, "preset: it is no setting of a run", "--preset", NULL, 0},
    {TEST_RUN "--set gate.adaptive=1 --set gate.adaptive=0", 4, "adaptive is given twice", "", NULL, 0},
    {TEST_RUN "--set size.risk_pct", 4, "size.risk_pct", "SECTION.NAME=VALUE", NULL, 0},
    {TEST_RUN "--set size.risk_pc=1", 4, "did you mean size.risk_pct?", "modules keys", NULL, 0},
    {TEST_RUN "--threads -1", 4, "option --threads", "bounds", NULL, 0},
    {TEST_RUN "--threads 1000000000", 4, "option --threads", "bounds", NULL, 0},
    {TEST_RUN "--seed 99999999999999999999", 4, "option --seed", "bounds", NULL, 0},
    {TEST_RUN "--from", 4, "--from needs a value", "backtest --help", NULL, 0},
    {TEST_RUN "--fron 2020-01-01", 4, "did you mean --from?", "backtest --help", NULL, 0},
    {TEST_RUN "extra", 4, "extra", "backtest --help", NULL, 0},
    {"backtset", 4, "did you mean backtest?", "--help", NULL, 0},
    {"frobnicate", 4, "unknown verb frobnicate", "--help", NULL, 0},
    {"-x", 4, "-x", "--help", NULL, 0},
    {"backtest --home hnone", 2, "hnone", "data import", NULL, 0},
    {"scan --home hnone", 2, "hnone", "data import", NULL, 0},
    {"scan --home h --proxy SPX", 2, "'SPX'", "data list", NULL, 0},
    {"data list --home hnone", 2, "hnone", "data import", NULL, 0},
    {"data list --source NOPE --home h", 2, "NOPE", "data list", NULL, 0},
    {"data list --symbol NOPE --home h", 2, "NOPE", "data list", NULL, 0},
    {"data check --symbol NOPE --home h", 2, "nothing is stored", "data list", NULL, 0},
    {"report --home h --csv /dev/full", 1, "/dev/full", "space", NULL, 0},
    {"init --home h --config missing/c.toml", 2, "missing/c.toml", "path", NULL, 0},
    {"why AAA yesterday --home h", 4, "yesterday", "2019", NULL, 0},
    {"data check --home hnone", 2, "hnone", "data import", NULL, 0},
    {"data sell --home h", 4, "sell", "import, list, show, build, check or backup", NULL, 0},
    {"report --home hnone", 2, "hnone", "--home", NULL, 0},
    {"report ZZZZZZ --home h", 2, "ZZZZZZ", "latest", NULL, 0},
    {"why AAB --home h", 2, "the nearest is AAA", "audit export", NULL, 0},
    {"why", 4, "of what", "vitrine why", NULL, 0},
    {"why AAA 1990-01-01 --home h", 2, "at or before that time", "a later one", NULL, 0},
    {"report --user anna --home h", 2, "no user anna: it is of one", "leave --user out", NULL, 0},
    {"replay latest --kernels fast --home h", 4, "--kernels fast", "sse2", NULL, 0},
    {"what-if buy 99999999999999999999 AAA --home h", 4, "no order for AAA", "smaller quantity", NULL, 0},
    {"capsule verify h", 4, "h: a folder", "name a file", NULL, 0},
    {"data list AAA --home h", 4, "AAA is one argument too many", "--symbol SYMBOL", NULL, 0},
    {"data check AAA --home h", 4, "AAA is one argument too many", "--symbol SYMBOL", NULL, 0},
    {"audit prove", 4, "audit verify", "vitrine audit --help", NULL, 0},
    {"stop now", 4, "it is: vitrine stop\n", "vitrine stop --help", NULL, 0},
    {"replay ZZZZZZ --home h", 2, "ZZZZZZ", "latest", NULL, 0},
    {"replay latest --home hnone", 2, "hnone", "--home", NULL, 0},
    {"audit verify ZZZZZZ --home h", 2, "ZZZZZZ", "latest", NULL, 0},
    {"audit prove --home h", 4, "prove", "vitrine", NULL, 0},
    {"modules nonsense", 2, "nonsense", "vitrine modules", NULL, 0},
    {"sim --seeds 5..1", 4, "5..1", "--seeds", NULL, 0},
    {"bench nonsense --home hb", 4, "nonsense", "--list", NULL, 0},
    {"demo --headless --sessions 0 --home hd", 4, "--sessions 0", "vitrine demo --help", NULL, 0},
    {"demo --headless --sessions 1 --speed nan --home hd", 4, "--speed nan", "--speed", NULL, 0},
    {"demo --headless --sessions 1 --edge magic --home hd", 4, "--edge magic", "demo --help", NULL, 0},
    {"init --preset brave --home hd", 4, "brave", "choose one", NULL, 0},
    {"status --home h", 3, "control.sock", "vitrine demo", NULL, 0},
    {"stop --home h", 3, "control.sock", "vitrine demo", NULL, 0},
    {"status --home afile", 3, "afile", "--home", NULL, 0},
    {"kill --home afile", 1, "afile", "another folder", NULL, 0},
};

TEST(command_lines)
{
    UNUSED_STATE;
    CHECK_EQ(check_cases(line_cases, COUNT_OF(line_cases)), 0);
}

static const case_t setting_cases[] = {
    {"config --home h --config missing.toml", 2, "missing.toml", "path", NULL, 0},
    {"config --home h --config h", 4, "h", "name a file", NULL, 0},
    {"config --home h --config syntax.toml", 4, "syntax.toml:2:12", "", NULL, 0},
    {"config --home h --config unknown.toml", 4, "unknown.toml:2:", "modules keys", NULL, 0},
    {"config --home h --config unknown.toml", 4, "did you mean size.risk_pct?", "", NULL, 0},
    {"config --home h --config nan.toml", 4, "nan.toml:2:12", "", NULL, 0},
    {"config --home h --config range.toml", 4, "range.toml:2:12", "bounds", NULL, 0},
    {"config --home h --config text.toml", 4, "text.toml:2:12", "", NULL, 0},
    {"config --home h --config twice.toml", 4, "twice.toml:3:", "", NULL, 0},
    {"config --home h --config bytes.toml", 4, "bytes.toml", "", NULL, 0},
    {"config --home h --config profile.toml", 4, "profile.toml:1:", "one of them", NULL, 0},
    {"config --home h --config list.toml", 4, "list.toml:2:", "one value", NULL, 0},
    {"config --home h --config big.toml", 4, "big.toml", "right file", NULL, 0},
    {"backtest --home h --config syntax.toml", 4, "syntax.toml:2:12", "", NULL, 0},
    {"config --home h", 4, "VITRINE__SIZE__RISK_PCT", "", "VITRINE__SIZE__RISK_PCT=NaN", 0},
    {"config --home h", 4, "VITRINE__SIZE__RISK_PC", "modules keys", "VITRINE__SIZE__RISK_PC=1", 0},
    {"config --home h", 4, "outside", "bounds", "VITRINE__SIZE__RISK_PCT=1e308", 0},
    {"config --home h", 4, "VITRINE__PROCESS__SEED", "bounds", "VITRINE__PROCESS__SEED=-1", 0},
    {"config --home h", 4, "brave", "choose", "VITRINE__PRESET=brave", 0},
    {"data list", 4, "HOME", "--home DIR", "HOMELESS=1", 0},
    {"data import good.csv --home hfull --quiet", 1, "hfull", "", NULL, LIMIT_FILE_SIZE},
    {"backtest --home h --quiet", 1, "vitrine.db", "", NULL, LIMIT_FILE_SIZE},
    {"data list --home h", 1, "vitrine.db", "ulimit -n", NULL, LIMIT_FILES},
    {"data list --home h", 1, "standard output", "check where it goes", NULL, LIMIT_NO_STDOUT},
    {"data list --home h --json", 1, "standard output", "check where it goes", NULL, LIMIT_FULL_STDOUT},
    {"modules --json", 1, "standard output", "check where it goes", NULL, LIMIT_FULL_STDOUT}, /* in parts */
    {"--help", 1, "standard output", "check where it goes", NULL, LIMIT_FULL_STDOUT},
};

TEST(settings_and_surroundings)
{
    UNUSED_STATE;
    CHECK_EQ(check_cases(setting_cases, COUNT_OF(setting_cases)), 0);
}

#if !SANITIZED /* a sanitizer needs the addresses itself: there is no such case under one */
TEST(little_memory)
{
    UNUSED_STATE;
    CHECK_EQ(run("data import good.csv --home hsmall", NULL, LIMIT_NOT), 0);
    CHECK_EQ(run("backtest --home hsmall", NULL, LIMIT_NOT), 0);
    u64 before = home_state("hsmall");
    CHECK_EQ(run("data import good.csv --home hsmall", NULL, LIMIT_MEMORY), 1);
    CHECK(strstr(text_err, "no memory") != NULL && behind_do("--threads"));
    CHECK(home_state("hsmall") == before);
    CHECK_EQ(run("backtest --home hsmall", NULL, LIMIT_MEMORY), 1);
    CHECK(strstr(text_err, "no memory") != NULL && behind_do("--threads"));
    CHECK_EQ(run("audit verify --home hsmall", NULL, LIMIT_NOT), 0);
    CHECK_EQ(run("backtest --home hsmall", NULL, LIMIT_NOT), 0);
    CHECK_EQ(run("report --home hsmall", NULL, LIMIT_NOT), 0);
}
#endif

/* ---- homes that are not as they should be ---- */

static void make_home(const char *home)
{
    char line[256];
    (void)snprintf(line, sizeof line, "data import good.csv --quiet --home %s", home);
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
    (void)snprintf(line, sizeof line, "backtest --quiet --home %s", home);
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
}

static void change(const char *home, const char *sql)
{
    char path[256];
    sql_db_t *db = NULL;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", home);
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    CHECK_OK(sql_exec(db, sql, NULL));
    CHECK_OK(sql_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL));
    sql_close(db);
}

static void replace_database(const char *home, const void *p, size_t n)
{
    static const char *const ends[] = {"-wal", "-shm", ""};
    char path[256];
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        (void)snprintf(path, sizeof path, "%s/vitrine.db%s", home, ends[i]);
        (void)unlink(path);
    }
    if (p != NULL) { /* else there is none */
        put(path, p, n);
    }
}

static u64 file_state(const char *path)
{
    static u8 bytes[1 << 20];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    CHECK_EQ(fclose(f), 0);
    return hash64(bytes, n);
}

/* Every verb that reads or writes the home says the same, and the file stays byte for byte. */
static u32 all_refuse(const char *home, const char *where, const char *remedy)
{
    static const char *const lines[] = {
        "data list", "data check", "data import good.csv", "backtest", "scan", "report", "why AAA",
        "replay latest", "audit verify", "audit export", "demo --headless --sessions 1 --speed max"};
    char path[256];
    u32 faults = 0;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", home);
    u64 before = file_state(path);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "%s --home %s", lines[i], home);
        int code = run(line, NULL, LIMIT_NOT);
        bool told = strstr(text_err, where) != NULL && behind_do(remedy);
        if (code != 1 || !told || file_state(path) != before) {
            print_message("# %s: exit %d, wanted 1 with \"%s\" and \"do: %s\"\n# %s\n", line, code, where,
                          remedy, text_err);
            faults++;
        }
    }
    return faults;
}

TEST(databases_of_others)
{
    UNUSED_STATE;
    static u8 noise[6000];
    make_home("hfuture");
    change("hfuture", "PRAGMA user_version = 99");
    CHECK_EQ(all_refuse("hfuture", "schema 99", "newer program"), 0);
    make_home("hforeign");
    replace_database("hforeign", NULL, 0);
    change("hforeign", "CREATE TABLE customers (a); INSERT INTO customers VALUES (1)");
    CHECK_EQ(all_refuse("hforeign", "belongs to another program", "--home"), 0);
    make_home("hnoise");
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (u8)(i * 37 + 11);
    }
    replace_database("hnoise", noise, sizeof noise);
    CHECK_EQ(all_refuse("hnoise", "vitrine.db: file is not a database", "backup"), 0);
}

TEST(a_database_cut_short)
{
    UNUSED_STATE;
    make_home("hcut");
    change("hcut", "PRAGMA user_version = 1");
    CHECK_EQ(truncate("hcut/vitrine.db", 8192), 0);
    CHECK_EQ(all_refuse("hcut", "vitrine.db", "backup"), 0);
}

TEST(a_journal_with_a_changed_byte)
{
    UNUSED_STATE;
    static const char *const lines[] = {"audit verify", "audit verify latest", "report", "replay latest",
                                        "audit export"};
    make_home("hflip");
    change("hflip", "UPDATE journal_block SET bytes = CAST(substr(bytes, 1, 60) || X'5A' || substr(bytes, 62)"
                    " AS BLOB)");
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "%s --home hflip", lines[i]);
        int code = run(line, NULL, LIMIT_NOT);
        bool told = strstr(text_err, "run ") != NULL && strstr(text_err, "block 1") != NULL && behind_do("");
        bool listed = i < 2 && strstr(text_out, "block 1") != NULL && behind_do("restore");
        if (code != 1 || (!told && !listed)) {
            print_message("# %s: exit %d\n# %s\n", line, code, text_err);
        }
        CHECK(code == 1 && (told || listed));
    }
    CHECK_EQ(run("data list --home hflip", NULL, LIMIT_NOT), 0); /* what is whole can still be read */
}

TEST(a_chunk_that_is_gone_comes_back_by_importing)
{
    UNUSED_STATE;
    os_names_t names = {0};
    make_home("hgone");
    u64 before = home_state("hgone");
    CHECK_OK(os_dir_list("hgone/bars", NULL, &names));
    assert_true(names.count > 0);
    char path[256];
    CHECK_OK(os_path_join(path, sizeof path, "hgone/bars", names.own_v[0]));
    remove_tree(path);
    os_names_free(&names);
    CHECK_EQ(run("backtest --home hgone", NULL, LIMIT_NOT), 2);
    CHECK(strstr(text_err, "hgone/bars/") != NULL && behind_do("import the data again"));
    CHECK_EQ(run("data check --home hgone", NULL, LIMIT_NOT), 2);
    CHECK_EQ(run("data import good.csv --home hgone", NULL, LIMIT_NOT), 0);
    CHECK_EQ(run("data check --home hgone", NULL, LIMIT_NOT), 0);
    CHECK(home_state("hgone") == before);
}

TEST(a_home_that_may_not_be_written)
{
    UNUSED_STATE;
    CHECK_EQ(chmod(root, 0755), 0); /* the way to it is open, only the home itself is not */
    CHECK_EQ(mkdir("hlocked", 0555), 0);
    CHECK_EQ(chmod("good.csv", 0444), 0);
    static const char *const lines[] = {"data import good.csv", "kill", "init",
                                        "demo --headless --sessions 1"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "%s --home hlocked", lines[i]);
        CHECK_EQ(run(line, NULL, LIMIT_RIGHTS), 1);
        CHECK(strstr(text_err, "hlocked") != NULL && behind_do("right"));
    }
    CHECK_EQ(rmdir("hlocked"), 0); /* nothing was left in it */
    CHECK_EQ(chmod(root, 0700), 0);
}

TEST(long_paths)
{
    UNUSED_STATE;
    static const size_t sizes[] = {150, 600, 1500, 4000, 7000};
    static const char *const lines[] = {"status", "stop", "data list", "report", "config --config"};
    static char line[8000];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t k = 0; k < COUNT_OF(lines); k++) {
            size_t n = (size_t)snprintf(line, sizeof line, "%s %s", lines[k], k == 4 ? "" : "--home ");
            memset(line + n, 'x', sizes[i]);
            line[n + sizes[i]] = 0;
            int code = run(line, NULL, LIMIT_NOT);
            if (code < 1 || code > 4 || !behind_do("")) {
                print_message("# %s of %zu letters: exit %d\n# %s\n", lines[k], sizes[i], code, text_err);
            }
            CHECK(code >= 1 && code <= 4 && behind_do(""));
        }
    }
    /* The kill switch is a file: it works in a home whose socket could not exist. */
    size_t n = (size_t)snprintf(line, sizeof line, "kill --home ");
    memset(line + n, 'k', 150);
    line[n + 150] = 0;
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
    CHECK(strstr(text_err, "ON") != NULL);
    /* And a reason of any length does not stop it. */
    n = (size_t)snprintf(line, sizeof line, "kill --home hwhy --why ");
    memset(line + n, 'w', 5000);
    line[n + 5000] = 0;
    CHECK_EQ(run(line, NULL, LIMIT_NOT), 0);
    CHECK(os_exists("hwhy/KILL"));
}

/* ---- one owner ---- */

static bool wait_until(const char *line, int code)
{
    for (int i = 0; i < 400; i++) {
        if (run(line, NULL, LIMIT_NOT) == code) {
            return true;
        }
        struct timespec pause = {.tv_nsec = 20000000};
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

TEST(a_second_owner_and_an_owner_that_hangs)
{
    UNUSED_STATE;
    pid_t p = start("demo --headless --sessions 100 --speed 60 --home hown --quiet", NULL, LIMIT_NOT);
    CHECK(wait_until("status --home hown", 0));
    CHECK_EQ(run("demo --headless --sessions 1 --home hown", NULL, LIMIT_NOT), 1);
    CHECK(strstr(text_err, "run.lock") != NULL && strstr(text_err, "already runs") != NULL);
    CHECK(behind_do("--home"));
    CHECK_EQ(kill(p, SIGSTOP), 0);
    CHECK_EQ(run("status --home hown", NULL, LIMIT_NOT), 5);
    CHECK(strstr(text_err, "does not answer") != NULL && behind_do("vitrine kill"));
    CHECK_EQ(run("kill --home hown", NULL, LIMIT_NOT), 5);
    CHECK(strstr(text_err, "the kill switch is on in the home") != NULL && behind_do("end its process"));
    CHECK(os_exists("hown/KILL"));
    CHECK_EQ(kill(p, SIGCONT), 0);
    /* It is asked to stop until it has: the answers to the calls it slept through may come first. */
    CHECK(wait_until("stop --home hown", 3));
    CHECK_EQ(wait_for(p), 0);
    CHECK_EQ(run("audit verify --home hown", NULL, LIMIT_NOT), 0);
    CHECK_EQ(run("status --home hown", NULL, LIMIT_NOT), 3);
}

/* ---- what looks odd and is right ---- */

TEST(odd_but_right)
{
    UNUSED_STATE;
    static const struct {
        const char *line;
        const char *says;
        const char *env;
    } cases[] = {
        {"data import mark.csv --home hodd", "3 symbols", NULL},
        {"data import order.csv --home hodd --format sp500_daily", "stored 1 + rejected 0", NULL},
        {"data import good.csv.zst --home hodd", "already there", NULL},
        {"data import zero.csv --home hodd", "first at line 5", NULL},
        {"data import minus.csv --home hodd", "first at line 5", NULL},
        {"data import minuszero.csv --home hodd", "first at line 5", NULL},
        {"data import nan.csv --home hodd --lenient", "first at line 5", NULL},
        {"backtest --home hodd --threads 0", "backtest, ended", NULL},
        {"backtest --home hodd --symbols AAA,AAA --json", "\"symbols\":1", NULL},
        {"backtest --home hodd --symbols ,AAA,,AAA, --json", "\"symbols\":1", NULL},
        {"data list --home hodd", "sp500_daily", "TZ=Foo/Bar"},
        {"data list --home hodd", "sp500_daily", "LC_ALL=xx_YY.nothing"},
        {"--version", "vitrine ", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int code = run(cases[i].line, cases[i].env, LIMIT_NOT);
        if (code != 0 || strstr(text_out, cases[i].says) == NULL) {
            print_message("# %s: exit %d\n# %s\n# %s\n", cases[i].line, code, text_out, text_err);
        }
        CHECK_EQ(code, 0);
        CHECK(strstr(text_out, cases[i].says) != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_market_data),
        cmocka_unit_test(command_lines),
        cmocka_unit_test(settings_and_surroundings),
#if !SANITIZED
        cmocka_unit_test(little_memory),
#endif
        cmocka_unit_test(databases_of_others),
        cmocka_unit_test(a_database_cut_short),
        cmocka_unit_test(a_journal_with_a_changed_byte),
        cmocka_unit_test(a_chunk_that_is_gone_comes_back_by_importing),
        cmocka_unit_test(a_home_that_may_not_be_written),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(a_second_owner_and_an_owner_that_hangs),
        cmocka_unit_test(odd_but_right),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}

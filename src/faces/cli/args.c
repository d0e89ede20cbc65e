/* See args.h. */
#include "faces/cli/args.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"

enum { OPTION_NAME_MAX = 48 };
enum { YEAR_FIRST = 1700, YEAR_LAST = 2199 }; /* days that a time in nanoseconds can hold, in 64 bits */

static const option_desc_t common[] = {
    {"home", "DIR", "database, bars, logs and reports (default: $VITRINE_HOME, then ~/.vitrine)"},
    {"config", "FILE", "settings (default: config.toml in the home folder)"},
    {"json", NULL, "one JSON document or JSON lines on standard output"},
    {"quiet", NULL, "no progress, no remarks; errors only"},
    {"threads", "N", "worker threads (default: one per processor)"},
    {"seed", "S", "seed of everything that is drawn by chance"},
    {"port", "N", "reserved: there is no dashboard and no API yet"},
    {"help", NULL, "this text"},
    {"version", NULL, "name and version of this program"},
    {NULL, NULL, NULL},
};

const option_desc_t *args_common(void)
{
    return common;
}

static const option_desc_t *find_in(const option_desc_t *table, u32 max, str_t name)
{
    for (u32 i = 0; i < max && table[i].name != NULL; i++) {
        if (str_eq_c(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

static const option_desc_t *find_option(const verb_desc_t *verb, str_t name)
{
    const option_desc_t *hit = find_in(common, (u32)COUNT_OF(common), name);
    if (hit == NULL && verb != NULL) {
        hit = find_in(verb->options, VERB_OPTIONS_MAX, name);
    }
    return hit;
}

/* The nearest of the names that were looked at, as somebody may have meant it. */
typedef struct {
    const char *name; /* NULL: none is near */
    u32 distance;
} near_t;

/* What a name begins with is one step from it. What is farther away than half of its letters is no
 * suggestion. `means` is what is suggested: the verb of an alias. */
static void near_look(near_t *near, str_t word, const char *name, const char *means)
{
    str_t full = str_from(name);
    u32 d = word.n > 1 && str_starts(full, word) ? 1 : str_distance(word, full);
    if (d * 2 <= full.n && (near->name == NULL || d < near->distance)) {
        *near = (near_t){.name = means, .distance = d};
    }
}

static void near_options(near_t *near, str_t word, const option_desc_t *table, u32 max)
{
    for (u32 i = 0; i < max && table[i].name != NULL; i++) {
        near_look(near, word, table[i].name, table[i].name);
    }
}

static err_t unknown_option(const verb_desc_t *verb, str_t name, diag_t *diag)
{
    near_t near = {0};
    if (verb != NULL) {
        near_options(&near, name, verb->options, VERB_OPTIONS_MAX);
    }
    near_options(&near, name, common, (u32)COUNT_OF(common));
    const char *of = verb == NULL ? "" : verb->name;
    if (near.name != NULL) {
        return diag_fail(diag, ERR_USAGE,
                         "unknown option --" STR_FMT "\ndid you mean --%s?\ndo: vitrine %s%s--help",
                         STR_ARG(name), near.name, of, verb == NULL ? "" : " ");
    }
    return diag_fail(diag, ERR_USAGE, "unknown option --" STR_FMT "\ndo: vitrine %s%s--help", STR_ARG(name),
                     of, verb == NULL ? "" : " ");
}

static err_t add_option(args_t *a, const option_desc_t *desc, const char *value, diag_t *diag)
{
    if (a->option_count == ARGS_OPTIONS_MAX) {
        return diag_fail(diag, ERR_USAGE, "more than %d options\n"
                                          "do: give fewer, or write them into config.toml",
                         (int)ARGS_OPTIONS_MAX);
    }
    a->options[a->option_count].desc = desc;
    a->options[a->option_count].value = value;
    a->option_count++;
    return ERR_OK;
}

/* Of two values one would be passed over, and nobody would learn which. A flag says the same twice. */
static err_t check_once(const args_t *a, const option_desc_t *desc, const char *value, diag_t *diag)
{
    for (u32 i = 0; i < a->option_count && !desc->repeatable; i++) {
        if (a->options[i].desc == desc) {
            return diag_fail(diag, ERR_USAGE,
                             "--%s is given twice\nas %.100s and as %.100s\ndo: give it once", desc->name,
                             a->options[i].value, value);
        }
    }
    return ERR_OK;
}

/* A value of no letters is what a script's empty variable leaves: it is not read as if the option were not
 * there. */
static err_t add_value(args_t *a, const option_desc_t *desc, const char *value, diag_t *diag)
{
    if (value[0] == 0 && !desc->may_be_empty) {
        return diag_fail(diag, ERR_USAGE,
                         "--%s: the value is empty\nit is --%s %s: %s\ndo: give one, or leave --%s out",
                         desc->name, desc->name, desc->value, desc->help, desc->name);
    }
    TRY(check_once(a, desc, value, diag));
    return add_option(a, desc, value, diag);
}

/* One option at argv[*i]; takes the next word too if it is the value. */
static err_t parse_option(args_t *a, int argc, char *const *argv, int *i, diag_t *diag)
{
    const char *text = argv[*i] + 2;
    const char *equals = strchr(text, '=');
    size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    str_t name = {.p = (const u8 *)text, .n = (u32)MIN_OF(size, (size_t)OPTION_NAME_MAX)};
    const option_desc_t *desc = find_option(a->verb, name);
    if (desc == NULL) {
        return unknown_option(a->verb, name, diag);
    }
    if (desc->value == NULL) {
        return equals == NULL ? add_option(a, desc, NULL, diag)
                              : diag_fail(diag, ERR_USAGE, "--%s takes no value\n"
                                                           "do: write --%s alone", desc->name,
                                          desc->name);
    }
    if (equals != NULL) {
        return add_value(a, desc, equals + 1, diag);
    }
    if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0) {
        return diag_fail(diag, ERR_USAGE, "--%s needs a value\nit is --%s %s: %s\ndo: vitrine %s%s--help",
                         desc->name, desc->name, desc->value, desc->help,
                         a->verb == NULL ? "" : a->verb->name, a->verb == NULL ? "" : " ");
    }
    ++*i;
    return add_value(a, desc, argv[*i], diag);
}

static err_t add_word(args_t *a, const char *word, diag_t *diag)
{
    if (word[0] == 0) { /* what a script's empty variable leaves */
        return diag_fail(diag, ERR_USAGE, "argument %u is empty\ndo: vitrine %s%s--help", a->word_count + 1,
                         a->verb == NULL ? "" : a->verb->name, a->verb == NULL ? "" : " ");
    }
    if (a->word_count == VERB_WORDS_MAX) {
        return diag_fail(diag, ERR_USAGE, "more than %d arguments\n"
                                          "do: name fewer in one call", (int)VERB_WORDS_MAX);
    }
    a->words[a->word_count++] = word;
    return ERR_OK;
}

static err_t unknown_verb(const char *word, diag_t *diag)
{
    near_t near = {0};
    for (u32 i = 0; i < verb_count(); i++) {
        const verb_desc_t *v = verb_at(i);
        near_look(&near, str_from(word), v->name, v->name);
        for (u32 k = 0; k < VERB_ALIASES_MAX && v->aliases[k] != NULL; k++) {
            near_look(&near, str_from(word), v->aliases[k], v->name);
        }
    }
    return near.name != NULL
               ? diag_fail(diag, ERR_USAGE, "unknown verb %.48s\ndid you mean %s?\ndo: vitrine --help", word,
                           near.name)
               : diag_fail(diag, ERR_USAGE, "unknown verb %.48s\ndo: `vitrine --help` lists them all", word);
}

/* Where on the line the verb stands, and before it the word "help", which asks what --help does, and the
 * first option that is not a common one; 0 if not. */
typedef struct {
    int verb, help, strange;
} place_t;

/* The word may be the value of an option that is not known yet, for options of a verb stand behind it. */
static err_t no_verb(char *const *argv, const place_t *at, diag_t *diag)
{
    if (at->strange == 0) {
        return unknown_verb(argv[at->verb], diag);
    }
    near_t near = {0};
    str_t name = str_from(argv[at->strange] + 2);
    name.n = (u32)MIN_OF(strcspn(argv[at->strange] + 2, "="), (size_t)OPTION_NAME_MAX);
    near_options(&near, name, common, (u32)COUNT_OF(common));
    return near.name != NULL
               ? diag_fail(diag, ERR_USAGE,
                           "unknown option --" STR_FMT "\ndid you mean --%s?\ndo: vitrine --help",
                           STR_ARG(name), near.name)
               : diag_fail(diag, ERR_USAGE,
                           "--" STR_FMT " %.48s: before the verb stand common options alone\n"
                           "do: write it behind the verb, or `vitrine --help`",
                           STR_ARG(name), argv[at->verb]);
}

/* The verb is the first word that is neither an option nor the value of a common one. It has to be known
 * before the options are read, because some of them are its own. */
static err_t find_verb(int argc, char *const *argv, place_t *at, diag_t *diag, const verb_desc_t **out)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            break;
        }
        if (argv[i][0] != '-' && at->help == 0 && strcmp(argv[i], "help") == 0) {
            at->help = i; /* the verb that it is asked about may follow */
            continue;
        }
        if (argv[i][0] != '-') {
            at->verb = i;
            *out = verb_find(argv[i]);
            return *out != NULL ? ERR_OK : no_verb(argv, at, diag);
        }
        bool is_long = strncmp(argv[i], "--", 2) == 0;
        bool joined = strchr(argv[i], '=') != NULL;
        str_t name = {.p = (const u8 *)argv[i] + 2, .n = is_long ? (u32)strcspn(argv[i] + 2, "=") : 0};
        const option_desc_t *d = is_long ? find_in(common, (u32)COUNT_OF(common), name) : NULL;
        at->strange = is_long && d == NULL && at->strange == 0 ? i : at->strange;
        if (d != NULL && d->value != NULL && !joined) {
            i++;
        }
    }
    return ERR_OK;
}

/* An option of another part of the verb would change nothing: who gave it to hold something back, or to see
 * less, would not learn of it. */
static err_t check_parts(const args_t *a, diag_t *diag)
{
    for (u32 i = 0; i < a->option_count && a->word_count > 0; i++) {
        const option_desc_t *d = a->options[i].desc;
        if (d->part != NULL && strcmp(d->part, a->words[0]) != 0) {
            return diag_fail(diag, ERR_USAGE,
                             "%s %.32s: --%s is an option of `%s %s`\n"
                             "do: leave --%s out; vitrine %s --help",
                             a->verb->name, a->words[0], d->name, a->verb->name, d->part, d->name,
                             a->verb->name);
        }
    }
    return ERR_OK;
}

static err_t check_words(const args_t *a, diag_t *diag)
{
    if (a->verb == NULL || args_has(a, "help")) {
        return ERR_OK;
    }
    if (a->word_count < a->verb->words_min) {
        return diag_fail(diag, ERR_USAGE,
                         "%s: an argument is missing\nit is: vitrine %s %s\ndo: vitrine %s --help",
                         a->verb->name, a->verb->name, a->verb->usage, a->verb->name);
    }
    if (a->word_count > a->verb->words_max) {
        return diag_fail(diag, ERR_USAGE,
                         "%s: %.48s is one argument too many\nit is: vitrine %s%s%s\ndo: vitrine %s --help",
                         a->verb->name, a->words[a->verb->words_max], a->verb->name,
                         a->verb->usage[0] == 0 ? "" : " ", a->verb->usage, a->verb->name);
    }
    return check_parts(a, diag);
}

err_t args_parse(int argc, char *const *argv, diag_t *diag, args_t *out)
{
    ASSERT(argv != NULL && out != NULL);
    args_t a;
    memset(&a, 0, sizeof a);
    place_t at = {0};
    bool open = true; /* "--" has not been met */
    TRY(find_verb(argc, argv, &at, diag, &a.verb));
    for (int i = 1; i < argc; i++) {
        if (i == at.verb || i == at.help) {
            continue;
        }
        if (open && strcmp(argv[i], "--") == 0) {
            open = false;
        } else if (open && strncmp(argv[i], "--", 2) == 0) {
            TRY(parse_option(&a, argc, argv, &i, diag));
        } else if (open && (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "-q") == 0)) {
            TRY(add_option(
                &a, find_in(common, (u32)COUNT_OF(common), argv[i][1] == 'h' ? STR("help") : STR("quiet")),
                NULL, diag));
        } else if (open && argv[i][0] == '-' && argv[i][1] != 0) {
            return diag_fail(diag, ERR_USAGE, "unknown option %.48s\nlong options start with two dashes\n"
                             "do: vitrine %s%s--help", argv[i], a.verb == NULL ? "" : a.verb->name,
                             a.verb == NULL ? "" : " ");
        } else {
            TRY(add_word(&a, argv[i], diag));
        }
    }
    if (at.help != 0) {
        TRY(add_option(&a, find_in(common, (u32)COUNT_OF(common), STR("help")), NULL, diag));
    }
    TRY(check_words(&a, diag));
    *out = a;
    return ERR_OK;
}

const char *args_value_at(const args_t *a, const char *name, u32 n)
{
    ASSERT(a != NULL && name != NULL);
    u32 seen = 0;
    for (u32 i = 0; i < a->option_count; i++) {
        if (strcmp(a->options[i].desc->name, name) == 0 && seen++ == n) {
            return a->options[i].value;
        }
    }
    return NULL;
}

bool args_has(const args_t *a, const char *name)
{
    ASSERT(a != NULL && name != NULL);
    for (u32 i = 0; i < a->option_count; i++) {
        if (strcmp(a->options[i].desc->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *args_value(const args_t *a, const char *name)
{
    return args_value_at(a, name, 0);
}

const char *args_word(const args_t *a, u32 i)
{
    ASSERT(a != NULL);
    return i < a->word_count ? a->words[i] : NULL;
}

err_t args_i64(const args_t *a, const char *name, i64 lo, i64 hi, diag_t *diag, i64 *out)
{
    ASSERT(lo <= hi && out != NULL);
    const char *text = args_value(a, name);
    if (text == NULL) {
        return ERR_OK;
    }
    i64 v = 0;
    if (str_to_i64(str_from(text), &v) != ERR_OK || v < lo || v > hi) {
        return diag_fail(diag, ERR_USAGE, "--%s %.48s: a whole number from %lld to %lld is wanted\n"
                         "do: vitrine %s --help", name, text, (long long)lo, (long long)hi, a->verb->name);
    }
    *out = v;
    return ERR_OK;
}

err_t args_date(const args_t *a, const char *name, diag_t *diag, date_t *out)
{
    ASSERT(out != NULL);
    const char *text = args_value(a, name);
    if (text == NULL) {
        return ERR_OK;
    }
    date_t day = 0;
    bool dashed = strlen(text) == 10; /* data files write days without dashes too, people do not */
    if (!dashed || date_parse(str_from(text), &day) != ERR_OK) {
        return diag_fail(diag, ERR_USAGE, "--%s %.48s: a day is wanted, like 2024-03-28\n"
                         "do: vitrine %s --help", name, text, a->verb->name);
    }
    if (day < date_from_ymd(YEAR_FIRST, 1, 1) || day > date_from_ymd(YEAR_LAST, 12, 31)) {
        return diag_fail(diag, ERR_USAGE, "--%s %.48s: no day of the years %d to %d\ndo: name one of them",
                         name, text, (int)YEAR_FIRST, (int)YEAR_LAST);
    }
    *out = day;
    return ERR_OK;
}

err_t args_scaled(const args_t *a, const char *name, u32 scale, diag_t *diag, i64 *out)
{
    ASSERT(out != NULL && scale <= 18);
    const char *text = args_value(a, name);
    if (text == NULL) {
        return ERR_OK;
    }
    return str_to_scaled(str_from(text), scale, true, out) == ERR_OK
               ? ERR_OK
               : diag_fail(diag, ERR_USAGE, "--%s %.48s: a number with at most %u decimals is wanted\n"
                           "do: vitrine %s --help", name, text, scale, a->verb->name);
}

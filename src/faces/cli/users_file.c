/* See users_file.h. */
#include "faces/cli/users_file.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/assert.h"
#include "faces/cli/settings.h"
#include "model/sector.h"
#include "os/file.h"

/* What a row of the file has beside the row that is made of it. */
typedef struct {
    u32 line; /* its first */
    bool has_cash;
} place_t;

typedef struct {
    run_users_t *users;
    place_t *own_place; /* [LIMIT_USERS], in the order of users->rows while they are read */
    const char *file;
    const users_default_t *dflt;
} reading_t;

/* `what` ends with its remedy: "what is wrong\ndo: what helps". */
static err_t wrong(const reading_t *r, const toml_item_t *i, diag_t *diag, const char *what)
{
    return diag_fail(diag, ERR_CONFIG, "%.200s, line %u, %s: %s", r->file, i->line, i->key, what);
}

/* The same of a whole row. */
static err_t row_wrong(const reading_t *r, u32 index, diag_t *diag, const char *what)
{
    return diag_fail(diag, ERR_CONFIG, "%.200s, line %u, [user.%s]: %s", r->file, r->own_place[index].line,
                     r->users->rows[index].name, what);
}

/* Names that the command line could not tell from its own words. What a row may be called otherwise is
 * model/user_row.c's. */
static const char *name_taken(str_t name)
{
    if (name.n > 0 && name.p[0] == '-') {
        return "a name that begins with - reads as an option\ndo: begin it with a letter or a digit";
    }
    if (str_eq_c(name, "house")) {
        return "\"house\" is what the part of a run that is no user's is called\ndo: choose another name";
    }
    return NULL;
}

static err_t row_add(reading_t *r, const toml_item_t *i, str_t name, diag_t *diag)
{
    user_row_t *row = NULL;
    char text[160];
    const char *taken = name_taken(name);
    if (taken != NULL) {
        return wrong(r, i, diag, taken);
    }
    if (name.n == 0 || name.n >= USER_NAME) {
        (void)snprintf(text, sizeof text, "a name has 1 to %d letters\ndo: choose another name",
                       USER_NAME - 1);
        return wrong(r, i, diag, text);
    }
    err_t err = run_users_add(r->users, &row);
    if (err == ERR_BUFFER_FULL) { /* no line: none of them is the one too many */
        return diag_fail(diag, ERR_CONFIG,
                         "%.200s: more than %d users\ndo: run them in parts; a process serves no more",
                         r->file, LIMIT_USERS);
    }
    TRY(err);
    r->own_place[r->users->count - 1] = (place_t){.line = i->line};
    return str_copy(row->name, sizeof row->name, name);
}

/* The row of a name, made where it is met first. */
static err_t row_named(reading_t *r, const toml_item_t *i, str_t name, u32 *index, diag_t *diag)
{
    u32 at = 0;
    while (at < r->users->count && !str_eq_c(name, r->users->rows[at].name)) {
        at++;
    }
    if (at == r->users->count) {
        TRY(row_add(r, i, name, diag));
    }
    r->own_place[at].line = MIN_OF(r->own_place[at].line, i->line);
    *index = at;
    return ERR_OK;
}

/* Refuses a number in quotes by what it is; other values are whoever calls' to judge. */
static err_t no_quotes(const reading_t *r, const toml_item_t *i, diag_t *diag)
{
    char remedy[SETTINGS_REMEDY];
    char text[SETTINGS_REMEDY + 64];
    if (!settings_quoted(i, remedy)) {
        return ERR_OK;
    }
    (void)snprintf(text, sizeof text, "what stands in quotes is text\ndo: %s", remedy);
    return wrong(r, i, diag, text);
}

static err_t take_id(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    TRY(no_quotes(r, i, diag));
    if (i->kind != TOML_INT || i->whole < 1) {
        return wrong(r, i, diag, "a whole number above 0 is wanted\ndo: write one, as in id = 1");
    }
    u64 id = (u64)i->whole;
    memcpy((u8 *)row + at, &id, sizeof id);
    return ERR_OK;
}

/* "energy", "health care": the official name, whatever its capitals, or a part that fits one alone. */
static err_t take_sector(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    (void)at;
    u32 fits = 0;
    u16 found = 0;
    for (u16 s = 1; s < SECTOR_COUNT && i->kind == TOML_STRING; s++) {
        str_t name = str_from(sector_name(s));
        str_t head = str_slice(name, 0, MIN_OF(i->text.n, name.n));
        if (i->text.n > 2 && str_eq_nocase(head, i->text)) {
            found = s;
            fits++;
        }
    }
    if (fits != 1) {
        return wrong(r, i, diag,
                     "there is no such sector\ndo: write it as the GICS does, \"energy\", \"health care\"");
    }
    row->excluded_sectors |= 1U << found;
    return ERR_OK;
}

static err_t take_list(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    diag_t why = {0};
    if (i->kind != TOML_STRING || i->index < 0) {
        return wrong(r, i, diag, "a list of symbols is wanted\ndo: write it as [\"AAPL\", \"MSFT\"]");
    }
    return user_list_add((char *)row + at, i->text, &why) == ERR_OK ? ERR_OK : wrong(r, i, diag, why.text);
}

static err_t take_cash(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    char text[160];
    (void)at;
    r->own_place[row - r->users->rows].has_cash = true;
    TRY(no_quotes(r, i, diag));
    bool number = i->kind == TOML_INT || i->kind == TOML_FLOAT;
    if (!number || i->index >= 0 || fixed_from_f64(i->real, MONEY_SCALE, &row->cash.v) != ERR_OK ||
        row->cash.v > USER_CASH_MAX) {
        return wrong(r, i, diag, "an amount of money is wanted\ndo: give dollars from 0.01 to 1e12");
    }
    if (row->cash.v < MONEY_SCALE / 100) { /* an account without a cent would only pretend to trade */
        (void)snprintf(text, sizeof text,
                       "under one cent nobody trades\ndo: give at least 0.01, or leave cash out for the "
                       "run's own, %.2f",
                       money_to_f64(r->dflt->cash));
        return wrong(r, i, diag, text);
    }
    return ERR_OK;
}

/* A number, or the name of an account that users of one owner share; who may is looked at when all are
 * known. */
static err_t take_account(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    if (i->kind != TOML_STRING || i->index >= 0) {
        return take_id(r, i, row, at, diag);
    }
    const char *taken = name_taken(i->text);
    if (i->text.n == 0 || i->text.n >= USER_NAME || taken != NULL) {
        return wrong(r, i, diag,
                     taken != NULL ? taken : "a name has 1 to 31 letters\ndo: choose another name");
    }
    return str_copy(row->shared, sizeof row->shared, i->text);
}

static err_t take_preset(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag)
{
    (void)at;
    row->has_preset = true;
    bool known = i->kind == TOML_STRING && preset_parse(i->text, &row->preset) == ERR_OK;
    return known ? ERR_OK
                 : wrong(r, i, diag,
                         "there is no such preset\ndo: choose ultra_conservative, conservative, "
                         "moderate, growth or aggressive");
}

/* The file's own keys of a user; every other one is a preference. `at` is the member that it fills, where one
 * function fills several. */
static const struct {
    const char *key;
    err_t (*take)(reading_t *r, const toml_item_t *i, user_row_t *row, size_t at, diag_t *diag);
    size_t at;
} own_keys[] = {
    {"id", take_id, offsetof(user_row_t, user_id)},
    {"account", take_account, offsetof(user_row_t, account_id)},
    {"owner", take_id, offsetof(user_row_t, owner_id)},
    {"group", take_id, offsetof(user_row_t, risk_group_id)},
    {"cash", take_cash, 0},
    {"preset", take_preset, 0},
    {"watch", take_list, offsetof(user_row_t, watch)},
    {"exclude", take_list, offsetof(user_row_t, exclude)},
    {"exclude_sectors", take_sector, 0},
};

/* A key that is none: the nearest of the file's own and of the preferences, if one is near. */
static err_t unknown_item(const reading_t *r, const toml_item_t *i, str_t key, diag_t *diag)
{
    char text[320];
    const char *near = preference_nearest(key)->name;
    u32 least = str_distance(key, str_from(near));
    for (u32 k = 0; k < COUNT_OF(own_keys); k++) {
        near = str_nearer(key, str_from(own_keys[k].key), &least) ? own_keys[k].key : near;
    }
    char meant[STR_MEANT];
    (void)snprintf(text, sizeof text,
                   "there is no such preference%s\ndo: `vitrine modules preferences` lists them",
                   str_meant(key, near, meant));
    return wrong(r, i, diag, text);
}

static err_t preference_item(const reading_t *r, const toml_item_t *i, str_t key, user_row_t *row,
                             diag_t *diag)
{
    const preference_desc_t *p = preference_find(key);
    diag_t why = {0};
    if (p == NULL) {
        return unknown_item(r, i, key, diag);
    }
    TRY(no_quotes(r, i, diag));
    if (i->kind == TOML_STRING || i->index >= 0) {
        return wrong(r, i, diag, "one value is wanted\ndo: write a number, or true or false");
    }
    f64 v = i->kind == TOML_BOOL ? (i->yes ? 1.0 : 0.0) : i->real;
    return user_prefer(row, p, v, &why) == ERR_OK ? ERR_OK : wrong(r, i, diag, why.text);
}

static err_t row_item(reading_t *r, const toml_item_t *i, str_t key, user_row_t *row, diag_t *diag)
{
    for (u32 k = 0; k < COUNT_OF(own_keys); k++) {
        if (str_eq_c(key, own_keys[k].key)) {
            return own_keys[k].take(r, i, row, own_keys[k].at, diag);
        }
    }
    return preference_item(r, i, key, row, diag);
}

static err_t visit(void *ctx, const toml_item_t *i, diag_t *diag)
{
    reading_t *r = ctx;
    str_t head;
    str_t rest;
    str_t name;
    str_t key;
    if (strcmp(i->key, "mode") == 0) {
        bool known = i->kind == TOML_STRING && users_mode_parse(i->text, &r->users->mode) == ERR_OK;
        return known ? ERR_OK
                     : wrong(r, i, diag,
                             "there is no such mode\ndo: write mode = \"per_user\" or \"global\"");
    }
    bool dotted = str_cut(str_from(i->key), '.', &head, &rest);
    bool whole = dotted && i->kind == TOML_EMPTY; /* [user.anna] and nothing below it: a row without an id */
    if (!str_eq_c(head, "user") || !(whole || str_cut(rest, '.', &name, &key))) {
        return wrong(r, i, diag,
                     "only mode and tables [user.NAME] stand in this file\n"
                     "do: give each user a table, as in [user.anna]");
    }
    u32 index = 0;
    TRY(row_named(r, i, whole ? rest : name, &index, diag));
    return whole ? ERR_OK : row_item(r, i, key, &r->users->rows[index], diag);
}

static int by_account(const void *a, const void *b)
{
    u64 x = ((const user_row_t *)a)->account_id;
    u64 y = ((const user_row_t *)b)->account_id;
    return (x > y) - (x < y);
}

/* A name in both lists asks for two things at once, and a rank cannot tell which was meant. */
static err_t lists_apart(const reading_t *r, u32 index, diag_t *diag)
{
    const user_row_t *row = &r->users->rows[index];
    str_t one;
    str_t other;
    char text[160];
    for (str_t watch = str_from(row->watch); user_list_next(&watch, &one);) {
        for (str_t exclude = str_from(row->exclude); user_list_next(&exclude, &other);) {
            if (str_eq(one, other)) {
                (void)snprintf(text, sizeof text,
                               STR_FMT " stands in watch and in exclude\ndo: keep it in one of them",
                               STR_ARG(one));
                return row_wrong(r, index, diag, text);
            }
        }
    }
    return ERR_OK;
}

/* What a row leaves out, and what it must hold. */
static err_t complete_row(const reading_t *r, u32 index, diag_t *diag)
{
    user_row_t *row = &r->users->rows[index];
    diag_t why = {0};
    if (row->user_id == 0) {
        return row_wrong(r, index, diag, "it has no id\ndo: id = 1, another for each, for ever");
    }
    row->account_id = row->account_id == 0 ? row->user_id : row->account_id;
    row->owner_id = row->owner_id == 0 ? row->user_id : row->owner_id;
    row->risk_group_id = row->risk_group_id == 0 ? row->owner_id : row->risk_group_id;
    row->cash = r->own_place[index].has_cash ? row->cash : r->dflt->cash;
    if (user_row_check(row, &why) != ERR_OK) {
        return row_wrong(r, index, diag, why.text);
    }
    return lists_apart(r, index, diag);
}

/* Nobody stands there twice, nor with an account of somebody else. */
static err_t ids_apart(const reading_t *r, diag_t *diag)
{
    char text[160];
    for (u32 i = 0; i < r->users->count; i++) {
        const user_row_t *b = &r->users->rows[i];
        for (u32 k = 0; k < i; k++) {
            const user_row_t *a = &r->users->rows[k];
            if (a->account_id == b->account_id || a->user_id == b->user_id) {
                (void)snprintf(text, sizeof text,
                               "%s and %s (line %u) have one %s\ndo: give each one of its own", b->name,
                               a->name, r->own_place[k].line, a->user_id == b->user_id ? "id" : "account");
                return row_wrong(r, i, diag, text);
            }
        }
    }
    return ERR_OK;
}

/* What the rows leave out, and what they must hold together. Sorts them, which ends the use of places. */
static err_t complete(const reading_t *r, users_default_t *dflt, diag_t *diag)
{
    run_users_t *u = r->users;
    diag_t why = {0};
    if (u->count == 0) {
        return diag_fail(diag, ERR_CONFIG,
                         "%.200s: no user stands in it\ndo: write a table [user.NAME] with an id", r->file);
    }
    for (u32 i = 0; i < u->count; i++) {
        TRY(complete_row(r, i, diag));
        dflt->taken += r->own_place[i].has_cash ? 0 : 1;
    }
    TRY(ids_apart(r, diag));
    u32 at = 0;
    if (users_shared_check(u->mode, u->rows, u->count, &at, &why) != ERR_OK) {
        return row_wrong(r, at, diag, why.text);
    }
    if (users_cash_check(u->rows, u->count, &why) != ERR_OK) {
        return diag_fail(diag, ERR_CONFIG, "%.200s: %s", r->file, why.text);
    }
    qsort(u->rows, u->count, sizeof *u->rows, by_account);
    return ERR_OK;
}

/* What the reader of TOML says has a place and no remedy. */
static err_t with_remedy(diag_t *diag, const diag_t *why)
{
    bool has = strstr(why->text, "\ndo: ") != NULL;
    return diag_fail(diag, ERR_CONFIG, "%.440s%s", why->text,
                     has ? "" : "\ndo: correct it there; docs/users.md shows a whole file");
}

err_t users_file_parse(str_t text, const char *name, users_default_t *dflt, diag_t *diag, run_users_t *out)
{
    ASSERT(name != NULL && dflt != NULL && out != NULL);
    *out = (run_users_t){0};
    dflt->taken = 0;
    diag_t why = {0};
    reading_t r = {.users = out,
                   .own_place = calloc(LIMIT_USERS, sizeof *r.own_place),
                   .file = name,
                   .dflt = dflt};
    err_t err = r.own_place == NULL ? ERR_NO_MEMORY : toml_read(text, name, visit, &r, &why);
    if (err == ERR_OK) {
        err = complete(&r, dflt, &why);
    }
    free(r.own_place);
    if (err != ERR_OK) {
        run_users_free(out);
    }
    return err == ERR_OK || err == ERR_NO_MEMORY ? err : with_remedy(diag, &why);
}

err_t users_file_read(const char *path, users_default_t *dflt, diag_t *diag, run_users_t *out)
{
    ASSERT(path != NULL && out != NULL);
    arena_t memory;
    str_t text;
    TRY(arena_open(&memory, FILE_SMALL_MAX + 4096));
    err_t err = os_file_read(&memory, path, diag, &text);
    if (err == ERR_OK) {
        err = users_file_parse(text, path, dflt, diag, out);
    }
    arena_close(&memory);
    return err == ERR_BUFFER_FULL ? ERR_CONFIG : err; /* no file of users is so large */
}

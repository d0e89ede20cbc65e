/* See users_file.h. */
#include "faces/cli/users_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/assert.h"
#include "model/sector.h"
#include "os/file.h"
#include "wire/toml.h"

typedef struct {
    run_users_t *users;
    const char *file;
} reading_t;

static err_t wrong(const reading_t *r, const toml_item_t *i, diag_t *diag, const char *what)
{
    return diag_fail(diag, ERR_CONFIG, "%s, line %u, %s: %s", r->file, i->line, i->key, what);
}

static err_t row_named(reading_t *r, str_t name, user_row_t **out)
{
    for (u32 i = 0; i < r->users->count; i++) {
        if (str_eq_c(name, r->users->rows[i].name)) {
            *out = &r->users->rows[i];
            return ERR_OK;
        }
    }
    TRY(run_users_add(r->users, out));
    return str_copy((*out)->name, sizeof(*out)->name, name);
}

static err_t id_of(const reading_t *r, const toml_item_t *i, diag_t *diag, u64 *out)
{
    if (i->kind != TOML_INT || i->whole < 1) {
        return wrong(r, i, diag, "a whole number above 0 is wanted");
    }
    *out = (u64)i->whole;
    return ERR_OK;
}

/* "energy", "health care": the official name, whatever its capitals, or a part that fits one alone. */
static err_t sector_from(const reading_t *r, const toml_item_t *i, diag_t *diag, u32 *bits)
{
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
    *bits |= 1U << found;
    return ERR_OK;
}

static err_t list_item(const reading_t *r, const toml_item_t *i, char *list, diag_t *diag)
{
    diag_t why = {0};
    if (i->kind != TOML_STRING || i->index < 0) {
        return wrong(r, i, diag, "a list of symbols is wanted, [\"AAPL\", \"MSFT\"]");
    }
    return user_list_add(list, i->text, &why) == ERR_OK ? ERR_OK : wrong(r, i, diag, why.text);
}

static err_t cash_of(const reading_t *r, const toml_item_t *i, user_row_t *row, diag_t *diag)
{
    if ((i->kind != TOML_INT && i->kind != TOML_FLOAT) ||
        fixed_from_f64(i->real, MONEY_SCALE, &row->cash.v) != ERR_OK || row->cash.v < 0) {
        return wrong(r, i, diag, "an amount of money is wanted");
    }
    return ERR_OK;
}

static err_t preference_item(const reading_t *r, const toml_item_t *i, str_t key, user_row_t *row,
                             diag_t *diag)
{
    const preference_desc_t *p = preference_find(key);
    diag_t why = {0};
    char text[160];
    if (p == NULL) {
        (void)snprintf(text, sizeof text,
                       "there is no such preference\ndo: did you mean %s? vitrine modules "
                       "preferences lists them",
                       preference_nearest(key)->name);
        return wrong(r, i, diag, text);
    }
    if (i->kind == TOML_STRING || i->index >= 0) {
        return wrong(r, i, diag, "one number, or true or false, is wanted");
    }
    f64 v = i->kind == TOML_BOOL ? (i->yes ? 1.0 : 0.0) : i->real;
    return user_prefer(row, p, v, &why) == ERR_OK ? ERR_OK : wrong(r, i, diag, why.text);
}

static err_t row_item(reading_t *r, const toml_item_t *i, str_t key, user_row_t *row, diag_t *diag)
{
    const struct {
        const char *key;
        u64 *at;
    } ids[] = {{"id", &row->user_id},
               {"account", &row->account_id},
               {"owner", &row->owner_id},
               {"group", &row->risk_group_id}};
    for (u32 k = 0; k < COUNT_OF(ids); k++) {
        if (str_eq_c(key, ids[k].key)) {
            return id_of(r, i, diag, ids[k].at);
        }
    }
    if (str_eq_c(key, "cash")) {
        return cash_of(r, i, row, diag);
    }
    if (str_eq_c(key, "preset")) {
        row->has_preset = true;
        bool known = i->kind == TOML_STRING && preset_parse(i->text, &row->preset) == ERR_OK;
        return known ? ERR_OK
                     : wrong(r, i, diag,
                             "there is no such preset\ndo: ultra_conservative, conservative, moderate, "
                             "growth or aggressive");
    }
    if (str_eq_c(key, "watch") || str_eq_c(key, "exclude")) {
        return list_item(r, i, str_eq_c(key, "watch") ? row->watch : row->exclude, diag);
    }
    if (str_eq_c(key, "exclude_sectors")) {
        return sector_from(r, i, diag, &row->excluded_sectors);
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
        return known ? ERR_OK : wrong(r, i, diag, "the mode is \"per_user\" or \"global\"");
    }
    (void)str_cut(str_from(i->key), '.', &head, &rest);
    if (!str_eq_c(head, "user") || !str_cut(rest, '.', &name, &key)) {
        return wrong(r, i, diag, "only mode and tables [user.NAME] stand in this file");
    }
    user_row_t *row = NULL;
    err_t err = row_named(r, name, &row);
    if (err != ERR_OK) {
        char text[96];
        (void)snprintf(text, sizeof text, "at most %d users, with names of at most %d letters", LIMIT_USERS,
                       USER_NAME - 1);
        return err == ERR_NO_MEMORY ? err : wrong(r, i, diag, text);
    }
    return row_item(r, i, key, row, diag);
}

static int by_account(const void *a, const void *b)
{
    u64 x = ((const user_row_t *)a)->account_id;
    u64 y = ((const user_row_t *)b)->account_id;
    return (x > y) - (x < y);
}

/* What the rows leave out, and that nobody stands there twice. */
static err_t complete(run_users_t *u, const char *file, diag_t *diag)
{
    if (u->count == 0) {
        return diag_fail(diag, ERR_CONFIG,
                         "%s: no user stands in it\ndo: write a table [user.NAME] with an id", file);
    }
    for (u32 i = 0; i < u->count; i++) {
        user_row_t *row = &u->rows[i];
        if (row->user_id == 0) {
            return diag_fail(diag, ERR_CONFIG,
                             "%s: [user.%s] has no id\ndo: id = 1, another for each, for ever", file,
                             row->name);
        }
        row->account_id = row->account_id == 0 ? row->user_id : row->account_id;
        row->owner_id = row->owner_id == 0 ? row->user_id : row->owner_id;
        row->risk_group_id = row->risk_group_id == 0 ? row->owner_id : row->risk_group_id;
        TRY(user_row_check(row, diag));
    }
    qsort(u->rows, u->count, sizeof *u->rows, by_account);
    for (u32 i = 0; i < u->count; i++) {
        for (u32 k = 0; k < i; k++) {
            const user_row_t *a = &u->rows[k];
            const user_row_t *b = &u->rows[i];
            if (a->account_id == b->account_id || a->user_id == b->user_id) {
                return diag_fail(diag, ERR_CONFIG,
                                 "%s: %s and %s have one id\ndo: give each an id of its own", file, a->name,
                                 b->name);
            }
        }
    }
    return ERR_OK;
}

err_t users_file_parse(str_t text, const char *name, diag_t *diag, run_users_t *out)
{
    ASSERT(name != NULL && out != NULL);
    *out = (run_users_t){0};
    reading_t r = {.users = out, .file = name};
    err_t err = toml_read(text, name, visit, &r, diag);
    if (err == ERR_OK) {
        err = complete(out, name, diag);
    }
    if (err != ERR_OK) {
        run_users_free(out);
    }
    return err == ERR_OK || err == ERR_NO_MEMORY ? err : ERR_CONFIG;
}

err_t users_file_read(const char *path, diag_t *diag, run_users_t *out)
{
    ASSERT(path != NULL && out != NULL);
    arena_t memory;
    str_t text;
    TRY(arena_open(&memory, TOML_SIZE_MAX + 4096));
    err_t err = os_file_read(&memory, path, diag, &text);
    if (err == ERR_OK) {
        err = users_file_parse(text, path, diag, out);
    }
    arena_close(&memory);
    return err;
}

/* See user_row.h. */
#include "model/user_row.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "model/sector.h"

#define PREFERENCE_SCALE 10000.0

static const preference_desc_t table[] = {
#define PREF(id_, name_, section_, key_, lo_, hi_, help_)                                                    \
    {.id = id_, .name = #name_, .section = #section_, .key = #key_, .lo = lo_, .hi = hi_, .help = help_},
#include "model/preference.def"
#undef PREF
};

static const char *const mode_names[] = {"per_user", "global"};

u32 preference_count(void)
{
    return (u32)COUNT_OF(table);
}

const preference_desc_t *preference_at(u32 index)
{
    ASSERT(index < COUNT_OF(table));
    return &table[index];
}

const preference_desc_t *preference_find(str_t name)
{
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (str_eq_c(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

const preference_desc_t *preference_nearest(str_t name)
{
    const preference_desc_t *best = &table[0];
    u32 least = UINT32_MAX;
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        best = str_nearer(name, str_from(table[i].name), &least) ? &table[i] : best;
    }
    return best;
}

static const preference_desc_t *preference_of(u8 id)
{
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (table[i].id == id) {
            return &table[i];
        }
    }
    return NULL;
}

const key_desc_t *preference_key(const preference_desc_t *p)
{
    char dotted[96];
    ASSERT(p != NULL);
    (void)snprintf(dotted, sizeof dotted, "%s.%s", p->section, p->key);
    const key_desc_t *k = key_find(str_from(dotted));
    ASSERT(k != NULL);
    return k;
}

const char *users_mode_name(users_mode_t m)
{
    ASSERT((u32)m < COUNT_OF(mode_names));
    return mode_names[m];
}

err_t users_mode_parse(str_t s, users_mode_t *out)
{
    ASSERT(out != NULL);
    for (u32 i = 0; i < COUNT_OF(mode_names); i++) {
        if (str_eq_c(s, mode_names[i])) {
            *out = (users_mode_t)i;
            return ERR_OK;
        }
    }
    return ERR_CONFIG;
}

void user_row_init(user_row_t *row, u64 id, const char *name, money_t cash)
{
    ASSERT(row != NULL && name != NULL && id > 0);
    memset(row, 0, sizeof *row);
    row->user_id = id;
    row->account_id = id;
    row->owner_id = id;
    row->risk_group_id = id;
    row->cash = cash;
    (void)snprintf(row->name, sizeof row->name, "%s", name);
}

/* ---- preferences --------------------------------------------------------------------------------------- */

typedef struct {
    const preference_desc_t *p;
    i64 grid;
} choice_t;

/* The overlay's choices, ascending id. ERR_CONFIG for bytes that are none. */
static err_t overlay_read(const user_row_t *row, choice_t out[COUNT_OF(table)], u32 *count)
{
    *count = 0;
    if (row->overlay_size > USER_OVERLAY) {
        return ERR_CONFIG;
    }
    reader_t r = reader_of(row->overlay, row->overlay_size);
    while (r.at < r.size && *count < COUNT_OF(table)) {
        choice_t c = {.p = preference_of(get_u8(&r))};
        c.grid = get_svarint(&r);
        bool ascends = *count == 0 || (c.p != NULL && out[*count - 1].p->id < c.p->id);
        if (reader_done(&r) != ERR_OK || c.p == NULL || !ascends) {
            return ERR_CONFIG;
        }
        out[(*count)++] = c;
    }
    return r.at == r.size ? ERR_OK : ERR_CONFIG;
}

static err_t overlay_write(user_row_t *row, const choice_t *v, u32 count)
{
    u8 bytes[USER_OVERLAY];
    writer_t w = writer_of(bytes, sizeof bytes);
    for (u32 i = 0; i < count; i++) {
        put_u8(&w, v[i].p->id);
        put_svarint(&w, v[i].grid);
    }
    TRY(writer_done(&w));
    memset(row->overlay, 0, sizeof row->overlay);
    memcpy(row->overlay, bytes, w.used);
    row->overlay_size = (u32)w.used;
    return ERR_OK;
}

/* The ceilings, and the field's own type. */
static err_t choice_check(const preference_desc_t *p, f64 value, diag_t *diag)
{
    bool whole = preference_key(p)->type == KEY_F64;
    if (!(value >= p->lo && value <= p->hi)) { /* not a number fails here too */
        return diag_fail(diag, ERR_CONFIG,
                         "%s = %.12g is outside the house's bounds\nit is the %s\n"
                         "do: choose a value from %.12g to %.12g, or leave it out",
                         p->name, value, p->help, p->lo, p->hi);
    }
    if (!whole && value != (f64)(i64)value) {
        return diag_fail(diag, ERR_CONFIG,
                         "%s = %.12g is no whole number\ndo: choose one from %.12g to %.12g", p->name, value,
                         p->lo, p->hi);
    }
    return ERR_OK;
}

err_t user_prefer(user_row_t *row, const preference_desc_t *p, f64 value, diag_t *diag)
{
    ASSERT(row != NULL && p != NULL);
    choice_t v[COUNT_OF(table) + 1];
    u32 n = 0;
    i64 grid = 0;
    TRY(choice_check(p, value, diag));
    TRY(overlay_read(row, v, &n));
    TRY(fixed_from_f64(value, (i64)PREFERENCE_SCALE, &grid));
    u32 at = 0;
    while (at < n && v[at].p->id < p->id) {
        at++;
    }
    if (at == n || v[at].p->id != p->id) {
        memmove(&v[at + 1], &v[at], (n - at) * sizeof *v);
        n++;
    }
    v[at] = (choice_t){.p = p, .grid = grid};
    return overlay_write(row, v, n);
}

bool user_preferred(const user_row_t *row, const preference_desc_t *p, f64 *value)
{
    ASSERT(row != NULL && p != NULL && value != NULL);
    choice_t v[COUNT_OF(table)];
    u32 n = 0;
    if (overlay_read(row, v, &n) != ERR_OK) {
        return false;
    }
    for (u32 i = 0; i < n; i++) {
        if (v[i].p == p) {
            *value = (f64)v[i].grid / PREFERENCE_SCALE;
            return true;
        }
    }
    return false;
}

/* ---- lists of symbols ---------------------------------------------------------------------------------- */

static bool is_symbol(str_t s)
{
    for (u32 i = 0; i < s.n; i++) {
        u8 c = s.p[i];
        bool mark = c == '.' || c == '-' || c == '/' || c == ':' || c == '_';
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || mark)) {
            return false;
        }
    }
    return s.n > 0 && s.n < LIMIT_SYMBOL;
}

bool user_list_next(str_t *rest, str_t *symbol)
{
    ASSERT(rest != NULL && symbol != NULL);
    if (rest->n == 0) {
        return false;
    }
    (void)str_cut(*rest, ',', symbol, rest);
    return true;
}

err_t user_list_add(char list[USER_LIST], str_t symbol, diag_t *diag)
{
    ASSERT(list != NULL);
    u32 n = 0;
    str_t one;
    if (!is_symbol(symbol)) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\" is no symbol\ndo: capital letters, like BRK.B",
                         STR_ARG(symbol));
    }
    for (str_t rest = str_from(list); user_list_next(&rest, &one); n++) {
        if (str_eq(one, symbol)) {
            return ERR_OK; /* it stands there already */
        }
    }
    size_t used = strlen(list);
    if (n == LIMIT_WATCH || used + 1 + symbol.n + 1 > USER_LIST) {
        return diag_fail(diag, ERR_BUFFER_FULL, "a list holds at most %d symbols\ndo: name fewer",
                         LIMIT_WATCH);
    }
    if (used > 0) {
        list[used++] = ',';
    }
    memcpy(list + used, symbol.p, symbol.n);
    list[used + symbol.n] = '\0';
    return ERR_OK;
}

static err_t list_check(const char list[USER_LIST], const char *which, diag_t *diag)
{
    u32 n = 0;
    str_t one;
    if (memchr(list, '\0', USER_LIST) == NULL) {
        return diag_fail(diag, ERR_CONFIG, "%s: the list has no end", which);
    }
    for (str_t rest = str_from(list); user_list_next(&rest, &one); n++) {
        if (!is_symbol(one)) {
            return diag_fail(diag, ERR_CONFIG, "%s: \"" STR_FMT "\" is no symbol", which, STR_ARG(one));
        }
    }
    return n <= LIMIT_WATCH
               ? ERR_OK
               : diag_fail(diag, ERR_CONFIG, "%s: %u symbols, at most %d are held", which, n, LIMIT_WATCH);
}

/* ---- the row ------------------------------------------------------------------------------------------- */

static bool is_name(const char name[USER_NAME])
{
    size_t n = strnlen(name, USER_NAME);
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '-') {
            return false;
        }
    }
    return n > 0 && n < USER_NAME;
}

/* The house's own account lies above (engine.h); half of what is left is kept free. */
static bool is_id(u64 id)
{
    return id > 0 && id <= USER_ID_MAX;
}

err_t user_row_check(const user_row_t *row, diag_t *diag)
{
    ASSERT(row != NULL);
    choice_t v[COUNT_OF(table)];
    u32 n = 0;
    const u64 ids[] = {row->user_id, row->account_id, row->owner_id, row->risk_group_id};
    for (u32 i = 0; i < COUNT_OF(ids); i++) {
        if (!is_id(ids[i])) {
            return diag_fail(diag, ERR_CONFIG,
                             "user %llu: %llu is no id\ndo: give a whole number from 1 to 2^61 - 1",
                             (unsigned long long)row->user_id, (unsigned long long)ids[i]);
        }
    }
    if (!is_name(row->name)) {
        return diag_fail(diag, ERR_CONFIG,
                         "user %llu: a name has 1 to %d letters, digits, - or _\n"
                         "do: name the user so, as in [user.anna]",
                         (unsigned long long)row->user_id, USER_NAME - 1);
    }
    if (row->shared[0] != '\0' && !is_name(row->shared)) {
        return diag_fail(diag, ERR_CONFIG,
                         "user %s: an account's name has 1 to %d letters, digits, - or _\n"
                         "do: name it so, as in account = \"main\"",
                         row->name, USER_NAME - 1);
    }
    if (row->cash.v < 0 || row->cash.v > USER_CASH_MAX) {
        return diag_fail(diag, ERR_CONFIG, "user %s: cash is outside 0 to 1e12\ndo: give less of it",
                         row->name);
    }
    if (row->has_preset && (u32)row->preset > PRESET_AGGRESSIVE) {
        return diag_fail(diag, ERR_CONFIG, "user %s: no such preset", row->name);
    }
    if (row->excluded_sectors >> SECTOR_COUNT != 0) {
        return diag_fail(diag, ERR_CONFIG, "user %s: no such sector", row->name);
    }
    if (overlay_read(row, v, &n) != ERR_OK) {
        return diag_fail(diag, ERR_CONFIG, "user %s: the preferences cannot be read", row->name);
    }
    for (u32 i = 0; i < n; i++) {
        TRY(choice_check(v[i].p, (f64)v[i].grid / PREFERENCE_SCALE, diag));
    }
    TRY(list_check(row->watch, "watch", diag));
    return list_check(row->exclude, "exclude", diag);
}

err_t users_cash_check(const user_row_t *rows, u32 count, diag_t *diag)
{
    ASSERT(rows != NULL || count == 0);
    i64 room = USER_CASH_MAX;
    for (u32 i = 0; i < count; i++) {
        ASSERT(rows[i].cash.v >= 0 && rows[i].cash.v <= USER_CASH_MAX);
        if (rows[i].cash.v > room) {
            return diag_fail(diag, ERR_CONFIG,
                             "the cash of the %u users together is above $1,000,000,000,000 (1e12)\n"
                             "do: give them less, or run them in parts",
                             count);
        }
        room -= rows[i].cash.v;
    }
    return ERR_OK;
}

/* An account at the broker is a cash account or one that lends: its sub-ledgers say the same, or nothing. */
static bool kinds_agree(const user_row_t *a, const user_row_t *b)
{
    const preference_desc_t *margin = preference_find(STR("margin"));
    f64 mine = -1;
    f64 theirs = -1;
    (void)user_preferred(a, margin, &mine);
    (void)user_preferred(b, margin, &theirs);
    return mine >= theirs && mine <= theirs;
}

err_t users_shared_check(users_mode_t mode, const user_row_t *rows, u32 count, u32 *at, diag_t *diag)
{
    ASSERT(at != NULL && (rows != NULL || count == 0));
    for (u32 i = 0; i < count; i++) {
        *at = i;
        if (rows[i].shared[0] != '\0' && mode != USERS_GLOBAL) {
            return diag_fail(diag, ERR_CONFIG,
                             "account \"%s\": accounts are shared in global mode alone\n"
                             "do: write mode = \"global\", or leave account out",
                             rows[i].shared);
        }
        for (u32 k = 0; k < i; k++) {
            bool one = rows[i].shared[0] != '\0' && strcmp(rows[i].shared, rows[k].shared) == 0;
            if (one && rows[i].owner_id != rows[k].owner_id) {
                return diag_fail(diag, ERR_CONFIG,
                                 "account \"%s\" is also %s's, who has another owner\n"
                                 "do: give both one owner, or each an account",
                                 rows[i].shared, rows[k].name);
            }
            if (one && !kinds_agree(&rows[i], &rows[k])) {
                return diag_fail(diag, ERR_CONFIG,
                                 "account \"%s\" is also %s's, whose `margin` is another: an account lends "
                                 "or it does not\n"
                                 "do: write the same margin for both, or for neither",
                                 rows[i].shared, rows[k].name);
            }
        }
    }
    return ERR_OK;
}

static bool rows_share(const user_row_t *a, const user_row_t *b)
{
    return a->shared[0] != '\0' && a->owner_id == b->owner_id && strcmp(a->shared, b->shared) == 0;
}

u64 users_account_at(const user_row_t *rows, u32 count, u32 index)
{
    ASSERT(rows != NULL && index < count);
    u32 first = index;
    u32 sharing = 0;
    for (u32 i = count; i > 0; i--) {
        bool one = rows_share(&rows[i - 1], &rows[index]);
        first = one ? i - 1 : first;
        sharing += one ? 1 : 0;
    }
    return sharing > 1 ? USER_SHARED + rows[first].account_id : rows[index].account_id;
}

user_row_t user_row_admit(const user_row_t *row)
{
    ASSERT(row != NULL && is_id(row->account_id));
    user_row_t out;
    if (user_row_check(row, NULL) == ERR_OK) {
        return *row;
    }
    user_row_init(&out, row->account_id, "unsound", row->cash);
    out.user_id = is_id(row->user_id) ? row->user_id : row->account_id;
    out.owner_id = is_id(row->owner_id) ? row->owner_id : row->account_id;
    out.risk_group_id = is_id(row->risk_group_id) ? row->risk_group_id : row->account_id;
    out.barred = true;
    if (user_row_check(&out, NULL) != ERR_OK) {
        out.cash = (money_t){0};
    }
    return out;
}

err_t user_resolve(const config_t *house, const user_row_t *row, diag_t *diag, config_t *out)
{
    ASSERT(house != NULL && row != NULL && out != NULL);
    choice_t v[COUNT_OF(table)];
    u32 n = 0;
    config_t c = *house;
    TRY(user_row_check(row, diag));
    TRY(overlay_read(row, v, &n));
    if (row->has_preset) {
        config_set_preset(&c, row->preset);
    }
    for (u32 i = 0; i < n; i++) {
        TRY(key_set(&c, preference_key(v[i].p), (f64)v[i].grid / PREFERENCE_SCALE, diag));
    }
    *out = c;
    return ERR_OK;
}

/* ---- as text ------------------------------------------------------------------------------------------- */

static void line_u64(writer_t *w, const char *key, u64 v)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    put_key_value(w, key, text);
}

err_t user_row_encode(const user_row_t *given, writer_t *w)
{
    ASSERT(given != NULL && w != NULL);
    user_row_t admitted = user_row_admit(given);
    const user_row_t *row = &admitted;
    choice_t v[COUNT_OF(table)];
    u32 n = 0;
    char text[48];
    line_u64(w, "user", row->user_id);
    put_key_value(w, "name", row->name);
    line_u64(w, "account", row->account_id);
    line_u64(w, "owner", row->owner_id);
    line_u64(w, "risk_group", row->risk_group_id);
    line_u64(w, "cash", (u64)row->cash.v);
    if (row->shared[0] != '\0') {
        put_key_value(w, "shares", row->shared);
    }
    if (row->barred) {
        line_u64(w, "barred", 1);
    }
    if (row->has_preset) {
        put_key_value(w, "preset", preset_name(row->preset));
    }
    TRY(overlay_read(row, v, &n));
    for (u32 i = 0; i < n; i++) {
        (void)snprintf(text, sizeof text, "%.12g", (f64)v[i].grid / PREFERENCE_SCALE);
        put_key_value(w, v[i].p->name, text);
    }
    if (row->excluded_sectors != 0) {
        line_u64(w, "exclude_sectors", row->excluded_sectors);
    }
    if (row->watch[0] != '\0') {
        put_key_value(w, "watch", row->watch);
    }
    if (row->exclude[0] != '\0') {
        put_key_value(w, "exclude", row->exclude);
    }
    return writer_done(w);
}

static err_t line_number(user_row_t *row, str_t key, str_t value, bool *taken)
{
    const struct {
        const char *key;
        u64 *at;
    } numbers[] = {{"user", &row->user_id},
                   {"account", &row->account_id},
                   {"owner", &row->owner_id},
                   {"risk_group", &row->risk_group_id}};
    u64 v = 0;
    *taken = false;
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        if (str_eq_c(key, numbers[i].key)) {
            *taken = true;
            return str_to_u64(value, numbers[i].at);
        }
    }
    if (str_eq_c(key, "cash") || str_eq_c(key, "exclude_sectors")) {
        *taken = true;
        TRY(str_to_u64(value, &v));
        if (str_eq_c(key, "cash")) {
            row->cash.v = v > (u64)INT64_MAX ? -1 : (i64)v;
        } else {
            row->excluded_sectors = v > UINT32_MAX ? UINT32_MAX : (u32)v;
        }
    }
    return ERR_OK;
}

static err_t row_line(user_row_t *row, str_t key, str_t value, diag_t *diag)
{
    bool taken = false;
    err_t err = line_number(row, key, value, &taken);
    if (err != ERR_OK) {
        return diag_fail(diag, err, STR_FMT " = " STR_FMT " is no number", STR_ARG(key), STR_ARG(value));
    }
    if (taken) {
        return ERR_OK;
    }
    if (str_eq_c(key, "name") || str_eq_c(key, "shares")) {
        return str_copy(str_eq_c(key, "name") ? row->name : row->shared, USER_NAME, value) == ERR_OK
                   ? ERR_OK
                   : diag_fail(diag, ERR_CONFIG, STR_FMT " = " STR_FMT " is longer than %d letters",
                               STR_ARG(key), STR_ARG(value), USER_NAME - 1);
    }
    if (str_eq_c(key, "preset")) {
        row->has_preset = true;
        return preset_parse(value, &row->preset) == ERR_OK
                   ? ERR_OK
                   : diag_fail(diag, ERR_CONFIG, "preset = " STR_FMT ": there is no such preset",
                               STR_ARG(value));
    }
    if (str_eq_c(key, "barred")) {
        row->barred = !str_eq_c(value, "0");
        return ERR_OK;
    }
    if (str_eq_c(key, "watch") || str_eq_c(key, "exclude")) {
        char *list = str_eq_c(key, "watch") ? row->watch : row->exclude;
        str_t one;
        while (user_list_next(&value, &one)) {
            TRY(user_list_add(list, one, diag));
        }
        return ERR_OK;
    }
    const preference_desc_t *p = preference_find(key);
    f64 v = 0;
    if (p == NULL) {
        char meant[STR_MEANT];
        return diag_fail(diag, ERR_UNKNOWN_KEY,
                         STR_FMT " is no preference%s\ndo: `vitrine modules preferences` lists them",
                         STR_ARG(key), str_meant(key, preference_nearest(key)->name, meant));
    }
    err = str_to_f64(value, &v);
    if (err != ERR_OK) {
        return diag_fail(diag, err, STR_FMT " = " STR_FMT " is no number", STR_ARG(key), STR_ARG(value));
    }
    return user_prefer(row, p, v, diag);
}

err_t user_row_decode(str_t text, diag_t *diag, user_row_t *out)
{
    ASSERT(out != NULL);
    memset(out, 0, sizeof *out);
    key_values_t kv = {.text = text, .what = "a user's row", .diag = diag};
    for (;;) {
        TRY(key_values_next(&kv));
        if (kv.key.n == 0) {
            return user_row_check(out, diag);
        }
        TRY(row_line(out, kv.key, kv.value, diag));
    }
}

err_t users_encode(users_mode_t mode, const user_row_t *rows, u32 count, writer_t *w)
{
    ASSERT(rows != NULL || count == 0);
    put_key_value(w, "mode", users_mode_name(mode));
    for (u32 i = 0; i < count; i++) {
        put_bytes(w, "\n", 1);
        TRY(user_row_encode(&rows[i], w));
    }
    return writer_done(w);
}

/* The text up to the next empty line. */
static str_t paragraph(str_t *rest)
{
    str_t out = *rest;
    for (u32 i = 0; i + 1 < rest->n; i++) {
        if (rest->p[i] == '\n' && rest->p[i + 1] == '\n') {
            out = str_slice(*rest, 0, i + 1);
            *rest = str_slice(*rest, i + 2, rest->n);
            return out;
        }
    }
    *rest = str_slice(*rest, rest->n, rest->n);
    return out;
}

err_t users_decode(str_t text, diag_t *diag, users_mode_t *mode, user_row_t *rows, u32 cap, u32 *count)
{
    ASSERT(mode != NULL && rows != NULL && count != NULL);
    str_t rest = text;
    str_t key;
    str_t value;
    *count = 0;
    if (!str_cut(paragraph(&rest), '=', &key, &value) || !str_eq_c(str_trim(key), "mode")) {
        return diag_fail(diag, ERR_SYNTAX, "recorded users: the mode does not come first");
    }
    if (users_mode_parse(str_trim(value), mode) != ERR_OK) {
        return diag_fail(diag, ERR_CONFIG, "recorded users: no such mode");
    }
    while (rest.n > 0) {
        if (*count == cap) {
            return diag_fail(diag, ERR_BUFFER_FULL, "recorded users: more than %u", cap);
        }
        TRY(user_row_decode(paragraph(&rest), diag, &rows[*count]));
        if (*count > 0 && rows[*count - 1].account_id >= rows[*count].account_id) {
            return diag_fail(diag, ERR_CONFIG, "recorded users: accounts are not in ascending order");
        }
        (*count)++;
    }
    u32 at = 0;
    TRY(users_shared_check(*mode, rows, *count, &at, diag));
    return users_cash_check(rows, *count, diag);
}

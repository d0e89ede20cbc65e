/* A user as a row: who it is, a preset, and what the user prefers otherwise (decision 39).
 *
 * Promises: a row is a plain value without pointers; its preferences are an overlay of at most 256 bytes,
 * each wired to one field of the configuration (preference.def) and held to the house's ceilings;
 * user_resolve makes of the house's configuration and a row the value that this user's decisions read. What
 * is not a preference cannot be set by a row. Leaves to others: where rows are kept, which symbols exist. */
#ifndef VITRINE_MODEL_USER_ROW_H
#define VITRINE_MODEL_USER_ROW_H

#include "base/fixed.h"
#include "model/config.h"

enum {
    USER_NAME = 32,
    USER_OVERLAY = 256,              /* bytes of preferences */
    USER_LIST = 4096,                /* bytes of a list of symbols */
    LIMIT_WATCH = 256,               /* symbols in a list */
    LIMIT_USERS = 1024,              /* in one process; more belong to another node */
    USER_TEXT = 2 * USER_LIST + 4096 /* canonical text of one row */
};

typedef struct {
    u8 id;
    const char *name;
    const char *section, *key; /* the field it is wired to */
    f64 lo, hi;
    const char *help;
} preference_desc_t;

/* Cash of one user, and of all users of a run together. Reports add up the money of all in an i64, which
 * holds nine times as much: room for what they may gain. */
#define USER_CASH_MAX ((i64)1000000000000 * MONEY_SCALE)
#define USER_ID_MAX ((UINT64_C(1) << 61) - 1) /* of a user, an account, an owner, a risk group */

u32 preference_count(void);
const preference_desc_t *preference_at(u32 index);
/* NULL if there is none. */
const preference_desc_t *preference_find(str_t name);
/* The nearest name by edit distance. Never NULL. */
const preference_desc_t *preference_nearest(str_t name);
/* The key it is wired to. Never NULL: a test holds the table to config.def. */
const key_desc_t *preference_key(const preference_desc_t *p);

typedef struct {
    u64 user_id;
    u64 account_id;
    u64 owner_id; /* beneficial owner: accounts of one owner share wash sales and never cross */
    u64 risk_group_id;
    char name[USER_NAME];
    char shared[USER_NAME]; /* the broker's account that it is a sub-ledger of; empty: it has its own */
    money_t cash;
    bool barred;     /* what stood there could not be read: this user opens nothing */
    bool has_preset; /* otherwise the house's configuration stands below the preferences */
    preset_t preset;
    u32 overlay_size;
    u8 overlay[USER_OVERLAY]; /* (id, value in 1e-4) pairs, ascending id */
    u32 excluded_sectors;     /* bit by sector */
    char watch[USER_LIST];    /* "AAPL,MSFT" */
    char exclude[USER_LIST];
} user_row_t;

/* Per user: every user walks all thirteen stages. Global: stages 6 to 10 once for the house, then 11 to 13
 * for each user under its own brakes (decision 36, docs/decisions/0021). Stored ids. */
typedef enum { USERS_EACH = 0, USERS_GLOBAL = 1 } users_mode_t;
const char *users_mode_name(users_mode_t m);
MUST_USE err_t users_mode_parse(str_t s, users_mode_t *out);

/* A row with ids of its own (`id` for user, account, owner and risk group), no preset, nothing preferred. */
void user_row_init(user_row_t *row, u64 id, const char *name, money_t cash);
/* Sets one preference, or replaces it. ERR_CONFIG (not a number, outside the ceilings, not whole where only
 * whole numbers make sense), ERR_BUFFER_FULL (the overlay is full). */
MUST_USE err_t user_prefer(user_row_t *row, const preference_desc_t *p, f64 value, diag_t *diag);
/* The value of a preference. False if the row has none. */
bool user_preferred(const user_row_t *row, const preference_desc_t *p, f64 *value);
/* Appends a symbol to a list (`watch` or `exclude`). ERR_SYNTAX for what is no symbol, ERR_BUFFER_FULL beyond
 * LIMIT_WATCH symbols. */
MUST_USE err_t user_list_add(char list[USER_LIST], str_t symbol, diag_t *diag);
/* Symbols of a list, one by one: *rest begins as the list. False at its end. */
bool user_list_next(str_t *rest, str_t *symbol);
/* Everything that a row must hold, whoever made it: ids from 1 to USER_ID_MAX, cash that is no debt,
 * preferences within the ceilings, lists of symbols. ERR_CONFIG with what is wrong. */
MUST_USE err_t user_row_check(const user_row_t *row, diag_t *diag);
/* What they hold together: ERR_CONFIG beyond USER_CASH_MAX. Each row is sound. */
MUST_USE err_t users_cash_check(const user_row_t *rows, u32 count, diag_t *diag);
/* Who may share an account: sub-ledgers of one owner and of one kind (cash or margin), in global mode.
 * ERR_CONFIG, and *at is the row that may not. Each row is sound. */
MUST_USE err_t users_shared_check(users_mode_t mode, const user_row_t *rows, u32 count, u32 *at,
                                  diag_t *diag);
/* Numbers of shared accounts: this plus that of the first sub-ledger. */
#define USER_SHARED (USER_ID_MAX + 1)
/* The account at the broker of the row at `index`: its own, or, where it shares a name with another row of
 * its owner, the shared one's. */
u64 users_account_at(const user_row_t *rows, u32 count, u32 index);
/* The row, or, if it is not sound, what is left of it: its ids and money, barred. The account's id must be
 * sound; another that is not becomes the account's. */
user_row_t user_row_admit(const user_row_t *row);
/* The configuration that this user's decisions read. ERR_CONFIG as above; *out is then as it was. */
MUST_USE err_t user_resolve(const config_t *house, const user_row_t *row, diag_t *diag, config_t *out);

/* Canonical text, "key = value" a line; equal rows, equal bytes. Of a row that is not sound what
 * user_row_admit leaves. ERR_BUFFER_FULL. */
MUST_USE err_t user_row_encode(const user_row_t *row, writer_t *w);
/* Reads back what is written above, or what a person wrote in that form; a row that is not sound is refused.
 * ERR_SYNTAX, ERR_UNKNOWN_KEY, ERR_CONFIG. */
MUST_USE err_t user_row_decode(str_t text, diag_t *diag, user_row_t *out);
/* Rows of one run with their mode, ascending account ids: what the first event of a run holds. */
MUST_USE err_t users_encode(users_mode_t mode, const user_row_t *rows, u32 count, writer_t *w);
/* `rows` holds `cap`. ERR_BUFFER_FULL, ERR_CONFIG (ids that are not ascending), and the errors above. */
MUST_USE err_t users_decode(str_t text, diag_t *diag, users_mode_t *mode, user_row_t *rows, u32 cap,
                            u32 *count);

#endif

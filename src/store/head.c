/* See head.h. */
#include "store/head.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "os/file.h"
#include "store/home.h"
#include "store/migrations.h"
#include "store/sqlite.h"

enum { NOTE_MEMORY = 4096 };

u32 head_note_print(const head_note_t *note, char out[HEAD_NOTE_TEXT])
{
    ASSERT(note != NULL && out != NULL);
    ASSERT(note->blocks > 0 && strlen(note->run.text) == RUN_ID_LENGTH);
    char hex[2 * sizeof note->head.b + 1];
    hex_print(hex, note->head.b, sizeof note->head.b);
    int n = snprintf(out, HEAD_NOTE_TEXT, "vitrine-head 1 %s %" PRIu64 " %" PRIu64 " %s\n", note->run.text,
                     note->seq, note->blocks, hex);
    ASSERT(n > 0 && n < (int)HEAD_NOTE_TEXT);
    return (u32)n;
}

err_t head_write(const char *root, const head_note_t *note, diag_t *diag)
{
    ASSERT(root != NULL && note != NULL);
    char path[LIMIT_PATH];
    char text[HEAD_NOTE_TEXT];
    u32 n = head_note_print(note, text);
    TRY(os_path_join(path, sizeof path, root, HOME_HEAD));
    return os_file_write(path, (str_t){.p = (const u8 *)text, .n = n}, 0600, diag);
}

/* Letters and digits alone: the name stands in messages. */
static bool is_run(str_t word)
{
    bool ok = word.n == RUN_ID_LENGTH;
    for (u32 i = 0; ok && i < word.n; i++) {
        u8 c = word.p[i];
        ok = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    }
    return ok;
}

/* Six words and a line's end, as head_write writes them. */
bool head_note_parse(str_t text, head_note_t *out)
{
    ASSERT(out != NULL);
    str_t word[6] = {{0}};
    str_t rest = text;
    u32 n = 0;
    if (text.n == 0 || text.p[text.n - 1] != '\n') {
        return false;
    }
    rest.n--;
    while (n < COUNT_OF(word) - 1 && str_cut(rest, ' ', &word[n], &rest)) {
        n++;
    }
    word[n] = rest;
    bool ok = n == COUNT_OF(word) - 1 && str_eq_c(word[0], "vitrine-head") && str_eq_c(word[1], "1") &&
              is_run(word[2]) && str_to_u64(word[3], &out->seq) == ERR_OK &&
              str_to_u64(word[4], &out->blocks) == ERR_OK && out->blocks > 0 && out->blocks <= UINT32_MAX &&
              hex_parse((const char *)word[5].p, word[5].n, out->head.b, sizeof out->head.b) == ERR_OK;
    if (ok) {
        memcpy(out->run.text, word[2].p, RUN_ID_LENGTH);
        out->run.text[RUN_ID_LENGTH] = 0;
    }
    return ok;
}

static err_t note_read(const char *path, diag_t *diag, head_note_t *out)
{
    u8 memory[NOTE_MEMORY];
    arena_t a;
    str_t text = {0};
    diag_t why = {0};
    arena_init(&a, memory, sizeof memory);
    err_t err = os_file_read(&a, path, &why, &text);
    if (err == ERR_OK && head_note_parse(text, out)) {
        return ERR_OK;
    }
    if (err == ERR_PERMISSION || err == ERR_IO) {
        return diag_fail(diag, err, "%s", why.text);
    }
    return diag_fail(diag, ERR_CORRUPT, "%.300s: this says where the newest run stood, and cannot be read\n"
                     "do: restore it from a backup, or remove it", path);
}

/* *same: the database has the block that the note names. */
static err_t compare(sql_db_t *db, const head_note_t *note, diag_t *diag, bool *same)
{
    static const char sql[] =
        "SELECT hash FROM journal_block WHERE id = (SELECT run FROM run WHERE id = ?1) << 32 | ?2";
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, sql, diag, &q));
    sql_bind_text(q, 1, str_from(note->run.text));
    sql_bind_i64(q, 2, (i64)note->blocks);
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK) {
        str_t hash = row ? sql_column_blob(q, 0) : (str_t){0};
        *same = hash.n == sizeof note->head.b && memcmp(hash.p, note->head.b, hash.n) == 0;
    }
    sql_finalize(q);
    return err;
}

/* NULL: there is no journal in it. Read anew for every question: a run may be writing. */
static err_t open_journal(const char *path, diag_t *diag, sql_db_t **out)
{
    sql_db_t *db = NULL;
    sql_options_t o = {.path = path, .read_only = true};
    *out = NULL;
    if (!os_exists(path)) {
        return ERR_OK;
    }
    TRY(sql_open(&o, diag, &db));
    diag_t why = {0};
    err_t err = migrations_check(db, &why);
    if (err != ERR_OK) {
        sql_close(db);
        return err == ERR_EMPTY ? ERR_OK : why.set ? diag_fail(diag, err, "%s", why.text) : err;
    }
    *out = db;
    return ERR_OK;
}

/* The note first and the database after it: a run that goes on meanwhile is only further. */
err_t head_check(const char *root, diag_t *diag)
{
    ASSERT(root != NULL);
    char database[LIMIT_PATH];
    char path[LIMIT_PATH];
    head_note_t note = {0};
    sql_db_t *db = NULL;
    bool same = false;
    TRY(os_path_join(path, sizeof path, root, HOME_HEAD));
    TRY(os_path_join(database, sizeof database, root, HOME_DB));
    if (!os_exists(path)) {
        return ERR_OK;
    }
    TRY(note_read(path, diag, &note));
    TRY(open_journal(database, diag, &db));
    err_t err = db != NULL ? compare(db, &note, diag, &same) : ERR_OK;
    sql_close(db);
    if (err != ERR_OK || same) {
        return err;
    }
    if (!os_exists(database)) {
        return diag_fail(diag, ERR_CORRUPT,
                         "%.130s is gone: event %" PRIu64 " of run %s was in it\n"
                         "do: put it back; if it is lost, remove %.170s",
                         database, note.seq, note.run.text, path);
    }
    return diag_fail(diag, ERR_CORRUPT,
                     "%.130s is older than this home has been, or another's: event %" PRIu64
                     " of run %s is not in it\n"
                     "do: put the newer one back, without a log (-wal) of another; if it is lost, "
                     "remove %.170s",
                     database, note.seq, note.run.text, path);
}

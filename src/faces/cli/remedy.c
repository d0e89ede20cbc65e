/* See remedy.h. */
#include "faces/cli/remedy.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "faces/cli/verb.h"

#define PROGRAM "vitrine "
#define ACTION "do: "

/* Bytes of the command that begins at `text`, to the closing backtick or the line's end; 0 if none does. */
static size_t command_size(const char *text, bool quoted)
{
    if (strncmp(text, PROGRAM, sizeof PROGRAM - 1) != 0) {
        return 0;
    }
    size_t n = strcspn(text, quoted ? "`\n" : "\n");
    return quoted && text[n] != '`' ? 0 : n;
}

static bool names(const char *command, size_t size, const char *option)
{
    size_t n = strlen(option);
    for (size_t i = 0; i + n <= size; i++) {
        if (memcmp(command + i, option, n) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the command reads or writes a home, and does not say which. */
static bool wants_home(const char *command, size_t size)
{
    char verb[32];
    const char *at = command + sizeof PROGRAM - 1;
    size_t n = MIN_OF(strcspn(at, " `\n"), sizeof verb - 1);
    memcpy(verb, at, n);
    verb[n] = 0;
    const verb_desc_t *v = verb_find(verb);
    return v != NULL && !v->anywhere && !names(command, size, "--help") && !names(command, size, "--home");
}

/* As a shell reads it back as one word. */
static void put_word(writer_t *w, const char *word)
{
    ASSERT(word[0] != 0);
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";
    if (word[strspn(word, plain)] == 0) {
        put_bytes(w, word, strlen(word));
        return;
    }
    put_u8(w, '\'');
    for (; *word != 0; word++) {
        if (*word == '\'') {
            put_bytes(w, "'\\'", 3); /* ends the quotation, stands for itself, begins another */
        }
        put_u8(w, (u8)*word);
    }
    put_u8(w, '\'');
}

void remedy_fill(const char *text, const char *home, char out[REMEDY_TEXT])
{
    ASSERT(text != NULL && out != NULL);
    writer_t w = writer_of(out, REMEDY_TEXT - 1);
    const char *at = text;
    bool start = true; /* of a line, or behind its "do: " */
    while (*at != 0) {
        bool quoted = at > text && at[-1] == '`';
        size_t n = home != NULL && (quoted || start) ? command_size(at, quoted) : 0;
        bool acts = start && strncmp(at, ACTION, sizeof ACTION - 1) == 0;
        size_t step = n > 0 ? n : acts ? sizeof ACTION - 1 : 1;
        put_bytes(&w, at, step);
        if (n > 0 && wants_home(at, n)) {
            put_bytes(&w, " --home ", 8);
            put_word(&w, home);
        }
        at += step;
        start = acts || at[-1] == '\n' || (start && at[-1] == ' ');
    }
    if (writer_done(&w) != ERR_OK) { /* the advice as it was is better than half of a path */
        (void)snprintf(out, REMEDY_TEXT, "%s", text);
        return;
    }
    out[w.used] = 0;
}

/* See settings_file.h. */
#include "faces/cli/settings_file.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"

static void put_text(writer_t *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

/* The shortest that reads back to the same bits. */
static void put_value(writer_t *w, const key_desc_t *k, f64 v)
{
    char text[32];
    f64 back = 0;
    if (k->type == KEY_BOOL) {
        put_text(w, v != 0 ? "true" : "false");
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        if (str_to_f64(str_from(text), &back) == ERR_OK && back == v) {
            break;
        }
    }
    put_text(w, text);
}

/* A TOML table may stand once: keys are gathered by section, in the order in which those first appear. */
static void put_section(writer_t *w, const config_t *c, u32 first)
{
    const char *section = key_at(first)->section;
    for (u32 i = 0; i < first; i++) {
        if (strcmp(key_at(i)->section, section) == 0) {
            return;
        }
    }
    put_text(w, "\n[");
    put_text(w, section);
    put_text(w, "]\n");
    for (u32 i = first; i < key_count(); i++) {
        const key_desc_t *k = key_at(i);
        if (strcmp(k->section, section) == 0) {
            put_text(w, k->name);
            put_text(w, " = ");
            put_value(w, k, key_get(c, k));
            put_text(w, "\n");
        }
    }
}

err_t settings_file_put(writer_t *w, const char *head, const config_t *c)
{
    ASSERT(w != NULL && head != NULL && c != NULL);
    char line[96];
    put_text(w, head);
    (void)snprintf(line, sizeof line, "profile = \"%s\"\npreset = \"%s\"\n", profile_name(c->profile),
                   preset_name(c->preset));
    put_text(w, line);
    for (u32 i = 0; i < key_count(); i++) {
        put_section(w, c, i);
    }
    return writer_done(w);
}

/* Any bytes: the reader answers or refuses. What it takes, the writer can write, and that reads as the same
 * tree. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "wire/json.h"
#include "wire/jsonw.h"

enum { TREE = 1 << 22, TEXT = 1 << 20, FUZZ_INPUT = 1 << 15 };

static void write_value(jsonw_t *w, const json_t *j)
{
    f64 v = 0;
    switch (j->kind) {
    case JSON_STRING:
        jsonw_str(w, j->text);
        return;
    case JSON_BOOL:
        jsonw_bool(w, j->yes);
        return;
    case JSON_NULL:
        jsonw_null(w);
        return;
    case JSON_NUMBER:
        if (json_to_f64(j, &v) == ERR_OK) {
            jsonw_f64(w, v);
        } else {
            jsonw_null(w);
        }
        return;
    default:
        break;
    }
    if (j->kind == JSON_ARRAY) {
        jsonw_array(w);
    } else {
        jsonw_object(w);
    }
    for (const json_t *m = j->first; m != NULL; m = m->next) {
        if (j->kind == JSON_OBJECT) {
            static char key[FUZZ_INPUT + 1];
            memcpy(key, m->key.p, m->key.n);
            key[m->key.n] = 0;
            jsonw_key(w, key);
        }
        write_value(w, m);
    }
    jsonw_end(w);
}

/* Keys with a NUL inside are cut by the writer's C strings; such a tree is not compared. */
static bool plain_keys(const json_t *j)
{
    for (const json_t *m = j->first; m != NULL; m = m->next) {
        if ((m->key.n > 0 && memchr(m->key.p, 0, m->key.n) != NULL) || !plain_keys(m)) {
            return false;
        }
    }
    return true;
}

/* The trees agree; a number is compared as a double. */
static void compare(const json_t *a, const json_t *b)
{
    f64 x = 0;
    f64 y = 0;
    if (a->kind == JSON_NUMBER && json_to_f64(a, &x) != ERR_OK) {
        ASSERT(b->kind == JSON_NULL);
        return;
    }
    ASSERT(a->kind == b->kind && a->count == b->count);
    ASSERT(a->kind != JSON_STRING || str_eq(a->text, b->text));
    ASSERT(a->kind != JSON_NUMBER || (json_to_f64(b, &y) == ERR_OK && x == y));
    const json_t *q = b->first;
    for (const json_t *p = a->first; p != NULL; p = p->next) {
        ASSERT(q != NULL && str_eq(p->key, q->key));
        compare(p, q);
        q = q->next;
    }
}

static u32 depth_of(const json_t *j)
{
    u32 deepest = 0;
    for (const json_t *m = j->first; m != NULL; m = m->next) {
        u32 d = depth_of(m);
        deepest = d > deepest ? d : deepest;
    }
    return j->kind == JSON_ARRAY || j->kind == JSON_OBJECT ? deepest + 1 : deepest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static u8 *first, *second, *text;
    if (first == NULL) {
        first = malloc(TREE);
        second = malloc(TREE);
        text = malloc(TEXT);
    }
    if (size > FUZZ_INPUT) {
        return 0;
    }
    arena_t a;
    arena_t b;
    diag_t d = {0};
    const json_t *j = NULL;
    const json_t *k = NULL;
    arena_init(&a, first, TREE);
    arena_init(&b, second, TREE);
    err_t err = json_parse(&a, (str_t){.p = data, .n = (u32)size}, &d, &j);
    ASSERT((err == ERR_OK) == (j != NULL));
    ASSERT(err == ERR_OK || d.set);
    if (err != ERR_OK || depth_of(j) >= JSONW_DEPTH_MAX - 1 || !plain_keys(j)) {
        return 0;
    }
    jsonw_t w;
    jsonw_init(&w, text, TEXT);
    write_value(&w, j);
    err = jsonw_done(&w);
    ASSERT(err == ERR_OK);
    err = json_parse(&b, (str_t){.p = text, .n = (u32)w.used}, &d, &k);
    ASSERT(err == ERR_OK);
    compare(j, k);
    return 0;
}

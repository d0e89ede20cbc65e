/* A small strict JSON reader for our own files and for the control socket.
 *
 * RFC 8259 and nothing more: no comments, no trailing commas, no NaN, UTF-8 only, no lone surrogates, no key
 * twice in one object, nothing after the value. Limits on size, depth and members are part of the format. The
 * tree lives in the caller's arena and borrows the text. Numbers stay text until somebody asks for a kind of
 * number, so that nothing is rounded on the way. Streams of market data are not for this reader. */
#ifndef VITRINE_WIRE_JSON_H
#define VITRINE_WIRE_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    JSON_SIZE_MAX = 1 << 20, /* our own files; a control message is far smaller */
    JSON_DEPTH_MAX = 32,
    JSON_MEMBERS_MAX = 1024 /* of one object: keys are compared pairwise */
};

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind_t;

typedef struct json {
    json_kind_t kind;
    bool yes;           /* JSON_BOOL */
    u32 count;          /* JSON_ARRAY, JSON_OBJECT: children */
    str_t text;         /* JSON_STRING unescaped, JSON_NUMBER as written */
    str_t key;          /* in an object: the member's name, unescaped */
    struct json *first; /* children, in the order of the text */
    struct json *next;
} json_t;

/* ERR_BUFFER_FULL (size), ERR_SYNTAX, ERR_UTF8, ERR_DEPTH, ERR_EXISTS (a key twice), ERR_POOL_FULL (members),
 * ERR_ARENA_FULL; the message has line and column. */
MUST_USE err_t json_parse(arena_t *a, str_t text, diag_t *diag, const json_t **out);

/* Member of an object; NULL if there is none or `j` is not an object. `j` may be NULL. */
const json_t *json_get(const json_t *j, const char *key);
/* Element of an array; NULL beyond the end. */
const json_t *json_at(const json_t *j, u32 index);
/* ERR_NOT_FOUND if `j` is NULL, ERR_SYNTAX if it is of another kind, ERR_NUMBER and ERR_OVERFLOW as in str.h.
 */
MUST_USE err_t json_to_str(const json_t *j, str_t *out);
MUST_USE err_t json_to_bool(const json_t *j, bool *out);
MUST_USE err_t json_to_i64(const json_t *j, i64 *out);
MUST_USE err_t json_to_f64(const json_t *j, f64 *out);
/* Exact decimal at 10^-scale. */
MUST_USE err_t json_to_scaled(const json_t *j, u32 scale, i64 *out);

#endif

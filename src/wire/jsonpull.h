/* JSON token by token, for files of data: any size, nothing kept.
 *
 * Grammar of RFC 8259 with one loosening that recorded data needs: a bare NaN or Infinity where a value
 * stands is given as JSONPULL_NULL. Depth is bounded. Strings are unescaped into the caller's buffer (longer
 * ones are cut at its end and marked). After the outermost value only blanks, or, for JSON lines, further
 * values. wire/json.h is the strict reader for our own small files. */
#ifndef VITRINE_WIRE_JSONPULL_H
#define VITRINE_WIRE_JSONPULL_H

#include "base/err.h"
#include "base/str.h"

enum { JSONPULL_DEPTH = 32, JSONPULL_TEXT = 8192, JSONPULL_KEY = 128 };

typedef enum {
    JSONPULL_END, /* of the text */
    JSONPULL_OBJECT,
    JSONPULL_OBJECT_END,
    JSONPULL_ARRAY,
    JSONPULL_ARRAY_END,
    JSONPULL_STRING,
    JSONPULL_NUMBER,
    JSONPULL_TRUE,
    JSONPULL_FALSE,
    JSONPULL_NULL
} jsonpull_kind_t;

typedef struct {
    const u8 *p;
    size_t n;
    size_t at;
    u64 line;
    u32 depth;
    bool array[JSONPULL_DEPTH];
    bool first; /* of its container: no comma before it */
    jsonpull_kind_t kind;
    str_t text;             /* string unescaped, number as written; until the next token */
    bool cut;               /* the string was longer than the buffer */
    char key[JSONPULL_KEY]; /* member name of this value, "" in an array; a longer one is cut */
    u8 buffer[JSONPULL_TEXT];
} jsonpull_t;

void jsonpull_begin(jsonpull_t *j, const void *p, size_t n);
/* Next token into *j. ERR_SYNTAX, ERR_TRUNCATED, ERR_DEPTH; j->line tells where. */
MUST_USE err_t jsonpull_next(jsonpull_t *j);
/* If the token at hand opens a container, goes to its end token; else does nothing. */
MUST_USE err_t jsonpull_skip(jsonpull_t *j);

#endif

/* XML and HTML tags and text, token by token.
 *
 * Enough for filings and feeds: elements, attributes as written, text with the five named entities and
 * numeric references, comments and declarations passed over, CDATA as text. No namespaces (a prefix is cut
 * off), no entity definitions, so nothing expands. It does not check that tags match: recorded HTML does not.
 */
#ifndef VITRINE_WIRE_XMLPULL_H
#define VITRINE_WIRE_XMLPULL_H

#include "base/err.h"
#include "base/str.h"

enum { XMLPULL_TEXT = 4096 };

typedef enum { XMLPULL_END, XMLPULL_OPEN, XMLPULL_CLOSE, XMLPULL_TEXT_NODE } xmlpull_kind_t;

typedef struct {
    const u8 *p;
    size_t n;
    size_t at;
    u64 line;
    xmlpull_kind_t kind;
    bool empty;       /* OPEN of <x/>: no CLOSE follows */
    str_t name;       /* OPEN, CLOSE: without its prefix */
    str_t attributes; /* OPEN: as written */
    str_t text;       /* TEXT_NODE: references replaced, trimmed; cut at the buffer's end */
    u8 buffer[XMLPULL_TEXT];
} xmlpull_t;

void xmlpull_begin(xmlpull_t *x, const void *p, size_t n);
/* Next token; text of blanks only is passed over. ERR_TRUNCATED (a tag left open), ERR_SYNTAX. */
MUST_USE err_t xmlpull_next(xmlpull_t *x);
/* Value of an attribute as written, empty if there is none. */
str_t xmlpull_attribute(const xmlpull_t *x, const char *name);

#endif

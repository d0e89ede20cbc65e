/* A part described: said once, written as text for a terminal, as JSON or as Markdown.
 *
 * A description is a lead sentence, facts (a short value under a key), paragraphs, code, lists of names of
 * other parts, and tables. A key such as "in_particular" is the key in JSON and, with blanks, the heading
 * elsewhere. Names of parts become links in Markdown; `code` in a text is code there alone. Text is cut,
 * never refused: what does not fit the room of a table is a broken invariant. Leaves to others: what is said
 * (app/parts_*.c), in which file it stands (part_pages.h). */
#ifndef VITRINE_FACES_CLI_PART_DOC_H
#define VITRINE_FACES_CLI_PART_DOC_H

#include <stdio.h>

#include "faces/cli/app.h"
#include "model/part.h"

typedef enum { DOC_TEXT = 1, DOC_JSON, DOC_MARKDOWN } doc_as_t;

enum { DOC_COLUMNS = 16, DOC_ROWS = 160, DOC_ROOM = 1 << 16, DOC_LINK = 192 };

typedef struct {
    u32 at;           /* of its text in the room */
    const char *kind; /* of the part it names; NULL: plain */
    const char *name; /* the part, where the text is other words; NULL: the text is its name */
    bool many;        /* the text is several names, with blanks between */
    bool anchor;      /* links of other pages come here */
    bool number, none;
    bool code; /* a name of the program's own */
} doc_cell_t;

struct part_doc {
    doc_as_t as;
    FILE *out;            /* text and Markdown */
    jsonw_t *json;        /* JSON: an open object */
    const parts_t *parts; /* what names may lead to */
    bool facts;           /* Markdown: a table of facts is open */
    const char *key;      /* of the open table or list */
    const char *const *head;
    u32 columns;
    u32 cells;
    u32 used;
    doc_cell_t cell[DOC_COLUMNS * DOC_ROWS];
    char room[DOC_ROOM];
};

/* One sentence: what it is. */
void doc_lead(part_doc_t *d, const char *text);
void doc_fact(part_doc_t *d, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* NULL or "" writes nothing; so does doc_code. */
void doc_para(part_doc_t *d, const char *key, const char *text);
void doc_code(part_doc_t *d, const char *key, const char *text);
/* The fields of a part's text but the lead; `formula_is` is the key of its formula. */
void doc_part_text(part_doc_t *d, const part_text_t *text, const char *formula_is);

/* Names of other parts, as one fact. An empty list writes nothing. */
void doc_list(part_doc_t *d, const char *key);
void doc_name(part_doc_t *d, const char *kind, const char *name);
void doc_list_end(part_doc_t *d);

/* A table: cells in order of `head` (its names are keys too), row by row. No rows: nothing is written. */
void doc_table(part_doc_t *d, const char *key, const char *const *head, u32 columns);
void doc_cell(part_doc_t *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A number, one in JSON too; with this many decimals, below 0 as many as it has. */
void doc_cell_number(part_doc_t *d, f64 value, i32 decimals);
/* Nothing: null in JSON. */
void doc_cell_none(part_doc_t *d);
/* A word of the program: code in Markdown. */
void doc_cell_code(part_doc_t *d, const char *text);
/* The name of a part of this kind. */
void doc_cell_name(part_doc_t *d, const char *kind, const char *name);
/* Other words for a part; `name` is kept. */
void doc_cell_link(part_doc_t *d, const char *kind, const char *name, const char *words);
/* Several names of parts of one kind, with blanks between; "" is an empty cell. */
void doc_cell_names(part_doc_t *d, const char *kind, const char *names);
/* The same where this is the place that others link to. */
void doc_cell_anchor(part_doc_t *d, const char *name);
void doc_table_end(part_doc_t *d);
/* Ends what is open in Markdown: before a heading of the caller's own. */
void doc_flush(part_doc_t *d);

/* "kind/file.md#anchor" of a part, from docs/parts; "" if no page shows it. */
void part_link(const parts_t *parts, const char *kind, const char *name, char out[DOC_LINK]);
/* Lower case, other characters as _: part of a file's name and an anchor. */
void part_slug(const char *name, char *out, size_t size);

#endif

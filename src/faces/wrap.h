/* Text in lines, for people. */
#ifndef VITRINE_FACES_WRAP_H
#define VITRINE_FACES_WRAP_H

#include <stdio.h>

#include "base/types.h"

/* Prints `text` by words in lines of at most `width` columns, each from column `indent` on, and a line's end.
 * The first line is begun already; a longer word stands alone, and a command between backquotes is a word.
 * Bytes count as columns. */
void put_wrapped(FILE *out, const char *text, u32 indent, u32 width);

/* Prints lines; one longer than `width` goes on in the next, `hang` columns behind its own first word. */
void put_lines(FILE *out, const char *text, u32 hang, u32 width);

#endif

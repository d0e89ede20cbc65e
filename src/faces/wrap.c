/* See wrap.h. */
#include "faces/wrap.h"

#include <string.h>

#include "base/assert.h"

void put_wrapped(FILE *out, const char *text, u32 indent, u32 width)
{
    ASSERT(out != NULL && text != NULL && indent < width);
    u32 column = indent;
    const char *at = text;
    while (*at != 0) {
        size_t word = strcspn(at, " ");
        if (column > indent && column + word + 1 > width) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fprintf(out, "%.*s", (int)word, at);
        column += (u32)word;
        at += word;
        at += *at == ' ' ? 1 : 0;
    }
    (void)fputc('\n', out);
}

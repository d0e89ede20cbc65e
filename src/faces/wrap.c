/* See wrap.h. */
#include "faces/wrap.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"

enum { WRAP_LINE = 4096 };

/* Up to the next blank; a command between backquotes is one word: somebody copies it. */
static size_t word_length(const char *at)
{
    size_t quoted = at[0] == '`' ? strcspn(at + 1, "`") + 1 : 0;
    return quoted > 0 && at[quoted] == '`' ? quoted + strcspn(at + quoted, " ") : strcspn(at, " ");
}

/* From column `first` on, later lines from `indent`. Blanks are kept inside a line and go with its end. */
static void put_hanging(FILE *out, const char *text, u32 first, u32 indent, u32 width)
{
    size_t column = first;
    for (const char *at = text + strspn(text, " "); *at != 0;) {
        size_t word = word_length(at);
        size_t blanks = strspn(at + word, " ");
        (void)fprintf(out, "%.*s", (int)word, at);
        column += word;
        at += word + blanks;
        if (*at != 0 && column + blanks + word_length(at) > width) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (*at != 0) {
            (void)fprintf(out, "%*s", (int)blanks, "");
            column += blanks;
        }
    }
    (void)fputc('\n', out);
}

void put_wrapped(FILE *out, const char *text, u32 indent, u32 width)
{
    ASSERT(out != NULL && text != NULL && indent < width);
    put_hanging(out, text, indent, indent, width);
}

/* One line, without its end. */
static void put_line(FILE *out, str_t line, u32 hang, u32 width)
{
    char copy[WRAP_LINE];
    u32 blanks = 0;
    while (blanks < line.n && line.p[blanks] == ' ') {
        blanks++;
    }
    if (line.n <= width || line.n >= sizeof copy || blanks + hang >= width) {
        (void)fprintf(out, STR_FMT "\n", STR_ARG(line));
        return;
    }
    memcpy(copy, line.p + blanks, line.n - blanks);
    copy[line.n - blanks] = '\0';
    (void)fprintf(out, "%*s", (int)blanks, "");
    put_hanging(out, copy, blanks, blanks + hang, width);
}

void put_lines(FILE *out, const char *text, u32 hang, u32 width)
{
    ASSERT(out != NULL && text != NULL && hang < width);
    str_t rest = str_from(text);
    while (rest.n > 0) {
        str_t line;
        (void)str_cut(rest, '\n', &line, &rest);
        put_line(out, line, hang, width);
    }
}

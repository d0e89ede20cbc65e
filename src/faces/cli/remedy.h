/* Commands in words for people: they act on the home that the user named.
 *
 * Whoever finds a fault writes a remedy as if there were one home, "do: `vitrine report` lists them". Here,
 * and nowhere else, such a command gets the --home that stood on the user's own line, so that it can be typed
 * as it is read. Promises: text without a command is left as it is; so is a command that says the same in
 * every home, or names one itself. */
#ifndef VITRINE_FACES_CLI_REMEDY_H
#define VITRINE_FACES_CLI_REMEDY_H

enum { REMEDY_TEXT = 1 << 14 }; /* a diag's text with a path in each of its commands */

/* `text` with the home in its commands: those in backticks, and one that takes up the rest of a line behind
 * "do: ". `home` NULL: none was named, the text as it is. Cut at the room, and NUL-ended. */
void remedy_fill(const char *text, const char *home, char out[REMEDY_TEXT]);

#endif

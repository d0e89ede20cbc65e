/* What the numbers of an event are called where they stand for something: kinds, states, sides, loops.
 *
 * Promises: the words of the program's own pages, nothing that is read back; a number that stands for nothing
 * known has no name. Leaves to others: the numbers themselves, which are stored (model/event.h). */
#ifndef VITRINE_FACES_CLI_EVENT_NAMES_H
#define VITRINE_FACES_CLI_EVENT_NAMES_H

#include "model/event.h"

/* An event_namer_t; NULL: `value` is a number, or of another version. */
const char *event_value_name(const event_t *e, const char *field, i64 value);

#endif

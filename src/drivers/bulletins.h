/* Bulletins out of the record store: what stored filings, headlines, trades of insiders and of Congress,
 * dates of results and numbers of the market told, each at the moment it became known.
 *
 * Promises: in order of t_known, the same for the same rows whichever way they were imported; a row that a
 * rule has marked (RECORD_SUSPECT) tells nothing; a correction is a bulletin of its own. A name is covered by
 * a kind from its first row on, and no name is behind the day after a kind's last row (of dates, the last
 * date): a set that has ended is not a quiet one. Filers are told by number (CIK) and are found by any stored
 * list of numbers and symbols, which is a table of names and no news: its own day is not asked. Leaves to
 * others: what is made of them (scan/heard.h). */
#ifndef VITRINE_DRIVERS_BULLETINS_H
#define VITRINE_DRIVERS_BULLETINS_H

#include "base/hash.h"
#include "model/bulletin.h"

typedef struct {
    const char *home;
    const char *sources; /* names of record sets, comma separated; "all": every one that tells; NULL: none */
    const char *members; /* SET or SET/GROUP: who may be traded when; NULL: no list */
    const instrument_t *instruments; /* sorted by symbol */
    u32 count;
    i64 from, to; /* t_known; from: bulletins of a year before it are told too, to: 0 is no end */
} bulletins_spec_t;

typedef struct {
    bulletin_t *own_v; /* NULL: none */
    u32 count;
    bool members_since; /* the list gives days of joining: who left before it was made is missing */
    digest_t content;   /* of all of them */
} bulletins_t;

/* Free with bulletins_close. ERR_NOT_FOUND (no such set, no store), ERR_USAGE (nothing in the set can be
 * heard), ERR_NO_MEMORY, ERR_CORRUPT, ERR_IO. */
MUST_USE err_t bulletins_open(const bulletins_spec_t *spec, diag_t *diag, bulletins_t *out);
void bulletins_close(bulletins_t *b);

#endif

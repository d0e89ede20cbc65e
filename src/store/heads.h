/* Where the chain of a run stood, outside the database (I19): one small file a run in home/heads.
 *
 * A database that is put back from a copy, or that a log of another one was laid beside, is whole in itself:
 * nothing within it says that it was newer once. The journal of a durable run notes its last block here after
 * the block is durable (journal_options_t.home); whoever opens the database for writing asks first, so that
 * a run does not go on from yesterday and a checkpoint does not write over what may still be saved.
 *
 * Promises: a note is never ahead of the database that it was made beside. Leaves to others: a whole folder
 * put back with its notes; only a seal that somebody outside has tells of that (seal.h). */
#ifndef VITRINE_STORE_HEADS_H
#define VITRINE_STORE_HEADS_H

#include "base/err.h"
#include "base/hash.h"
#include "store/journal.h"

typedef struct {
    run_id_t run;
    u64 seq;    /* last event */
    u64 blocks; /* of the run so far, 1 or more */
    digest_t head;
} head_note_t;

/* Writes the note of a run anew in the home at `root`. Durable when it returns. */
MUST_USE err_t heads_note(const char *root, const head_note_t *note, diag_t *diag);
/* ERR_CORRUPT, with what to do, if the database of the home at `root` lacks a block that a note names, or
 * has another in its place; or if a note cannot be read. What sql_open returns. A home without notes agrees
 * with any database. */
MUST_USE err_t heads_check(const char *root, diag_t *diag);

#endif

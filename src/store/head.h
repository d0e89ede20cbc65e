/* Where the newest durable run of a home stood, outside the database (I19): one small file beside it.
 *
 * A database that is put back from a copy, or that a log of another one was laid beside, is whole in itself:
 * nothing within it says that it was newer once. The journal of a durable run notes its last block here after
 * the block is durable (journal_options_t.home); whoever opens the database for writing asks first, so that
 * a run does not go on from yesterday and a checkpoint does not write over what may still be saved.
 *
 * One note is enough, however many runs there were: a home has one durable run at a time (run.lock), each
 * begins only where this note agreed, and a database that lacks an earlier run lacks the last one too.
 *
 * Promises: a note is never ahead of the database that it was made beside. Leaves to others: a whole folder
 * put back with its note; only a seal that somebody outside has tells of that (seal.h). */
#ifndef VITRINE_STORE_HEAD_H
#define VITRINE_STORE_HEAD_H

#include "base/err.h"
#include "base/hash.h"
#include "store/journal.h"

typedef struct {
    run_id_t run;
    u64 seq;    /* last event */
    u64 blocks; /* of the run so far, 1 or more */
    digest_t head;
} head_note_t;

enum { HEAD_NOTE_TEXT = 256 };

/* The note as it stands in the file: "vitrine-head 1 RUN SEQ BLOCKS HASH" and a line's end. Its size. */
u32 head_note_print(const head_note_t *note, char out[HEAD_NOTE_TEXT]);
/* The other way round: false, and *out of no meaning, of anything that is no note. */
bool head_note_parse(str_t text, head_note_t *out);
/* Writes the note of the home at `root` anew. Durable when it returns. */
MUST_USE err_t head_write(const char *root, const head_note_t *note, diag_t *diag);
/* ERR_CORRUPT, with what to do, if the database of the home at `root` lacks the block that the note names, or
 * has another in its place; or if the note cannot be read. What sql_open returns. A home without a note
 * agrees with any database. */
MUST_USE err_t head_check(const char *root, diag_t *diag);

#endif

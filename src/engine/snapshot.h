/* Snapshots of an engine: its fact state as versioned parts, one save and load per owning module (decision
 * 8).
 *
 * Promises: canonical bytes without pointers, caches or derived series (what is made of bars alone is made
 * again); each part carries its own checksum; save, load, save gives equal bytes; bytes that are damaged, of
 * a later version or of another universe give an error and leave the engine as it was. Every released version
 * stays readable (tests/golden/snapshot_v*.bin). Taken between two steps, with no scan under way. Leaves to
 * others: where the parts are kept (store), what came after (recovery). */
#ifndef VITRINE_ENGINE_SNAPSHOT_H
#define VITRINE_ENGINE_SNAPSHOT_H

#include "engine/engine.h"

/* Parts in order: account and user of the first desk, engine, regime, desks (what the others have), loops
 * (what the market's and each desk's remember), bunches (only where accounts are shared), heard (only where
 * something was). */
enum { SNAPSHOT_PARTS = 8, ENGINE_STATE_VERSION = 1 };

typedef struct {
    const char *name; /* not owned */
    u32 version;
    str_t bytes;
} snapshot_part_t;

typedef struct {
    snapshot_part_t part[SNAPSHOT_PARTS];
    u32 count; /* of parts */
    u8 *own_memory; /* the bytes of all parts; engine_snapshot_free */
} engine_snapshot_t;

/* ERR_NO_MEMORY, ERR_BUSY (a scan waits for an answer: not a barrier). */
MUST_USE err_t engine_snapshot_save(const engine_t *e, engine_snapshot_t *out);
void engine_snapshot_free(engine_snapshot_t *s);
/* ERR_NOT_FOUND (a part is missing), ERR_VERSION, ERR_CORRUPT, ERR_TRUNCATED, ERR_NO_MEMORY. */
MUST_USE err_t engine_snapshot_load(engine_t *e, const snapshot_part_t *parts, u32 count, diag_t *diag);

#endif

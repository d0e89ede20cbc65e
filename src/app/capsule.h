/* Capsules: a run wrapped up with all it stands on, in one file, to be run again anywhere (beyond paper, item
 * 15).
 *
 * The file is a tar of MANIFEST (names, sizes, SHA-256, what was claimed), report.json, vitrine.db with the
 * one run, and the chunks of the bar store. Verifying unpacks into a folder of its own, checks every hash,
 * reads the journal's chain, decides the run again from its inputs, makes the report again and compares it
 * byte for byte. Nothing of the machine it runs on enters. */
#ifndef VITRINE_APP_CAPSULE_H
#define VITRINE_APP_CAPSULE_H

#include "faces/cli/app.h"

/* Packs run `id` of the home into `path`. */
MUST_USE err_t capsule_pack(app_t *app, const char *id, const char *path);
/* ERR_CORRUPT (a hash, the chain), ERR_DIVERGED (decisions or report differ). */
MUST_USE err_t capsule_verify(app_t *app, const char *path);

#endif

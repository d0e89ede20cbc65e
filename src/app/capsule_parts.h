/* What packing and verifying a capsule share. */
#ifndef VITRINE_APP_CAPSULE_PARTS_H
#define VITRINE_APP_CAPSULE_PARTS_H

#include "base/limits.h"
#include "faces/cli/app.h"
#include "store/home.h"

enum { CAPSULE_REPORT = 8 << 20 };

/* A fresh folder below TMPDIR. */
MUST_USE err_t capsule_folder_make(diag_t *diag, char out[LIMIT_PATH / 2]);
/* Removes what a capsule may hold, and the folder if nothing else is in it. */
void capsule_folder_remove(const char *folder);
/* The report of a run as one JSON document; *own_text is malloc'd. */
MUST_USE err_t capsule_report(const char *home, const char *run, diag_t *diag, u8 **own_text, size_t *size);

#endif

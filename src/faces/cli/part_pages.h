/* The reference of this binary as pages: docs/parts is what this writes.
 *
 * One folder a kind, one file a part or a group of parts as the kind says (part_kind_t.page), and an index of
 * each and of all. A function of the tables alone: the same binary writes the same bytes. A line
 * "<!-- story NAME -->" stands where a run's own words belong; tools/docs-parts puts them in. */
#ifndef VITRINE_FACES_CLI_PART_PAGES_H
#define VITRINE_FACES_CLI_PART_PAGES_H

#include "faces/cli/app.h"

/* Into the folder `path`, which is made; files that are there are written over. *files: how many. */
MUST_USE err_t part_pages_write(app_t *app, const char *path, u32 *files);

#endif

/* A whole configuration as a settings file: what `--config` reads back to the same bits. */
#ifndef VITRINE_FACES_CLI_SETTINGS_FILE_H
#define VITRINE_FACES_CLI_SETTINGS_FILE_H

#include "base/bytes.h"
#include "model/config.h"

enum { SETTINGS_FILE_MAX = 1 << 15 }; /* some 170 keys of 60 bytes */

/* `head` stands above it: lines of comment, each with its # and its end. ERR_BUFFER_FULL. */
MUST_USE err_t settings_file_put(writer_t *w, const char *head, const config_t *c);

#endif

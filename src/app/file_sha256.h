/* The SHA-256 of a file's bytes, as anybody's own tools give it.
 *
 * Promises: reads the file once, in small parts. Leaves to others: what the file is. */
#ifndef VITRINE_APP_FILE_SHA256_H
#define VITRINE_APP_FILE_SHA256_H

#include "base/err.h"
#include "base/hash.h"

/* ERR_IO. */
MUST_USE err_t file_sha256(const char *path, digest_t *out, u64 *size);

#endif

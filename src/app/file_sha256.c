/* See file_sha256.h. */
#include "app/file_sha256.h"

#include <stdio.h>

#include "base/assert.h"

err_t file_sha256(const char *path, digest_t *out, u64 *size)
{
    ASSERT(path != NULL && out != NULL && size != NULL);
    u8 part[1 << 14];
    sha256_state_t s;
    size_t n = 0;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return ERR_IO;
    }
    *size = 0;
    sha256_begin(&s);
    while ((n = fread(part, 1, sizeof part, f)) > 0) {
        sha256_add(&s, part, n);
        *size += n;
    }
    bool ok = ferror(f) == 0;
    (void)fclose(f);
    *out = sha256_end(&s);
    return ok ? ERR_OK : ERR_IO;
}

/* A home that lives for one test, and the place of the recorded data sets. */
#ifndef VITRINE_TESTS_STORE_HOME_H
#define VITRINE_TESTS_STORE_HOME_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/test.h"

enum { HOME_SIZE = 256 };

static inline void home_make(char out[HOME_SIZE])
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(out, HOME_SIZE, "%s/vitrine-test-XXXXXX", base == NULL ? "/tmp" : base);
    assert_non_null(mkdtemp(out));
}

static inline int home_remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static inline void home_remove(const char *home)
{
    (void)nftw(home, home_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Path of a file of the recorded data; false if the data is not here (then the test is skipped). */
static inline bool data_path(const char *name, char *out, size_t size)
{
    const char *data = getenv("VITRINE_DATA");
    const char *root = getenv("VITRINE_TEST_ROOT");
    if (data != NULL) {
        (void)snprintf(out, size, "%s/%s", data, name);
    } else {
        (void)snprintf(out, size, "%s/../shared/data/%s", root == NULL ? "." : root, name);
    }
    return access(out, R_OK) == 0;
}

#endif

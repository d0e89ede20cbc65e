/* A folder of its own for one test, removed afterwards. */
#ifndef VITRINE_TESTS_STORE_TEMP_HOME_H
#define VITRINE_TESTS_STORE_TEMP_HOME_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/assert.h"
#include "os/os.h"

static inline void temp_home_make(char out[64])
{
    (void)snprintf(out, 64, "/tmp/vitrine-test-XXXXXX");
    char *made = mkdtemp(out);
    ASSERT(made != NULL);
}

static inline void temp_home_remove(const char *root)
{
    os_names_t names;
    if (os_dir_list(root, NULL, &names) != ERR_OK) {
        return;
    }
    for (u32 i = 0; i < names.count; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", root, names.own_v[i]);
        if (unlink(path) != 0) {
            (void)rmdir(path); /* the folders of a home stay empty in these tests */
        }
    }
    os_names_free(&names);
    (void)rmdir(root);
}

#endif

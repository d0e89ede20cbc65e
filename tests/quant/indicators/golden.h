/* Tables of values that others worked out: tests/golden/indicators_*.txt, made by tools/golden-indicators. */
#ifndef VITRINE_TESTS_QUANT_INDICATORS_GOLDEN_H
#define VITRINE_TESTS_QUANT_INDICATORS_GOLDEN_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

enum { SERIES = 2, BARS = 300, FIELDS = 24 };

typedef struct {
    f64 v[SERIES][BARS][FIELDS]; /* NaN where the file says "-" */
} table_t;

/* Reads SERIES x BARS lines of `width` fields. */
static inline void golden_read(const char *name, u32 width, table_t *out)
{
    char path[4096], line[4096];
    const char *root = getenv("VITRINE_TEST_ROOT");
    snprintf(path, sizeof path, "%s/tests/golden/%s", root != NULL ? root : ".", name);
    FILE *f = fopen(path, "r");
    u32 row = 0;
    CHECK(f != NULL);
    while (fgets(line, sizeof line, f) != NULL) {
        char *save = NULL;
        u32 n = 0;
        if (line[0] == '#') {
            continue;
        }
        CHECK(row < SERIES * BARS);
        for (char *p = strtok_r(line, " ,\n", &save); p != NULL; p = strtok_r(NULL, " ,\n", &save)) {
            CHECK(n < width);
            out->v[row / BARS][row % BARS][n++] = strcmp(p, "-") == 0 ? (f64)NAN : strtod(p, NULL);
        }
        CHECK_EQ(n, width);
        row++;
    }
    fclose(f);
    CHECK_EQ(row, SERIES * BARS);
}

#endif

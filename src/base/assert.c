/* Prints the broken belief on stderr and aborts; abort leaves a core for the reader. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void assert_failed(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "vitrine: broken invariant: %s (%s:%d)\n", what, file, line);
    abort();
}

/* See feature.h. */
#include "market/feature.h"

#include "base/assert.h"

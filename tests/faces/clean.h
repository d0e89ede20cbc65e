/* What may stand on a terminal. */
#ifndef VITRINE_TESTS_FACES_CLEAN_H
#define VITRINE_TESTS_FACES_CLEAN_H

#include "base/str.h"

/* Nothing that steers a terminal or is no text. */
static inline bool is_clean(const char *text)
{
    bool clean = str_is_utf8(str_from(text));
    for (const char *at = text; *at != '\0'; at++) {
        clean = clean && ((u8)*at >= 0x20 || *at == '\n') && *at != 0x7F;
    }
    return clean;
}

#endif

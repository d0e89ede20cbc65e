/* Borrowed strings: pointer and length, not NUL-ended, never owning.
 *
 * Numbers are read exactly: `str_to_scaled` turns decimal text into an integer at 10^-scale and refuses
 * what cannot be held (more digits than the scale are an error unless they are zero). */
#ifndef VITRINE_BASE_STR_H
#define VITRINE_BASE_STR_H

#include "base/err.h"
#include "base/types.h"

typedef struct {
    const u8 *p;
    u32 n;
} str_t;

#define STR(literal) ((str_t){.p = (const u8 *)("" literal), .n = (u32)(sizeof(literal) - 1)})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (const char *)(s).p

str_t str_from(const char *c);
str_t str_slice(str_t s, u32 from, u32 to);
str_t str_trim(str_t s);
bool str_eq(str_t a, str_t b);
bool str_eq_c(str_t a, const char *b);
bool str_eq_nocase(str_t a, str_t b);
bool str_starts(str_t s, str_t prefix);
bool str_ends(str_t s, str_t suffix);
/* Byte order, shorter first on a tie. */
int str_cmp(str_t a, str_t b);
/* Cuts at the first `sep`: *head gets what stands before it, *rest what follows. False if there is none
 * (then head = s, rest empty). */
bool str_cut(str_t s, u8 sep, str_t *head, str_t *rest);
/* Copies into a NUL-ended buffer; ERR_BUFFER_FULL if it does not fit. */
MUST_USE err_t str_copy(char *out, size_t out_size, str_t s);
/* Copies what fits into a NUL-ended buffer, never half a character of UTF-8. */
void str_clip(char *out, size_t out_size, str_t s);
/* The same for other people's words that a terminal may show: a control character (C0, DEL, C1) becomes a
 * blank, what is not UTF-8 a question mark. */
void str_clip_words(char *out, size_t out_size, str_t s);

/* Decimal integer, optional sign. ERR_NUMBER, ERR_OVERFLOW. */
MUST_USE err_t str_to_i64(str_t s, i64 *out);
MUST_USE err_t str_to_u64(str_t s, u64 *out);
/* Decimal text "[-]ddd[.ddd][e[+-]dd]" to an integer at 10^-scale, 0 <= scale <= 18.
 * With `exact`, digits beyond the scale must be zero (ERR_NUMBER); otherwise they round half away from
 * zero. ERR_OVERFLOW if |value| >= 2^63. NaN, infinities, hex and blanks are ERR_NUMBER. */
MUST_USE err_t str_to_scaled(str_t s, u32 scale, bool exact, i64 *out);
/* Finite double, full text consumed. ERR_NUMBER, ERR_OVERFLOW. For analytics settings only. */
MUST_USE err_t str_to_f64(str_t s, f64 *out);
/* Levenshtein distance, capped at 64 bytes a side: for "did you mean". */
u32 str_distance(str_t a, str_t b);
/* True if `name` is nearer to `word` than *least, which it then lowers. Begin with UINT32_MAX. */
bool str_nearer(str_t word, str_t name, u32 *least);
/* Whether somebody who wrote `word` may have meant `name`: at most half of its letters differ. */
bool str_is_near(str_t word, str_t name);
enum { STR_MEANT = 160 };
/* "\ndid you mean NAME?" for the message about a word that is none, or "" where NAME (may be NULL) is not
 * near; returns out. */
const char *str_meant(str_t word, const char *name, char out[STR_MEANT]);
/* True if every byte sequence is well-formed UTF-8 (RFC 3629). */
bool str_is_utf8(str_t s);

#endif

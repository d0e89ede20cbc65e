/* Between the files of the symbol parser: one function per family, each given text that already looks like
 * its own. */
#ifndef VITRINE_MODEL_SYMBOL_INTERNAL_H
#define VITRINE_MODEL_SYMBOL_INTERNAL_H

#include "model/symbol.h"

/* True if the text ends like a futures contract: month letter, then digits. */
bool symbol_is_future_shape(str_t text);
MUST_USE err_t symbol_parse_future(str_t text, diag_t *diag, instrument_t *out);
/* BASE/QUOTE and everything that may follow: forex or crypto. */
MUST_USE err_t symbol_parse_pair(str_t text, diag_t *diag, instrument_t *out);
/* True if every byte is a capital letter or, with `digits`, a digit; false for an empty text. */
bool symbol_is_code(str_t text, bool digits);

#endif

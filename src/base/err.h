/* Errors: a code, its class, its text. Results leave through *out, written only on success.
 *
 * The class tells the caller what may be assumed about the world:
 *   ERRC_INPUT    the other side's fault; the same call with the same input fails again
 *   ERRC_LIMIT    one of our declared maxima was met
 *   ERRC_RETRY    nothing changed outside; the call may be made again
 *   ERRC_DENIED   refused by our own rules, before anything left this process
 *   ERRC_REFUSED  the other side proves that it did not happen
 *   ERRC_UNKNOWN  it may have happened: look it up, never send it again */
#ifndef VITRINE_BASE_ERR_H
#define VITRINE_BASE_ERR_H

#include "base/types.h"

typedef enum {
    ERRC_NONE = 0,
    ERRC_INPUT,
    ERRC_LIMIT,
    ERRC_RETRY,
    ERRC_DENIED,
    ERRC_REFUSED,
    ERRC_UNKNOWN
} err_class_t;

typedef enum {
    ERR_OK = 0,
#define X(name, class_, text) name,
#include "base/err.def"
#undef X
    ERR_COUNT
} err_t;

/* Short English text of a code, never NULL. */
const char *err_text(err_t e);
/* Symbolic name, "ERR_IO". */
const char *err_name(err_t e);
err_class_t err_class(err_t e);

/* Passes an error up. Use only where nothing has to be released. */
#define TRY(expr)                                                                                            \
    do {                                                                                                     \
        err_t try_err_ = (expr);                                                                             \
        if (try_err_ != ERR_OK) {                                                                            \
            return try_err_;                                                                                 \
        }                                                                                                    \
    } while (0)

/* Passes an error to the function's single `done:` label, where `err` is the result. */
#define TRY_DONE(expr)                                                                                       \
    do {                                                                                                     \
        err = (expr);                                                                                        \
        if (err != ERR_OK) {                                                                                 \
            goto done;                                                                                       \
        }                                                                                                    \
    } while (0)

/* What was wrong, where, and what to do: filled beside the err_t by code that meets outside input.
 * The first writer wins, so that the place nearest to the fault is what a person reads. */
typedef struct {
    char text[512];
    bool set;
} diag_t;

/* Writes the message if none stands yet and returns `e`, so that one line can report and leave. */
err_t diag_fail(diag_t *d, err_t e, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif

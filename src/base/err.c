/* The tables behind err.h, made from err.def. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"

static const char *const err_texts[ERR_COUNT] = {
    [ERR_OK] = "ok",
#define X(name, class_, text) [name] = text,
#include "base/err.def"
#undef X
};

static const char *const err_names[ERR_COUNT] = {
    [ERR_OK] = "ERR_OK",
#define X(name, class_, text) [name] = #name,
#include "base/err.def"
#undef X
};

static const err_class_t err_classes[ERR_COUNT] = {
    [ERR_OK] = ERRC_NONE,
#define X(name, class_, text) [name] = class_,
#include "base/err.def"
#undef X
};

const char *err_text(err_t e)
{
    ASSERT((unsigned)e < ERR_COUNT);
    return err_texts[e];
}

const char *err_name(err_t e)
{
    ASSERT((unsigned)e < ERR_COUNT);
    return err_names[e];
}

err_class_t err_class(err_t e)
{
    ASSERT((unsigned)e < ERR_COUNT);
    return err_classes[e];
}

err_t diag_fail(diag_t *d, err_t e, const char *fmt, ...)
{
    ASSERT(e != ERR_OK);
    ASSERT(fmt != NULL);
    if (d != NULL && !d->set) {
        va_list ap;
        va_start(ap, fmt);
        (void)vsnprintf(d->text, sizeof d->text, fmt, ap);
        va_end(ap);
        d->set = true;
    }
    return e;
}

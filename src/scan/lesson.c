/* See lesson.h. */
#include "scan/lesson.h"

#include <string.h>

#include "base/assert.h"
#include "scan/record_inner.h"

/* The version is a byte so that a reader can turn away before it believes anything else. */
static void io_version(io_t *io, lesson_record_t *l)
{
    if (io->w != NULL) {
        put_u8(io->w, (u8)l->version);
    } else {
        l->version = get_u8(io->r);
    }
}

static void io_lesson(io_t *io, lesson_record_t *l)
{
    io_version(io, l);
    io_u(io, &l->inst);
    io_i(io, &l->direction);
    io_u(io, &l->strategy);
    io_u(io, &l->reason);
    io_u(io, &l->flags);
    i64 *const v[] = {&l->qty,        &l->entry,       &l->exit,          &l->t_entry,
                      &l->t_exit,     &l->gross,       &l->fees,          &l->dividends,
                      &l->net,        &l->spread_cost, &l->slippage_cost, &l->impact_cost,
                      &l->a,          &l->r,           &l->stop_initial,  &l->stop_last,
                      &l->target,     &l->mfe,         &l->mae,           &l->price_max,
                      &l->price_min,  &l->gross_r,     &l->net_r,         &l->c0,
                      &l->confidence, &l->conviction,  &l->regime,        &l->intraday_regime,
                      &l->score,      &l->cycle,       &l->entry_date,    &l->exit_date};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        io_i(io, v[i]);
    }
}

err_t lesson_encode(const lesson_record_t *l, writer_t *w)
{
    ASSERT(l != NULL && w != NULL);
    ASSERT(l->version == LESSON_VERSION);
    io_t io = {.w = w};
    io_lesson(&io, (lesson_record_t *)(uintptr_t)l); /* a writer changes nothing */
    return writer_done(w);
}

err_t lesson_decode(blob_t bytes, lesson_record_t *out)
{
    ASSERT(out != NULL);
    ASSERT(bytes.p != NULL || bytes.n == 0);
    reader_t r = reader_of(bytes.p, bytes.n);
    io_t io = {.r = &r};
    lesson_record_t l = {0};
    io_lesson(&io, &l);
    if (!r.bad && l.version != LESSON_VERSION) {
        return ERR_VERSION;
    }
    TRY(reader_done(&r));
    if (r.at != r.size || (l.direction != 1 && l.direction != -1)) {
        return ERR_CORRUPT;
    }
    *out = l;
    return ERR_OK;
}

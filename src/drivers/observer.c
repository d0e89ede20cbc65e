/* See observer.h. */
#include "drivers/observer.h"

#include "base/assert.h"
#include "engine/snapshot.h"

static void observer_stop(observer_t *o)
{
    recovery_close(o->recovery);
    engine_close(o->engine);
    o->recovery = NULL;
    o->engine = NULL;
}

err_t observer_copy(const engine_t *from, const engine_spec_t *spec, diag_t *diag, engine_t **out)
{
    ASSERT(from != NULL && spec != NULL && out != NULL);
    engine_snapshot_t s;
    engine_t *fresh = NULL;
    TRY(engine_snapshot_save(from, &s));
    err_t err = engine_open(spec, diag, &fresh);
    if (err == ERR_OK) {
        err = engine_snapshot_load(fresh, s.part, s.count, diag);
    }
    engine_snapshot_free(&s);
    if (err != ERR_OK) {
        engine_close(fresh);
        return err;
    }
    *out = fresh;
    return ERR_OK;
}

err_t observer_begin(observer_t *o, const engine_t *now, const engine_spec_t *spec, diag_t *diag)
{
    ASSERT(o != NULL && now != NULL && spec != NULL);
    if (o->resumed == o->resume_count || engine_next_seq(now) != o->resume_from[o->resumed] + 1 ||
        (o->engine != NULL && o->from == o->resume_from[o->resumed])) {
        return ERR_OK;
    }
    observer_stop(o);
    o->from = o->resume_from[o->resumed];
    TRY(observer_copy(now, spec, diag, &o->engine));
    return recovery_open(o->engine, &o->recovery);
}

err_t observer_see(observer_t *o, const event_t *e, const slice_t *slice, i32 slot)
{
    ASSERT(o != NULL && e != NULL);
    return o->engine == NULL ? ERR_OK : recovery_observe(o->recovery, e, slice, slot);
}

void observer_resumed(observer_t *o)
{
    ASSERT(o != NULL && o->resumed < o->resume_count);
    o->resumed++;
    if (o->resumed == o->resume_count || o->resume_from[o->resumed] != o->from) {
        observer_stop(o);
    }
}

void observer_close(observer_t *o)
{
    ASSERT(o != NULL);
    observer_stop(o);
}

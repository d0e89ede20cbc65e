/* See config.h. */
#include "model/config.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

#define KEY_TYPE_f64 KEY_F64
#define KEY_TYPE_i32 KEY_I32
#define KEY_TYPE_bool KEY_BOOL

static const key_desc_t keys[] = {
#define K(type_, section_, name_, dflt_, lo_, hi_, unit_, help_)                                             \
    {.section = #section_,                                                                                   \
     .name = #name_,                                                                                         \
     .type = KEY_TYPE_##type_,                                                                               \
     .offset = (u32)offsetof(config_t, section_##_##name_),                                                  \
     .dflt = dflt_,                                                                                          \
     .lo = lo_,                                                                                              \
     .hi = hi_,                                                                                              \
     .unit = unit_,                                                                                          \
     .help = help_},
#include "model/config.def"
#undef K
};

typedef struct {
    const char *overlay;
    const char *section;
    const char *name;
    f64 value;
} overlay_t;

static const overlay_t profile_overlays[] = {
#define P(overlay_, section_, name_, value_) {#overlay_, #section_, #name_, value_},
#define S(overlay_, section_, name_, value_)
#include "model/config_overlay.def"
#undef P
#undef S
};

static const overlay_t preset_overlays[] = {
#define P(overlay_, section_, name_, value_)
#define S(overlay_, section_, name_, value_) {#overlay_, #section_, #name_, value_},
#include "model/config_overlay.def"
#undef P
#undef S
};

static const char *const profile_names[] = {"day", "swing"};
static const char *const preset_names[] = {"ultra_conservative", "conservative", "moderate", "growth",
                                           "aggressive"};

static const section_desc_t sections[] = {
#define G(section_, stage_, title_, about_)                                                                  \
    {.name = #section_, .stage = stage_, .title = title_, .about = about_},
#include "model/config_section.def"
#undef G
};

const section_desc_t *section_find(const char *name)
{
    ASSERT(name != NULL);
    for (u32 i = 0; i < COUNT_OF(sections); i++) {
        if (strcmp(sections[i].name, name) == 0) {
            return &sections[i];
        }
    }
    return NULL;
}

u32 key_count(void)
{
    return (u32)COUNT_OF(keys);
}

const key_desc_t *key_at(u32 index)
{
    ASSERT(index < COUNT_OF(keys));
    return &keys[index];
}

static void key_dotted(char out[96], const key_desc_t *k)
{
    (void)snprintf(out, 96, "%s.%s", k->section, k->name);
}

const key_desc_t *key_find(str_t dotted)
{
    char text[96];
    for (u32 i = 0; i < COUNT_OF(keys); i++) {
        key_dotted(text, &keys[i]);
        if (str_eq_c(dotted, text)) {
            return &keys[i];
        }
    }
    return NULL;
}

const key_desc_t *key_nearest(str_t dotted)
{
    char text[96];
    u32 least = UINT32_MAX;
    const key_desc_t *found = &keys[0];
    for (u32 i = 0; i < COUNT_OF(keys); i++) {
        key_dotted(text, &keys[i]);
        found = str_nearer(dotted, str_from(text), &least) ? &keys[i] : found;
    }
    return found;
}

f64 key_get(const config_t *c, const key_desc_t *k)
{
    ASSERT(c != NULL && k != NULL);
    const u8 *at = (const u8 *)c + k->offset;
    if (k->type == KEY_F64) {
        f64 v;
        memcpy(&v, at, sizeof v);
        return v;
    }
    i32 v;
    memcpy(&v, at, sizeof v);
    return (f64)v;
}

err_t key_set(config_t *c, const key_desc_t *k, f64 value, diag_t *diag)
{
    ASSERT(c != NULL && k != NULL);
    bool inside = value >= k->lo && value <= k->hi; /* not a number fails here too */
    /* Only what is inside is cast: no other double need have an integer. */
    bool whole = k->type == KEY_F64 || (inside && value == (f64)(i32)value);
    if (!inside || !whole) {
        return diag_fail(diag, ERR_CONFIG, "%s.%s = %.12g is outside %.12g to %.12g %s%s", k->section,
                         k->name, value, k->lo, k->hi, k->unit, k->type == KEY_F64 ? "" : " (whole numbers)");
    }
    u8 *at = (u8 *)c + k->offset;
    if (k->type == KEY_F64) {
        memcpy(at, &value, sizeof value);
    } else {
        i32 n = (i32)value;
        memcpy(at, &n, sizeof n);
    }
    return ERR_OK;
}

static const key_desc_t *overlay_key(const overlay_t *o)
{
    char dotted[96];
    (void)snprintf(dotted, sizeof dotted, "%s.%s", o->section, o->name);
    const key_desc_t *k = key_find(str_from(dotted));
    ASSERT(k != NULL);
    return k;
}

/* A value that the tables know to be sound. */
static void key_put(config_t *c, const key_desc_t *k, f64 value)
{
    err_t err = key_set(c, k, value, NULL);
    ASSERT(err == ERR_OK);
}

static void overlay_apply(config_t *c, const overlay_t *table, size_t count, const char *which)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].overlay, which) == 0) {
            key_put(c, overlay_key(&table[i]), table[i].value);
        }
    }
}

config_t config_default(profile_t profile, preset_t preset)
{
    config_t c;
    memset(&c, 0, sizeof c);
    c.profile = profile;
    c.preset = preset;
    for (u32 i = 0; i < COUNT_OF(keys); i++) {
        key_put(&c, &keys[i], keys[i].dflt);
    }
    overlay_apply(&c, profile_overlays, COUNT_OF(profile_overlays), profile_name(profile));
    overlay_apply(&c, preset_overlays, COUNT_OF(preset_overlays), preset_name(preset));
    return c;
}

void config_set_preset(config_t *c, preset_t preset)
{
    ASSERT(c != NULL);
    config_t d = config_default(c->profile, preset);
    c->preset = preset;
    for (size_t i = 0; i < COUNT_OF(preset_overlays); i++) { /* other presets' too: their default here */
        const key_desc_t *k = overlay_key(&preset_overlays[i]);
        key_put(c, k, key_get(&d, k));
    }
}

void config_for_market(config_t *c, calendar_id_t calendar)
{
    ASSERT(c != NULL);
    if (calendar != CAL_CRYPTO) {
        return;
    }
    c->account_margin = false;
    c->account_unsettled_buys = false;
    c->risk_allow_short = false;
    c->screen_min_price = CONFIG_COIN_MIN_PRICE;
    c->micro_min_price = CONFIG_COIN_MIN_PRICE;
}

const char *profile_name(profile_t p)
{
    ASSERT((u32)p < COUNT_OF(profile_names));
    return profile_names[p];
}

const char *preset_name(preset_t p)
{
    ASSERT((u32)p < COUNT_OF(preset_names));
    return preset_names[p];
}

err_t profile_parse(str_t s, profile_t *out)
{
    for (u32 i = 0; i < COUNT_OF(profile_names); i++) {
        if (str_eq_c(s, profile_names[i])) {
            *out = (profile_t)i;
            return ERR_OK;
        }
    }
    return ERR_CONFIG;
}

err_t preset_parse(str_t s, preset_t *out)
{
    for (u32 i = 0; i < COUNT_OF(preset_names); i++) {
        if (str_eq_c(s, preset_names[i])) {
            *out = (preset_t)i;
            return ERR_OK;
        }
    }
    return ERR_CONFIG;
}

err_t config_encode(const config_t *c, writer_t *w)
{
    ASSERT(c != NULL && w != NULL);
    char line[160];
    int n = snprintf(line, sizeof line, "profile = %s\npreset = %s\n", profile_name(c->profile),
                     preset_name(c->preset));
    put_bytes(w, line, (size_t)n);
    for (u32 i = 0; i < COUNT_OF(keys); i++) {
        n = snprintf(line, sizeof line, "%s.%s = %.17g\n", keys[i].section, keys[i].name,
                     key_get(c, &keys[i]));
        put_bytes(w, line, (size_t)n);
    }
    return writer_done(w);
}

static err_t config_line(config_t *c, str_t name, str_t value, diag_t *diag)
{
    if (str_eq_c(name, "profile")) {
        return profile_parse(value, &c->profile);
    }
    if (str_eq_c(name, "preset")) {
        return preset_parse(value, &c->preset);
    }
    const key_desc_t *k = key_find(name);
    if (k == NULL) {
        return diag_fail(diag, ERR_UNKNOWN_KEY, "recorded configuration: no key " STR_FMT " in this program",
                         STR_ARG(name));
    }
    f64 v = 0;
    TRY(str_to_f64(value, &v));
    return key_set(c, k, v, diag);
}

err_t config_decode(str_t text, diag_t *diag, config_t *out)
{
    ASSERT(out != NULL);
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    key_values_t kv = {.text = text, .what = "recorded configuration", .diag = diag};
    for (;;) {
        TRY(key_values_next(&kv));
        if (kv.key.n == 0) {
            *out = c;
            return ERR_OK;
        }
        TRY(config_line(&c, kv.key, kv.value, diag));
    }
}

digest_t config_hash(const config_t *c)
{
    u8 text[32768];
    writer_t w = writer_of(text, sizeof text);
    err_t err = config_encode(c, &w);
    ASSERT(err == ERR_OK);
    return digest_of(text, w.used);
}

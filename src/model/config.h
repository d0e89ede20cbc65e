/* The resolved configuration: an immutable value, interned by hash.
 *
 * Declared once in config.def; struct, table, parser, help and canonical bytes come from it. A profile (day,
 * swing) and a preset (five) are overlays of that table. The hash of the canonical bytes is in every run and
 * decision. */
#ifndef VITRINE_MODEL_CONFIG_H
#define VITRINE_MODEL_CONFIG_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/instrument.h"

typedef enum { PROFILE_DAY = 0, PROFILE_SWING = 1 } profile_t;
typedef enum {
    PRESET_ULTRA_CONSERVATIVE = 0,
    PRESET_CONSERVATIVE = 1,
    PRESET_MODERATE = 2,
    PRESET_GROWTH = 3,
    PRESET_AGGRESSIVE = 4
} preset_t;

typedef i32 config_bool_t;
typedef f64 config_f64_t;
typedef i32 config_i32_t;
typedef struct {
    profile_t profile;
    preset_t preset;
#define K(type, section, name, dflt, lo, hi, unit, help) config_##type##_t section##_##name;
#include "model/config.def"
#undef K
} config_t;

typedef enum { KEY_F64, KEY_I32, KEY_BOOL } key_type_t;

typedef struct {
    const char *section;
    const char *name;
    key_type_t type;
    u32 offset;
    f64 dflt, lo, hi;
    const char *unit;
    const char *help;
} key_desc_t;

/* A section of the settings, for people. */
typedef struct {
    const char *name;
    u32 stage; /* that reads most of it; 0: none */
    const char *title;
    const char *about;
} section_desc_t;

/* NULL if there is none. */
const section_desc_t *section_find(const char *name);

u32 key_count(void);
const key_desc_t *key_at(u32 index);
/* "section.name"; NULL if there is none. */
const key_desc_t *key_find(str_t dotted);
/* The nearest key by edit distance, for "did you mean". Never NULL. */
const key_desc_t *key_nearest(str_t dotted);
f64 key_get(const config_t *c, const key_desc_t *k);
/* Checks type and bounds. ERR_CONFIG with key, value, bounds and unit in the message. */
MUST_USE err_t key_set(config_t *c, const key_desc_t *k, f64 value, diag_t *diag);

/* Defaults, then the profile's overlay, then the preset's. */
config_t config_default(profile_t profile, preset_t preset);
/* The fields that presets name, as this one sets them for the profile; the others stay. */
void config_set_preset(config_t *c, preset_t preset);
/* What the market leaves no choice about. Of shares nothing; coins are bought with money that is there,
 * nobody lends them, and what costs less than half a dollar is left alone, for prices are decided and
 * recorded in steps of $0.0001, too coarse for its stops. Idempotent. */
#define CONFIG_COIN_MIN_PRICE 0.5
void config_for_market(config_t *c, calendar_id_t calendar);
const char *profile_name(profile_t p);
const char *preset_name(preset_t p);
MUST_USE err_t profile_parse(str_t s, profile_t *out);
MUST_USE err_t preset_parse(str_t s, preset_t *out);
/* Canonical text, one "section.name = value" a line, profile and preset first; what the hash is over. */
MUST_USE err_t config_encode(const config_t *c, writer_t *w);
MUST_USE err_t config_decode(str_t text, diag_t *diag, config_t *out);
digest_t config_hash(const config_t *c);

#endif

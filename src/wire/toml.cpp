/* See toml.h. C++ ends at this file: no exception leaves it. */
#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include <toml++/toml.h>

#define _Static_assert static_assert
extern "C" {
#include "base/assert.h"
#include "wire/toml.h"
}

namespace
{

struct walk_t {
    const char *name;
    toml_visit_t visit;
    void *ctx;
    diag_t *diag;
};

err_t emit(const walk_t &w, const std::string &key, const toml::node &node, i32 index)
{
    if (key.size() >= TOML_KEY_MAX) {
        return diag_fail(w.diag, ERR_CONFIG, "%s:%u: the key is longer than %d bytes", w.name,
                         static_cast<unsigned>(node.source().begin.line), static_cast<int>(TOML_KEY_MAX));
    }
    toml_item_t item{};
    item.key = key.c_str();
    item.line = node.source().begin.line;
    item.column = node.source().begin.column;
    item.index = index;
    if (const auto *b = node.as_boolean()) {
        item.kind = TOML_BOOL;
        item.yes = b->get();
    } else if (const auto *i = node.as_integer()) {
        item.kind = TOML_INT;
        item.whole = i->get();
        item.real = static_cast<f64>(i->get());
    } else if (const auto *f = node.as_floating_point()) {
        item.kind = TOML_FLOAT;
        item.real = f->get();
        if (!std::isfinite(item.real)) {
            return diag_fail(w.diag, ERR_NUMBER, "%s:%u:%u: %s must be a finite number", w.name, item.line,
                             item.column, item.key);
        }
    } else if (const auto *s = node.as_string()) {
        const std::string &text = s->get();
        item.kind = TOML_STRING;
        item.text.p = reinterpret_cast<const u8 *>(text.data());
        item.text.n = static_cast<u32>(text.size());
    } else if (node.is_table() && index < 0) {
        item.kind = TOML_EMPTY;
    } else {
        return diag_fail(w.diag, ERR_CONFIG,
                         "%s:%u:%u: %s is a date or a nested table; no setting has that form", w.name,
                         item.line, item.column, item.key);
    }
    return w.visit(w.ctx, &item, w.diag);
}

err_t walk_array(const walk_t &w, const std::string &key, const toml::array &list)
{
    i32 index = 0;
    for (const toml::node &node : list) {
        err_t err = emit(w, key, node, index);
        if (err != ERR_OK) {
            return err;
        }
        index++;
    }
    return ERR_OK;
}

/* Recursion over the document, bounded by TOML_DEPTH_MAX. */
err_t walk_table(const walk_t &w, const std::string &prefix, const toml::table &table, int depth)
{
    if (depth > TOML_DEPTH_MAX) {
        return diag_fail(w.diag, ERR_DEPTH, "%s: tables are nested deeper than %d", w.name,
                         static_cast<int>(TOML_DEPTH_MAX));
    }
    for (const auto &entry : table) {
        std::string key =
            prefix.empty() ? std::string(entry.first.str()) : prefix + "." + std::string(entry.first.str());
        const toml::node &node = entry.second;
        err_t err = ERR_OK;
        if (const auto *inner = node.as_table(); inner != nullptr && !inner->empty()) {
            err = walk_table(w, key, *inner, depth + 1);
        } else if (const auto *list = node.as_array()) {
            err = walk_array(w, key, *list);
        } else {
            err = emit(w, key, node, -1);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

} // namespace

extern "C" err_t toml_read(str_t text, const char *name, toml_visit_t visit, void *ctx, diag_t *diag)
{
    ASSERT(name != nullptr && visit != nullptr);
    ASSERT(text.p != nullptr || text.n == 0);
    if (text.n > TOML_SIZE_MAX) {
        return diag_fail(diag, ERR_BUFFER_FULL, "%s: larger than %d bytes; is this the settings file?", name,
                         static_cast<int>(TOML_SIZE_MAX));
    }
    if (!str_is_utf8(text)) {
        return diag_fail(diag, ERR_UTF8, "%s: the text is not UTF-8; save it as UTF-8", name);
    }
    try {
        std::string_view view(reinterpret_cast<const char *>(text.p), text.n);
        toml::table root = toml::parse(view, std::string_view(name));
        return walk_table(walk_t{name, visit, ctx, diag}, std::string(), root, 1);
    } catch (const toml::parse_error &e) {
        return diag_fail(diag, ERR_SYNTAX, "%s:%u:%u: %.*s", name,
                         static_cast<unsigned>(e.source().begin.line),
                         static_cast<unsigned>(e.source().begin.column),
                         static_cast<int>(e.description().size()), e.description().data());
    } catch (const std::bad_alloc &) {
        return diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to read it", name);
    } catch (...) {
        return diag_fail(diag, ERR_SYNTAX, "%s: cannot be read as TOML", name);
    }
}

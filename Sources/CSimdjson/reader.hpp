#pragma once

#include <string>
#include <string_view>

#include <simdjson.h>

#include "CSimdjson.h"
#include "grammar.hpp"

namespace ondemand = simdjson::ondemand;

static_assert(SCAN_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads further than it used to");

/// What every text is read with. A member function returns NULL or what is wrong.
class Reader {
protected:
    static constexpr const char *not_json = "not JSON, or cut short";
    static constexpr const char *too_deep = "nested too deeply";

    ondemand::document document;
    std::string unescaped_key;

    /// Past the last token there is no location; anything else is garbage behind the object.
    bool is_at_end() { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; }

    /// - Returns: False when the key is no JSON string.
    bool read_key(ondemand::field &field, std::string_view &key) {
        const char *text = field.key().raw();
        size_t length;
        if (!grammar::string_length(text, length)) return false;
        key = std::string_view(text, length);
        if (std::memchr(text, '\\', length)) key = unescaped_key = grammar::unescaped(key);
        return true;
    }

    /// Appends a text to `texts`.
    static const char *append_text(
        ondemand::value &value, std::string &texts, scan_range &range) {
        if (const char *problem = check_scalar(value)) return problem;
        std::string_view text;
        if (value.get_string().get(text)) return "a text that is no Unicode";
        range = append(text, texts);
        return nullptr;
    }

    static scan_range append(std::string_view text, std::string &texts) {
        scan_range range = {uint32_t(texts.size()), uint32_t(text.size())};
        texts.append(text);
        return range;
    }

    /// Checks a value that nobody reads.
    const char *check(ondemand::value value, int depth) {
        if (depth > SCAN_MAX_DEPTH) return too_deep;
        switch (value.raw_json_token()[0]) {
        case '{': {
            ondemand::object object;
            if (value.get_object().get(object)) return not_json;
            for (auto result : object) {
                ondemand::field field;
                std::string_view key;
                if (std::move(result).get(field) || !read_key(field, key)) return not_json;
                if (const char *problem = check(field.value(), depth + 1)) return problem;
            }
            return nullptr;
        }
        case '[': {
            ondemand::array array;
            if (value.get_array().get(array)) return not_json;
            for (auto result : array) {
                ondemand::value element;
                if (std::move(result).get(element)) return not_json;
                if (const char *problem = check(element, depth + 1)) return problem;
            }
            return nullptr;
        }
        default: return check_scalar(value);
        }
    }

    static const char *check_scalar(ondemand::value &value) {
        std::string_view token = value.raw_json_token();
        char next = *(token.data() + token.size());
        bool is_followed_well = next == ',' || next == ']' || next == '}';
        return grammar::is_scalar(grammar::trimmed(token)) && is_followed_well ? nullptr : not_json;
    }
};

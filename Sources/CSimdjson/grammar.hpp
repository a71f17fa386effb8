#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

/// The parts of RFC 8259 that simdjson's on-demand parser leaves to whoever reads a value.
///
/// The parser has checked before that the body is UTF-8, that every string ends and that none holds
/// a raw control character.
namespace grammar {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A token without the white space behind it.
inline std::string_view trimmed(std::string_view token) {
    while (!token.empty() && std::strchr(" \t\r\n", token.back()) && token.back() != 0)
        token.remove_suffix(1);
    return token;
}

inline bool are_escapes_valid(std::string_view text) {
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] != '\\') continue;
        if (++i == text.size()) return false;
        if (text[i] == 'u') {
            if (text.size() - i < 5) return false;
            for (int digit = 0; digit < 4; digit++)
                if (!is_hex(text[++i])) return false;
        } else if (text[i] == 0 || !std::strchr("\"\\/bfnrt", text[i])) {
            return false;
        }
    }
    return true;
}

/// The UTF-16 code unit of four hexadecimal digits.
inline unsigned code_unit(std::string_view digits) {
    unsigned unit = 0;
    for (char c : digits) unit = unit * 16 + unsigned(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    return unit;
}

inline void append_utf8(std::string &text, unsigned scalar) {
    if (scalar < 0x80) {
        text += char(scalar);
        return;
    }
    int rest = scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
    const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
    text += char(lead[rest] | scalar >> 6 * rest);
    while (rest-- > 0) text += char(0x80 | (scalar >> 6 * rest & 0x3F));
}

/// A key's text, its valid escapes resolved; a lone surrogate becomes U+FFFD.
///
/// simdjson resolves keys too, but with another signature in each of its versions.
inline std::string unescaped(std::string_view key) {
    std::string text;
    for (size_t i = 0; i < key.size(); i++) {
        if (key[i] != '\\') {
            text += key[i];
        } else if (key[++i] != 'u') {
            const char *names = "bfnrt";
            const char *name = std::strchr(names, key[i]);
            text += name ? "\b\f\n\r\t"[name - names] : key[i];
        } else {
            unsigned scalar = code_unit(key.substr(i + 1, 4));
            i += 4;
            if (scalar >> 11 == 0xD800 >> 11) {
                unsigned low = scalar < 0xDC00 && key.substr(i + 1, 2) == "\\u"
                    ? code_unit(key.substr(i + 3, 4)) : 0;
                bool is_pair = low >> 10 == 0xDC00 >> 10;
                scalar = is_pair ? 0x10000 + ((scalar & 0x3FF) << 10 | (low & 0x3FF)) : 0xFFFD;
                if (is_pair) i += 6;
            }
            append_utf8(text, scalar);
        }
    }
    return text;
}

/// Finds where the string that begins at `text`, its opening quote left out, ends.
inline bool string_length(const char *text, size_t &length) {
    const char *end = text;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    length = size_t(end - text);
    std::string_view content(text, length);
    return !std::memchr(text, '\\', length) || are_escapes_valid(content);
}

inline bool is_string(std::string_view token) {
    if (token.size() < 2 || token.front() != '"') return false;
    size_t length;
    return string_length(token.data() + 1, length) && length + 2 == token.size();
}

inline bool is_number(std::string_view token) {
    size_t i = 0;
    auto digits = [&] {
        size_t start = i;
        while (i < token.size() && is_digit(token[i])) i++;
        return i > start;
    };
    auto take = [&](const char *any) {
        if (i == token.size() || token[i] == 0 || !std::strchr(any, token[i])) return false;
        i++;
        return true;
    };
    take("-");
    if (!take("0") && !digits()) return false;
    if (take(".") && !digits()) return false;
    if (take("eE")) {
        take("+-");
        if (!digits()) return false;
    }
    return i == token.size();
}

inline bool is_scalar(std::string_view token) {
    return is_string(token) || is_number(token) || token == "true" || token == "false"
        || token == "null";
}

}  // namespace grammar

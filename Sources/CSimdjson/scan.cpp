#include "CSimdjson.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "reader.hpp"

namespace {

/// Reads one answer.
class Scan : private Reader {
public:
    std::vector<scan_contact> contacts;
    std::string texts;

    Scan(const uint8_t *body, size_t length, scan_answer &answer)
        : body(reinterpret_cast<const char *>(body)), length(length), answer(answer) {}

    const char *read() {
        ondemand::parser parser;
        if (parser.iterate(body, length, length + SCAN_PADDING).get(document)) return not_json;
        ondemand::object object;
        if (document.get_object().get(object)) return not_json;
        bool has_data = false, has_pagination = false, has_request_id = false;
        for (auto result : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(result).get(field) || !read_key(field, key)) return not_json;
            const char *problem;
            if (key == "data") {
                problem = has_data ? "data is there twice" : read_data(field.value());
                has_data = true;
            } else if (key == "pagination") {
                problem = has_pagination ? "pagination is there twice"
                                         : read_pagination(field.value());
                has_pagination = true;
            } else if (key == "request_id" && !has_request_id) {
                problem = read_text(field.value(), answer.request_id);
                has_request_id = true;
            } else {
                problem = check(field.value(), 1);
            }
            if (problem) return problem;
        }
        return is_at_end() ? nullptr : not_json;
    }

private:
    const char *const body;
    const size_t length;
    scan_answer &answer;

    const char *read_data(ondemand::value value) {
        switch (value.raw_json_token()[0]) {
        case '{': answer.data = SCAN_OBJECT; return read_contact(value);
        case 'n': answer.data = SCAN_NULL; return check_scalar(value);
        case '[': break;
        default: return "data is neither an object nor a list";
        }
        answer.data = SCAN_LIST;
        ondemand::array array;
        if (value.get_array().get(array)) return not_json;
        for (auto result : array) {
            ondemand::value element;
            if (std::move(result).get(element)) return not_json;
            if (element.raw_json_token()[0] != '{')
                return "data holds something other than objects";
            if (const char *problem = read_contact(element)) return problem;
        }
        return nullptr;
    }

    const char *read_contact(ondemand::value value) {
        const char *start = value.raw_json_token().data();
        ondemand::object object;
        if (value.get_object().get(object)) return not_json;
        scan_contact contact = {};
        for (auto result : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(result).get(field) || !read_key(field, key)) return not_json;
            const char *problem;
            if (key != "id") {
                problem = check(field.value(), 2);
            } else {
                problem = contact.id.length > 0 ? "a contact with two ids"
                                                : read_id(field.value(), contact.id);
            }
            if (problem) return problem;
        }
        if (contact.id.length == 0) return "a contact without an id";
        const char *end;
        if (document.current_location().get(end)) return not_json;
        while (end[-1] != '}') end--;
        contact.object = {uint32_t(start - body), uint32_t(end - start)};
        contacts.push_back(contact);
        return nullptr;
    }

    const char *read_id(ondemand::value value, scan_range &range) {
        if (value.raw_json_token()[0] != '"') return "a contact whose id is not text";
        if (const char *problem = read_text(value, range)) return problem;
        if (range.length == 0) return "a contact without an id";
        if (range.length > SCAN_MAX_ID_LENGTH) return "a contact whose id is too long";
        for (size_t i = 0; i < range.length; i++) {
            unsigned char byte = texts[range.offset + i];
            if (byte < 0x20 || byte == 0x7F) return "a contact whose id has control characters";
        }
        return nullptr;
    }

    const char *read_pagination(ondemand::value value) {
        switch (value.raw_json_token()[0]) {
        case '{': answer.pagination = SCAN_OBJECT; break;
        case 'n': answer.pagination = SCAN_NULL; return check_scalar(value);
        default: return "pagination is no object";
        }
        ondemand::object object;
        if (value.get_object().get(object)) return not_json;
        bool has_cursor = false, has_flag = false;
        for (auto result : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(result).get(field) || !read_key(field, key)) return not_json;
            const char *problem;
            if (key == "cursor") {
                problem = has_cursor ? "two cursors" : read_text(field.value(), answer.cursor);
                has_cursor = true;
            } else if (key == "has_next_page") {
                problem = has_flag ? "has_next_page is there twice" : read_flag(field.value());
                has_flag = true;
            } else {
                problem = check(field.value(), 2);
            }
            if (problem) return problem;
        }
        return nullptr;
    }

    const char *read_flag(ondemand::value value) {
        std::string_view token = grammar::trimmed(value.raw_json_token());
        answer.has_next_page = token == "true";
        if (token != "true" && token != "false" && token != "null")
            return "has_next_page is neither true nor false";
        return check_scalar(value);
    }

    /// Keeps a text; null is none.
    const char *read_text(ondemand::value value, scan_range &range) {
        char first = value.raw_json_token()[0];
        if (first == 'n') return check_scalar(value);
        if (first != '"') return "a number, list or object where a text belongs";
        return append_text(value, texts, range);
    }
};

template <typename Element>
Element *copy(const Element *elements, size_t count) {
    size_t size = count * sizeof(Element);
    auto *result = static_cast<Element *>(std::malloc(size + 1));
    if (!result) throw std::bad_alloc();
    if (size > 0) std::memcpy(result, elements, size);
    return result;
}

}  // namespace

const char *scan_answer_read(const uint8_t *body, size_t length, scan_answer *answer) {
    *answer = {};
    if (length > UINT32_MAX - SCAN_PADDING) return "too large";
    try {
        Scan scan(body, length, *answer);
        if (const char *problem = scan.read()) return problem;
        answer->contacts = copy(scan.contacts.data(), scan.contacts.size());
        answer->contact_count = scan.contacts.size();
        answer->texts = copy(scan.texts.data(), scan.texts.size());
        answer->texts_length = scan.texts.size();
        return nullptr;
    } catch (...) {
        return "out of memory";
    }
}

void scan_answer_free(scan_answer *answer) {
    std::free(answer->contacts);
    std::free(answer->texts);
    *answer = {};
}

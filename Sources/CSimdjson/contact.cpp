#include "CSimdjson.h"

#include <new>
#include <vector>

#include "reader.hpp"

namespace {

/// Reads contacts one after the other. A member function returns whether all is well; if not, `result`
/// says what is wrong.
class ContactReader : private Reader {
public:
    contact_reading result;

    void read(const uint8_t *json, size_t length) {
        result = {};
        entries.clear();
        texts.clear();
        padded.assign(reinterpret_cast<const char *>(json), length);
        padded.append(SCAN_PADDING, '\0');
        bool is_read = parser.iterate(padded.data(), length, padded.size()).get(document)
            ? fail(CONTACT_NOT_JSON) : read_contact();
        if (is_read && !is_at_end()) fail(CONTACT_NOT_JSON);
        result.entries = entries.data();
        result.count = entries.size();
        result.texts = texts.data();
    }

    /// Gives back what reading a large contact took.
    void shrink() {
        if (padded.size() <= kept_bytes) return;
        parser = ondemand::parser();
        entries = {};
        texts = {};
        padded = {};
    }

private:
    static constexpr size_t kept_bytes = 256 << 10;

    ondemand::parser parser;
    std::string padded;
    std::string texts;
    std::vector<contact_entry> entries;

    bool fail(contact_problem problem) {
        result.problem = problem;
        return false;
    }

    /// Something of another type than the API's reference says.
    bool mismatch(const char *field, scan_range slug = {}, const char *part = nullptr) {
        result.field = field;
        result.slug = slug;
        result.part = part;
        return fail(CONTACT_TYPE_MISMATCH);
    }

    void add(contact_field field, scan_range text, scan_range key = {}) {
        entries.push_back({field, key, text});
    }

    /// Calls `read` with each member's key and value.
    template <typename Read>
    bool for_members(ondemand::value value, Read read) {
        ondemand::object object;
        if (value.get_object().get(object)) return fail(CONTACT_NOT_JSON);
        for (auto member : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(member).get(field) || !read_key(field, key)) return fail(CONTACT_NOT_JSON);
            if (!read(key, field.value())) return false;
        }
        return true;
    }

    template <typename Read>
    bool for_elements(ondemand::value value, Read read) {
        ondemand::array array;
        if (value.get_array().get(array)) return fail(CONTACT_NOT_JSON);
        for (auto result : array) {
            ondemand::value element;
            if (std::move(result).get(element)) return fail(CONTACT_NOT_JSON);
            if (!read(element)) return false;
        }
        return true;
    }

    enum Presence { absent, present, other };

    /// Whether a value begins with `first`; null is absent.
    static Presence presence(ondemand::value &value, char first) {
        char found = value.raw_json_token()[0];
        if (found == first) return present;
        return found == 'n' && !check_scalar(value) ? absent : other;
    }

    bool skip(ondemand::value value, int depth) {
        return !check(value, depth) || fail(CONTACT_NOT_JSON);
    }

    /// Keeps a text; null and an empty text have no length.
    ///
    /// - Returns: False where it is of another type, or no text.
    bool read_text(ondemand::value value, scan_range &range) {
        range = {};
        switch (presence(value, '"')) {
        case absent: return true;
        case present: return !append_text(value, texts, range);
        case other: return false;
        }
        return false;
    }

    /// The members of a contact that are read.
    struct Member {
        const char *name;
        contact_field field;
        bool (ContactReader::*read)(const Member &, ondemand::value);
    };

    static const Member members[];

    bool read_contact() {
        ondemand::object object;
        if (document.get_object().get(object)) return fail(CONTACT_NOT_JSON);
        unsigned seen = 0;
        for (auto result : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(result).get(field) || !read_key(field, key)) return fail(CONTACT_NOT_JSON);
            if (!read_member(key, field.value(), seen)) return false;
        }
        return true;
    }

    bool read_member(std::string_view key, ondemand::value value, unsigned &seen) {
        for (const Member *member = members; member->name; member++)
            if (key == member->name)
                return is_first(seen, member - members) ? (this->*member->read)(*member, value)
                                                        : skip(value, 1);
        return skip(value, 1);
    }

    /// Of a member that is there twice, the first one counts.
    static bool is_first(unsigned &seen, size_t number) {
        bool is_first = !(seen & 1u << number);
        seen |= 1u << number;
        return is_first;
    }

    bool read_text_field(const Member &member, ondemand::value value) {
        scan_range range;
        if (!read_text(value, range)) return mismatch(member.name);
        add(member.field, range);
        return true;
    }

    bool read_texts(const Member &member, ondemand::value value) {
        switch (presence(value, '[')) {
        case absent: return true;
        case other: return mismatch(member.name);
        case present: break;
        }
        return for_elements(value, [&](ondemand::value element) {
            scan_range range;
            if (!read_text(element, range)) return mismatch(member.name);
            if (range.length > 0) add(member.field, range);
            return true;
        });
    }

    bool read_account(const Member &account, ondemand::value value) {
        switch (presence(value, '{')) {
        case absent: return true;
        case other: return mismatch("account");
        case present: break;
        }
        unsigned seen = 0;
        return for_members(value, [&](std::string_view key, ondemand::value value) {
            if (key == "external_ids" && is_first(seen, 0))
                return read_ids({account.name, CONTACT_ACCOUNT_EXTERNAL_IDS}, "external_ids", value);
            if (key != "id" || !is_first(seen, 1)) return skip(value, 2);
            scan_range range;
            if (!read_text(value, range)) return mismatch(account.name, {}, "id");
            add(account.field, range);
            return true;
        });
    }

    bool read_external_ids(const Member &member, ondemand::value value) {
        return read_ids(member, nullptr, value);
    }

    /// - `part`: The part of the member that the list is; NULL where it is the member.
    bool read_ids(const Member &member, const char *part, ondemand::value value) {
        switch (presence(value, '[')) {
        case absent: return true;
        case other: return mismatch(member.name, {}, part);
        case present: break;
        }
        bool is_user = member.field == CONTACT_INTEGRATION_USER_IDS;
        std::string_view id = is_user ? "id" : "external_id", key = is_user ? "source" : "label";
        return for_elements(value, [&](ondemand::value element) {
            return read_id(member, part, id, key, element);
        });
    }

    /// Keeps an id and what it belongs to, if there is an id.
    bool read_id(
        const Member &member, const char *part, std::string_view id_name, std::string_view key_name,
        ondemand::value value) {
        switch (presence(value, '{')) {
        case absent: return true;
        case other: return mismatch(member.name, {}, part);
        case present: break;
        }
        scan_range id = {}, key = {};
        unsigned seen = 0;
        bool is_read = for_members(value, [&](std::string_view name, ondemand::value value) {
            bool is_id = name == id_name;
            if ((!is_id && name != key_name) || !is_first(seen, is_id)) return skip(value, 3);
            return read_text(value, is_id ? id : key) || mismatch(member.name, {}, part);
        });
        if (is_read && id.length > 0) add(member.field, id, key);
        return is_read;
    }

    bool read_custom_fields(const Member &member, ondemand::value value) {
        switch (presence(value, '{')) {
        case absent: return true;
        case other: return mismatch(member.name);
        case present: break;
        }
        return for_members(value, [&](std::string_view key, ondemand::value value) {
            return read_custom_field(member, append(key, texts), value);
        });
    }

    bool read_custom_field(const Member &member, scan_range slug, ondemand::value value) {
        scan_range text = {};
        size_t start = entries.size();
        unsigned seen = 0;
        switch (presence(value, '{')) {
        case other: return mismatch(member.name, slug);
        case absent: break;
        case present:
            bool is_read = for_members(value, [&](std::string_view key, ondemand::value value) {
                if (key == "values" && is_first(seen, 0)) return read_values(member, slug, value);
                if (key != "value" || !is_first(seen, 1)) return skip(value, 3);
                return read_text(value, text) || mismatch(member.name, slug, "value");
            });
            if (!is_read) return false;
        }
        if (entries.size() == start) add(CONTACT_CUSTOM_FIELD, text, slug);
        return true;
    }

    bool read_values(const Member &member, scan_range slug, ondemand::value value) {
        switch (presence(value, '[')) {
        case absent: return true;
        case other: return mismatch(member.name, slug, "values");
        case present: break;
        }
        bool is_begun = false;
        return for_elements(value, [&](ondemand::value element) {
            scan_range range;
            if (!read_text(element, range)) return mismatch(member.name, slug, "values");
            if (range.length == 0) return true;
            if (!is_begun) add(CONTACT_CUSTOM_FIELD_LIST, {}, slug);
            is_begun = true;
            add(CONTACT_CUSTOM_FIELD_ELEMENT, range, slug);
            return true;
        });
    }
};

const ContactReader::Member ContactReader::members[] = {
    {"id", CONTACT_ID, &ContactReader::read_text_field},
    {"name", CONTACT_NAME, &ContactReader::read_text_field},
    {"email", CONTACT_EMAIL, &ContactReader::read_text_field},
    {"emails", CONTACT_EMAILS, &ContactReader::read_texts},
    {"account", CONTACT_ACCOUNT_ID, &ContactReader::read_account},
    {"avatar_url", CONTACT_AVATAR_URL, &ContactReader::read_text_field},
    {"custom_fields", CONTACT_CUSTOM_FIELD, &ContactReader::read_custom_fields},
    {"external_ids", CONTACT_EXTERNAL_IDS, &ContactReader::read_external_ids},
    {"integration_user_ids", CONTACT_INTEGRATION_USER_IDS, &ContactReader::read_external_ids},
    {"phone_numbers", CONTACT_PHONE_NUMBERS, &ContactReader::read_texts},
    {"primary_phone_number", CONTACT_PRIMARY_PHONE_NUMBER, &ContactReader::read_text_field},
    {"portal_role", CONTACT_PORTAL_ROLE, &ContactReader::read_text_field},
    {"portal_role_id", CONTACT_PORTAL_ROLE_ID, &ContactReader::read_text_field},
    {},
};

thread_local ContactReader reader;

}  // namespace

contact_reading contact_read(const uint8_t *json, size_t length) {
    if (length > UINT32_MAX / 2) return {CONTACT_NOT_JSON};
    try {
        reader.read(json, length);
        return reader.result;
    } catch (...) {
        return {CONTACT_NO_MEMORY};
    }
}

void contact_read_end(void) { reader.shrink(); }

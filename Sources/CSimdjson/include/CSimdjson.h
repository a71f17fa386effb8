#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Zero bytes that must follow an answer's body: SIMDJSON_PADDING of simdjson 3.0 to 3.10.
/// Source: https://github.com/simdjson/simdjson/blob/master/include/simdjson/base.h
#define SCAN_PADDING 64
/// Objects and lists inside each other; a response of the API nests six deep.
#define SCAN_MAX_DEPTH 64
/// Bytes of a contact's id; a UUID has 36.
#define SCAN_MAX_ID_LENGTH 256

typedef enum { SCAN_ABSENT, SCAN_NULL, SCAN_LIST, SCAN_OBJECT } scan_presence;

/// A part of the body, or of the texts of a scan.
typedef struct {
    uint32_t offset;
    uint32_t length;
} scan_range;

typedef struct {
    /// The object as it stands in the body, braces included.
    scan_range object;
    /// Its id in `texts`.
    scan_range id;
} scan_contact;

/// What one answer holds, its contacts not decoded.
typedef struct {
    /// `SCAN_LIST` has any number of contacts, `SCAN_OBJECT` one.
    scan_presence data;
    scan_presence pagination;
    bool has_next_page;
    /// In `texts`; a length of 0 means none.
    scan_range cursor;
    scan_range request_id;
    scan_contact *contacts;
    size_t contact_count;
    /// UTF-8, unescaped.
    char *texts;
    size_t texts_length;
} scan_answer;

/// Reads an answer whose `data` is a contact, or a list of contacts, from end to end once.
///
/// The whole body is checked to be JSON; only a number's size and lone surrogates are not.
///
/// - `body`: `length` bytes, followed by `SCAN_PADDING` zero bytes.
/// - Returns: NULL when all is well, else what is wrong, as a static text. Either way `answer` must
///   be given to `scan_answer_free`.
const char *scan_answer_read(const uint8_t *body, size_t length, scan_answer *answer);

void scan_answer_free(scan_answer *answer);

typedef enum {
    CONTACT_ID,
    CONTACT_NAME,
    CONTACT_EMAIL,
    CONTACT_EMAILS,
    CONTACT_ACCOUNT_ID,
    CONTACT_ACCOUNT_EXTERNAL_IDS,
    CONTACT_AVATAR_URL,
    /// The one value of a custom field; an empty text is none.
    CONTACT_CUSTOM_FIELD,
    /// The beginning of a custom field with several values.
    CONTACT_CUSTOM_FIELD_LIST,
    CONTACT_CUSTOM_FIELD_ELEMENT,
    CONTACT_EXTERNAL_IDS,
    CONTACT_INTEGRATION_USER_IDS,
    CONTACT_PHONE_NUMBERS,
    CONTACT_PRIMARY_PHONE_NUMBER,
    CONTACT_PORTAL_ROLE,
    CONTACT_PORTAL_ROLE_ID,
} contact_field;

/// One text of a contact.
typedef struct {
    contact_field field;
    /// The slug, label or source; a length of 0 is none.
    scan_range key;
    /// A length of 0 is none.
    scan_range text;
} contact_entry;

typedef enum {
    CONTACT_READ,
    CONTACT_NOT_JSON,
    /// A field has another type than the API's reference says.
    CONTACT_TYPE_MISMATCH,
    CONTACT_NO_MEMORY,
} contact_problem;

typedef struct {
    contact_problem problem;
    /// The field of another type, the slug of a custom field and the part of either; NULL is none.
    const char *field;
    scan_range slug;
    const char *part;
    /// In the order of the JSON; of what is there twice, only the first, but for custom fields.
    const contact_entry *entries;
    size_t count;
    /// UTF-8, unescaped.
    const char *texts;
} contact_reading;

/// Reads one contact object of the API, checked to be JSON as by `scan_answer_read`.
///
/// - Returns: What it holds, valid until this thread calls `contact_read` or `contact_read_end`.
contact_reading contact_read(const uint8_t *json, size_t length);

/// Gives back the memory that a large contact took.
void contact_read_end(void);

#ifdef __cplusplus
}
#endif

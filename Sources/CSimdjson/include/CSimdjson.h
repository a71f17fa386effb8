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

#ifdef __cplusplus
}
#endif

/// An answer that is no success: status, sentence and code as the API gives them.
struct APIError: Error, Equatable {
    let status: Int
    let sentence: String
    let code: String
    /// The contact that already exists, for duplicates.
    var existsID: String?
    /// Whole seconds to wait, for 429.
    var retryAfter: Int?

    static let noAuthorization = APIError(
        status: 401,
        sentence: "Token must follow Bearer authorization scheme: "
            + "https://www.rfc-editor.org/rfc/rfc6750#section-2.1.",
        code: "invalid_authorization_header")
    static let invalidToken = APIError(
        status: 401, sentence: "Invalid API token!", code: "invalid_api_token")
    static let wrongRegion = APIError(
        status: 401, sentence: "This API token belongs to another region.",
        code: "wrong_region_token")
    static let permissionDenied = APIError(
        status: 403, sentence: "Permission denied.", code: "permission_denied")
    static let unknownPath = APIError(
        status: 404, sentence: "Not a valid API URL!", code: "not_found")
    static let wrongMethod = APIError(
        status: 405, sentence: "Method not allowed", code: "method_not_allowed")
    static let contactNotFound = APIError(
        status: 404, sentence: "Contact not found!", code: "not_found")
    static let bodyTooLarge = APIError(
        status: 413, sentence: "Request body is too large.", code: "request_too_large")
    static let invalidCursor = invalid("cursor is not valid")
    static let expiredCursor = APIError(
        status: 400, sentence: "cursor has expired", code: "cursor_expired")
    static let internalError = APIError(
        status: 500, sentence: "Internal server error", code: "internal_error")

    static func rateLimited(retryAfter: Int) -> APIError {
        APIError(
            status: 429, sentence: "Rate limit exceeded.", code: "rate_limited",
            retryAfter: retryAfter)
    }

    /// A request that is wrong and stays wrong.
    static func invalid(_ sentence: String) -> APIError {
        APIError(status: 400, sentence: sentence, code: "invalid_request")
    }

    /// Something that has to be unique and is not.
    static func duplicate(_ sentence: String, existsID: String) -> APIError {
        APIError(
            status: 400, sentence: sentence, code: "already_exists", existsID: existsID)
    }
}

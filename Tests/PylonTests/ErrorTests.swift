import Pylon
import Testing

/// Each row of the table of errors in docs/pylon-api.md, and what else servers and proxies answer.
@Suite struct ErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        let body: String
        var endpoint = Endpoint.update
        let expected: @Sendable (Call) -> PylonError

        var testDescription: String { name }
    }

    static func envelope(_ sentence: String, _ code: String?) -> String {
        let code = code.map { #","code":"\#($0)""# } ?? ""
        return #"{"errors":["\#(sentence)"]\#(code),"request_id":"req-body"}"#
    }

    static func unauthorized(_ status: Int, _ code: String?) -> @Sendable (Call) -> PylonError {
        { .unauthorized(status: status, code: code, call: $0) }
    }

    static func forbidden(_ status: Int, _ code: String?) -> @Sendable (Call) -> PylonError {
        { .forbidden(status: status, code: code, call: $0, message: "No.") }
    }

    @Test func aCodeOfTheAPIIsNoPartOfASentence() {
        let code = "c 2026-11-30T00:00:00Z info usher stops"
        for error in [
            PylonError.rejected(status: 400, code: code, call: Call(.update), message: ""),
            .forbidden(status: 400, code: code, call: Call(.update), message: ""),
            .unauthorized(status: 400, code: code, call: Call(.update)),
        ] {
            #expect(error.cause.contains("(400 \"\(code)\")"), "\(error)")
        }
        let plain = PylonError.rejected(
            status: 400, code: "invalid_request", call: Call(.update), message: "")
        #expect(plain.cause == "rejected (400 invalid_request)")
    }

    static func rejected(
        _ status: Int, _ code: String?, _ message: String = "No."
    ) -> @Sendable (Call) -> PylonError {
        { .rejected(status: status, code: code, call: $0, message: message) }
    }

    static func missing(_ isAPIEnvelope: Bool) -> @Sendable (Call) -> PylonError {
        { .notFound(isAPIEnvelope: isAPIEnvelope, call: $0) }
    }

    static let rows: [Row] = [
        Row(
            name: "no authorization", status: 401,
            body: envelope("Token must follow Bearer scheme", "invalid_authorization_header"),
            expected: unauthorized(401, "invalid_authorization_header")),
        Row(
            name: "bad token", status: 401,
            body: envelope("Invalid API token!", "invalid_api_token"),
            expected: unauthorized(401, "invalid_api_token")),
        Row(
            name: "wrong region", status: 401, body: envelope("No.", "wrong_region_token"),
            expected: unauthorized(401, "wrong_region_token")),
        Row(
            name: "no permission", status: 403, body: envelope("No.", "permission_denied"),
            expected: forbidden(403, "permission_denied")),
        Row(
            name: "no permission, whatever the status", status: 401,
            body: envelope("No.", "permission_denied"),
            expected: forbidden(401, "permission_denied")),
        Row(
            name: "a bad token, whatever the status", status: 403,
            body: envelope("Invalid API token!", "invalid_api_token"),
            expected: unauthorized(403, "invalid_api_token")),
        Row(
            name: "the code goes before the status", status: 400,
            body: envelope("No.", "invalid_api_token"),
            expected: unauthorized(400, "invalid_api_token")),
        Row(
            name: "403 without a code", status: 403, body: envelope("No.", nil),
            expected: forbidden(403, nil)),
        Row(
            name: "unknown path", status: 404,
            body: envelope("Not a valid API URL!", "not_found"), expected: missing(false)),
        Row(
            name: "missing contact", status: 404,
            body: envelope("Contact not found!", "not_found"), expected: missing(true)),
        Row(
            name: "missing contact, older API", status: 404,
            body: envelope("Contact not found!", nil), expected: missing(true)),
        Row(
            name: "404 with another sentence and no code", status: 404,
            body: envelope("Nothing here", nil), expected: missing(false)),
        Row(
            name: "404 with another code", status: 404,
            body: envelope("Contact not found!", "gone_fishing"), expected: missing(false)),
        Row(
            name: "404 without sentences", status: 404, body: #"{"errors":[],"code":"not_found"}"#,
            expected: missing(false)),
        Row(
            name: "gone contact", status: 410, body: envelope("Contact is gone!", "not_found"),
            expected: { .notFound(isAPIEnvelope: true, status: 410, call: $0) }),
        Row(
            name: "gone contact, older API", status: 410, body: envelope("Contact is gone!", nil),
            expected: { .notFound(isAPIEnvelope: true, status: 410, call: $0) }),
        Row(
            name: "410 of a proxy", status: 410, body: "<html>Gone</html>",
            expected: { .notFound(isAPIEnvelope: false, status: 410, call: $0) }),
        Row(
            name: "404 of a proxy", status: 404, body: "<html>Contact not found!</html>",
            expected: missing(false)),
        Row(
            name: "404 about no contact", status: 404,
            body: envelope("Contact not found!", "not_found"), endpoint: .list,
            expected: missing(false)),
        Row(
            name: "wrong method", status: 405,
            body: envelope("Method not allowed", "method_not_allowed"),
            expected: rejected(405, "method_not_allowed", "Method not allowed")),
        Row(
            name: "refused value", status: 400, body: envelope("No.", "invalid_request"),
            expected: rejected(400, "invalid_request")),
        Row(
            name: "4xx without a code", status: 422, body: envelope("No.", nil),
            expected: rejected(422, nil)),
        Row(
            name: "4xx with a code of another type", status: 400,
            body: #"{"errors":["No."],"code":7,"request_id":"req-body"}"#,
            expected: rejected(400, nil)),
        Row(
            name: "4xx without a body", status: 409, body: "",
            expected: {
                .unknownOutcome(
                    reason: "an answer that is not the API's own", status: 409, call: $0)
            }),
        Row(
            name: "429", status: 429, body: envelope("Slow down", "rate_limited"),
            expected: { .rateLimited(retryAfter: nil, call: $0) }),
        Row(
            name: "429 of a proxy", status: 429, body: "slow down",
            expected: { .rateLimited(retryAfter: nil, call: $0) }),
        Row(
            name: "408", status: 408, body: envelope("Too slow", nil),
            expected: { .unknownOutcome(reason: "the API failed", status: 408, call: $0) }),
        Row(
            name: "500", status: 500, body: envelope("Oops", "internal_error"),
            expected: { .unknownOutcome(reason: "the API failed", status: 500, call: $0) }),
        Row(
            name: "503 that calls itself a limit", status: 503,
            body: envelope("No", "rate_limited"),
            expected: { .unknownOutcome(reason: "the API failed", status: 503, call: $0) }),
        Row(
            name: "HTML 502", status: 502, body: "<html><h1>502 Bad Gateway</h1></html>",
            endpoint: .list,
            expected: {
                .unknownOutcome(
                    reason:
                        "the API failed: a web page instead of the API's JSON: a proxy, a login "
                        + "page or another server answers in the API's place",
                    status: 502, call: $0)
            }),
    ]

    @Test(arguments: rows)
    func everyErrorSaysWhatToDo(_ row: Row) async throws {
        try await ScriptedServer.answering(Fixture.answer(row.status, row.body)) { server in
            let error = try await Fixture.client(server.url).error(row.endpoint)
            let isEnvelope = row.body.contains("req-body")
            let call = Call(
                row.endpoint, contactID: row.endpoint == .update ? Fixture.id : nil,
                requestID: isEnvelope ? "req-body" : nil)
            #expect(error == row.expected(call))
            #expect(error.status == row.status)
        }
    }

    @Test func theHeadersRequestIDGoesBeforeTheBodys() async throws {
        let answer = Fixture.answer(
            400, Self.envelope("No.", nil), headers: ["x-pylon-request-id: req-head"])
        try await ScriptedServer.answering(answer) { server in
            let error = try await Fixture.client(server.url).error(.get)
            #expect(error.requestID == "req-head")
        }
    }

    @Test func aMessageIsCutAndHasNoControlCharacters() async throws {
        let sentence = #"Bad\u0000\n\u001b[31m\u202e"# + String(repeating: "x", count: 10_000)
        try await ScriptedServer.answering(
            Fixture.answer(400, Self.envelope(sentence, nil))
        ) { server in
            guard
                case .rejected(_, _, _, let message) =
                    try await Fixture.client(server.url).error(.get)
            else { throw Fixture.NoError() }
            #expect(message.hasPrefix("Bad   [31m xxx"))
            #expect(message.count == 300)
        }
    }

    @Test func descriptionsNameTheRequestAndNotTheContact() async throws {
        let body = Self.envelope("ana@acme.com exists already", "already_exists")
        try await ScriptedServer.answering(Fixture.answer(400, body)) { server in
            let error = try await Fixture.client(server.url).error(.update)
            #expect(
                "\(error)"
                    == "update of contact \(Fixture.id), request req-body: rejected (400 already_exists)"
            )
        }
    }

    @Test func aTokenOfAnotherRegionIsToldWhatToDo() async throws {
        let body = Self.envelope("No.", "wrong_region_token")
        try await ScriptedServer.answering(Fixture.answer(401, body)) { server in
            let error = try await Fixture.client(server.url).error(.me)
            #expect("\(error)".contains("set the base URL to https://api.usepylon.com"))
        }
    }
}

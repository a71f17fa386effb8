import Testing

@testable import Pylon

/// Answers that the API did not write are told as what they are, and prove nothing.
@Suite struct ForeignAnswerTests {
    struct Case: CustomTestStringConvertible {
        let status: Int
        let headers: [String]
        let body: String
        let words: String

        var testDescription: String { "\(status) \(headers)" }
    }

    static let cases = [
        Case(
            status: 200, headers: ["content-type: text/html"], body: "<!doctype html><p>Log in",
            words: "a web page instead of the API's JSON: a proxy"),
        Case(
            status: 200, headers: ["server: zscaler/6.2"], body: "\r\n <html></html>",
            words: "a web page instead of the API's JSON (by zscaler/6.2): a proxy"),
        Case(
            status: 200, headers: ["content-encoding: gzip", "via: 1.1 squid"],
            body: "\u{1F}not really",
            words: "a body in the encoding gzip, which was not asked for (by 1.1 squid)"),
        Case(
            status: 502, headers: ["server: nginx"], body: "<html>Bad Gateway</html>",
            words: "the API failed: a web page instead of the API's JSON (by nginx)"),
        Case(
            status: 511, headers: [], body: "<html>Welcome to the hotel</html>",
            words: "the API failed: the network demands a login"),
        Case(
            status: 403, headers: ["content-type: text/html"], body: "<html>Portal</html>",
            words: "a web page instead of the API's JSON: a proxy, a login page"),
        Case(
            status: 407, headers: [], body: "", words: "a proxy demands a user name and a password"),
        Case(
            status: 302, headers: ["location: https://login.example/?to=secret"], body: "",
            words: "a redirect to login.example, which is not followed"),
    ]

    @Test(arguments: cases, [Endpoint.update, .list, .get, .me])
    func itIsToldAsWhatItIs(_ row: Case, endpoint: Endpoint) async throws {
        let answer = Fixture.answer(row.status, row.body, headers: row.headers)
        try await ScriptedServer.answering(answer) { server in
            switch try await Fixture.client(server.url).error(endpoint) {
            case .unknownOutcome(let reason, row.status, _), .unreadable(let reason, _):
                #expect(reason.hasPrefix(row.words))
                #expect(!reason.contains("secret"))
            case let error: Issue.record("\(error)")
            }
        }
    }

    @Test func jsonIsTakenWhateverItsTypeIsCalled() async throws {
        let answer = Fixture.answer(
            200, Fixture.one(), headers: ["content-type: text/html", "content-encoding: identity"])
        try await ScriptedServer.answering(answer) { server in
            _ = try await Fixture.client(server.url).get(Fixture.id)
        }
    }
}

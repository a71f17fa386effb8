import Foundation
import NIOHTTP1
import Testing

@testable import Pylon

/// How a 429's wait is read.
@Suite struct RateLimitTests {
    static let now = Date(timeIntervalSince1970: 1_700_000_000)  // Tue, 14 Nov 2023 22:13:20 GMT

    @Test(
        arguments: [
            (["x-retry-after": "7"], 7_000),
            (["x-retry-after": "7", "retry-after": "9"], 7_000),
            (["retry-after": "9"], 9_000),
            (["x-retry-after": "0.25"], 1_000),
            (["x-retry-after": "0"], 1_000),
            (["x-retry-after": " 7 "], 7_000),
            (["x-retry-after": "3601"], 3_600_000),
            (["x-retry-after": "99999999999999999999999999"], 3_600_000),
            (["x-retry-after": "soon", "retry-after": "9"], 9_000),
            (["x-retry-after": "-1"], nil),
            (["x-retry-after": "nan"], nil),
            (["x-retry-after": "1e3"], nil),
            (["x-retry-after": ""], nil),
            (["retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"], 30_000),
            (["retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"], 1_000),
            (["retry-after": "Wed, 15 Nov 2023 22:13:20 GMT"], 3_600_000),
            (
                [
                    "retry-after": "Tue, 14 Nov 2023 23:00:10 GMT",
                    "date": "Tue, 14 Nov 2023 23:00:00 GMT",
                ], 10_000
            ),
            ([:], nil),
        ] as [([String: String], Int?)])
    func theWaitIsRead(headers: [String: String], milliseconds: Int?) {
        let wait = RetryAfter.read(HTTPHeaders(headers.map { ($0, $1) }), now: Self.now)
        #expect(wait == milliseconds.map { .milliseconds($0) })
    }

    @Test func a429CarriesItsWait() async throws {
        let answer = Fixture.answer(429, "", headers: ["X-Retry-After: 12", "Retry-After: 3"])
        try await ScriptedServer.answering(answer) { server in
            let error = try await Fixture.client(server.url).error(.update)
            let call = Call(.update, contactID: Fixture.id)
            #expect(error == .rateLimited(retryAfter: .seconds(12), call: call))
        }
    }

    @Test(
        arguments: [
            ("17", 17), ("0", 0), ("many", nil), ("-1", nil), ("-9223372036854775808", nil),
        ] as [(String, Int?)])
    func whatIsLeftIsRead(text: String, remaining: Int?) async throws {
        let answer = Fixture.answer(
            200, Fixture.one(), headers: ["X-Rate-Limit-Remaining: \(text)"])
        try await ScriptedServer.answering(answer) { server in
            let reply = try await Fixture.client(server.url).get(Fixture.id)
            #expect(reply.rateLimitRemaining == remaining)
        }
    }
}

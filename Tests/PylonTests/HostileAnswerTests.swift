import Contacts
import Foundation
import NIOHTTP1
import Testing

@testable import Pylon

/// Whatever stands in headers and bodies, reading an answer ends in a value or an error, and never ends
/// the process.
@Suite struct HostileAnswerTests {
    static let numbers = [
        "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-1", "0", "1",
        "18446744073709551616", "1e308", "1e999", "-1e999", "nan", "inf", "0x10", "1.5", "..",
        ".", "", " ", "7 ", "٧", "１２", String(repeating: "9", count: 500), "Thu, 99 Foo 9999",
        "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sat, 31 Dec 292277026596 23:59:59 GMT",
    ]

    @Test(arguments: numbers)
    func aNumberInAHeaderHasBounds(text: String) {
        let headers: HTTPHeaders = [
            "X-Rate-Limit-Remaining": text, "X-Retry-After": text, "Retry-After": text,
            "Date": text,
        ]
        let remaining = RateLimitRemaining.read(headers)
        #expect(remaining.map { (0...RateLimitRemaining.most).contains($0) } ?? true)
        for names in [["X-Retry-After"], ["Retry-After"], ["Retry-After", "Date"]] {
            let headers = HTTPHeaders(names.map { ($0, text) })
            let wait = RetryAfter.read(headers, now: .now)
            #expect(wait.map { (.zero...RetryAfter.longest).contains($0) } ?? true)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
        "HTTP/1.1 999999999999999999999 OK\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    ])
    func anAbsurdLengthOrStatusIsAnError(answer: String) async throws {
        try await ScriptedServer.run({ _ in [.send(answer), .close] }) { server in
            let client = try Fixture.client(server.url)
            for endpoint in [Endpoint.list, .get, .update] {
                _ = try await client.error(endpoint)
            }
        }
    }

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "1e999"])
    func anAbsurdRemainderOrWaitIsBounded(text: String) async throws {
        let headers = ["x-rate-limit-remaining: \(text)", "x-retry-after: \(text)"]
        let page = Fixture.answer(200, Fixture.page([Fixture.contact()]), headers: headers)
        try await ScriptedServer.answering(page) { server in
            let reply = try await Fixture.client(server.url).list()
            #expect(
                reply.rateLimitRemaining.map { (0...RateLimitRemaining.most).contains($0) } ?? true)
        }
        try await ScriptedServer.answering(Fixture.answer(429, "{}", headers: headers)) { server in
            guard
                case .rateLimited(let wait, _) = try await Fixture.client(server.url).error(.list)
            else { throw Fixture.NoError() }
            #expect(wait.map { (.zero...RetryAfter.longest).contains($0) } ?? true)
        }
    }

    static let bodies = [
        #"{"data":[{"id":"a","name":"Ana","n":-1.5e3,"custom_fields":{"é":{"values":["x"]}}},{"id":"b"}],"pagination":{"cursor":"c","has_next_page":true},"request_id":"r"}"#,
        #"{"data":{"id":"a","name":"Ana","emails":["a@b.c"],"external_ids":[{"external_id":"7","label":"crm"}]},"request_id":"r"}"#,
        #"{"errors":["Contact not found!"],"code":"not_found","request_id":"r","exists_id":"x"}"#,
        #"{"request_id":"r"}"#, "<html><body>502</body></html>", "",
    ]

    @Test(arguments: 0..<8)
    func anyAnswerIsReadToAnEnd(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let token = try Token(Fixture.tokenText)
        let baseURL = try BaseURL("https://api.example")
        for _ in 0..<1_500 {
            let body = Self.mutant(using: &random)
            for endpoint in Endpoint.allCases {
                let call = Call(
                    endpoint, contactID: [.get, .update, .delete].contains(endpoint) ? "a" : nil)
                do throws(PylonError) {
                    let answer = try Response(
                        head: Self.head(using: &random), body: body,
                        failure: Bool.random(using: &random) ? .tooLarge : nil, call: call,
                        baseURL: baseURL, token: token)
                    try Self.read(answer, of: endpoint)
                } catch {
                    #expect(!"\(error)".contains(Fixture.tokenText))
                    _ = (error.status, error.code, error.mayBeTooMuchAtOnce)
                }
            }
        }
    }

    private static func read(_ answer: Response, of endpoint: Endpoint) throws(PylonError) {
        switch endpoint {
        case .me: _ = try answer.reply(Organisation.read)
        case .list, .search:
            let page = try answer.reply { (body) throws(Unusable) in (try ContactPage(body), nil) }
            for index in 0..<page.value.count {
                _ = (page.value.rawDigest(at: index), try? page.value.document(at: index))
            }
            for contact in page.value.unreadable {
                #expect(contact.contactID.map(ContactID.isUsable) ?? true)
            }
        case .get, .create, .update, .delete:
            _ = try answer.reply { (body) throws(Unusable) in
                (try DividedResponse(body).contact(id: "a"), nil)
            }
        }
    }

    private static func head(using random: inout SeededNumbers) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        for name in [
            "x-rate-limit-remaining", "x-retry-after", "retry-after", "date", "content-length",
            "x-pylon-request-id", "location",
        ] where Bool.random(using: &random) {
            headers.add(name: name, value: numbers.randomElement(using: &random) ?? "")
        }
        let status = [200, 200, 200, 204, 301, 400, 401, 403, 404, 408, 413, 429, 500, 504, 999]
            .randomElement(using: &random)!
        return HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
    }

    private static func mutant(using random: inout SeededNumbers) -> [UInt8] {
        var bytes = Array(bodies.randomElement(using: &random)!.utf8)
        let interesting =
            Array(#"{}[]",:\0123456789.-+eEtrufalsn /"#.utf8) + [0, 0x1F, 0x80, 0xC3, 0xFF]
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[at] = interesting.randomElement(using: &random)!
            case 1: bytes.insert(interesting.randomElement(using: &random)!, at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + 5))
            case 3: bytes.insert(contentsOf: numbers.randomElement(using: &random)!.utf8, at: at)
            default: bytes.insert(contentsOf: bytes[at...].prefix(40), at: at)
            }
        }
        return bytes
    }
}

/// Random numbers that a failed run can be repeated with.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

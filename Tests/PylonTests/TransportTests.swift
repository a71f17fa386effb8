import AsyncHTTPClient
import Contacts
import NIOCore
import NIOPosix
import Testing

@testable import Pylon

/// What comes of requests whose answer does not come, or not whole.
@Suite struct TransportTests {
    static let update = Call(.update, contactID: Fixture.id)

    /// A success that promises more than it sends.
    static let half = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\nx-pylon-request-id: r1\r\n\r\n{"

    @Test(arguments: [[], [.send(half)]] as [[ScriptedServer.Step]])
    func theTimeOutCoversTheWholeAnswer(steps: [ScriptedServer.Step]) async throws {
        try await ScriptedServer.run({ _ in steps }) { server in
            let client = try Fixture.client(server.url, timeout: .seconds(2))
            let error = try await client.error(.update)
            let reason = "127.0.0.1:\(server.port) gave no answer within 2 s"
            #expect(
                error
                    == (steps.isEmpty
                        ? .unknownOutcome(reason: reason, status: nil, call: Self.update)
                        : .unknownOutcome(
                            reason: reason, status: 200,
                            call: Self.update.answered(requestID: "r1"))))
        }
    }

    @Test(
        arguments: [
            [.close], [.reset], [.send(half), .close], [.send(half), .reset],
            [.send("HTTP/1.1 20"), .close], [.send("no HTTP at all\r\n\r\n"), .close],
        ] as [[ScriptedServer.Step]],
        Endpoint.allCases)
    func aLostAnswerLeavesTheOutcomeOpen(
        steps: [ScriptedServer.Step], endpoint: Endpoint
    ) async throws {
        try await ScriptedServer.run({ _ in steps }) { server in
            let error = try await Fixture.client(server.url).error(endpoint)
            guard case .unknownOutcome = error else {
                Issue.record("\(error)")
                return
            }
            #expect(server.requests.count == 1, "never sent again by itself")
        }
    }

    /// Whose words they were to be cannot be told: a proxy's say nothing about a write.
    @Test(arguments: [ScriptedServer.Step.close, .reset])
    func aRefusalOfAWriteWithoutItsBodyIsNone(end: ScriptedServer.Step) async throws {
        let head = "HTTP/1.1 400 Bad Request\r\ncontent-length: 500\r\n\r\n{"
        try await ScriptedServer.run({ _ in [.send(head), end] }) { server in
            let error = try await Fixture.client(server.url).error(.update)
            #expect(error.status == 400)
            guard case .unknownOutcome = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func noConnectionMeansNotSent() async throws {
        let unused = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(unused.localAddress?.port)
        try await unused.close()
        let client = try Fixture.client("http://127.0.0.1:\(port)", timeout: .seconds(1))
        let error = try await client.error(.update)
        #expect(
            error
                == .notSent(
                    reason:
                        "127.0.0.1:\(port) refused the connection: is the port right, and does the server run?",
                    call: Self.update))
    }

    @Test func aCancelledUpdateMayHaveBeenApplied() async throws {
        try await ScriptedServer.run({ _ in [] }) { server in
            let client = try Fixture.client(server.url)
            let task = Task { try await client.error(.update) }
            for await _ in server.arrivals { break }
            task.cancel()
            let error = try await task.value
            #expect(error == .unknownOutcome(reason: "cancelled", status: nil, call: Self.update))
        }
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one())) { server in
            let client = try Fixture.client(server.url)
            let error = try await withThrowingTaskGroup(of: PylonError.self) { group in
                group.cancelAll()
                group.addTask { try await client.error(.update) }
                return try await group.next()
            }
            #expect(error == .notSent(reason: "cancelled", call: Self.update))
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: Endpoint.allCases)
    func aSuccessThatIsNoJSONIsNoEvidence(endpoint: Endpoint) async throws {
        try await ScriptedServer.answering(Fixture.answer(200, "<html></html>")) { server in
            let error = try await Fixture.client(server.url).error(endpoint)
            switch error {
            case .unknownOutcome: #expect(endpoint.isWrite)
            case .unreadable: #expect(!endpoint.isWrite)
            default: Issue.record("\(error)")
            }
            #expect(error.status == 200)
        }
    }

    @Test(arguments: [true, false])
    func aBodyThatIsTooLargeIsNotReadToItsEnd(isAnnounced: Bool) async throws {
        let head =
            isAnnounced
            ? "content-length: \(BodyLimit.contact + 1)\r\n\r\n"
            : "transfer-encoding: chunked\r\n\r\n\(String(BodyLimit.contact + 1, radix: 16))\r\n"
        let body = String(repeating: " ", count: BodyLimit.contact + 1)
        // Never ended, so only the limit can end it.
        let steps = [ScriptedServer.Step.send("HTTP/1.1 200 OK\r\n" + head + body)]
        try await ScriptedServer.run({ _ in steps }) { server in
            let client = try Fixture.client(server.url)
            let call = Call(.get, contactID: Fixture.id)
            let read = try await client.error(.get)
            #expect(read == .tooLarge(call: call))
            let write = try await client.error(.update)
            #expect(
                write
                    == .unknownOutcome(
                        reason: "a body that is too large", status: 200, call: Self.update))
        }
    }

    @Test func halfA404ProvesNothing() async throws {
        let body = ErrorTests.envelope("Contact not found!", "not_found")
        let head = "HTTP/1.1 404 Not Found\r\ncontent-length: \(body.utf8.count + 1)\r\n\r\n"
        try await ScriptedServer.run({ _ in [.send(head + body), .close] }) { server in
            let error = try await Fixture.client(server.url).error(.get)
            let call = Call(.get, contactID: Fixture.id)
            #expect(error == .notFound(isAPIEnvelope: false, call: call))
        }
    }

    @Test func aLargeErrorPageStillHasItsStatus() async throws {
        let padding = String(repeating: " ", count: BodyLimit.error)
        let page = ErrorTests.envelope("Too long to be read.", "permission_denied") + padding
        try await ScriptedServer.answering(Fixture.answer(403, page)) { server in
            let error = try await Fixture.client(server.url).error(.get)
            let call = Call(.get, contactID: Fixture.id)
            let message = "an answer that is not the API's own"
            #expect(
                error == .forbidden(status: 403, code: nil, call: call, message: message))
        }
    }

    struct Redirect: Sendable, CustomTestStringConvertible {
        let status: Int
        /// `BASE` stands for the server's own URL.
        let location: String
        let mergedInto: String?

        var testDescription: String { "\(status) to \(location)" }
    }

    @Test(arguments: [
        Redirect(status: 301, location: "/contacts/other", mergedInto: "other"),
        Redirect(status: 308, location: "BASE/contacts/other", mergedInto: "other"),
        Redirect(status: 308, location: "/contacts/a%20b", mergedInto: "a b"),
        Redirect(status: 302, location: "/contacts/other", mergedInto: nil),
        Redirect(status: 307, location: "/contacts/other", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/\(Fixture.id)", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/a/b", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/..", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/%2e%2e", mergedInto: nil),
        Redirect(status: 301, location: "/contacts/other?x=y", mergedInto: nil),
        Redirect(status: 301, location: "/login", mergedInto: nil),
        Redirect(status: 301, location: "//evil.example/contacts/other", mergedInto: nil),
        Redirect(status: 301, location: "https://evil.example/contacts/other", mergedInto: nil),
    ])
    func aRedirectForGoodToAnotherContactTellsOfAMerge(_ redirect: Redirect) async throws {
        try await ScriptedServer.run({ request in
            let base = "http://" + (request.headers["host"] ?? "")
            let location = redirect.location.replacing("BASE", with: base)
            return [.send(Fixture.answer(redirect.status, "", headers: ["location: \(location)"]))]
        }) { server in
            let error = try await Fixture.client(server.url).error(.get)
            let call = Call(.get, contactID: Fixture.id)
            if let id = redirect.mergedInto {
                #expect(error == .merged(into: id, status: redirect.status, call: call))
            } else {
                guard case .unknownOutcome(let reason, redirect.status, _) = error else {
                    throw Fixture.NoError()
                }
                #expect(reason.hasPrefix("a redirect to "))
            }
            // It was not followed.
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        arguments: [301, 302, 303, 307, 308], [Fixture.http, HTTPClient.shared])
    func noRedirectIsFollowed(status: Int, http: HTTPClient) async throws {
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one())) { other in
            let location = "location: \(other.url)/contacts/secret-path?x=y"
            let answer = Fixture.answer(status, "", headers: [location])
            try await ScriptedServer.answering(answer) { server in
                let client = try Fixture.client(server.url, http: http)
                for endpoint in Endpoint.allCases {
                    let message =
                        "a redirect to 127.0.0.1, which is not followed: is the base URL right, or "
                        + "does a proxy want a login?"
                    let error = try await client.error(endpoint)
                    guard case .unknownOutcome(message, status, _) = error else {
                        Issue.record("\(error)")
                        continue
                    }
                }
                #expect(server.requests.count == Endpoint.allCases.count)
                #expect(other.requests.isEmpty)
            }
        }
    }
}

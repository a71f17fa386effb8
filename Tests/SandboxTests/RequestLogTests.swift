import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite struct RequestLogTests {
    @Test func everyRequestIsOnRecordAsItWasAnswered() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            let answers = [
                try await client.get("/me"), try await client.get("/contacts?limit=1"),
                try await client.get("/contacts/\(id)"), try await client.create(#"{"name":"N"}"#),
                try await client.update(id, #"{"name":"X"}"#), try await client.search("{}"),
                try await client.send(.DELETE, "/contacts/\(id)"), try await client.get("/nope"),
            ]
            let (seen, dropped) = sandbox.requests()
            #expect(dropped == 0)
            #expect(seen.map(\.number) == Array(1...answers.count))
            #expect(seen.map(\.requestID) == answers.map(\.requestID))
            #expect(seen.map(\.status) == answers.map(\.status))
            #expect(
                seen.map(\.endpoint)
                    == [.me, .list, .get, .create, .update, .search, .delete, nil])
            #expect(seen.map(\.applied) == [false, false, false, true, true, false, true, false])
            #expect(seen.map(\.body) == [nil, nil, nil, nil, #"{"name":"X"}"#, nil, nil, nil])
            #expect(seen[3].contactID == answers[3].contact["id"] as? String)
            #expect(seen[4].contactID == id)
            #expect(seen.map(\.arrived) == seen.map(\.arrived).sorted())
            #expect(seen.allSatisfy { $0.answered! >= $0.arrived })
        }
    }

    @Test func theRecordIsReadAndForgottenOverHTTP() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            _ = try await client.get("/me")
            _ = try await client.update(sandbox.contacts[0].id, "{}")
            client.authorization = nil
            #expect(try await client.get("/_sandbox/health").status == 200)
            let all = try await client.get("/_sandbox/requests")
            let requests = try #require(all.json["requests"] as? [[String: Any]])
            #expect(requests.map { $0["endpoint"] as? String } == ["me", "update"])
            #expect(requests.map { $0["status"] as? Int } == [200, 200])
            let wall = try #require(requests[0]["arrived_at_us"] as? Int)
            #expect(abs(Double(wall) / 1e6 - Date().timeIntervalSince1970) < 30)
            let updates = try await client.get("/_sandbox/requests?endpoint=update")
            #expect((updates.json["requests"] as? [Any])?.count == 1)
            let later = try await client.get("/_sandbox/requests?after=2")
            #expect((later.json["requests"] as? [Any])?.isEmpty == true)
            #expect(try await client.get("/_sandbox/requests?endpoint=x").status == 400)
            #expect(try await client.send(.DELETE, "/_sandbox/requests").status == 200)
            #expect(sandbox.requests().requests.isEmpty)
        }
    }

    @Test func theOldestAreForgottenAndCounted() {
        var log = RequestLog(maxEntries: 3)
        for _ in 0..<5 { _ = log.append(entry) }
        #expect(log.dropped == 2)
        #expect(log.after(0).map(\.number) == [3, 4, 5])
        #expect(log.after(4).map(\.number) == [5])
        log.reset()
        #expect(log.append(entry).number == 1)
        #expect(log.dropped == 0)
    }

    @Test func anEntryThatWasForgottenIsNotCompletedInAnothersPlace() {
        var log = RequestLog(maxEntries: 2)
        var first = log.append(entry)
        _ = log.append(entry)
        _ = log.append(entry)
        first.status = 200
        log.complete(first)
        #expect(log.after(0).map(\.status) == [nil, nil])
    }

    private func entry(_ number: Int) -> SeenRequest {
        SeenRequest(
            number: number, arrived: .zero, method: "GET", path: "/me", endpoint: .me,
            requestID: "\(number)", body: nil)
    }
}

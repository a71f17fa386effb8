import Foundation
import NIOHTTP1
import Sandbox
import Testing

@Suite struct FaultTests {
    /// Runs a sandbox with one fault that happens to the first request it can happen to.
    private func withFault(
        _ kind: SandboxFault.Kind, times: Int? = 1,
        body: (RunningSandbox, SandboxClient, String) async throws -> Void
    ) async throws {
        let options = SandboxOptions.quick {
            $0.faults = FaultPlan([SandboxFault(kind, times: times)])
        }
        try await SandboxServer.withRunning(options) { sandbox in
            try await body(sandbox, SandboxClient(sandbox), sandbox.contacts[0].id)
            #expect(sandbox.requests().requests.contains { $0.faults == [kind] })
        }
    }

    @Test(arguments: [
        (SandboxFault.Kind.error500Before, false), (.error500After, true),
    ])
    func anInternalErrorComesBeforeOrAfterTheChange(
        kind: SandboxFault.Kind, isApplied: Bool
    ) async throws {
        try await withFault(kind) { sandbox, client, id in
            let answer = try await client.update(id, #"{"name":"New"}"#)
            #expect(answer.status == 500)
            #expect(answer.code == "internal_error")
            #expect((sandbox.contact(id: id)?.name == "New") == isApplied)
            #expect(sandbox.requests().requests.map(\.applied) == [isApplied])
            #expect(try await client.update(id, #"{"name":"New"}"#).status == 200)
        }
    }

    @Test(arguments: [(SandboxFault.Kind.dropBefore, false), (.dropAfter, true)])
    func aConnectionIsClosedWithoutAnAnswer(
        kind: SandboxFault.Kind, isApplied: Bool
    ) async throws {
        try await withFault(kind) { sandbox, client, id in
            await #expect(throws: (any Error).self) {
                try await client.update(id, #"{"name":"New"}"#)
            }
            #expect((sandbox.contact(id: id)?.name == "New") == isApplied)
            let seen = try #require(sandbox.requests().requests.first)
            #expect(seen.status == nil)
            #expect(seen.answered != nil)
            #expect(seen.applied == isApplied)
            #expect(try await client.get("/contacts/\(id)").status == 200)
        }
    }

    @Test func aGlitchPageHasNoDataAndTheSameCursorWorksAgain() async throws {
        try await withFault(.glitchPage) { sandbox, client, _ in
            let glitch = try await client.get("/contacts?limit=5")
            #expect(glitch.status == 200)
            #expect(glitch.hasNextPage)
            #expect(glitch.json["data"] == nil)
            #expect(try await client.get("/contacts?limit=5").contacts.count == 5)
        }
    }

    @Test func nullsStandForWhatIsEmpty() async throws {
        try await withFault(.nullsForEmpties) { sandbox, client, _ in
            let blank = SandboxContact(id: "blank", name: "Blank")
            sandbox.addContact(blank)
            let answer = try await client.get("/contacts?limit=1")
            let contact = try #require(answer.contacts.first)
            #expect(contact["id"] as? String == "blank")
            for key in [
                "email", "emails", "account", "avatar_url", "custom_fields", "external_ids",
                "integration_user_ids", "phone_numbers", "portal_role", "portal_role_id",
                "primary_phone_number",
            ] {
                #expect(contact[key] is NSNull, "\(key)")
            }
            let again = try await client.get("/contacts/blank")
            #expect(!again.text.contains("null"))
        }
    }

    @Test func paginationIsMissing() async throws {
        try await withFault(.missingPagination) { _, client, _ in
            let answer = try await client.get("/contacts?limit=5")
            #expect(answer.contacts.count == 5)
            #expect(answer.json["pagination"] == nil)
        }
    }

    @Test func anEmptyResultIsOnlyARequestID() async throws {
        try await withFault(.bareEmptyResult) { _, client, _ in
            let answer = try await client.search(
                #"{"filter":{"field":"id","operator":"equals","value":"nobody"}}"#)
            #expect(Array(answer.json.keys) == ["request_id"])
        }
    }

    @Test func aCursorExpires() async throws {
        try await withFault(.expiredCursor) { _, client, _ in
            let first = try await client.get("/contacts?limit=5")
            #expect(first.status == 200)
            let expired = try await client.get("/contacts?limit=5&cursor=\(first.cursor)")
            #expect(expired.status == 400)
            #expect(expired.code == "cursor_expired")
        }
    }

    @Test func a429ComesAlthoughWithinLimits() async throws {
        try await withFault(.rateLimited) { sandbox, client, id in
            let answer = try await client.update(id, #"{"name":"New"}"#)
            #expect(answer.status == 429)
            #expect(answer.headers.first(name: "X-Retry-After") == "1")
            #expect(sandbox.contact(id: id)?.name != "New")
        }
    }

    @Test func aValueIsNotTaken() async throws {
        try await withFault(.notTaken) { sandbox, client, id in
            let before = sandbox.contact(id: id)
            let answer = try await client.update(id, #"{"name":"New"}"#)
            #expect(answer.status == 200)
            #expect(answer.contact["name"] as? String == before?.name)
            #expect(sandbox.contact(id: id) == before)
        }
    }

    @Test(arguments: [
        (SandboxFault.Kind.forbidden, 403, "permission_denied"),
        (.wrongRegion, 401, "wrong_region_token"),
    ])
    func aTokenIsRefused(kind: SandboxFault.Kind, status: Int, code: String) async throws {
        try await withFault(kind) { _, client, _ in
            let answer = try await client.get("/me")
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }

    @Test func aRevokedTokenStaysRevokedUntilFaultsAreSetAgain() async throws {
        try await withFault(.unauthorized) { sandbox, client, id in
            for _ in 0..<3 {
                let answers = [try await client.get("/me"), try await client.update(id, "{}")]
                #expect(answers.map(\.status) == [401, 401])
                #expect(answers.map(\.code) == ["invalid_api_token", "invalid_api_token"])
            }
            sandbox.setFaults(FaultPlan())
            #expect(try await client.get("/me").status == 200)
        }
    }

    @Test func anotherOrganisationHasAnotherIDAndOtherContacts() async throws {
        try await withFault(.otherOrganisation) { sandbox, client, id in
            let other = try await client.get("/me").contact["id"] as? String
            #expect(other != nil && other != sandbox.organisation.id)
            let listed = try await client.get("/contacts").ids
            #expect(!listed.isEmpty)
            #expect(Set(listed).isDisjoint(with: sandbox.contacts.map(\.id)))
            #expect(try await client.get("/contacts/\(id)").status == 404)
            #expect(try await client.get("/contacts/\(listed[0])").status == 200)
            sandbox.setFaults(FaultPlan())
            #expect(try await client.get("/contacts/\(id)").status == 200)
        }
    }

    @Test func latencyDelaysTheAnswerButNotTheArrival() async throws {
        let options = SandboxOptions.quick {
            $0.faults = FaultPlan([SandboxFault(.latency, milliseconds: 30...40)])
        }
        try await SandboxServer.withRunning(options) { sandbox in
            _ = try await SandboxClient(sandbox).get("/me")
            let seen = try #require(sandbox.requests().requests.first)
            #expect(seen.answered! - seen.arrived >= .milliseconds(30))
            #expect(seen.faults == [.latency])
        }
    }

    @Test func theSameSeedDrawsTheSameFaults() async throws {
        let plan = FaultPlan(
            seed: 9,
            [
                SandboxFault(.error500Before, probability: 0.2),
                SandboxFault(.notTaken, probability: 0.3, endpoints: [.update]),
            ])
        var runs: [[[SandboxFault.Kind]]] = []
        for _ in 0..<2 {
            runs.append(
                try await SandboxServer.withRunning(.quick { $0.faults = plan }) { sandbox in
                    for _ in 0..<60 {
                        _ = try await SandboxClient(sandbox).update(sandbox.contacts[0].id, "{}")
                        _ = try await SandboxClient(sandbox).get("/me")
                    }
                    return sandbox.requests().requests.map(\.faults)
                })
        }
        #expect(runs[0] == runs[1])
        let drawn = Set(runs[0].joined())
        #expect(drawn == [.error500Before, .notTaken])
    }

    @Test func faultsAreSetAndShownOverHTTP() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            client.authorization = nil
            for kind in SandboxFault.Kind.allCases {
                let set = try await client.send(
                    .PUT, "/_sandbox/faults",
                    body: #"{"seed":3,"faults":[{"kind":"\#(kind.rawValue)","probability":0.5}]}"#)
                #expect(set.status == 200)
                #expect(
                    sandbox.faults == FaultPlan(seed: 3, [SandboxFault(kind, probability: 0.5)]))
                #expect(try await client.get("/_sandbox/faults").text.contains(kind.rawValue))
            }
        }
    }

    @Test(arguments: [
        "", "{}", #"{"faults":[{}]}"#, #"{"faults":[{"kind":"nope"}]}"#,
        #"{"faults":[{"kind":"latency","probability":2}]}"#,
        #"{"faults":[{"kind":"latency","min_ms":5,"max_ms":1}]}"#,
        #"{"faults":[{"kind":"latency","endpoints":["nope"]}]}"#,
    ])
    func wrongFaultsAreRefused(body: String) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let answer = try await SandboxClient(sandbox).send(.PUT, "/_sandbox/faults", body: body)
            #expect(answer.status == 400)
            #expect(sandbox.faults == FaultPlan())
        }
    }
}

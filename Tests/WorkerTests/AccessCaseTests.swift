import Foundation
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Two policies that once gave access by accident, from their files to the API.
@Suite struct AccessCaseTests {
    private static func folder(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "RulesTests/Fixtures/cases").appending(path: name)
    }

    /// A ceiling raises nobody past the approval that the rule beside it needs.
    @Test func nothingIsSentThatNobodyHasApproved() async throws {
        let gate = try String(
            contentsOf: Self.folder("gate").appending(path: "r.yaml"), encoding: .utf8)
        let people = (0..<20).map { person("p\($0)@acme.com", role: "no_access") }
        try await withWorld(rules: gate + "\nlimits: \(wideLimits)\n", contacts: people) { world in
            let account = try #require(world.sandbox.organisation.accounts.first).id
            for contact in people {
                world.sandbox.editContact(id: contact.id) { $0.accountID = account }
            }
            #expect(try await world.runOnce().failure == nil)
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            let store = try world.worker().store
            let held = try await store.holds()
            #expect(held.map(\.rule) == ["grant"] && held.map(\.contacts) == [20])
            #expect(held[0].transitions == ["portal_role: no_access → member": 20])
            // Whom the ceiling lowers does not wait for that.
            world.sandbox.editContact(id: people[0].id) { $0.portalRole = "admin" }
            try await world.runOnce()
            #expect(world.sandbox.contact(id: people[0].id)?.portalRole == "member")
            let approval = try await store.approve(
                try #require(ApprovalID(held[0].id)), meanings: [:],
                by: OperatorAct(who: "tester", reason: "they are customers"))
            #expect(approval.contacts == 19)
            try await world.runOnce()
            #expect(world.sandbox.contacts.allSatisfy { $0.portalRole == "member" })
            try await world.expectRest()
        }
    }

    /// Whatever their contract, whatever they had.
    @Test func aLeaverOfAGoldCustomerHasNoAccess() async throws {
        let roles = ["no_access", "member", "admin", nil]
        let people = roles.enumerated().map { number, role in
            person("p\(number)@globex.com", role: role, tier: "gold")
        }
        try await withWorld(rules: noRules, contacts: people) { world in
            // One file of the policy has the limits of all.
            try FileManager.default.removeItem(atPath: world.rulesFolder + "/rules.yaml")
            for file in try FileManager.default.contentsOfDirectory(
                at: Self.folder("leak"), includingPropertiesForKeys: nil)
            where file.pathExtension == "yaml" {
                try FileManager.default.copyItem(
                    atPath: file.path,
                    toPath: world.rulesFolder + "/" + file.lastPathComponent)
            }
            for contact in people {
                world.sandbox.editContact(id: contact.id) {
                    $0.customFields["status"] = .single("left")
                }
            }
            let tests = try await world.usher("rules", "test", world.rulesFolder)
            #expect(tests.status == 0, "\(tests.output) \(tests.errors)")
            #expect(try await world.runOnce().failure == nil)
            try await world.approveAll()
            try await world.runOnce()
            #expect(
                world.sandbox.contacts.allSatisfy { ($0.portalRole ?? "no_access") == "no_access" })
            // Active again, they are let in; gone again, they are out.
            let id = people[0].id
            for (status, role) in [("active", "member"), ("left", "no_access")] {
                world.sandbox.editContact(id: id) { $0.customFields["status"] = .single(status) }
                try await world.runOnce()
                try await world.approveAll()
                try await world.runOnce()
                #expect(world.sandbox.contact(id: id)?.portalRole == role)
            }
        }
    }
}

extension World {
    /// A person agrees to whatever waits.
    fileprivate func approveAll() async throws {
        let store = try worker().store
        for held in try await store.holds() {
            _ = try await store.approve(
                try #require(ApprovalID(held.id)), meanings: [:],
                by: OperatorAct(who: "tester", reason: "a test"))
        }
    }
}

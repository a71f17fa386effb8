import Foundation
import Sandbox
import Store
import Testing
import Worker

/// Random rules over hostile contacts, run to rest through the whole worker.
@Suite struct PropertyTests {
    @Test(arguments: UInt64(1)...6)
    func randomRulesEndAsTheSemanticsSay(seed: UInt64) async throws {
        let roleIDs = Dictionary(
            uniqueKeysWithValues: SandboxOrganisation.standardRoles.map { ($0.slug, $0.id) })
        try await withWorld(rules: "", generated: 150) { world in
            let before = world.sandbox.contacts
            var maker = RuleMaker(
                dice: Dice(seed: seed), roleIDs: roleIDs, people: before.map(\.id).sorted())
            let rules = maker.rules(25)
            try world.write(rules: try rules.file)
            #expect(try await world.runOnce().failure == nil)
            let patches = Dictionary(
                grouping: world.sandbox.requests(to: .update).requests, by: { $0.contactID ?? "" })
            var changed = 0
            for contact in before {
                let start = NaiveRules.fields(of: contact, roleIDs: roleIDs)
                let (end, requests) = rules.end(of: start, roleIDs: roleIDs)
                let after = NaiveRules.fields(
                    of: try #require(world.sandbox.contact(id: contact.id)), roleIDs: roleIDs)
                expectSame(after, end, "seed \(seed), \(contact)")
                #expect(patches[contact.id]?.count ?? 0 == requests, "\(contact)")
                changed += min(requests, 1)
            }
            #expect(changed > 0 && changed <= 150)
            world.sandbox.forgetRequests()
            let again = try await world.runOnce()
            #expect(again.summary.actions.isEmpty && again.summary.decisions == 0)
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            try await world.expectRest()
        }
    }

    /// A role is the same by its slug and by its id.
    private func expectSame(
        _ after: NaiveRules.Fields, _ end: NaiveRules.Fields, _ what: String
    ) {
        for field in Set(after.keys).union(end.keys) {
            #expect(after[field] == end[field], "\(field) of \(what)")
        }
    }
}

import Contacts
import Foundation
import RuleLint
import RuleSources
import Rules
import Testing

/// Policies that once gave access by accident.
struct AccessCases {
    @Test func theTestsOfTheLeakPassAndALeaverWithGoldHasNoAccess() throws {
        let ruleset = try Ruleset(sources: RuleFiles.read(caseFolder("leak").path))
        for test in ruleset.tests {
            let outcome = ruleset.run(test)
            #expect(outcome.isPassed, "\(outcome)")
        }
        let fields = ["status": "left", "tier": "gold"]
        let decision = ruleset.decide(.sample("jo@globex.com", role: "no_access", fields))
        #expect(decision.changes.isEmpty)
        // The floor of a lower priority is beaten, and recorded so.
        #expect(decision.beaten.map(\.rule) == ["gold-customers-are-members"])
        #expect(decision.beaten.map(\.by) == [["leavers-have-no-access"]])
    }

    @Test func theGateHoldsTheGrantThatACeilingShapes() throws {
        let ruleset = try Ruleset(sources: RuleFiles.read(caseFolder("gate").path))
        for test in ruleset.tests {
            let outcome = ruleset.run(test)
            #expect(outcome.isPassed, "\(outcome)")
        }
        let ana = Contact(
            id: "c1", email: "ana@acme.com",
            account: .init(id: "a1", externalIDs: ["crm": .single("0015e00001")]),
            portalRole: "no_access")
        let wish = try #require(ruleset.decide(ana).wishes.first)
        #expect(wish.rules == ["grant"] && wish.cappedBy == ["cap"] && wish.value == "member")
    }
}

import Contacts
import Foundation
import Reconciler
import Testing

/// What follows a read-back that told nothing.
@Suite struct UnsettledStepTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let failure: Action.FailedRead
        /// Answers in a row that settled nothing, this one among them.
        let unsettled: Int
        let role: String
        let step: Action.UnsettledStep

        var testDescription: String { "\(failure) \(unsettled) \(role): \(step)" }
    }

    @Test(arguments: [
        Case(failure: .noAnswer, unsettled: 1, role: "admin", step: .readAgain),
        Case(failure: .noAnswer, unsettled: 3, role: "no_access", step: .readAgain),
        Case(failure: .noAnswer, unsettled: 11, role: "no_access", step: .readAgain),
        Case(failure: .noAnswer, unsettled: 12, role: "no_access", step: .block),
        Case(failure: .noAnswer, unsettled: 13, role: "admin", step: .block),
        Case(failure: .unreadable, unsettled: 2, role: "no_access", step: .readAgain),
        Case(failure: .unreadable, unsettled: 3, role: "no_access", step: .sendAgain),
        Case(failure: .unreadable, unsettled: 3, role: "admin", step: .readAgain),
        Case(failure: .unreadable, unsettled: 9, role: "no_access", step: .sendAgain),
        Case(failure: .unreadable, unsettled: 12, role: "no_access", step: .block),
        Case(failure: .refused, unsettled: 2, role: "admin", step: .readAgain),
        Case(failure: .refused, unsettled: 3, role: "admin", step: .block),
        Case(failure: .refused, unsettled: 3, role: "no_access", step: .sendAgain),
        Case(failure: .refused, unsettled: 12, role: "no_access", step: .block),
    ])
    func whatFollowsAReadBackThatToldNothing(_ test: Case) throws {
        let contact = try Contact(json: Array(#"{"id":"c","portal_role":"member"}"#.utf8))
        let action = Action(
            actionID: 1, contactID: "c", state: .unknown, rulesetHash: "r", desired: ContactPatch(),
            rules: [:], sent: ContactPatch([.portalRole: test.role]), sentBefore: [:],
            sendOrder: .neutral, dueAt: Date(timeIntervalSince1970: 0), unsettled: test.unsettled)
        #expect(action.step(after: test.failure, on: contact) == test.step)
    }
}

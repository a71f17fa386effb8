import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// Which limits hold: those of the workspace and of rules, capped by the operator.
struct EffectiveLimitsTests {
    static func limits(_ perHour: Int?, lowering: Int? = nil) -> ChangeLimits {
        ChangeLimits(all: ChangeLimit(perHour: perHour), lowering: ChangeLimit(perHour: lowering))
    }

    static func granted(_ workspace: Int?, rule: Int? = nil) -> GrantedLimits {
        GrantedLimits(
            workspace: limits(workspace), rules: rule.map { ["r": limits($0)] } ?? [:])
    }

    @Test(
        arguments: [
            (9, nil, nil, 9), (9, 5, nil, 5), (5, 9, nil, 5), (9, nil, 3, 3), (3, nil, 9, 3),
            (9, 7, 5, 5), (nil, nil, nil, nil), (nil, 4, nil, 4), (4, nil, nil, 4),
            (nil, nil, 4, 4),
        ] as [(Int?, Int?, Int?, Int?)])
    func theWorkspaceIsCappedByTheRulesetBeforeAndTheOperator(
        now: Int?, before: Int?, cap: Int?, effective: Int?
    ) {
        let limits = EffectiveLimits(
            Self.granted(now), before: before.map { Self.granted($0) },
            cap: cap.map { Self.limits($0) })
        #expect(limits.workspace.all.perHour == effective)
        #expect(limits.limits(ofRule: "r") == nil)
    }

    @Test(
        arguments: [
            (9, nil, 9), (9, 5, 5), (5, 9, 5), (nil, 5, 5), (nil, nil, nil),
        ] as [(Int?, Int?, Int?)])
    func theLimitsOfARuleDoNotRiseAtOnce(now: Int?, before: Int?, effective: Int?) {
        let limits = EffectiveLimits(
            Self.granted(50, rule: now), before: Self.granted(50, rule: before), cap: nil)
        #expect(limits.limits(ofRule: "r")?.all.perHour == effective)
    }

    @Test func whatIsRecordedIsReadAgain() throws {
        let granted = Self.granted(7, rule: 3)
        let data = try JSONEncoder().encode(granted)
        #expect(try JSONDecoder().decode(GrantedLimits.self, from: data) == granted)
    }

    /// Rows of a version in which each file had limits of its own.
    @Test(
        arguments: [
            (
                #"{"a.yaml": {"all": {"per_hour": 5}, "privileged": {}, "lowering": {"per_hour": 9}}}"#,
                5, 9
            ),
            (
                """
                {"a.yaml": {"all": {"per_hour": 5}, "privileged": {}, "lowering": {"per_hour": 9}},
                 "b.yaml": {"all": {"per_hour": 7}, "privileged": {}, "lowering": {"per_hour": 2}}}
                """, 7, 9
            ),
            (
                """
                {"a.yaml": {"all": {"per_hour": 5}, "privileged": {}, "lowering": {"per_hour": 9}},
                 "b.yaml": {"all": {}, "privileged": {}, "lowering": {"per_hour": 2}}}
                """, nil, 9
            ),
            ("{}", 500, 100),
        ] as [(String, Int?, Int?)])
    func theMostGenerousOfFilesOnRecordHolds(files: String, all: Int?, lowering: Int?) throws {
        let row =
            #"{"files": \#(files), "rules": {"r": {"all": {"per_day": 4}, "privileged": {}, "lowering": {}}}}"#
        let granted = try JSONDecoder().decode(GrantedLimits.self, from: Data(row.utf8))
        #expect(granted.workspace.all.perHour == all)
        #expect(granted.workspace.lowering.perHour == lowering)
        #expect(granted.rules == ["r": ChangeLimits(all: ChangeLimit(perDay: 4))])
    }

    /// A change counts against its rule and the workspace; one that lowers access, against its rule
    /// alone.
    @Test(arguments: [
        (ChangeClass.all, ["rule:r", "workspace"]), (.privileged, ["rule:r", "workspace"]),
        (.lowering, ["rule:r", "rule:r"]),
    ])
    func changesCountInTwoScopes(_ kind: ChangeClass, scopes: [String]) throws {
        let ruleset = try GateTests.ruleset(
            "rules: [ { id: r, mode: enforce, limits: { per_hour: 1 }, when: { id: c }, set: { name: x } } ]"
        )
        let rule = try #require(ruleset.rule("r"))
        let found = GateTests.gate(ruleset).scopes(of: rule, kind)
        #expect(found.map(\.0.description) == scopes)
        #expect(found.map(\.1.all.perHour) == [1, 500])
    }
}

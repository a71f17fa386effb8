import Contacts
import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// The documented queries, each held against a count that is made in another way.
@Suite struct AuditAnswerTests {
    /// What the walks have to have met.
    private static let hard: Set = ["held", "blocked", "shadow", "hold", "plan", "done"]

    @Test func theDocumentedQueriesAnswerRightly() async throws {
        try await expectWalks(seeds: 11...26, toMeet: Self.hard, Self.walk)
    }

    /// - Returns: What it met.
    private static func walk(seed: UInt64) async throws -> Set<String> {
        try await withWorld(rules: acmeAreAdmins, generated: 40) { world in
            var walk = try TurnoverWalk(world, seed: seed)
            try await walk.begin()
            var met: Set<String> = []
            for number in 0..<90 {
                try await walk.step()
                guard number % 15 == 14 else { continue }
                try await walk.requestsAreRefused()
                try await walk.walk.stepwise.evaluate()
                met.formUnion(try await world.expectRightAnswers("seed \(seed), step \(number)"))
            }
            return met
        }
    }

    /// As approvals will be recorded: a plan with its id, rule and reason, a rule, a hold, and what
    /// became of each; what is rejected is none.
    @Test func everyApprovalIsToldWithItsReason() async throws {
        let people = ["ana", "bob", "cem"].map { person("\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids)
            let act = #""what": "approved portal_role: admin", "who": "zoe", "reason": "Q4""#
            for id in ids.prefix(2) {
                let seq = try await world.append(
                    kind: "operator.acted", contactID: id,
                    """
                    {\(act), "plan": "00ff00ff00ff00ff",
                     "changes": [{"field": "portal_role", "from": "member", "value": "admin", "rules": ["gold"]}]}
                    """)
                guard id == ids[0] else { continue }
                try await world.appendAction(
                    for: id, approvals: #"{"portal_role": {"seq": \#(seq), "who": "zoe"}}"#)
            }
            let hold = try await world.append(
                kind: "hold.placed", #"{"rule": "silver", "reason": "limit", "held": {}}"#)
            let release = #"{"rule": "silver", "who": "kim", "reason": "fine"}"#
            for id in [nil, ids[1], ids[2]] {
                try await world.append(
                    kind: "hold.released", contactID: id, causeSeq: hold, release)
            }
            let whole = try await world.append(
                kind: "operator.acted",
                #"{"what": "approved the hold on rule silver", "who": "kim", "reason": "fine", "hold": \#(hold), "rule": "silver"}"#
            )
            try await world.appendAction(
                for: ids[2], approvals: #"{"name": {"seq": \#(whole), "who": "kim"}}"#)
            try await world.append(
                kind: "operator.acted",
                #"{"what": "approved rule bronze", "who": "kim", "reason": "all of it", "rule": "bronze"}"#
            )
            try await world.append(
                kind: "operator.acted",
                #"{"what": "rejected rule iron", "who": "kim", "reason": "no", "rule": "iron"}"#)
            let told = try await world.answers(to: "Who approved which held changes")
            #expect(
                told.map {
                    "\($0.text("approved")) \($0.text("plan")) \($0.text("rule_ids")) \($0.text("who")) \($0.text("why")) \($0.text("contacts")) \($0.text("done"))"
                }
                    == [
                        "plan 00ff00ff00ff00ff gold zoe Q4 2 1", "hold - silver kim fine 2 1",
                        "rule - bronze kim all of it 0 0",
                    ])
            let operators = try await world.rows(
                "SELECT plan, hold_id, rule_id, email FROM audit.operators ORDER BY seq"
            ) { row in
                let hold = try row.get("hold_id", as: Int?.self)
                return try ["plan", "rule_id", "email"].map {
                    try row.get($0, as: String?.self) ?? "-"
                } + [hold == nil ? "" : "held"]
            }
            #expect(operators.first == ["00ff00ff00ff00ff", "-", "ana@acme.com", ""])
            #expect(operators.contains(["-", "silver", "-", "held"]))
        }
    }

    @Test(arguments: ["released", "refused", "withdrawn", "expired"])
    func everyEndOfAHoldIsKnown(end: String) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids)
            let hold = try await world.append(
                kind: "hold.placed", contactID: ids[0],
                #"{"field": "portal_role", "reason": "own_changes", "wish": {"field": "portal_role", "value": "admin", "rules": ["gold"]}, "rules": {"portal_role": ["gold"]}}"#
            )
            let held = try await world.access()[0].holds
            #expect(held.map(\.holdID) == [hold] && held[0].rules == ["gold"])
            #expect(held[0].why == "own_changes" && held[0].since != nil)
            // What ends the hold on somebody else ends none of this one.
            try await world.append(
                kind: "hold.\(end)", contactID: "somebody else", causeSeq: hold, "{}")
            try await world.append(
                kind: "hold.\(end)", contactID: ids[0], causeSeq: hold,
                #"{"who": "kim", "reason": "because"}"#)
            #expect(try await world.access()[0].holds.isEmpty)
            let told = try await world.answers(to: "How did holds end")
            #expect(
                told.map { ["ended", "email", "who", "ended_why"].map($0.text) }
                    == [[end, "ana@acme.com", "kim", "because"]])
        }
    }
}

/// One row of an answer, by column.
struct AnswerRow: Decodable, Sendable {
    let columns: [String: AnswerValue]

    init(from decoder: any Decoder) throws {
        columns = try decoder.singleValueContainer().decode([String: AnswerValue].self)
    }

    func text(_ column: String) -> String { columns[column]?.text ?? "no such column" }

    /// Both role fields are one slot.
    var change: String {
        "\(text("contact_id")) \(text("field").replacing("portal_role_id", with: "portal_role"))"
    }
    var shadow: String {
        ["contact_id", "rule_id", "field", "wanted"].map(text).joined(separator: " ")
    }
    var approval: String {
        text("approved") + " " + (text("approved") == "hold" ? text("hold_id") : text("who"))
    }
    var counts: [Int] { [text("contacts"), text("done")].map { Int($0) ?? -1 } }
}

struct AnswerValue: Decodable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self.text = text
        } else if let number = try? value.decode(Int.self) {
            text = "\(number)"
        } else if let list = try? value.decode([String].self) {
            text = list.joined(separator: ",")
        } else {
            text = value.decodeNil() ? "-" : "…"
        }
    }
}

extension World {
    /// The answer to a documented question, as an auditor gets it.
    func answers(to heading: String) async throws -> [AnswerRow] {
        let question = try #require(
            AuditQueryTests.questions.first { $0.heading.contains(heading) && !$0.isForOwner })
        return try await asOwner { db in
            try db.execute("SET LOCAL ROLE usher_auditor")
            // The document's text cannot be a statement of the program's own.
            try db.run(
                script: """
                    SELECT set_config('usher.answer', (
                        SELECT coalesce(jsonb_agg(to_jsonb(q)), '[]')::text
                        FROM (\(question.sql.replacing(";", with: ""))) q), true)
                    """)
            return try db.row("SELECT current_setting('usher.answer')::jsonb AS answer") {
                try $0.get("answer", as: JSON.self).decode(as: [AnswerRow].self)
            } ?? []
        }
    }

    /// Holds the answers of this moment against the log.
    ///
    /// - Returns: What was met.
    fileprivate func expectRightAnswers(_ what: Comment) async throws -> Set<String> {
        let fold = try await RecordFold(self)
        let waiting = try await answers(to: "Which changes wait for a decision")
        var (expected, met) = try fold.waiting()
        #expect(Set(waiting.map(\.change)) == expected, what)
        let shadow = try await answers(to: "What would the shadow rules do")
        #expect(shadow.map(\.shadow).sorted() == fold.shadow, what)
        if !shadow.isEmpty { met.insert("shadow") }
        let told = try await answers(to: "Who approved which held changes")
        let approvals = told.reduce(into: [String: [Int]]()) { counts, row in
            counts[row.approval, default: [0, 0]].add(row.counts)
        }
        #expect(approvals == fold.approvals, what)
        for (approval, counts) in approvals {
            met.insert(approval.hasPrefix("hold") ? "hold" : "plan")
            if counts[1] > 0 { met.insert("done") }
        }
        return met
    }

    /// A decision that begins an action, and the answer that ends it.
    fileprivate func appendAction(for id: String, approvals: String) async throws {
        let action = try await append(
            kind: "decision.made", contactID: id, actionOfItsOwn: true,
            #"{"ruleset_hash": "1a", "approvals": \#(approvals), "decision": {}}"#)
        try await append(
            kind: "patch.applied", contactID: id, actionID: action,
            #"{"outcome": "applied", "changed": [], "after": {}}"#)
    }
}

extension RecordFold {
    /// Every contact and field that waits for a person.
    fileprivate func waiting() throws -> (changes: Set<String>, met: Set<String>) {
        var (changes, met) = (Set<String>(), Set<String>())
        for hold in openHolds.values where hold.contactID != nil {
            changes.insert("\(hold.contactID ?? "") \(hold.member("field") ?? "")")
        }
        let rules = Set(
            openHolds.values.filter { $0.contactID == nil }.compactMap { hold in
                hold.member("rule", as: String.self).map { rule in
                    "\(hold.member("reason", as: String.self) ?? ""):\(rule)"
                }
            })
        var held: Set<String> = []
        for (id, person) in living {
            let fields = person.newest?.member("held_by", as: [String: [String]].self) ?? [:]
            for (slot, holds) in fields {
                let by = rules.intersection(holds)
                guard !by.isEmpty else { continue }
                held.formUnion(by)
                changes.insert("\(id) \(slot)")
                met.insert("held")
            }
        }
        // A hold on a rule stays when nothing is left that it keeps back.
        if !rules.isSubset(of: held) { changes.insert("- -") }
        for (id, fields) in blocked {
            for field in fields { changes.insert("\(id) \(field)") }
            met.insert("blocked")
        }
        return (changes, met)
    }

    /// Events of a contact after which it is evaluated, which has its blocked action tried again.
    private static let evaluated: Set = [
        "contact.created", "contact.updated", "contact.deleted", "contact.restored",
        "contact.readable", "operator.acted", "hold.released", "action.superseded",
        "patch.applied", "patch.confirmed", "patch.not_taken",
    ]

    /// The fields of each action that the API refused, until its contact or the rules change.
    private var blocked: [String: [String]] {
        var last: [Int: Event] = [:]
        var changed: [String: Int] = [:]
        var rulesChanged = 0
        for event in events where event.kind != "decision.made" {
            if let action = event.actionID { last[action] = event }
            if event.kind == "ruleset.activated" { rulesChanged = event.seq }
            // What is on record of a rule alone, such as its approval, has no contact evaluated.
            guard let id = event.contactID, Self.evaluated.contains(event.kind) else { continue }
            changed[id] = event.seq
        }
        struct Refused: Decodable {}
        let blocks = last.values.filter { event in
            event.kind == "action.blocked"
                && max(rulesChanged, changed[event.contactID ?? ""] ?? 0) < event.seq
        }
        return Dictionary(
            uniqueKeysWithValues: blocks.map { event in
                let refused = event.member("refused", as: [String: Refused].self) ?? [:]
                return (
                    event.contactID ?? "",
                    refused.keys.map { $0 == "portal_role_id" ? "portal_role" : $0 }
                )
            })
    }

    fileprivate var shadow: [String] {
        living.flatMap { id, person in
            (person.newest?.member("decision", as: Decision.self)?.shadow ?? []).map {
                "\(id) \($0.rule) \($0.field) \($0.value)"
            }
        }.sorted()
    }

    /// Of each hold and each person who approved plans: contacts, and those whose change is made.
    fileprivate var approvals: [String: [Int]] {
        var counts: [String: [Int]] = [:]
        for event in events {
            let what = event.member("what", as: String.self) ?? ""
            let isPlan = event.contactID != nil && what.hasPrefix("approved ")
            guard isPlan || event.kind == "hold.released" else { continue }
            let name =
                isPlan
                ? "plan \(event.member("who", as: String.self) ?? "")"
                : "hold \(event.causeSeq ?? 0)"
            let decision = events.last { $0.actionID != nil && isMade($0, by: event) }
            let isDone = ["applied", "confirmed"].contains(outcome(of: decision?.actionID))
            counts[name, default: [0, 0]].add(
                [event.contactID == nil ? 0 : 1, isDone ? 1 : 0])
        }
        return counts
    }

    /// Whether a decision lets something through by an approval. Of a hold, it names the act of the
    /// person, which is one for all contacts.
    private func isMade(_ decision: Event, by approval: Event) -> Bool {
        struct Approval: Decodable { let seq: Int? }
        guard decision.kind == "decision.made", decision.contactID == approval.contactID else {
            return false
        }
        // What needed no approval any more follows from one all the same.
        guard let approvals = decision.member("approvals", as: [String: Approval].self) else {
            return decision.causeSeq == approval.seq
        }
        let act = events.last { act in
            act.kind == "operator.acted" && approval.kind == "hold.released"
                && act.member("hold", as: Int.self) == approval.causeSeq
        }
        return approvals.values.contains { [approval.seq, act?.seq].contains($0.seq) }
    }

    private func outcome(of action: Int?) -> String {
        guard let action else { return "" }
        return events.lazy.filter { $0.actionID == action }
            .compactMap { $0.member("outcome", as: String.self) }.last ?? ""
    }
}

extension [Int] {
    fileprivate mutating func add(_ other: [Int]) {
        for index in indices { self[index] += other[index] }
    }
}

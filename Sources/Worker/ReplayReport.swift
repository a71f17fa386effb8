internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules
internal import Store

/// What came of making recorded decisions again.
package struct ReplayReport: Encodable, Sendable {
    /// A decision that turned out otherwise.
    package struct Difference: Encodable, Sendable {
        package let seq: Int
        package let contactID: String
        /// The parts of the decision that differ, as JSON on record and as JSON now.
        package let parts: [Part]

        enum CodingKeys: String, CodingKey {
            case seq, parts
            case contactID = "contact_id"
        }
    }

    package struct Part: Encodable, Sendable, Equatable {
        package let name: String
        package let recorded: String
        package let now: String
    }

    /// Differences that are listed.
    private static let maxListed = 1_000

    /// Decisions on record that were looked at.
    package private(set) var decisions = 0
    package private(set) var identical = 0
    package private(set) var different = 0
    /// The first ones.
    package private(set) var differences: [Difference] = []
    /// What they were made on is not on record: they are of an earlier version of Usher.
    package private(set) var withoutBasis = 0
    /// The contact as it was is not in the log any more.
    package private(set) var withoutContact = 0
    /// Their rules mean something else to this version of Usher than to the one that made them.
    package private(set) var withoutRules = 0
    /// There are older ones.
    package var isCut = false

    enum CodingKeys: String, CodingKey {
        case decisions, identical, different, differences
        case withoutBasis = "without_basis"
        case withoutContact = "without_contact"
        case withoutRules = "without_rules"
        case isCut = "cut"
    }

    /// Makes a decision again and compares the result.
    mutating func add(_ past: HistoricalDecision, madeWith ruleset: RecordedRuleset) throws {
        decisions += 1
        guard let basis = past.recorded.body.basis, let at = past.recorded.at
        else { return withoutBasis += 1 }
        guard let contact = past.contact else { return withoutContact += 1 }
        switch ruleset {
        case .unusable: withoutRules += 1
        case .missing:
            let hash = Part(
                name: "ruleset_hash", recorded: past.recorded.body.rulesetHash,
                now: "never in force")
            take([hash], of: past.recorded)
        case .usable(let ruleset):
            let evaluation = ruleset.evaluate(contact, memory: basis.memory, now: at)
            let found = try past.recorded.body.replayed(evaluation, on: contact).map {
                try Self.differences(past.recorded.json.bytes, $0.bytes)
            }
            take(found.contains([]) ? [] : found[0], of: past.recorded)
        }
    }

    private mutating func take(_ parts: [Part], of recorded: RecordedDecision) {
        guard !parts.isEmpty else { return identical += 1 }
        different += 1
        guard differences.count < Self.maxListed else { return }
        differences.append(
            Difference(seq: recorded.seq, contactID: recorded.contactID, parts: parts))
    }

    private static func differences(_ recorded: [UInt8], _ now: [UInt8]) throws -> [Part] {
        let (recorded, now) = (try parts(of: recorded), try parts(of: now))
        func text(_ part: Data?) -> String {
            part.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
        return Set(recorded.keys).union(now.keys).sorted()
            .filter { recorded[$0] != now[$0] }
            .map { Part(name: $0, recorded: text(recorded[$0]), now: text(now[$0])) }
    }

    /// The parts of a decision's body, of the rules' own account singly, in bytes that are equal
    /// where the parts are. What it was made on is none of them.
    private static func parts(of body: [UInt8]) throws -> [String: Data] {
        let object = try JSONSerialization.jsonObject(with: Data(body))
        var parts = object as? [String: Any] ?? [:]
        parts["basis"] = nil
        let account = parts.removeValue(forKey: "decision") as? [String: Any] ?? [:]
        for (name, part) in account { parts["decision.\(name)"] = part }
        return try parts.mapValues { part in
            try JSONSerialization.data(
                withJSONObject: sorted(part),
                options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        }
    }

    /// The same with the texts of each list in order: the API's lists are sets, and the log does
    /// not tell in which order they came.
    private static func sorted(_ value: Any) -> Any {
        switch value {
        case let texts as [String]:
            texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        case let values as [Any]: values.map(sorted)
        case let object as [String: Any]: object.mapValues(sorted)
        default: value
        }
    }
}

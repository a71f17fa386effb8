internal import Contacts
internal import Crypto
internal import Files
internal import Foundation
internal import Postgres
package import Reconciler
package import Rules
internal import Store

/// A plan as a file: every change, bound to what its rules mean.
package struct PlanFile: Decodable, Sendable {
    /// One change of one contact.
    struct Change: Codable {
        let contact: String
        let email: String?
        let field: SettableField
        let from: FieldValue?
        let to: String
        /// The ids of the rules that want it.
        let rules: [String]
        /// Why it waits for a person; nil where it goes.
        let held: String?
        /// It goes only for as long as other rules are held; nil is: it goes anyway.
        let interim: Bool?
    }

    /// What stands behind the changes, once they are all known.
    struct Ending: Codable {
        /// What each rule means, by its id.
        var rules: [String: String]
        /// What would hold a rule, by its id.
        var held: [String: String]
    }

    /// What a plan's file begins with.
    struct Head: Codable {
        let usherPlan: Int
        let workspace: String
        let rulesetHash: String
        let plannedAt: Date
        /// The time that rules decided as of; nil is that of the plan.
        let asOf: Date?
        /// The rules in shadow that counted as enforced; nil is none.
        let enforced: [String]?

        init(
            workspace: String, rulesetHash: String, plannedAt: Date,
            assuming assumptions: PlanAssumptions
        ) {
            usherPlan = PlanFile.version
            self.workspace = workspace
            self.rulesetHash = rulesetHash
            self.plannedAt = plannedAt
            asOf = assumptions.asOf
            enforced = assumptions.enforced.isEmpty ? nil : assumptions.enforced.sorted()
        }

        enum CodingKeys: String, CodingKey {
            case workspace, enforced
            case usherPlan = "usher_plan"
            case rulesetHash = "ruleset_hash"
            case plannedAt = "planned_at"
            case asOf = "as_of"
        }
    }

    /// What this program writes and reads. A file of another one may take for granted what this one
    /// would not see.
    static let version = 3
    /// The largest file that is read: about a million changes.
    static let maxSize = 512 << 20

    private let head: Head
    /// What the record calls it: the beginning of the SHA-256 of the file, in hex.
    package private(set) var id = ""
    let changes: [Change]
    let ending: Ending

    package var workspace: String { head.workspace }
    package var rulesetHash: String { head.rulesetHash }

    private enum CodingKeys: String, CodingKey { case changes, ending }

    package init(from decoder: any Decoder) throws {
        head = try Head(from: decoder)
        let object = try decoder.container(keyedBy: CodingKeys.self)
        changes = try object.decode([Change].self, forKey: .changes)
        ending = try object.decode(Ending.self, forKey: .ending)
    }

    /// - Throws: `FileProblem` when the file cannot be read, and `PlanFileProblem` when it is no
    ///   plan
    ///   or cut short.
    package static func read(_ path: String) throws -> PlanFile {
        let bytes = try NamedFile.read(path, atMost: maxSize)
        do {
            var file = try JSON(bytes: bytes).decode(as: PlanFile.self)
            file.id = SHA256.hash(data: bytes).prefix(8).hexadecimal
            guard file.head.usherPlan == version else {
                throw PlanFileProblem(
                    "\(path) is a plan of version \(file.head.usherPlan); this program reads "
                        + "\(version): make it again with usher plan -o")
            }
            return file
        } catch is DecodingError {
            throw PlanFileProblem("\(path) is no whole plan: make it again with usher plan -o")
        }
    }

    /// Why nobody can agree to its changes under the rules in force; nil where one can.
    package func obstacle(under active: Ruleset?) -> String? {
        if let asOf = head.asOf {
            return
                "it is a plan as of \(asOf.formatted(.iso8601)), and only a plan as of now can be "
                + "approved"
        }
        let inForce = Set((active?.rules ?? []).filter { $0.mode == .enforce }.map(\.base))
        let missing = (head.enforced ?? []).filter { !inForce.contains($0) }
        guard !missing.isEmpty else { return nil }
        return "it takes rules for enforced that are not: \(missing.joined(separator: ", ")); "
            + "put them in force first"
    }

    /// The address of a contact at the time of the plan.
    package func email(of contact: String) -> String? {
        changes.first { $0.contact == contact }?.email
    }

    /// The changes as they are agreed to.
    package var planned: [ApprovableChange] {
        changes.map { change in
            ApprovableChange(
                FieldChange(field: change.field, from: change.from, to: change.to),
                rules: Dictionary(change.rules.map { ($0, ending.rules[$0] ?? "") }) { first, _ in
                    first
                }, PlannedTarget(contactID: change.contact))
        }
    }
}

package struct PlanFileProblem: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension PlanFile.Change {
    /// The changes of a contact that a plan is about.
    static func all(of contact: ContactPlan) -> [PlanFile.Change] {
        let subject = contact.contact
        return contact.changes.map { change in
            PlanFile.Change(
                contact: subject.id, email: subject.email, field: change.field,
                from: subject[change.field.path], to: change.value, rules: change.rules,
                held: change.held, interim: change.isInterim ? true : nil)
        }
    }

    var line: [UInt8] { get throws { try JSON(encoding: self).bytes } }
}

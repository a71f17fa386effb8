internal import Contacts
package import Foundation
internal import Postgres
package import Store

/// A plan as a file: every change, bound to what its rules mean.
package struct PlanFile: Codable, Sendable {
    /// One change of one contact.
    struct Change: Codable {
        let contact: String
        let email: String?
        let field: FieldPath
        let from: FieldValue?
        let to: String
        /// The ids of the rules that want it.
        let rules: [String]
        /// Why it waits for this contact alone; nil where it does not.
        let held: String?
        /// It goes whatever is held; nil is: it does not.
        let agreed: Bool?
    }

    /// What stands behind the changes, once they are all known.
    struct Ending: Codable {
        /// What each rule means, by its id.
        var rules: [String: String]
        /// What would hold a rule, by its id: a change goes while one of its rules is not held.
        var held: [String: String]
    }

    /// What this program writes and reads.
    static let version = 1
    /// The largest file that is read: about a million changes.
    static let maxSize = 512 << 20

    package let usherPlan: Int
    package let workspace: String
    package let rulesetHash: String
    package let plannedAt: Date
    let changes: [Change]
    let ending: Ending

    enum CodingKeys: String, CodingKey {
        case workspace, changes, ending
        case usherPlan = "usher_plan"
        case rulesetHash = "ruleset_hash"
        case plannedAt = "planned_at"
    }

    /// - Throws: `PlanFileProblem` when the file is no plan, or cut short.
    package static func read(_ path: String) throws -> PlanFile {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        guard size <= maxSize else {
            throw PlanFileProblem("\(path) is larger than \(maxSize) bytes")
        }
        let data = try Data(contentsOf: URL(filePath: path))
        do {
            let file = try JSON(bytes: Array(data)).decode(as: PlanFile.self)
            guard file.usherPlan == version else {
                throw PlanFileProblem(
                    "\(path) is a plan of version \(file.usherPlan); this program reads \(version)")
            }
            return file
        } catch is DecodingError {
            throw PlanFileProblem("\(path) is no whole plan: make it again with usher plan -o")
        }
    }

    /// The changes as they are agreed to.
    package var planned: [PlannedChange] {
        changes.map { change in
            PlannedChange(
                contactID: change.contact, field: change.field, from: change.from,
                value: change.to,
                rules: Dictionary(change.rules.map { ($0, ending.rules[$0] ?? "") }) { first, _ in
                    first
                })
        }
    }
}

package struct PlanFileProblem: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension PlanFile.Change {
    /// The changes of a contact that a plan is about.
    static func all(of contact: PlannedContact) -> [PlanFile.Change] {
        let subject = contact.subject.contact
        return contact.changes.map { change in
            PlanFile.Change(
                contact: subject.id, email: subject.email, field: change.field.path,
                from: subject[change.field.path], to: change.value, rules: change.rules,
                held: change.standing.held, agreed: change.standing == .agreed ? true : nil)
        }
    }

    var line: [UInt8] { get throws { try JSON(encoding: self).bytes } }
}

extension StoredContact.Standing {
    /// Why it waits for this contact alone; nil where it does not.
    var held: String? { if case .held(let reason) = self { reason } else { nil } }
}

internal import Contacts

/// What a field holds: it decides which operators apply and what their operands may be.
package enum FieldKind: Sendable, CaseIterable {
    case text, address, localPart, domain, domainClass, status
    /// Several values; of addresses, each as hostile as one.
    case list, addresses
    /// Custom fields that are declared to be so.
    case integer, number, date, time
    /// A time of Usher's own, of which rules ask how long ago it was.
    case age
}

extension Set<FieldKind> {
    /// What a contact holds, or does not.
    static let all = Set(FieldKind.allCases).subtracting(ages)
    /// What holds exactly one text.
    static let comparable = all.subtracting(several)
    /// What holds one text that people choose freely.
    static let texts: Set = [FieldKind.text, .address, .localPart, .domain]
    static let several: Set = [FieldKind.list, .addresses]
    /// What has a before and an after.
    static let ordered: Set = [FieldKind.integer, .number, .date, .time]
    static let ages: Set = [FieldKind.age]
}

/// A field: what it is called, what it holds, and whether rules may set it.
struct FieldRow: Sendable {
    enum Access: Sendable { case read, set }

    /// A whole name, or one that ends in `<label>` or `<slug>`.
    let name: String
    let kind: FieldKind
    let access: Access
    let summary: String
    /// The part before `<label>` or `<slug>`, for the fields that have one.
    let prefix: String?

    init(_ name: String, _ kind: FieldKind, _ access: Access, _ summary: String) {
        self.name = name
        self.kind = kind
        self.access = access
        self.summary = summary
        prefix = name.hasSuffix(">") ? String(name.prefix { $0 != "<" }) : nil
    }

    /// This row for a custom field that is declared to hold something else than text.
    func declared(to kind: FieldKind) -> FieldRow { FieldRow(name, kind, access, summary) }

    func covers(_ text: String) -> Bool {
        guard let prefix else { return text.hasSameBytes(as: name) }
        return text.utf8.starts(with: prefix.utf8) && text.utf8.count > prefix.utf8.count
    }
}

package enum OperatorName: String, Sendable, CaseIterable {
    case `is`
    case isNot = "is_not"
    case `in`
    case notIn = "not_in"
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case contains
    case under
    case inList = "in_list"
    case notInList = "not_in_list"
    case isCI = "is_ci"
    case has
    case hasAny = "has_any"
    case hasAll = "has_all"
    case lt, lte, gt, gte, between
    case olderThan = "older_than"
    case newerThan = "newer_than"
    case present
    case absent
}

/// An operator: what it is called, what it takes, and on what.
struct OperatorRow: Sendable {
    enum OperandKind: Sendable { case text, texts, bounds, listName, duration, yes }

    let name: OperatorName
    let operand: OperandKind
    let kinds: Set<FieldKind>
    let summary: String

    init(
        _ name: OperatorName, _ operand: OperandKind, _ kinds: Set<FieldKind>, _ summary: String
    ) {
        self.name = name
        self.operand = operand
        self.kinds = kinds
        self.summary = summary
    }
}

package enum CombinatorName: String, Sendable, CaseIterable { case all, any, none, not }

struct CombinatorRow: Sendable {
    let name: CombinatorName
    let summary: String

    init(_ name: CombinatorName, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// A key of a mapping with fixed keys.
struct KeyRow: Sendable {
    enum Presence: Sendable, Equatable {
        case mandatory, optional
        /// Not in this version; what brings it.
        case later(String)
    }
    /// What stands after the key.
    enum ValueShape: Sendable {
        /// A mapping with these keys; with none of them only where one is mandatory.
        case object([KeyRow])
        /// A list of such mappings.
        case objects([KeyRow])
        case declarations, lists, tables
        /// One of a few words, the default first if there is one.
        case choice([String], hasDefault: Bool = false)
        /// The only word that is allowed.
        case word(String)
        case yes, version
        case number(ClosedRange<Int>, default: Int? = nil)
        case prose, anyText, anyTexts, texts, role, instant, fileName
        case id, ids, idsOrNone, ruleNames
        case condition, effects, denials, grants
        /// Values by field; with none only where that means something.
        case expectedValues(orNone: Bool)
        case contact, account, labels
    }

    let name: String
    let shape: ValueShape
    let presence: Presence
    let summary: String

    init(_ name: String, _ shape: ValueShape, _ presence: Presence, _ summary: String) {
        self.name = name
        self.shape = shape
        self.presence = presence
        self.summary = summary
    }

    init(_ name: String, later feature: String) {
        self.init(name, .prose, .later(feature), "reserved for a later version")
    }
}

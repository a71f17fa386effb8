internal import Contacts
internal import Rules

/// A predicate, and what it must come out as.
struct Literal {
    let predicate: Predicate
    let wanted: Bool

    /// Whether it names what it wants, instead of what it does not.
    var isPositive: Bool { predicate.isNegated != wanted }

    func holds(for value: EvaluationContext.FieldContent) -> Bool {
        predicate.truth(of: value, at: nil) == Truth(wanted)
    }

    /// The only values that the field may have, where the literal says so; `maxValues` at most.
    var onlyValues: [Bytes]? {
        guard isPositive else { return nil }
        switch predicate.comparison {
        case .is(let value): return [value]
        case .among(let values) where values.count <= Self.maxValues: return Array(values)
        default: return nil
        }
    }

    private static let maxValues = 1_000

    /// Whether the other one holds wherever this one does, as far as that can be seen.
    func implies(_ other: Literal) -> Bool {
        guard predicate.field == other.predicate.field else { return false }
        if predicate.name == other.predicate.name, predicate.operand == other.predicate.operand,
            predicate.name != .inList || predicate.expires == other.predicate.expires
        {
            return wanted == other.wanted
        }
        if let onlyValues { return onlyValues.allSatisfy { other.holds(for: .text($0)) } }
        switch (predicate.comparison, other.predicate.comparison) {
        case (.under(let one), .under(let two)):
            return wanted && other.wanted && one.isUnder(domain: two)
        case (.present, _): return false
        // Whatever is compared is there.
        case (_, .present): return other.isPositive
        default: return false
        }
    }
}

/// One way for a condition to be true: all of these hold.
typealias Path = [Literal]

extension Condition {
    /// Ways that a condition is taken apart into at most, and the literals of one.
    private static let maxPaths = 32
    private static let maxLiterals = 64

    /// The ways for the condition to be true; nil where there are too many to look at.
    var paths: [Path]? { paths(true) }

    private func paths(_ wanted: Bool) -> [Path]? {
        switch self {
        case .predicate(let predicate): [[Literal(predicate: predicate, wanted: wanted)]]
        case .not(let part): part.paths(!wanted)
        case .all(let parts):
            wanted ? Self.together(parts.map { $0.paths(true) }) : Self.either(parts, false)
        case .any(let parts):
            wanted ? Self.either(parts, true) : Self.together(parts.map { $0.paths(false) })
        case .none(let parts):
            wanted ? Self.together(parts.map { $0.paths(false) }) : Self.either(parts, true)
        }
    }

    private static func either(_ parts: [Condition], _ wanted: Bool) -> [Path]? {
        var paths: [Path] = []
        for part in parts {
            guard let more = part.paths(wanted), paths.count + more.count <= maxPaths
            else { return nil }
            paths += more
        }
        return paths
    }

    private static func together(_ parts: [[Path]?]) -> [Path]? {
        var paths: [Path] = [[]]
        for part in parts {
            guard let part, paths.count * part.count <= maxPaths else { return nil }
            paths = paths.flatMap { path in part.map { path + $0 } }
        }
        return paths.allSatisfy { $0.count <= maxLiterals } ? paths : nil
    }
}

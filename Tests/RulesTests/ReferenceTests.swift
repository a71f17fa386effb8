import Contacts
import Testing

@testable import Rules

/// The semantics once more, written as plainly as possible and as unlike the product as possible:
/// dictionaries of text, no compilation, no positions; held against the product on random rules.
struct Reference {
    typealias Values = [String: String]

    indirect enum Formula {
        case all([Formula])
        case any([Formula])
        case none([Formula])
        case not(Formula)
        case leaf(field: String, op: String, operands: [String])

        var yaml: String {
            func list(_ name: String, _ parts: [Formula]) -> String {
                "{ \(name): [\(parts.map(\.yaml).joined(separator: ", "))] }"
            }
            switch self {
            case .all(let parts): return list("all", parts)
            case .any(let parts): return list("any", parts)
            case .none(let parts): return list("none", parts)
            case .not(let part): return "{ not: \(part.yaml) }"
            case .leaf(let field, "present", _): return "{ \(field): { present: true } }"
            case .leaf(let field, "absent", _): return "{ \(field): { absent: true } }"
            case .leaf(let field, let op, let operands):
                let quoted = operands.map { "\"\($0)\"" }
                let isList = op == "in" || op == "not_in"
                let operand = isList ? "[\(quoted.joined(separator: ", "))]" : quoted[0]
                return "{ \(field): { \(op): \(operand) } }"
            }
        }

        /// nil is unknown.
        func holds(_ values: Values) -> Bool? {
            switch self {
            case .all(let parts):
                let results = parts.map { $0.holds(values) }
                return results.contains(false) ? false : results.contains(nil) ? nil : true
            case .any(let parts):
                let results = parts.map { $0.holds(values) }
                return results.contains(true) ? true : results.contains(nil) ? nil : false
            case .none(let parts): return Formula.any(parts).holds(values).map { !$0 }
            case .not(let part): return part.holds(values).map { !$0 }
            case .leaf(let field, "present", _): return values[field] != nil
            case .leaf(let field, "absent", _): return values[field] == nil
            case .leaf(let field, let op, let operands):
                guard let value = values[field] else { return nil }
                let operands =
                    field.hasPrefix("email.") ? operands.map { $0.lowercased() } : operands
                switch op {
                case "is", "in": return operands.contains(value)
                case "is_not", "not_in": return !operands.contains(value)
                case "starts_with": return value.hasPrefix(operands[0])
                case "ends_with": return value.hasSuffix(operands[0])
                case "contains": return operands[0].isEmpty || value.contains(operands[0])
                case "under": return value == operands[0] || value.hasSuffix("." + operands[0])
                default: fatalError("an operator that the reference does not know: \(op)")
                }
            }
        }
    }

    struct PlainRule {
        let id: String
        let priority: Int
        let when: Formula
        let set: Values

        var yaml: String {
            let values = set.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
            return "  - { id: \(id), priority: \(priority), mode: enforce, when: \(when.yaml), "
                + "set: { \(values.joined(separator: ", ")) } }"
        }
    }

    enum Result: Equatable {
        case sends(Values, ties: Set<String>)
        case unsettled
    }

    static func decide(_ rules: [PlainRule], _ original: Values) -> Result {
        var wanted: Values = [:]
        for _ in 1...16 {
            let now = applied(wanted, to: original)
            var ties: Set<String> = []
            var next = wanted
            let firing = rules.filter { $0.when.holds(now) == true }
            for slot in Set(firing.flatMap(\.set.keys).map(slot)) {
                let bids = firing.flatMap { rule in
                    rule.set.filter { Self.slot($0.key) == slot }
                        .map { (rule.priority, $0.key, $0.value) }
                }
                let best = bids.map(\.0).max()
                let winners = Set(bids.filter { $0.0 == best }.map { "\($0.1)=\($0.2)" })
                guard winners.count == 1, let bid = bids.first(where: { $0.0 == best }) else {
                    ties.insert(slot)
                    next = next.filter { Self.slot($0.key) != slot }
                    continue
                }
                if now[bid.1] == bid.2 { continue }
                next = next.filter { Self.slot($0.key) != slot }
                next[bid.1] = bid.2
            }
            if next == wanted {
                return .sends(wanted.filter { original[$0.key] != $0.value }, ties: ties)
            }
            wanted = next
        }
        return .unsettled
    }

    static func slot(_ field: String) -> String {
        field == "portal_role_id" ? "portal_role" : field
    }

    static func applied(_ wanted: Values, to original: Values) -> Values {
        var values = original
        for (field, value) in wanted where original[field] != value {
            if field == "portal_role" { values["portal_role_id"] = nil }
            if field == "portal_role_id" { values["portal_role"] = nil }
            values[field] = value
        }
        return values
    }
}

/// Random rules and contacts for the reference and the product alike.
struct Generator {
    var random: Seeded

    static let fields: [(name: String, values: [String])] = [
        ("name", ["Ana", "Bob", "Ana Ruiz"]),
        ("custom_fields.tier", ["gold", "silver", "bronze"]),
        ("custom_fields.step", ["1", "2", "3"]),
        ("portal_role", ["no_access", "member", "admin"]),
        ("portal_role_id", ["id1", "id2"]),
        ("email.domain", ["acme.com", "sub.acme.com", "evilacme.com"]),
        ("email.local", ["ana", "ext-bob", "EXT-bob"]),
        ("email.status", ["ok", "malformed", "idn", "exotic", "empty"]),
    ]
    /// Whoever gets a role must be known.
    static var anybody: Reference.Formula {
        .leaf(field: "id", op: "in", operands: ["a", "b", "c", "d", "e"])
    }
    static let head = """
        version: 1
        fields: { tier: { type: text }, step: { type: text } }
        rules:

        """
    static let emails = [
        "ana@acme.com", "EXT-bob@ACME.com", "ana@sub.acme.com", "ana@evilacme.com",
        "ana@acme.com@evil.io", "<ana@acme.com>x@evil.io", "ana@\u{430}cme.com",
        "\u{212A}@acme.com",
        "ana@acme.com.", " ana@acme.com", "ana@acme", "\"ana\"@acme.com",
    ]

    mutating func leaf() -> Reference.Formula {
        let (field, values) = random.pick(Self.fields)
        let isStatus = field == "email.status"
        var operators = ["is", "is_not", "in", "not_in", "present", "absent"]
        if !isStatus { operators += ["starts_with", "ends_with", "contains"] }
        if field == "email.domain" { operators += ["under", "under"] }
        let op = random.pick(operators)
        let whole = random.pick(values)
        switch op {
        case "in", "not_in":
            return .leaf(field: field, op: op, operands: [whole, random.pick(values)])
        case "starts_with": return .leaf(field: field, op: op, operands: [String(whole.prefix(3))])
        case "ends_with": return .leaf(field: field, op: op, operands: [String(whole.suffix(3))])
        case "contains":
            return .leaf(field: field, op: op, operands: [String(whole.dropFirst().prefix(2))])
        default: return .leaf(field: field, op: op, operands: [whole])
        }
    }

    mutating func formula(depth: Int = 0) -> Reference.Formula {
        guard depth < 3, random.happens(45) else { return fixed(leaf()) }
        let parts = (0...Int(random.next() % 2)).map { _ in formula(depth: depth + 1) }
        switch random.next() % 4 {
        case 0: return .all(parts)
        case 1: return .any(parts)
        case 2: return .none(parts)
        default: return .not(parts[0])
        }
    }

    /// An operand that came out empty would be refused.
    private func fixed(_ formula: Reference.Formula) -> Reference.Formula {
        if case .leaf(let field, "contains", let operands) = formula, operands[0].isEmpty {
            return .leaf(field: field, op: "present", operands: [])
        }
        return formula
    }

    mutating func rule(_ number: Int) -> Reference.PlainRule {
        var set: Reference.Values = [:]
        for (field, values) in Self.fields.prefix(4) where random.happens(30) {
            set[field] = random.pick(values)
        }
        if set.isEmpty || random.happens(10) && set["portal_role"] == nil {
            set["portal_role_id"] = random.pick(["id1", "id2"])
        }
        let priority = random.pick([50, 100, 100, 100, 200])
        let isAboutRoles = set.keys.contains { Reference.slot($0) == "portal_role" }
        return Reference.PlainRule(
            id: "r\(number)", priority: priority,
            when: isAboutRoles ? .all([Self.anybody, formula()]) : formula(), set: set)
    }

    mutating func contact() -> (Contact, Reference.Values) {
        var contact = Contact(id: "c")
        if random.happens(90) { contact.email = random.pick(Self.emails) }
        if random.happens(70) { contact.name = random.pick(["Ana", "Bob", "Ana Ruiz", "Ama"]) }
        for (slug, values) in [("tier", ["gold", "silver"]), ("step", ["1", "2", "3"])] {
            if random.happens(70) { contact.customFields[slug] = .single(random.pick(values)) }
        }
        if random.happens(5) { contact.customFields["tier"] = .multiple(["gold", "silver"]) }
        if random.happens(70) {
            contact.portalRole = random.pick(["no_access", "member", "admin"])
        }
        if random.happens(40) { contact.portalRoleID = random.pick(["id1", "id2"]) }
        return (contact, Self.values(of: contact))
    }

    /// What the reference sees of a contact.
    static func values(of contact: Contact) -> Reference.Values {
        var values: Reference.Values = [:]
        values["id"] = contact.id
        values["name"] = contact.name
        values["portal_role"] = contact.portalRole
        values["portal_role_id"] = contact.portalRoleID
        for (slug, value) in contact.customFields {
            if case .single(let text) = value { values["custom_fields.\(slug)"] = text }
        }
        let address = contact.emailAddress
        values["email.status"] = address.status.rawValue
        values["email.local"] = address.local
        values["email.domain"] = address.domain
        return values
    }
}

struct AgainstTheReference {
    /// Rules of which several custom values would be "present", which the reference does not know.
    static func isOutsideTheReference(_ contact: Contact) -> Bool {
        if case .multiple = contact.customFields["tier"] { true } else { false }
    }

    @Test(arguments: 0..<60)
    func randomRulesEndExactlyAsTheSemanticsSay(_ seed: Int) throws {
        var generator = Generator(random: Seeded(UInt64(seed)))
        let plain = (0..<25).map { generator.rule($0) }
        let ruleset = try ruleset(
            Generator.head + plain.map(\.yaml).joined(separator: "\n"))
        var outcomes = (settled: 0, unsettled: 0)
        for _ in 0..<60 {
            let (contact, values) = generator.contact()
            let decision = ruleset.decide(contact)
            let isUnsettled = decision.conflicts.contains { $0.kind == .unsettled }
            if !Self.isOutsideTheReference(contact) {
                let expected = Reference.decide(plain, values)
                let sends = Reference.Values(
                    uniqueKeysWithValues: decision.changes.values.map { ($0.description, $1) })
                let actual: Reference.Result =
                    isUnsettled
                    ? .unsettled
                    : .sends(sends, ties: Set(decision.conflicts.map(\.slot)))
                #expect(actual == expected, "\(contact)")
            }
            isUnsettled ? (outcomes.unsettled += 1) : (outcomes.settled += 1)
            #expect(isUnsettled ? decision.changes.isEmpty : true)
            // One PATCH is enough: what comes out of it is left alone.
            let after = contact.applying(decision.changes)
            if !isUnsettled { #expect(ruleset.decide(after).changes.isEmpty, "\(contact)") }
            #expect(
                Set(decision.wishes.filter { $0.state == .change }.map(\.field))
                    == Set(decision.changes.fields))
            #expect(Set(decision.wishes.map(\.field.slot)).count == decision.wishes.count)
        }
    }

    @Test(arguments: 0..<20)
    func rulesSeeOfTheCopyWhatTheContactWouldHold(_ seed: Int) throws {
        var generator = Generator(random: Seeded(UInt64(seed)))
        let plain = (0..<25).map { generator.rule($0) }
        let ruleset = try ruleset(
            Generator.head + plain.map(\.yaml).joined(separator: "\n"))
        for _ in 0..<60 {
            let (contact, _) = generator.contact()
            let fixpoint = ruleset.evaluate(contact).fixpoint
            let copy = contact.applying(fixpoint.given(in: .max))
            #expect(
                fixpoint.copy.values == EvaluationContext(copy, fields: ruleset.fields).values,
                "\(contact)")
        }
    }

    @Test func theRandomRulesReachEveryKindOfOutcome() throws {
        var generator = Generator(random: Seeded(7))
        var kinds: Set<String> = []
        for _ in 0..<60 {
            let plain = (0..<25).map { generator.rule($0) }
            let ruleset = try ruleset(
                Generator.head + plain.map(\.yaml).joined(separator: "\n"))
            for _ in 0..<20 {
                let decision = ruleset.decide(generator.contact().0)
                kinds.formUnion(decision.conflicts.map(\.kind.rawValue))
                kinds.formUnion(decision.wishes.map(\.state.rawValue))
                if !decision.beaten.isEmpty { kinds.insert("beaten") }
                if decision.matched.contains(where: { $0.round > 1 }) { kinds.insert("rounds") }
            }
        }
        #expect(
            kinds == ["tie", "unsettled", "change", "already_so", "beaten", "rounds"], "\(kinds)")
    }
}

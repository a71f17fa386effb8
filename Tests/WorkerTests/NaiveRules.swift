import Foundation
import Sandbox

/// The design's semantics once more, in a few lines that share nothing with the product: rules are
/// JSON, contacts are dictionaries, and everything is looked up by name.
struct NaiveRules {
    /// A field holds one text or several; a field that is not there holds nothing.
    typealias Fields = [String: [String]]

    struct Rule {
        let id: String
        let priority: Int
        let when: [String: Any]
        let set: [String: String]

        var json: [String: Any] {
            ["id": id, "priority": priority, "mode": "enforce", "when": when, "set": set]
        }
    }

    let rules: [Rule]

    /// A rule file; JSON is YAML.
    var file: String {
        get throws {
            let most = ["per_hour": 1000, "per_day": 1000, "percent_of_contacts": 100]
            var limits: [String: Any] = ["privileged": most, "lowering": most]
            limits.merge(most) { $1 }
            let file: [String: Any] = [
                "version": 1, "limits": limits, "fields": RuleMaker.declarations,
                "rules": rules.map(\.json),
            ]
            return String(
                decoding: try JSONSerialization.data(withJSONObject: file), as: UTF8.self)
        }
    }

    /// What a contact is to become; nil when the rules chase each other.
    func end(of contact: Fields) -> Fields? {
        var wanted: [String: String] = [:]
        for _ in 1...16 {
            let copy = Self.with(wanted, contact)
            var bids: [String: [(priority: Int, field: String, value: String)]] = [:]
            for rule in rules where Self.holds(rule.when, copy) == true {
                for (field, value) in rule.set {
                    bids[Self.slot(field), default: []].append((rule.priority, field, value))
                }
            }
            var next = wanted
            for (slot, bids) in bids {
                let highest = bids.filter { bid in !bids.contains { $0.priority > bid.priority } }
                let isTie = Set(highest.map { [$0.field, $0.value] }).count > 1
                let (_, field, value) = highest[0]
                if !isTie, copy[field] == [value] { continue }
                for other in next.keys where Self.slot(other) == slot { next[other] = nil }
                if !isTie { next[field] = value }
            }
            if next == wanted { return copy }
            wanted = next
        }
        return nil
    }

    /// What a contact is to become once nothing is left to do, and in how many requests.
    ///
    /// Of a role that is set, rules know the slug or the id; the answer tells the other, and that may be
    /// a reason for something else.
    func end(of start: Fields, roleIDs: [String: String]) -> (end: Fields, requests: Int) {
        var (fields, requests) = (start, 0)
        while let end = end(of: fields), end != fields, requests < 3 {
            requests += 1
            fields = end
            if let slug = fields["portal_role"]?.first, let id = roleIDs[slug] {
                fields["portal_role_id"] = [id]
            } else if let id = fields["portal_role_id"]?.first,
                let slug = roleIDs.first(where: { $0.value == id })?.key
            {
                fields["portal_role"] = [slug]
            }
        }
        return (fields, requests)
    }

    private static func slot(_ field: String) -> String {
        field == "portal_role_id" ? "portal_role" : field
    }

    private static func with(_ wanted: [String: String], _ contact: Fields) -> Fields {
        var fields = contact
        for (field, value) in wanted where contact[field] != [value] {
            if slot(field) == "portal_role" {
                (fields["portal_role"], fields["portal_role_id"]) = (nil, nil)
            }
            fields[field] = [value]
        }
        return fields
    }

    /// nil is unknown.
    private static func holds(_ condition: [String: Any], _ contact: Fields) -> Bool? {
        let (key, value) = condition.first!
        if let parts = value as? [[String: Any]] {
            let truths = parts.map { holds($0, contact) }
            if key == "all" {
                return truths.contains(false) ? false : truths.contains(nil) ? nil : true
            }
            let any = truths.contains(true) ? true : truths.contains(nil) ? nil : false
            return key == "any" ? any : any.map(!)
        }
        let (name, operand) = (value as! [String: Any]).first!
        if key == "not" { return holds([name: operand], contact).map(!) }
        return leaf(key, name, operand, contact[key])
    }

    private static func leaf(
        _ field: String, _ name: String, _ operand: Any, _ held: [String]?
    ) -> Bool? {
        if name == "present" { return held != nil }
        if name == "absent" { return held == nil }
        guard let held, held.count == 1, field != "custom_fields.products" else { return nil }
        var operands = operand as? [String] ?? [operand as! String]
        if field.hasPrefix("email.") { operands = operands.map { $0.lowercased() } }
        let text = Array(held[0].utf8)
        let found = operands.contains { operand in
            let operand = Array(operand.utf8)
            switch name {
            case "starts_with": return text.starts(with: operand)
            case "ends_with": return text.reversed().starts(with: operand.reversed())
            case "contains":
                return text.indices.contains { text[$0...].starts(with: operand) }
            case "under":
                return text == operand
                    || text.reversed().starts(with: ([UInt8(ascii: ".")] + operand).reversed())
            default: return text == operand
            }
        }
        return name.hasSuffix("not") || name == "not_in" ? !found : found
    }

    /// What rules see of a contact.
    static func fields(of contact: SandboxContact, roleIDs: [String: String]) -> Fields {
        var fields: Fields = ["id": [contact.id]]
        fields["name"] = [contact.name.replacing("\u{0}", with: "\u{FFFD}")]
        fields["portal_role"] = contact.portalRole.map { [$0] }
        fields["portal_role_id"] = contact.portalRole.flatMap { roleIDs[$0] }.map { [$0] }
        for (slug, value) in contact.customFields {
            switch value {
            case .single(let text): fields["custom_fields." + slug] = [text]
            case .multiple(let texts): fields["custom_fields." + slug] = texts
            }
        }
        let address = (contact.email ?? "").lowercased()
        let isGood =
            address.utf8.allSatisfy { $0 < 0x80 }
            && (contact.email ?? "").wholeMatch(of: plainAddress) != nil
        let parts = address.split(separator: "@").map(String.init)
        if isGood, address.utf8.count <= 254, parts[0].utf8.count <= 64 {
            fields["email.local"] = [parts[0]]
            fields["email.domain"] = [parts[1]]
        }
        return fields
    }

    /// The narrow form of a plain address, written as one expression.
    private static var plainAddress: Regex<Substring> {
        #/
        [A-Za-z0-9_+'&\-]+ (?: \. [A-Za-z0-9_+'&\-]+ )* @
        (?: [A-Za-z0-9] (?: [A-Za-z0-9\-]{0,61} [A-Za-z0-9] )? \. )+
        (?! [0-9]+ $ ) [A-Za-z0-9] (?: [A-Za-z0-9\-]{0,61} [A-Za-z0-9] )?
        /#
    }
}

/// Random rules that the sandbox can take the values of.
struct RuleMaker {
    var dice: Dice
    let roleIDs: [String: String]
    /// The ids of everybody: who gets a role must be known.
    let people: [String]

    /// All of them as text: of several values, one test of a text is unknown.
    static let declarations = Dictionary(
        uniqueKeysWithValues: ["tier", "status", "department", "seats", "products"].map {
            ($0, ["type": "text"])
        })

    private static let settable: [String: [String]] = [
        "name": ["Ana", "Renamed", "e\u{301}"],
        "custom_fields.tier": ["gold", "silver", "bronze"],
        "custom_fields.status": ["active", "left"],
        "custom_fields.department": ["Staff", "Support", "營業"],
        "custom_fields.seats": ["1", "250"],
        "portal_role": ["no_access", "member", "admin", "support-lead"],
    ]
    private static let readable: [String: [String]] = settable.merging([
        "email.domain": ["acme.com", "ACME.co.uk", "sub.acme.com", "evilacme.com", "gmail.com"],
        "email.local": ["ext-", "EVE", "an"],
        "custom_fields.products": ["portal", "api"],
    ]) { $1 }

    mutating func rules(_ count: Int) -> NaiveRules {
        NaiveRules(rules: (0..<count).map { rule($0) })
    }

    private mutating func rule(_ number: Int) -> NaiveRules.Rule {
        var set: [String: String] = [:]
        for field in Self.settable.keys.sorted() where dice.happens(25) {
            set[field] = Self.settable[field]!.randomElement(using: &dice)
        }
        if set.isEmpty {
            set["portal_role_id"] = roleIDs.values.sorted().randomElement(using: &dice)
        }
        let priority = [50, 100, 100, 200].randomElement(using: &dice)!
        var when = condition(depth: 0)
        if set.keys.contains(where: { $0.hasPrefix("portal_role") }) {
            when = ["all": [["id": ["in": people]], when]]
        }
        return NaiveRules.Rule(id: "r\(number)", priority: priority, when: when, set: set)
    }

    private mutating func condition(depth: Int) -> [String: Any] {
        guard depth < 3, dice.happens(50) else { return leaf() }
        let parts = (0..<Int.random(in: 1...3, using: &dice)).map { _ in condition(depth: depth + 1)
        }
        let combinator = ["all", "all", "any", "none", "not"].randomElement(using: &dice)!
        return combinator == "not" ? ["not": parts[0]] : [combinator: parts]
    }

    private mutating func leaf() -> [String: Any] {
        let field = Self.readable.keys.sorted().randomElement(using: &dice)!
        let value = Self.readable[field]!.randomElement(using: &dice)!
        let other = Self.readable[field]!.randomElement(using: &dice)!
        var operators = [
            "is", "is", "is_not", "in", "not_in", "starts_with", "ends_with", "contains", "present",
            "absent",
        ]
        if field == "email.domain" { operators += ["under", "under"] }
        let name = operators.randomElement(using: &dice)!
        let operand: Any =
            switch name {
            case "present", "absent": true
            case "in", "not_in": value == other ? [value] : [value, other]
            default: value
            }
        return [field: [name: operand]]
    }
}

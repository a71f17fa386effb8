internal import Contacts

/// Why an operand or a value can never be what a field holds.
struct OperandProblem {
    let message: String
    var suggestion: String?
}

/// Operands on fields of some kind: how they are compared, and what can be wrong with them.
enum Operand {
    /// Parts of addresses are compared in ASCII lower case.
    static func isEmailPart(_ kind: FieldKind) -> Bool {
        switch kind {
        case .address, .localPart, .domain, .addresses: true
        case .text, .domainClass, .status, .list, .integer, .number, .date, .time, .age: false
        }
    }

    /// The text as a field of this kind would hold it.
    static func bytes(of text: String, for kind: FieldKind) -> Bytes {
        Bytes(of: isEmailPart(kind) ? text.asciiLowercased : text)
    }

    /// The same for all texts that are one value to a field of this kind.
    static func canonical(_ text: String, for kind: FieldKind) -> Bytes {
        let bytes = bytes(of: text, for: kind)
        return kind.orderedKind?.point(of: bytes).map { Bytes(of: "\($0)") } ?? bytes
    }

    /// Whether an operator compares with all of what a field holds.
    static func isWhole(_ name: OperatorName) -> Bool {
        switch name {
        case .startsWith, .endsWith, .contains: false
        default: true
        }
    }

    /// Why no contact could ever hold this.
    static func problem(_ text: String, _ name: OperatorName, for kind: FieldKind)
        -> OperandProblem?
    {
        let isWhole = isWhole(name)
        switch kind {
        case .text, .list, .age: return nil
        case .integer, .number, .date, .time:
            if kind.orderedKind?.point(of: Bytes(of: text)) != nil { return nil }
            if kind == .date || kind == .time, let day = OrderedKind.missingDay(in: text) {
                return OperandProblem(message: "the calendar has no day `\(day)`")
            }
            return OperandProblem(message: "`\(text)` is no \(Self.example(kind))")
        case .status, .domainClass:
            guard let choices = choices(kind), !choices.contains(text) else { return nil }
            let field = kind == .status ? "email.status" : "email.class"
            return OperandProblem(
                message: "`\(field)` is one of \(choices.joined(separator: ", "))",
                suggestion: Suggestion.name(to: text, among: choices))
        case .address where isWhole, .addresses:
            return whole(text, as: "address", reason: EmailAddress(text).status)
        case .localPart where isWhole:
            return whole(text, as: "local part", reason: EmailAddress("\(text)@a.example").status)
        case .domain where isWhole: return domainProblem(text)
        case .address: return fragment(text, of: "an address", allowed: localBytes + "@")
        case .localPart: return fragment(text, of: "a local part", allowed: localBytes)
        case .domain: return fragment(text, of: "a domain", allowed: "-.")
        }
    }

    /// The longest age that can be asked for: ten years.
    private static let maxAge = 3_650.0 * 86_400

    /// `30m`, `24h` or `7d` in seconds; nil where a text is no such thing, or zero, or too long.
    static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["m": 60, "h": 3_600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.count <= OrderedKind.maxDigits,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Double(digits), count > 0, count * unit <= maxAge
        else { return nil }
        return count * unit
    }

    private static func example(_ kind: FieldKind) -> String {
        switch kind {
        case .integer: "whole number, such as 10 (at most 15 digits)"
        case .number: "number, such as 10 or 9.5 (at most 15 digits)"
        case .date: "date, such as 2026-11-23"
        default: "time, such as 2026-11-23T10:00:00Z"
        }
    }

    static let statuses = EmailAddress.Status.allCases.map(\.rawValue)

    /// The only values of a field, where there are such.
    static func choices(_ kind: FieldKind) -> [String]? {
        switch kind {
        case .status: statuses
        case .domainClass: DomainClass.allCases.map(\.rawValue)
        default: nil
        }
    }

    private static let localBytes = "_+'&-."

    private static func whole(
        _ text: String, as what: String, reason: EmailAddress.Status
    ) -> OperandProblem? {
        reason == .ok
            ? nil
            : OperandProblem(
                message: "`\(text)` can never be the \(what) of a contact: "
                    + (patternHint(text) ?? explain(reason)))
    }

    /// What to write where a text was probably meant as a pattern.
    private static func patternHint(_ text: String) -> String? {
        guard PatternShape(text) != nil else { return nil }
        return
            "rules have no wildcards or regular expressions, but `starts_with`, `ends_with` and, "
            + "on `email.domain`, `under`"
    }

    private static func domainProblem(_ text: String) -> OperandProblem? {
        let status = EmailAddress("a@\(text)").status
        if status == .ok { return nil }
        for prefix in ["*.", "@", "."] where text.hasPrefix(prefix) {
            let rest = String(text.dropFirst(prefix.count))
            if EmailAddress("a@\(rest)").status == .ok {
                return OperandProblem(
                    message: "a domain does not begin with `\(prefix)`; subdomains are matched by "
                        + "`under`", suggestion: rest)
            }
        }
        if !text.contains("."), EmailAddress("a@\(text).example").status == .ok {
            return OperandProblem(
                message: "a domain has at least two parts with a dot between them")
        }
        return OperandProblem(
            message: "`\(text)` can never be a domain: \(patternHint(text) ?? explain(status))")
    }

    private static func fragment(_ text: String, of what: String, allowed: String)
        -> OperandProblem?
    {
        let other = text.unicodeScalars.first { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": false
            default: !allowed.unicodeScalars.contains(scalar)
            }
        }
        let hint = patternHint(text).map { "; \($0)" } ?? ""
        return other.map { OperandProblem(message: "\(what) never holds `\($0)`\(hint)") }
    }

    private static func explain(_ status: EmailAddress.Status) -> String {
        switch status {
        case .ok, .malformed, .empty: "it is malformed"
        case .idn: "it is not ASCII (an international domain is written as xn--…)"
        case .exotic: "it holds characters that can hide another address"
        case .tooLong: "it is too long"
        }
    }

    /// Why this probably matches more than its author thinks.
    static func warning(_ text: String, _ name: OperatorName, for kind: FieldKind) -> String? {
        switch (kind, name) {
        case (.domain, .endsWith) where !text.hasPrefix("."):
            "this matches every domain with that ending, including `evil\(text)`; "
                + "`under: \(text)` takes the domain and its subdomains"
        case (.domain, .startsWith):
            "this matches every domain that begins so, whoever owns it; name domains by `is`, "
                + "`in` or `under`"
        case (.domain, .contains):
            "this matches every domain that holds it anywhere, whoever owns it; name domains by "
                + "`is`, `in` or `under`"
        case (.address, .endsWith) where !text.contains("@"):
            "this also matches the ends of longer domains; test `email.domain` instead"
        case (.address, .contains) where text.contains(".") || text.contains("@"):
            "this matches anywhere in the address; test `email.domain` or `email.local` instead"
        default: nil
        }
    }
}

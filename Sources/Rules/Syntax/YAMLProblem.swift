internal import Contacts
internal import Yams

/// Why a text is not YAML, told where the fault begins.
///
/// The parser stops where it cannot go on. What is wrong is often far above: a quote, a bracket or
/// a key that was left open there.
package struct YAMLProblem: CustomStringConvertible {
    let place: Place
    let message: String

    package var description: String { "line \(place.line), column \(place.column): \(message)" }

    /// - Parameter file: The name of the file whose text it is.
    package init(_ error: any Error, in text: String, of file: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _):
            self.init(problem, at: Place(mark, in: file), context, in: text)
        case .composer(_, _, let mark, _):
            self.init(Place(mark, in: file), "a file holds one document; here begins another")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            self.init(
                Place(
                    file: file, line: line.count,
                    column: (line.last?.unicodeScalars.count ?? 0) + 1),
                "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "`\($0)`" }.joined(separator: ", ")
            self.init(Place(context.mark, in: file), "\(names) is given twice")
        default:
            self.init(Place(file: file), "not YAML")
        }
    }

    private init(_ place: Place, _ message: String) {
        (self.place, self.message) = (place, message)
    }

    private init(
        _ problem: String, at place: Place, _ context: YamlError.Context?, in text: String
    ) {
        if problem.hasPrefix(Self.tooDeep) {
            self.init(place, "nested more than \(RuleLimits.yamlDepth) deep")
            return
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let construct = context.flatMap { Construct($0.text) }
        let start = context.map { Place($0.mark, in: place.file) } ?? place
        let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 1
        if Self.isEndOfText(problem) {
            self.init(
                start,
                "not YAML: the quoted text that begins here does not end; the file ends in line "
                    + "\(end)")
        } else if let quote = Self.quote(openBefore: place, in: lines) {
            self.init(
                quote, "not YAML: the quoted text that begins here ends only in line \(place.line)")
        } else if let key = Self.keyWithoutBlank(in: lines, construct, problem, start, place) {
            self.init(
                key.place,
                "not YAML: a blank is missing behind `\(key.text)`; the parser noticed in line "
                    + "\(place.line)")
        } else if construct == .key {
            self.init(
                start,
                "not YAML: a key without a colon and a blank behind it; the parser noticed "
                    + "in line \(place.line)")
        } else if let construct, construct.isBracketed, start.line != place.line {
            self.init(
                start,
                "not YAML: the \(construct.noun) that begins here does not end before line "
                    + "\(place.line): \(problem)" + Self.remedy(problem, at: place, in: lines))
        } else if let construct {
            let beginning =
                start.line == place.line ? "column \(start.column)" : "line \(start.line)"
            self.init(
                place,
                "not YAML: \(problem); the \(construct.noun) begins in \(beginning)"
                    + Self.remedy(problem, at: place, in: lines))
        } else {
            self.init(
                place, "not YAML: \(problem)" + Self.remedy(problem, at: place, in: lines))
        }
    }

    /// What the parser was in the middle of, by the end of its own words.
    private enum Construct: String {
        case quotedText = "quoted-scalar"
        case block = "block-scalar"
        case mapping = "block-mapping"
        case list = "block-collection"
        case mappingInBraces = "flow-mapping"
        case listInBrackets = "flow-sequence"
        case key = "simple-key"

        init?(_ context: String) {
            self.init(rawValue: context.split(separator: " ").suffix(2).joined(separator: "-"))
        }

        var noun: String {
            switch self {
            case .quotedText: "quoted text"
            case .block: "block of text"
            case .mapping: "mapping"
            case .list: "list"
            case .mappingInBraces: "mapping in braces"
            case .listInBrackets: "list in brackets"
            case .key: "key"
            }
        }

        var isBracketed: Bool { self == .mappingInBraces || self == .listInBrackets }
    }

    /// Only a quoted text can be at its end too early.
    private static func isEndOfText(_ problem: String) -> Bool { problem.hasSuffix("stream") }

    /// The parser's own limit is higher than that of rule files.
    private static let tooDeep = "Maximum nesting level reached"

    private static let noValueHere = "mapping values are not allowed in this context"

    /// Advice to append to the parser's message; empty where the message says enough.
    private static func remedy(
        _ problem: String, at place: Place, in lines: [Substring]
    ) -> String {
        guard lines.indices.contains(place.line - 1) else { return "" }
        let line = lines[place.line - 1]
        let indent = line.unicodeScalars.prefix { $0.properties.isWhitespace }
        if let odd = indent.first(where: { $0 != " " && $0 != "\t" }) {
            let code = String(odd.value, radix: 16, uppercase: true)
            return "; the line is indented with U+\(code), which only looks like a blank: "
                + "use blanks"
        }
        if problem == noValueHere {
            return line.prefix(place.column).contains(": ")
                ? "; put a text that has a colon and a blank in it in quotes"
                : "; the line is indented further than the one above allows"
        }
        if problem.contains("tab character") { return "; indent with blanks" }
        if problem == "found character that cannot start any token" {
            let rest = line.unicodeScalars.dropFirst(place.column - 1)
            guard let first = rest.first else { return "" }
            return first == "\t"
                ? ": a tab; indent with blanks"
                : ": \(String(first).quoted); put a text that begins with it in quotes"
        }
        let isAboutIndent =
            problem == "did not find expected key"
            || problem == "did not find expected '-' indicator"
        return isAboutIndent ? "; is this line indented as far as those that belong to it?" : ""
    }

    /// Where a quoted text begins that goes on into this line: its own quote is missing, or one
    /// above.
    private static func quote(openBefore place: Place, in lines: [Substring]) -> Place? {
        let above = lines.prefix(place.line - 1).joined(separator: "\n")
        do {
            _ = try Parser(yaml: above, resolver: .basic, encoding: .utf8).singleRoot()
            return nil
        } catch YamlError.scanner(let context?, let problem, _, _) where isEndOfText(problem) {
            return Place(context.mark, in: place.file)
        } catch {
            return nil
        }
    }

    /// The key that is none, since no blank follows its colon, so that its text goes on below.
    private static func keyWithoutBlank(
        in lines: [Substring], _ construct: Construct?, _ problem: String, _ start: Place,
        _ place: Place
    ) -> (place: Place, text: Substring)? {
        var index: Int?
        if construct == .key { index = start.line - 1 }
        if problem == noValueHere {
            index = lines.prefix(place.line - 1).lastIndex { !$0.allSatisfy(\.isWhitespace) }
        }
        guard let index, lines.indices.contains(index),
            let match = lines[index].prefixMatch(of: /([ -]*)([A-Za-z][\w.]*:)[^\s\/]/)
        else { return nil }
        return (Place(file: place.file, line: index + 1, column: match.1.count + 1), match.2)
    }
}

internal import Yams

/// Reads the YAML of one file, with the place of everything and without YAML's guesses.
struct YAMLReader {
    let file: String
    private(set) var diagnostics: [RuleDiagnostic] = []
    /// Stand-ins for the first of two equal keys, and the keys they stand for.
    private var blanked: [Unicode.Scalar: String] = [:]

    init(file: String) { self.file = file }

    /// The file's root, or nil when it cannot be parsed at all.
    mutating func read(_ text: String) -> YAMLNode? {
        guard Self.aliasLikeTokens(in: text) <= Self.maxAliasLikeTokens else {
            report(Self.noAliases, at: Place(line: 1, column: 1))
            return nil
        }
        var text = text
        for _ in 0..<Self.maxDuplicates {
            do {
                // The parser owns the anchors that the nodes refer to.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    report("the file is empty", at: Place(line: 1, column: 1))
                    return nil
                }
                return withExtendedLifetime(parser) { node(root, depth: 0) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = Place(context.mark)
                guard let key = keys.first, let next = blank(key, at: place, in: text) else {
                    report("two equal keys in one mapping", at: place)
                    return nil
                }
                text = next
            } catch {
                report(error)
                return nil
            }
        }
        report(
            "more than \(Self.maxDuplicates) keys are given twice", at: Place(line: 1, column: 1))
        return nil
    }

    /// Keys given twice in one file before reading it is given up.
    private static let maxDuplicates = 20
    /// Aliases that a text may seem to hold and still be parsed, so that a few cannot be multiplied
    /// into millions of nodes before they are refused.
    private static let maxAliasLikeTokens = 16

    private static let noAliases = "anchors and aliases (&, *) are not allowed"

    private mutating func report(_ message: String, at place: Place, offending: String = "") {
        diagnostics.append(
            RuleDiagnostic(file: file, at: place, message, offending: offending))
    }

    private mutating func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            report("not YAML: \(problem)", at: Place(mark))
        case .composer(_, let problem, let mark, _):
            let isDocument = problem.contains("document")
            report(
                isDocument ? "a file holds one document; here begins another" : Self.noAliases,
                at: Place(mark))
        case .reader(let problem, _, _, _):
            report("not YAML: \(problem)", at: Place(line: 1, column: 1))
        default:
            report("not YAML", at: Place(line: 1, column: 1))
        }
    }
}

extension YAMLReader {
    private mutating func node(_ node: Node, depth: Int) -> YAMLNode? {
        let place = node.mark.map(Place.init) ?? Place(line: 1, column: 1)
        guard depth < RuleLimits.yamlDepth else {
            report("nested more than \(RuleLimits.yamlDepth) deep", at: place)
            return nil
        }
        if node.anchor != nil { report(Self.noAliases, at: place) }
        let content: YAMLNode.Content
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            checkTag(scalar.tag, at: place)
            content = .text(scalar.string, isPlain: isPlain)
        case .sequence(let sequence):
            checkTag(sequence.tag, at: place)
            content = .sequence(sequence.compactMap { self.node($0, depth: depth + 1) })
        case .mapping(let mapping):
            checkTag(mapping.tag, at: place)
            content = .mapping(entries(mapping, depth: depth))
        case .alias:
            report(Self.noAliases, at: place)
            return nil
        }
        return YAMLNode(place: place, content: content)
    }

    /// Yams itself marks quoted text and keys as text.
    private mutating func checkTag(_ tag: Tag, at place: Place) {
        let plain: [Tag.Name] = [.implicit, .str, .seq, .map]
        if plain.contains(where: { $0.rawValue == tag.rawValue }) { return }
        report("tags (!, !!) are not allowed", at: place, offending: tag.rawValue)
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var firsts: [(key: String, place: Place)] = []
        for (keyNode, valueNode) in mapping {
            guard let key = node(keyNode, depth: depth + 1) else { continue }
            guard case .text(let text, _) = key.content else {
                report("a key must be text", at: key.place, offending: key.kindName)
                continue
            }
            if let original = text.unicodeScalars.first.flatMap({ blanked[$0] }) {
                firsts.append((original, key.place))
                continue
            }
            for first in firsts.reversed() where first.key == text {
                report(
                    "`\(text)` is given twice; the first is in line \(first.place.line)",
                    at: key.place, offending: text)
                break
            }
            guard let value = node(valueNode, depth: depth + 1) else { continue }
            entries.append(YAMLNode.Entry(key: text, place: key.place, value: value))
        }
        return entries
    }
}

extension YAMLReader {
    /// The text with the first character of the key at `place` replaced by a stand-in.
    ///
    /// Yams stops at the first key given twice; without that key it goes on and finds the next one.
    private mutating func blank(_ key: String, at place: Place, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        var line = 1
        guard
            let start = scalars.indices.first(where: { index in
                if line == place.line { return true }
                if scalars[index] == "\n" { line += 1 }
                return false
            }), let standIn = Unicode.Scalar(0xE000 + UInt32(blanked.count))
        else { return nil }
        var index = start + place.column - 1
        guard scalars.indices.contains(index) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index), scalars[index] == key.unicodeScalars.first,
            !scalars.contains(standIn)
        else { return nil }
        scalars[index] = standIn
        blanked[standIn] = key
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }

    /// How many words of a text look like `*alias`.
    private static func aliasLikeTokens(in text: String) -> Int {
        let opening = Set(" \t\r\n[{,".utf8)
        let closing = Set(" \t\r\n]},:".utf8)
        var count = 0
        var before = UInt8(ascii: "\n")
        var isAlias = false
        for byte in text.utf8 {
            if isAlias, closing.contains(byte), before != UInt8(ascii: "*") { count += 1 }
            if byte == UInt8(ascii: "*") {
                isAlias = opening.contains(before)
            } else if closing.contains(byte) || opening.contains(byte) {
                isAlias = false
            }
            before = byte
        }
        return isAlias && before != UInt8(ascii: "*") ? count + 1 : count
    }
}

extension Place {
    fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

internal import Yams

/// Reads the YAML of one file, with the place of everything and without YAML's guesses.
struct YAMLReader {
    private let file: String
    private let diagnostics: DiagnosticCollector
    /// Problems of this file, so that the collector is not flooded by it.
    private var problems = 0
    /// Stand-ins for the first of two equal keys, and the keys they stand for.
    private var blanked: [Unicode.Scalar: String] = [:]
    /// What stands for every `*`: without aliases, no few nodes can be multiplied into millions.
    ///
    /// The parser then says itself where an alias would stand: a plain text never begins with `*`.
    private var star: Unicode.Scalar?
    private var hasAliases = false

    init(file: String, diagnostics: DiagnosticCollector) {
        (self.file, self.diagnostics) = (file, diagnostics)
    }

    /// The file's root, or nil when it cannot be parsed or is not all there.
    mutating func read(_ text: String) -> YAMLNode? {
        guard var text = withoutStars(text) else {
            report("the file holds every character that is for private use", at: start)
            return nil
        }
        for _ in 0..<Self.maxDuplicates {
            do {
                // The parser owns the anchors that the nodes refer to.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    report("the file is empty", at: start)
                    return nil
                }
                let whole = withExtendedLifetime(parser) { node(root, depth: 0) }
                return hasAliases ? nil : whole
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = Place(context.mark, in: file)
                guard let key = keys.first, let next = blank(key, at: place, in: text) else {
                    report("two equal keys in one mapping", at: place)
                    return nil
                }
                text = next
            } catch {
                let problem = YAMLProblem(error, in: text, of: file)
                report(problem.message, at: problem.place)
                return nil
            }
        }
        report("more than \(Self.maxDuplicates) keys are given twice", at: start)
        return nil
    }

    /// Keys given twice in one file before reading it is given up.
    private static let maxDuplicates = 20

    private var start: Place { Place(file: file) }

    private static let noAliases =
        "anchors and aliases (&, *) are not allowed; text that begins so stands in quotes"

    private mutating func report(_ message: String, at place: Place, offending: String = "") {
        guard problems < RuleLimits.diagnostics else { return }
        problems += 1
        diagnostics.report(RuleDiagnostic(at: place, message, offending: offending))
    }
}

extension YAMLReader {
    private mutating func node(_ node: Node, depth: Int) -> YAMLNode? {
        let place = node.mark.map { Place($0, in: file) } ?? start
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
            let text = withStars(scalar.string)
            if isPlain, text.hasPrefix("*") {
                hasAliases = true
                report(Self.noAliases, at: place, offending: text)
            }
            content = .text(text, isPlain: isPlain)
        case .sequence(let sequence):
            checkTag(sequence.tag, at: place)
            content = .sequence(sequence.compactMap { self.node($0, depth: depth + 1) })
        case .mapping(let mapping):
            checkTag(mapping.tag, at: place)
            content = .mapping(entries(mapping, depth: depth))
        case .alias:
            return nil
        }
        return YAMLNode(place: place, content: content)
    }

    /// Yams itself marks quoted text and keys as text.
    private mutating func checkTag(_ tag: Tag, at place: Place) {
        let plain: [Tag.Name] = [.implicit, .str, .seq, .map]
        if plain.contains(where: { $0.rawValue == tag.rawValue }) { return }
        report("tags (!, !!) are not allowed", at: place, offending: withStars(tag.rawValue))
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [YAMLNode.MappingEntry] {
        var entries: [YAMLNode.MappingEntry] = []
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
            entries.append(YAMLNode.MappingEntry(key: text, place: key.place, value: value))
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
            }), let standIn = Self.standIn(for: scalars)
        else { return nil }
        var index = start + place.column - 1
        guard scalars.indices.contains(index) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index), scalars[index] == key.unicodeScalars.first
        else { return nil }
        scalars[index] = standIn
        blanked[standIn] = withStars(key)
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }

    /// A character for private use that does not stand in a text.
    private static func standIn(for text: some Sequence<Unicode.Scalar>) -> Unicode.Scalar? {
        let used = Set(text)
        return (0xE000...0xF8FF).lazy.compactMap(Unicode.Scalar.init(_:))
            .first { !used.contains($0) }
    }

    /// The text with a stand-in for every `*`; nil where no character is left to be one.
    private mutating func withoutStars(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "*")) else { return text }
        guard let standIn = Self.standIn(for: text.unicodeScalars) else { return nil }
        star = standIn
        return text.replacing("*", with: standIn)
    }

    private func withStars(_ text: String) -> String {
        guard let star, text.unicodeScalars.contains(star) else { return text }
        return text.replacing(star, with: "*")
    }
}

extension String {
    /// Scalar by scalar, whatever they combine with.
    fileprivate func replacing(_ scalar: Unicode.Scalar, with other: Unicode.Scalar) -> String {
        String(UnicodeScalarView(unicodeScalars.map { $0 == scalar ? other : $0 }))
    }
}

extension Place {
    init(_ mark: Mark, in file: String) {
        self.init(file: file, line: mark.line, column: mark.column)
    }
}

import Contacts
import Foundation
import Pylon
import Rules
import Yams

/// One mapping of `usher.yaml`, read key by key, and everything that is wrong with it.
struct SettingsMapping {
    private let values: [String: Node]
    /// Of the keys in it; nil for the file as a whole.
    private let name: String?
    /// Each begins with the name of the key that it is about.
    private(set) var problems: [String] = []

    /// The mapping that a file holds.
    ///
    /// - Throws: `InvalidSetting` with line and column where the text is not YAML.
    init(text: String) throws {
        let root: Node?
        do { root = try compose(yaml: text) } catch {
            let problem = YAMLProblem(error, in: text, of: "usher.yaml")
            throw InvalidSetting("cannot be read: \(problem)")
        }
        guard let root else { throw InvalidSetting("is empty; it must have `workspaces`") }
        guard let mapping = SettingsMapping(root) else {
            throw InvalidSetting("must be a mapping with the key workspaces, not \(root.kind)")
        }
        self = mapping
    }

    /// - Returns: nil where the node is no mapping.
    init?(_ node: Node, name: String? = nil) {
        guard let mapping = node.mapping else { return nil }
        self.name = name
        values = Dictionary(mapping.map { ($0.key.string ?? "", $0.value) }) { first, _ in first }
    }

    /// A text or a number as it is written; nil where there is none.
    mutating func text(_ key: String) -> String? {
        guard let node = value(key) else { return nil }
        if let scalar = node.scalar { return scalar.string }
        refuse(key, "must be text, not \(node.kind)")
        return nil
    }

    mutating func number(_ key: String, upTo most: Int) -> Int? {
        guard let node = value(key) else { return nil }
        if let number = node.int, (0...most).contains(number) { return number }
        refuse(key, "must be a whole number" + (most == .max ? "" : " from 0 to \(most)"))
        return nil
    }

    mutating func mapping(_ key: String) -> SettingsMapping? {
        guard let node = value(key) else { return nil }
        if let mapping = SettingsMapping(node, name: path(of: key)) { return mapping }
        refuse(key, "must be a mapping, not \(node.kind)")
        return nil
    }

    /// The items of a list that must be there.
    mutating func list(_ key: String) -> [Node]? {
        guard let node = value(key) else {
            problems.append("\(key) is missing")
            return nil
        }
        if let items = node.sequence { return Array(items) }
        refuse(key, "must be a list, not \(node.kind)")
        return nil
    }

    /// Refuses every key that is not one of these.
    mutating func accept(only known: [String]) {
        let place = name.map { "\($0): " } ?? ""
        problems += values.keys.filter { !known.contains($0) }.sorted().map {
            "\(place)unknown key \($0.word); it accepts \(known.joined(separator: ", "))"
        }
    }

    mutating func add(_ found: [String]) { problems += found }

    private func value(_ key: String) -> Node? {
        values[key].flatMap { $0.null == nil ? $0 : nil }
    }

    private func path(of key: String) -> String { (name.map { "\($0)." } ?? "") + key }

    private mutating func refuse(_ key: String, _ problem: String) {
        let line = values[key]?.mark.map { " (line \($0.line))" } ?? ""
        problems.append("\(path(of: key)) \(problem)\(line)")
    }
}

extension Node {
    /// Its kind, for messages.
    var kind: String {
        switch self {
        case .scalar: null == nil ? "text" : "nothing"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

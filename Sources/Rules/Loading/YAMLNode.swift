/// A piece of a YAML file as its author wrote it: text is never guessed to be anything else.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case text(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        let key: String
        let place: Place
        let value: YAMLNode
    }

    let place: Place
    let content: Content

    /// Whether this is what YAML calls null: nothing at all, `~` or `null`.
    var isNull: Bool {
        guard case .text(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What this is, for messages.
    var kindName: String {
        switch content {
        case .text: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The text itself, or what this is.
    var excerpt: String {
        if case .text(let text, _) = content, !text.isEmpty { return text }
        return kindName
    }
}

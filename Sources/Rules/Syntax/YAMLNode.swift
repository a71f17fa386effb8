/// A piece of a YAML file as its author wrote it: text is never guessed to be anything else.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case text(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([MappingEntry])
    }

    struct MappingEntry: Sendable {
        let key: String
        let place: Place
        let value: YAMLNode
    }

    let place: Place
    let content: Content

    init(place: Place, content: Content) { (self.place, self.content) = (place, content) }

    /// A text that is no YAML by itself, such as a cell of a table.
    init(_ text: String, at place: Place) {
        self.init(place: place, content: .text(text, isPlain: false))
    }

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

/// Text with names in `${…}`; `$${` is a plain `${`.
struct Template {
    enum TemplatePart: Equatable {
        case text(String)
        case name(String)
    }

    let parts: [TemplatePart]

    /// nil where a `${` is not closed.
    init?(_ text: String) {
        let dollar = UInt8(ascii: "$")
        let opening = UInt8(ascii: "{")
        var (parts, plain, rest): ([TemplatePart], [UInt8], _) = ([], [], text.utf8[...])
        func end() {
            if !plain.isEmpty { parts.append(.text(String(decoding: plain, as: UTF8.self))) }
        }
        while let byte = rest.popFirst() {
            guard byte == dollar, rest.first == opening else {
                plain.append(byte)
                continue
            }
            rest.removeFirst()
            if plain.last == dollar {
                plain.append(opening)
                continue
            }
            guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
            end()
            plain = []
            parts.append(.name(String(rest[..<close]) ?? ""))
            rest = rest[close...].dropFirst()
        }
        end()
        self.parts = parts
    }
}

/// Writes the few forms of JSON that requests are made of.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func number(_ value: Int) { bytes.append(contentsOf: String(value).utf8) }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                if byte < 0x10 { bytes.append(UInt8(ascii: "0")) }
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func list<Element>(
        _ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void
    ) {
        raw("[")
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            write(&self, element)
        }
        raw("]")
    }

    /// An object; `write` names its members, and what is nil is left out.
    mutating func object(_ write: (inout Members) -> Void) {
        var members = Members(json: self)
        members.json.raw("{")
        write(&members)
        members.json.raw("}")
        self = members.json
    }

    struct Members {
        fileprivate(set) var json: JSONText
        private var isFirst = true

        fileprivate init(json: JSONText) { self.json = json }

        mutating func member(_ name: String, _ write: (inout JSONText) -> Void) {
            if !isFirst { json.raw(",") }
            isFirst = false
            json.string(name)
            json.raw(":")
            write(&json)
        }

        mutating func member(_ name: String, _ text: String?) {
            if let text { member(name) { $0.string(text) } }
        }

        mutating func member(_ name: String, _ texts: [String]) {
            member(name) { $0.list(texts) { $0.string($1) } }
        }
    }
}

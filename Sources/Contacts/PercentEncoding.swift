extension String {
    /// The text as one path segment, query value or word of a shell: all but the unreserved
    /// characters of RFC 3986 are escaped, so that no text can begin another one.
    /// Source: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
    package var percentEncoded: String {
        if utf8.allSatisfy(\.isUnreserved) { return self }
        var result: [UInt8] = []
        for byte in utf8 {
            if byte.isUnreserved {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

private let hexDigits = Array("0123456789ABCDEF".utf8)

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

internal import Crypto
package import Foundation

/// A contact together with the JSON it came as.
package struct ContactDocument: Sendable {
    package let contact: Contact
    /// The object as it came, unknown keys included; NUL characters and lone surrogates are
    /// replaced by U+FFFD, since PostgreSQL's `jsonb` cannot hold them.
    package let json: [UInt8]
    /// SHA-256 of the bytes as they came: the cheap way to see that nothing changed.
    package let rawDigest: [UInt8]

    /// - Throws: `DecodingError` when the bytes are no contact.
    package init(_ bytes: [UInt8], decoder: JSONDecoder = JSONDecoder()) throws {
        json = Self.storable(bytes)
        contact = try Contact(json: json, decoder: decoder)
        rawDigest = Self.rawDigest(bytes)
    }

    package static func rawDigest(_ bytes: some DataProtocol) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    /// Replaces what `jsonb` cannot hold by U+FFFD: the escapes of NUL and of lone surrogates.
    private static func storable(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "\\")) else { return bytes }
        var result = bytes
        var index = 0
        while index < result.count {
            guard result[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let unit = escapedUnit(in: result, at: index) else {
                index += 2
                continue
            }
            let length = 6
            switch unit {
            case 0xD800...0xDBFF
            where escapedUnit(in: result, at: index + length)
                .map { 0xDC00...0xDFFF ~= $0 } == true:
                index += length
            case 0, 0xD800...0xDFFF:
                result.replaceSubrange(index..<index + length, with: #"\ufffd"#.utf8)
            default: break
            }
            index += length
        }
        return result
    }

    /// The UTF-16 code unit that `\uXXXX` at this place stands for.
    private static func escapedUnit(in bytes: [UInt8], at index: Int) -> UInt16? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt16(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
    }
}

extension Contact {
    /// Reads a contact from the JSON of a `ContactDocument`.
    package init(json: [UInt8], decoder: JSONDecoder = JSONDecoder()) throws {
        self = try decoder.decode(Contact.self, from: Data(json))
    }
}

internal import Crypto
package import Foundation

/// A contact together with the JSON it came as.
package struct ContactDocument: Sendable {
    package let contact: Contact
    /// The object as it came, unknown keys included; NUL characters are replaced by U+FFFD, since
    /// PostgreSQL's `jsonb` cannot hold them.
    package let json: [UInt8]
    /// SHA-256 of the bytes as they came: the cheap way to see that nothing changed.
    package let rawDigest: [UInt8]

    /// - Throws: `DecodingError` when the bytes are no contact.
    package init(_ bytes: [UInt8], decoder: JSONDecoder = JSONDecoder()) throws {
        json = Self.replacingNUL(bytes)
        contact = try Contact(json: json, decoder: decoder)
        rawDigest = Self.rawDigest(bytes)
    }

    package static func rawDigest(_ bytes: some DataProtocol) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    /// Replaces each escape `\u0000` by `\ufffd`; an escaped backslash before `u0000` stays.
    private static func replacingNUL(_ bytes: [UInt8]) -> [UInt8] {
        let escape = Array(#"\u0000"#.utf8)
        guard bytes.count >= escape.count, bytes.contains(subsequence: escape) else { return bytes }
        var result = bytes
        var index = 0
        while index < result.count {
            guard result[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            if result[index...].starts(with: escape) {
                result.replaceSubrange(index..<index + escape.count, with: Array(#"\ufffd"#.utf8))
            }
            index += 2
        }
        return result
    }
}

extension Contact {
    /// Reads a contact from the JSON of a `ContactDocument`.
    package init(json: [UInt8], decoder: JSONDecoder = JSONDecoder()) throws {
        self = try decoder.decode(Contact.self, from: Data(json))
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        Data(self).range(of: Data(subsequence)) != nil
    }
}

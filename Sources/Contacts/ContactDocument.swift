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

    /// Bytes. Far above any contact that people maintain; what is larger would be read again at
    /// every change and fill every copy of it in the log.
    package static let maxSize = 8 << 20

    /// - Throws: Where the bytes are no contact, or larger than `maxSize`.
    package init(_ bytes: [UInt8]) throws(ContactProblem) {
        guard bytes.count <= Self.maxSize else {
            throw ContactProblem("larger than \(Self.maxSize >> 20) MiB")
        }
        json = Self.storable(bytes)
        contact = try Contact(json: json)
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

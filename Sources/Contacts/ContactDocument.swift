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

    /// A contact above `maxSize`.
    package struct TooLarge: Error, CustomStringConvertible {
        package var description: String { "larger than \(ContactDocument.maxSize >> 20) MiB" }
    }

    /// Two custom fields of one contact whose slugs are equal by Unicode and differ in their bytes.
    /// Whoever reads the contact's JSON or the log may take them for one.
    package struct LookAlikeKeys: Error, CustomStringConvertible {
        package let description = "custom_fields holds two slugs that are equal by Unicode only"
    }

    /// - Throws: `DecodingError` when the bytes are no contact; `TooLarge`; `LookAlikeKeys`.
    package init(_ bytes: [UInt8], decoder: JSONDecoder = JSONDecoder()) throws {
        guard bytes.count <= Self.maxSize else { throw TooLarge() }
        json = Self.storable(bytes)
        guard !Self.hasLookAlikeKeys(json) else { throw LookAlikeKeys() }
        contact = try Contact(json: json, decoder: decoder)
        rawDigest = Self.rawDigest(bytes)
    }

    package static func rawDigest(_ bytes: some DataProtocol) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    private static func hasLookAlikeKeys(_ json: [UInt8]) -> Bool {
        guard json.contains(where: { $0 >= 0x80 || $0 == UInt8(ascii: "\\") }),
            let start = json.firstIndex(of: UInt8(ascii: "{"))
        else { return false }
        let cutter = JSONCutter(bytes: json)
        func text(_ key: Range<Int>) -> String {
            let text = json[key]
            return text.contains(UInt8(ascii: "\\"))
                ? (try? JSONDecoder().decode(String.self, from: Data(text))) ?? ""
                : String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
        }
        for member in cutter.members(of: start..<json.count)
        where json[member.value.lowerBound] == UInt8(ascii: "{")
            && text(member.key) == "custom_fields"
        {
            let slugs = cutter.members(of: member.value).map { text($0.key) }
            if Set(slugs).count < Set(texts: slugs).count { return true }
        }
        return false
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

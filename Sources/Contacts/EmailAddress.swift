/// An e-mail address as rules may trust it, or why they may not.
///
/// Addresses are hostile input: whoever can write one must not be able to borrow another domain's
/// rights. So nothing is repaired, trimmed or Unicode-lower-cased; what is not plainly an address
/// of the narrow form below has no parts at all.
package struct EmailAddress: Sendable, Equatable {
    /// What kind of text this is. Only `ok` has a local part and a domain.
    package enum Status: String, Sendable, CaseIterable {
        case ok
        /// No text at all.
        case empty
        /// Longer than an address may be, in all or in one of its parts.
        case tooLong = "too_long"
        /// Holds a character outside ASCII.
        case idn
        /// A form that RFC 5322 or old mail systems know, but that can hide another address:
        /// quotes, comments, encoded words, routes, address literals.
        case exotic
        /// Not an address.
        case malformed
    }

    package let status: Status
    /// The part before the `@`, ASCII lower case; nil unless the status is `ok`.
    package let local: String?
    /// The part after the `@`, ASCII lower case; nil unless the status is `ok`.
    package let domain: String?

    /// Bytes in all, in the local part, in the domain and in one label.
    /// Source: RFC 5321 §4.5.3.1 (64, 255) and RFC 3696 erratum 1690 (254); RFC 1035 §2.3.4 (63).
    package static let maxLength = 254
    package static let maxLocalLength = 64
    package static let maxDomainLength = 253
    package static let maxLabelLength = 63

    package init(_ text: String) {
        var text = text
        self = text.withUTF8(Self.init(bytes:))
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        status = Self.status(of: bytes)
        guard status == .ok, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else {
            local = nil
            domain = nil
            return
        }
        local = String(asciiLowercasing: bytes[..<at])
        domain = String(asciiLowercasing: bytes[(at + 1)...])
    }

    /// The whole address in ASCII lower case; nil unless the status is `ok`.
    package var address: String? {
        guard let local, let domain else { return nil }
        return "\(local)@\(domain)"
    }

    private static func status(of bytes: UnsafeBufferPointer<UInt8>) -> Status {
        if bytes.isEmpty { return .empty }
        // Of nearly every address, all bytes are plain.
        if !bytes.allSatisfy({
            isLocalByte($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "@")
        }) {
            if bytes.contains(where: { $0 >= 0x80 }) { return .idn }
            if bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return .malformed }
            if bytes.contains(where: isExoticByte) { return .exotic }
        }
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")),
            bytes.lastIndex(of: UInt8(ascii: "@")) == at
        else { return .malformed }
        return status(local: bytes[..<at], domain: bytes[(at + 1)...], length: bytes.count)
    }

    private typealias Part = Slice<UnsafeBufferPointer<UInt8>>

    private static func status(local: Part, domain: Part, length: Int) -> Status {
        var labels = 0
        var (isLastNumber, isLongLabel) = (false, false)
        let areLabels = everyPart(of: domain) { label in
            labels += 1
            isLastNumber = label.allSatisfy(\.isASCIIDigit)
            isLongLabel = isLongLabel || label.count > maxLabelLength
            return isLabel(label)
        }
        let isWellFormed =
            everyPart(of: local) { !$0.isEmpty && $0.allSatisfy(isLocalByte) }
            && areLabels && labels >= 2 && !isLastNumber
        guard isWellFormed else { return .malformed }
        let isTooLong =
            length > maxLength || local.count > maxLocalLength
            || domain.count > maxDomainLength || isLongLabel
        return isTooLong ? .tooLong : .ok
    }

    /// Whether every piece between dots, also an empty one, is as it should be.
    private static func everyPart(of text: Part, _ isGood: (Part) -> Bool) -> Bool {
        var rest = text
        while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard isGood(rest[..<dot]) else { return false }
            rest = rest[(dot + 1)...]
        }
        return isGood(rest)
    }

    /// Quotes, comments, routes, lists, literals, `%` and `!` paths, encoded words.
    private static func isExoticByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "%"),
            UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "?"):
            true
        default: false
        }
    }

    private static func isLocalByte(_ byte: UInt8) -> Bool {
        if byte.isASCIILetter || byte.isASCIIDigit { return true }
        return switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "'"), UInt8(ascii: "&"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isLabel(_ label: Part) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard let first = label.first, let last = label.last, first != hyphen, last != hyphen
        else { return false }
        return label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == hyphen }
    }
}

extension UInt8 {
    fileprivate var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    fileprivate var isASCIILetter: Bool {
        (self >= 0x41 && self <= 0x5A) || (self >= 0x61 && self <= 0x7A)
    }
    fileprivate var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }
}

extension String {
    fileprivate init(asciiLowercasing bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        self.init(unsafeUninitializedCapacity: bytes.count) { buffer in
            for (index, byte) in bytes.enumerated() { buffer[index] = byte.asciiLowercased }
            return bytes.count
        }
    }

    /// This text with A–Z as a–z and every other character as it is.
    ///
    /// `lowercased()` follows Unicode, where the Kelvin sign becomes `k`: a look-alike would match.
    package var asciiLowercased: String {
        String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self)
    }
}

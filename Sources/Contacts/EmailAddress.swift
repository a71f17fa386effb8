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
        let bytes = Array(text.utf8)
        let status = Self.status(of: bytes)
        self.status = status
        guard status == .ok, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else {
            local = nil
            domain = nil
            return
        }
        local = String(decoding: bytes[..<at].map(\.asciiLowercased), as: UTF8.self)
        domain = String(decoding: bytes[(at + 1)...].map(\.asciiLowercased), as: UTF8.self)
    }

    /// The whole address in ASCII lower case; nil unless the status is `ok`.
    package var address: String? {
        guard let local, let domain else { return nil }
        return "\(local)@\(domain)"
    }

    private static func status(of bytes: [UInt8]) -> Status {
        if bytes.isEmpty { return .empty }
        if bytes.contains(where: { $0 >= 0x80 }) { return .idn }
        if bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return .malformed }
        if bytes.contains(where: { exoticBytes.contains($0) }) { return .exotic }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return .malformed }
        return status(local: parts[0], domain: parts[1], length: bytes.count)
    }

    private static func status(
        local: ArraySlice<UInt8>, domain: ArraySlice<UInt8>, length: Int
    ) -> Status {
        let dot = UInt8(ascii: ".")
        let atoms = local.split(separator: dot, omittingEmptySubsequences: false)
        let labels = domain.split(separator: dot, omittingEmptySubsequences: false)
        let isWellFormed =
            atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isLocalByte) }
            && labels.count >= 2 && labels.allSatisfy(isLabel)
            && !labels[labels.count - 1].allSatisfy(\.isASCIIDigit)
        guard isWellFormed else { return .malformed }
        let isTooLong =
            length > maxLength || local.count > maxLocalLength || domain.count > maxDomainLength
            || labels.contains { $0.count > maxLabelLength }
        return isTooLong ? .tooLong : .ok
    }

    /// Quotes, comments, routes, lists, literals, `%` and `!` paths, encoded words.
    private static let exoticBytes = Set("\"()<>[]\\,;:%!=?".utf8)

    private static func isLocalByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || localPunctuation.contains(byte)
    }

    private static let localPunctuation = Set("_+'&-".utf8)

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
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
    /// This text with A–Z as a–z and every other character as it is.
    ///
    /// `lowercased()` follows Unicode, where the Kelvin sign becomes `k`: a look-alike would match.
    package var asciiLowercased: String {
        String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self)
    }
}

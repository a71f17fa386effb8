internal import Contacts

/// Text as rules compare it: byte for byte.
///
/// Swift's own comparison of strings follows Unicode equivalence, where the Kelvin sign is a `K`.
package typealias Bytes = [UInt8]

extension Bytes {
    package init(of text: String) { self = Array(text.utf8) }

    package func ends(with other: Bytes) -> Bool {
        count >= other.count && self[(count - other.count)...].elementsEqual(other)
    }

    package func contains(sequence other: Bytes) -> Bool {
        guard count >= other.count else { return false }
        return (0...(count - other.count)).contains { self[$0...].starts(with: other) }
    }

    /// Whether this is the domain `other` or a subdomain of it, label by label.
    package func isUnder(domain other: Bytes) -> Bool {
        ends(with: other)
            && (count == other.count || self[count - other.count - 1] == UInt8(ascii: "."))
    }
}

extension String {
    package func precedesInBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

extension UInt8 {
    /// a–z for A–Z, anything else as it is.
    package var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}

extension String {
    /// For reading: an empty value is none.
    package var orNothing: String { isEmpty ? "nothing" : visible }
}

extension StringProtocol {
    /// Whether it begins or ends with a blank, which nobody sees.
    package var isPadded: Bool { first?.isWhitespace == true || last?.isWhitespace == true }
}

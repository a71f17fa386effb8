/// A small generator of random numbers: the same seed gives the same numbers, on every machine.
///
/// Source: https://doi.org/10.1145/2660193.2660195
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True with the given probability: never for 0, always for 1.
    mutating func happens(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    /// A random (version 4) UUID in lower case.
    mutating func uuid() -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(36)
        for (index, word) in [next(), next()].enumerated() {
            for nibble in 0..<16 {
                var value = Int(truncatingIfNeeded: word >> (60 - 4 * nibble)) & 15
                let position = index * 16 + nibble
                if position == 12 { value = 4 }
                if position == 16 { value = value & 3 | 8 }
                if [8, 12, 16, 20].contains(position) { digits.append(UInt8(ascii: "-")) }
                digits.append(Self.hexDigits[value])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

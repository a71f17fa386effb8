/// The known name that a misspelt one was probably meant to be.
enum Nearest {
    /// The nearest of `names`, if one is near enough: an edit for every three letters.
    ///
    /// Case, and `-` for `_`, cost half an edit; of equally near names the first in order wins.
    static func name(to text: String, among names: some Sequence<String>) -> String? {
        let wanted = Array(text.unicodeScalars.prefix(maxLength))
        let near = names.compactMap { name -> (name: String, distance: Int)? in
            let known = Array(name.unicodeScalars.prefix(maxLength))
            let distance = distance(wanted, known)
            return distance <= allowed(max(wanted.count, known.count)) ? (name, distance) : nil
        }
        return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// In half edits; a name of one letter is no misspelling of another.
    private static func allowed(_ length: Int) -> Int { length < 2 ? 1 : max(1, length / 3) * 2 }

    /// Names longer than this are compared by their beginning, in scalars.
    private static let maxLength = 100

    /// Twice the optimal string alignment distance: insert, delete, replace, swap neighbours.
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = (0...other.count).map { $0 * 2 }
        for (row, a) in one.enumerated() {
            var current = [(row + 1) * 2]
            for (column, b) in other.enumerated() {
                var best = min(
                    last[column + 1] + 2, current[column] + 2, last[column] + cost(a, b))
                if row > 0, column > 0, a == other[column - 1], one[row - 1] == b {
                    best = min(best, beforeLast[column - 1] + 2)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }

    private static func cost(_ a: Unicode.Scalar, _ b: Unicode.Scalar) -> Int {
        if a == b { return 0 }
        return folded(a) == folded(b) ? 1 : 2
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "-", " ": "_"
        case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) + 0x20)
        default: scalar
        }
    }
}

internal import Contacts

/// The known name that another word was probably meant to be.
package enum Suggestion {
    /// The one of `names` with the same letters, or that says what a word of another tool says, or
    /// that is near enough: an edit for every four letters.
    ///
    /// Case counts nothing. Of equally near names, one of the same letters wins, or else the first
    /// in order. A word that denies something is never taken for what it denies.
    package static func name(to text: String, among names: some Sequence<String>) -> String? {
        let letters = ForeignWords.letters(of: text)
        let names = Array(names)
        if !letters.isEmpty,
            let same = names.first(where: { ForeignWords.letters(of: $0) == letters })
        {
            return same
        }
        if let meant = ForeignWords.meanings(of: text).first(where: names.contains) { return meant }
        guard ForeignWords.isDenial(text) else { return misspelt(text, among: names) }
        return misspelt(text, among: names.filter { !ForeignWords.affirmations.contains($0) })
    }

    private static func misspelt(_ text: String, among names: [String]) -> String? {
        let wanted = folded(text)
        let letters = wanted.sorted()
        let near = names.compactMap { name -> NearName? in
            let known = folded(name)
            let distance = distance(wanted, known)
            guard distance <= allowed(max(wanted.count, known.count)) else { return nil }
            return NearName(
                name: name, distance: distance, hasOtherLetters: known.sorted() != letters)
        }
        return near.min()?.name
    }

    private struct NearName: Comparable {
        let name: String
        let distance: Int
        let hasOtherLetters: Bool

        /// By distance; of equally near ones, first those of the same letters, then by name.
        static func < (one: Self, other: Self) -> Bool {
            (one.distance, one.hasOtherLetters ? 1 : 0, one.name)
                < (other.distance, other.hasOtherLetters ? 1 : 0, other.name)
        }
    }

    /// Whether a text is another one but for capitals, `-` for `_` and one edit.
    package static func isSlip(_ text: String, of name: String) -> Bool {
        distance(folded(text), folded(name)) <= 1
    }

    /// Names longer than this are compared by their beginning, in scalars.
    private static let maxLength = 100

    /// A name of one letter is no misspelling of another.
    private static func allowed(_ length: Int) -> Int { length < 2 ? 0 : max(1, length / 4) }

    /// The optimal string alignment distance: insert, delete, replace, swap neighbours.
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (row, a) in one.enumerated() {
            var current = [row + 1]
            for (column, b) in other.enumerated() {
                var best = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (a == b ? 0 : 1))
                if row > 0, column > 0, a == other[column - 1], one[row - 1] == b {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }

    private static func folded(_ text: String) -> [Unicode.Scalar] {
        text.asciiLowercased.unicodeScalars.prefix(maxLength).map { $0 == "-" ? "_" : $0 }
    }
}

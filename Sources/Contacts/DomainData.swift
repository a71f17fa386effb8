internal import Crypto

/// What Usher knows of domains: the lists in `Data/`, each of which says where it comes from.
///
/// They are string literals, since those compile at once. As embedded resources, which are literals
/// of numbers, they made a release build of this target take a minute longer.
package enum DomainData {
    /// Of all lists. Rules that look at a domain mean something else once a list changed, so a hash
    /// of rules has to cover this too.
    package static let digest = digest(of: lists.map(\.text))

    /// SHA-256 of the SHA-256 of every text.
    static func digest(of texts: [String]) -> [UInt8] {
        var hash = SHA256()
        for text in texts { hash.update(data: Array(SHA256.hash(data: Array(text.utf8)))) }
        return Array(hash.finalize())
    }

    /// What the lists say of one name, by itself.
    struct Marks: OptionSet {
        let rawValue: UInt8

        /// The name is a public suffix.
        static let suffix = Marks(rawValue: 1 << 0)
        /// With any one label in front, the name is a public suffix: a line with `*.`. By itself it
        /// is none, since such a line is also how companies name what is their customers' alone.
        static let wildcard = Marks(rawValue: 1 << 1)
        /// The name is no public suffix, whatever a wildcard says: a line with `!`.
        static let exception = Marks(rawValue: 1 << 2)
        static let reserved = Marks(rawValue: 1 << 3)
        static let disposable = Marks(rawValue: 1 << 4)
        static let freeMail = Marks(rawValue: 1 << 5)
    }

    /// Only for ASCII: keys are compared as strings, which for other text is not byte by byte.
    static func marks(of name: Substring) -> Marks { marksByName[name] ?? [] }

    /// Read once, in about 6 ms of a release build.
    private static let marksByName: [Substring: Marks] = {
        var marks: [Substring: Marks] = [:]
        marks.reserveCapacity(expectedNames)
        for list in lists {
            for line in entries(of: list.text) {
                let (name, mark) = rule(on: line, of: list.mark)
                marks[name, default: []].insert(mark)
            }
        }
        return marks
    }()

    static let lists: [(text: String, mark: Marks)] = [
        (publicSuffixes, .suffix), (reserved, .reserved), (disposable, .disposable),
        (freeMail, .freeMail),
    ]

    /// Somewhat more than the lists of November 2026 hold (21,600), so that the table never grows.
    private static let expectedNames = 24_000

    /// The lines after the header, whose lines begin with `#`.
    static func entries(of list: String) -> [Substring] {
        list.utf8.split(separator: UInt8(ascii: "\n")).drop { $0.first == UInt8(ascii: "#") }
            .map(Substring.init)
    }

    /// What a line says of which name. Only public suffixes have rules with something in front.
    /// Source: https://github.com/publicsuffix/list/wiki/Format
    private static func rule(on line: Substring, of mark: Marks) -> (name: Substring, mark: Marks) {
        if line.hasPrefix("*.") { return (line.dropFirst(2), .wildcard) }
        if line.hasPrefix("!") { return (line.dropFirst(), .exception) }
        return (line, mark)
    }
}

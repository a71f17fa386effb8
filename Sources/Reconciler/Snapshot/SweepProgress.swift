/// Tells a sweep that would go on for ever from one that is long.
///
/// The contacts of one earlier page are remembered: of the first, the second, the fourth, the
/// eighth and so on. A server that goes round in circles shows them again within twice the length
/// of its circle, whatever cursors it makes up. Source:
/// https://en.wikipedia.org/wiki/Cycle_detection#Brent's_algorithm
package struct SweepProgress: Sendable {
    private var cursors: Set<[UInt8]> = []
    private var remembered: Set<[UInt8]> = []
    private var pages = 0
    private var nextRemembered = 1
    private var repeatedPages = 0
    private var emptyPages = 0

    /// Pages of one sweep: a million contacts at ten a page.
    static let maxPages = 100_000
    /// Pages most of whose contacts were seen before; one may come of contacts that move meanwhile.
    static let maxRepeatedPages = 2
    /// Pages without a contact in a row.
    static let maxEmptyPages = 10

    package init() {}

    /// Takes in a page.
    ///
    /// - Returns: Why the sweep is to be given up, or nil.
    package mutating func take(_ ids: [String], nextCursor: String?) -> String? {
        let ids = ids.map { Array($0.utf8) }
        pages += 1
        emptyPages = ids.isEmpty ? emptyPages + 1 : 0
        if ids.count(where: remembered.contains) * 2 > ids.count { repeatedPages += 1 }
        if pages == nextRemembered {
            remembered = Set(ids)
            nextRemembered *= 2
        }
        // The last page ends it anyhow.
        guard let nextCursor else { return nil }
        if !cursors.insert(Array(nextCursor.utf8)).inserted {
            return "the cursors go round in circles"
        }
        if repeatedPages >= Self.maxRepeatedPages {
            return "the pages go round in circles: they show contacts again that earlier ones had "
                + "shown"
        }
        if emptyPages >= Self.maxEmptyPages {
            return "\(emptyPages) pages in a row show no contact, and more are to come"
        }
        return pages >= Self.maxPages ? "there are more than \(Self.maxPages) pages" : nil
    }
}

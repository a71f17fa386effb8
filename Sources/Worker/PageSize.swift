internal import Synchronization

/// How many contacts to ask for at once: half as many after a page that was too slow or too large,
/// and more again after pages that were not. Pure.
struct PageSize: Sendable, Equatable {
    /// What is asked for while nothing is wrong.
    let usual: Int
    private(set) var current: Int
    /// Good pages in a row at this size.
    private var good = 0
    /// Good pages in a row before the size is doubled. More after each time that was too soon, or a
    /// size that is always too large would cost a time-out every few pages.
    private var enough = firstEnough
    /// Whether the size was doubled and no page of it has come yet.
    private var isTried = false

    static let firstEnough = 3
    /// Some minutes at a page a second.
    static let mostEnough = 192

    /// - Parameter usual: At least 1.
    init(_ usual: Int) {
        self.usual = usual
        current = usual
    }

    /// What the sweep records: nil is the usual number.
    var reduced: Int? { current < usual ? current : nil }

    /// - Returns: Whether a smaller page can be asked for.
    mutating func halve() -> Bool {
        if isTried { enough = min(Self.mostEnough, enough * 2) }
        (good, isTried) = (0, false)
        guard current > 1 else { return false }
        current /= 2
        return true
    }

    /// Counts a page that came whole and in time.
    ///
    /// - Returns: Whether more is asked for from now on.
    mutating func grow() -> Bool {
        isTried = false
        guard current < usual else { return false }
        good += 1
        guard good >= enough else { return false }
        (good, isTried) = (0, true)
        current = min(usual, current * 2 + 1)
        if current == usual { enough = max(Self.firstEnough, enough / 2) }
        return true
    }
}

/// The page size of one workspace in this process.
final class SharedPageSize: Sendable {
    private let size: Mutex<PageSize>

    init(_ usual: Int) { size = Mutex(PageSize(usual)) }

    var value: PageSize { size.withLock { $0 } }

    func halve() -> Bool { size.withLock { $0.halve() } }

    func grow() -> Bool { size.withLock { $0.grow() } }
}

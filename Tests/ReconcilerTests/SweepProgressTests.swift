import Reconciler
import Testing

/// What ends a sweep that would go on for ever.
@Suite struct SweepProgressTests {
    /// Takes pages until one ends the sweep.
    ///
    /// - Returns: How many pages that took, and why.
    private func run(
        pages: Int, _ page: (Int) -> [String], cursor: (Int) -> String = { "cursor \($0)" }
    ) -> (pages: Int, problem: String)? {
        var progress = SweepProgress()
        for number in 0..<pages {
            if let problem = progress.take(page(number), nextCursor: cursor(number)) {
                return (number + 1, problem)
            }
        }
        return nil
    }

    @Test(arguments: [1, 2, 3, 7, 20, 100], [1, 10])
    func aCircleOfContactsEndsWhateverItsCursors(length: Int, size: Int) throws {
        let end = try #require(
            run(pages: 100_000) { number in
                (0..<size).map { "c\((number % length) * size + $0)" }
            })
        #expect(end.problem.contains("the pages go round in circles"))
        #expect(end.pages <= 5 * length + 2)
    }

    @Test(arguments: [3, 5, 11]) func aCircleThatIsNoWholeNumberOfPagesEndsToo(contacts: Int) throws
    {
        let size = 2
        let end = try #require(
            run(pages: 1000) { number in
                (0..<size).map { "c\((number * size + $0) % contacts)" }
            })
        #expect(end.problem.contains("the pages go round in circles"))
    }

    @Test func pagesWithoutContactsEnd() throws {
        let end = try #require(run(pages: 1000) { _ in [] })
        #expect(end.pages == 10 && end.problem.contains("10 pages in a row show no contact"))
    }

    @Test func aCursorThatRepeatsEnds() throws {
        let end = try #require(
            run(pages: 1000) {
                ["c\($0)"]
            } cursor: {
                "cursor \($0 % 3)"
            })
        #expect(end.pages == 4 && end.problem.contains("the cursors go round in circles"))
    }

    @Test func aLongSweepGoesOn() {
        #expect(run(pages: 20_000) { number in (0..<5).map { "c\(number * 5 + $0)" } } == nil)
        // One contact moves from page to page meanwhile.
        #expect(
            run(pages: 2000) { number in ["moves"] + (0..<5).map { "c\(number * 5 + $0)" } } == nil)
    }

    @Test func pagesWithoutEndEnd() throws {
        let end = try #require(run(pages: 200_000) { ["c\($0)"] })
        #expect(end.pages == 100_000 && end.problem.contains("more than 100000 pages"))
    }

    @Test func theLastPageIsNoProblem() {
        var progress = SweepProgress()
        for _ in 0..<20 { #expect(progress.take([], nextCursor: nil) == nil) }
    }
}

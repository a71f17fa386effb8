import Foundation
import Testing

@testable import Reconciler

/// What a comparison of clocks shows, as tables.
@Suite struct ClockTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    /// A reading at a time of the worker's monotonic clock.
    fileprivate static func reading(
        _ database: Double, worker: Double, elapsed: Double, took: Double = 0.01
    ) -> ClockReading {
        ClockReading(
            database: noon.addingTimeInterval(database),
            worker: noon.addingTimeInterval(worker)...noon.addingTimeInterval(worker + took),
            elapsed: elapsed...(elapsed + took))
    }

    struct Comparison: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var before: ClockReading? = ClockTests.reading(0, worker: 0, elapsed: 0)
        let reading: ClockReading
        let words: String?
    }

    private static let comparisons = [
        Comparison(
            testDescription: "all well", reading: reading(5, worker: 5, elapsed: 5), words: nil),
        Comparison(
            testDescription: "59 s apart", before: nil,
            reading: reading(59, worker: 0, elapsed: 5), words: nil),
        Comparison(
            testDescription: "61 s ahead of the worker", before: nil,
            reading: reading(61.5, worker: 0, elapsed: 5), words: "differ by 1 minute, 1 second"),
        Comparison(
            testDescription: "two hours behind the worker", before: nil,
            reading: reading(0, worker: 7200, elapsed: 5), words: "differ by 2 hours"),
        Comparison(
            testDescription: "two hours ahead between two looks",
            reading: reading(7205, worker: 5, elapsed: 5),
            words: "was set ahead by 2 hours: it read 2027-01-15T08:00:00Z"),
        Comparison(
            testDescription: "set back, and right since",
            before: reading(7200, worker: 0, elapsed: 0),
            reading: reading(5, worker: 5, elapsed: 5), words: "was set back by 2 hours"),
        Comparison(
            testDescription: "the worker was stopped for a day",
            reading: reading(86_405, worker: 86_405, elapsed: 86_405), words: nil),
        Comparison(
            testDescription: "the database stood still for ten minutes",
            before: reading(0, worker: 0, elapsed: 0, took: 600),
            reading: reading(605, worker: 605, elapsed: 605), words: nil),
        Comparison(
            testDescription: "the answer took ten minutes",
            reading: reading(5, worker: 5, elapsed: 5, took: 600), words: nil),
        Comparison(
            testDescription: "the worker's wall clock was set, the database's was not",
            reading: reading(5, worker: 5 - 3600, elapsed: 5), words: "differ by 1 hour"),
    ]

    @Test(arguments: comparisons)
    func aComparisonShowsWhatIsCertain(_ comparison: Comparison) {
        let fault = ClockFault(comparison.reading, after: comparison.before)
        guard let words = comparison.words else {
            #expect(fault == nil)
            return
        }
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "none")")
    }

    @Test func pausesBetweenProofsOfAnAbsenceGrowToABound() {
        let pauses = (0...40).map(AbsenceProof.pause(after:))
        #expect(Array(pauses[..<6]) == [10, 10, 20, 40, 80, 160].map { Duration.seconds($0) })
        #expect(pauses[8...].allSatisfy { $0 == AbsenceProof.longestPause })
        #expect(AbsenceProof.pause(after: .max) == AbsenceProof.longestPause)
    }
}

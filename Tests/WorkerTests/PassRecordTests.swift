import Testing

@testable import Worker

/// When a loop is stuck, and when it is well again.
struct PassRecordTests {
    /// Passes, of which `-` is a failure, `+` a good one, `_` a good one before a long pause.
    private func told(_ passes: String) -> (stuckAt: Int?, isWell: Bool) {
        var (record, stuckAt, isWell) = (PassRecord(), Int?.none, true)
        for (number, pass) in passes.enumerated() {
            switch pass {
            case "-":
                isWell = false
                if record.failed(), stuckAt == nil { stuckAt = number + 1 }
            case "_": isWell = record.passed(waiting: .seconds(3600))
            default: isWell = record.passed(waiting: .seconds(1))
            }
        }
        return (stuckAt, isWell)
    }

    private func times(_ count: Int, _ passes: String) -> String {
        String(repeating: passes, count: count)
    }

    @Test func thirtyFailuresInARowAreTold() {
        #expect(told(times(29, "-")) == (nil, false))
        #expect(told(times(30, "-")) == (30, false))
    }

    @Test func aLoopThatFailsEverySecondTimeIsStuckToo() throws {
        let stuckAt = try #require(told(times(100, "-+")).stuckAt)
        #expect((60...120).contains(stuckAt))
        // One that fails now and then is not.
        #expect(told(times(1000, "-++")) == (nil, true))
    }

    @Test(arguments: [("+", false), ("++", true), ("_", true)])
    func twoGoodPassesOrOneBeforeALongPauseEndIt(passes: String, isWell: Bool) {
        #expect(told(times(40, "-") + passes).isWell == isWell)
    }
}

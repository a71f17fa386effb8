import Testing

@testable import Worker

@Suite struct OutageLinesTests {
    @Test func anOutageIsToldWhenItBeginsOnceAMinuteAndWhenItIsOver() {
        let start = ContinuousClock.now
        var lines = OutageLines()
        #expect(lines.success(at: start) == nil)
        let told = stride(from: 0, through: 150, by: 2).compactMap { second in
            lines.failure(at: start + .seconds(second)).map { (second, $0) }
        }
        #expect(told.map(\.0) == [0, 60, 120])
        #expect(
            told.map(\.1) == [.begins, .goesOn(for: .seconds(60)), .goesOn(for: .seconds(120))])
        #expect(lines.success(at: start + .seconds(151)) == .seconds(151))
        #expect(lines.success(at: start + .seconds(152)) == nil)
        #expect(lines.failure(at: start + .seconds(153)) == .begins)
    }

    @Test func aServerThatRefusesSomethingIsNotBackWhenItDoesSomethingElse() {
        let start = ContinuousClock.now
        var lines = OutageLines()
        lines.refusal(at: start, "disk full")
        #expect(lines.failure(at: start) == .begins)
        #expect(lines.success(at: start + .seconds(1)) == nil)
        lines.refusal(at: start + .seconds(4), "disk full")
        #expect(lines.failure(at: start + .seconds(4)) == nil)
        #expect(lines.success(at: start + .seconds(8)) == nil)
        #expect(lines.lastRefusal?.error == "disk full")
        #expect(lines.success(at: start + .seconds(9)) == .seconds(9))
        #expect(lines.lastRefusal == nil)
    }
}

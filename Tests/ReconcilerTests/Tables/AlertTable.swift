import Contacts
import Foundation
import Testing

@testable import Reconciler

/// Which alerts are news, and which leaps of the clock are still to be handled.
@Suite struct AlertTable {
    private static func open(_ code: Alert.Code, told seconds: Double, subject: String = "")
        -> OpenAlert
    {
        let alert = Alert(code: code, subject: subject, message: "for the table")
        return OpenAlert(
            alert: alert, raisedAt: noon - .seconds(9000), raisedSeq: 5,
            toldAt: noon.addingTimeInterval(-seconds), seenAt: noon.addingTimeInterval(-seconds))
    }

    /// An alert that is raised, the open one of its kind, and whether it is news.
    @Test(
        arguments: [
            (.blocked, nil, true), (.conflict, nil, true), (.held, nil, true),
            // After an hour, where many contacts may raise it.
            (.blocked, 3599, false), (.blocked, 3600, true), (.ownChanges, 3599, false),
            (.drift, 3600, true), (.unreadable, 3599, false), (.revert, 3600, true),
            // At once, where each raising is about something else.
            (.held, 0, true), (.holdExpiry, 0, true), (.rulesetRefused, 0, true),
            // Never, where one condition stays.
            (.conflict, 1e6, false), (.unauthorized, 1e6, false), (.massDelete, 1e6, false),
            (.guardrail, 1e6, false), (.sweepAborted, 1e6, false), (.clock, 1e6, false),
        ] as [(Alert.Code, Double?, Bool)])
    func anAlertIsNewsUntilPeopleWereTold(code: Alert.Code, told: Double?, isNews: Bool) {
        let alert = Alert(code: code, message: "for the table")
        let open = told.map { [alert.key: Self.open(code, told: $0)] } ?? [:]
        #expect([alert].news(among: open, at: noon) == (isNews ? [alert] : []))
    }

    @Test func theFirstOfEachKeyCounts() {
        let alerts = [("a", "1"), ("b", "2"), ("a", "3")].map { subject, message in
            Alert(code: .conflict, subject: subject, message: message)
        }
        #expect(alerts.news(among: [:], at: noon).map(\.message) == ["1", "2"])
        let open = Self.open(.conflict, told: 1, subject: "a")
        #expect(alerts.news(among: [open.alert.key: open], at: noon).map(\.message) == ["2"])
    }

    @Test(arguments: [(0.0, true), (29.9, true), (30, false), (99, false)])
    func anOpenAlertIsMarkedAsSeenTwiceAMinute(ago: Double, isSeen: Bool) {
        #expect(Self.open(.held, told: ago).isSeenLately(at: noon) == isSeen)
    }

    /// Subjects are part of a database key.
    @Test(arguments: [(256, 256), (257, 52), (9999, 52)])
    func aLongSubjectIsCut(length: Int, bytes: Int) {
        let subject = String(repeating: "x", count: length)
        #expect(Alert.Key(.conflict, subject: subject).subject.utf8.count == bytes)
        #expect(
            Alert.Key(.conflict, subject: subject + "y")
                != Alert.Key(.conflict, subject: subject + "z"))
    }

    /// Readings of the clocks, as (database, elapsed), and after how many leaps each is to be handled.
    @Test(
        arguments: [
            ([(0, 0)], [nil]), ([(0, 0), (5, 5)], [nil, nil]),
            ([(0, 0), (3605, 5)], [nil, 1]), ([(0, 0), (6.5, 5)], [nil, 1]),
            ([(0, 0), (5.9, 5)], [nil, nil]), ([(0, 0), (-3595, 5)], [nil, nil]),
            ([(0, 0), (3605, 5), (3610, 10)], [nil, 1, 1]),
            ([(0, 0), (3605, 5), (7210, 10)], [nil, 1, 2]),
        ] as [([(Double, Double)], [Int?])])
    func aLeapAheadIsHandledOnceForEachSubject(
        readings: [(Double, Double)], counts: [Int?]
    ) {
        var leaps = ClockLeaps()
        for ((database, elapsed), count) in zip(readings, counts) {
            let now = noon.addingTimeInterval(elapsed)
            let reading = ClockReading(
                database: noon.addingTimeInterval(database), worker: now...now,
                elapsed: elapsed...elapsed)
            #expect(leaps.unhandled(at: reading, for: "permits") == count)
            guard let count else { continue }
            var handled = leaps
            handled.handle(count, for: "permits")
            #expect(handled.unhandled(at: reading, for: "permits") == nil)
            #expect(handled.unhandled(at: reading, for: "claims") == count)
        }
    }

    /// How far ahead a time is, its bound, and whether it is beyond what a clock can have written.
    @Test(arguments: [
        (0.0, 0, false), (60, 0, false), (60.1, 0, true), (69, 10, false), (71, 10, true),
    ])
    func aTimeTooFarAheadIsNoTime(ahead: Double, bound: Int, isBeyond: Bool) {
        let time = noon.addingTimeInterval(ahead)
        #expect(time.isBeyond(.seconds(bound), at: noon) == isBeyond)
    }
}

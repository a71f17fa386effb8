import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Rules
import Sandbox
import Store
import Testing
import Worker

/// A database whose clock was ahead holds times that cannot be: none of them is waited for.
@Suite struct ClockTests {
    /// Every stored time as it would be had the clock been ahead by an interval.
    private static func shift(_ world: World, by interval: String) async throws {
        try await world.asOwner { db in
            for (table, columns) in [
                ("permit", ["free_at"]), ("budget", ["next_send_at"]),
                ("lease", ["until"]), ("pause", ["until", "set_at"]),
                ("sweep", ["started_at", "finished_at"]),
                ("action", ["due_at", "lease_until"]), ("workspace", ["ages_checked_at"]),
                ("contact", ["first_seen_at", "known_since"]), ("absence", ["due_at"]),
                ("hold", ["placed_at"]), ("rule_hold", ["placed_at"]),
                ("mass_delete", ["placed_at"]),
                ("change_count", ["minute"]), ("clock", ["seen_at"]),
                ("alert", ["raised_at", "told_at", "seen_at"]), ("worker", ["seen_at"]),
            ] {
                let sets = columns.map { "\($0) = \($0) + interval '\(interval)'" }
                try db.run(
                    script: "UPDATE usher.\(table) SET \(sets.joined(separator: ", "))")
            }
        }
    }

    private static let bounds = TimeBounds(
        limits: ["update": limit], timing: .quick, longestRetryAfter: .seconds(3600))
    private static let limit = RequestLimit(permits: 3, window: .seconds(90))

    @Test(arguments: ["2 hours", "2 years"], [false, true])
    func aWorkerSendsAgainWithinSecondsAndWithinItsLimits(
        ahead: String, isRestarted: Bool
    ) async throws {
        let window: Duration = .seconds(2)
        let limits = SandboxLimits(
            perWindow: [.update: 3, .list: 9, .get: 9, .me: 3], window: window,
            alignment: .sliding, countsThrottled: true)
        let mine = [Endpoint.update: 3, .list: 9, .get: 9, .me: 3].mapValues {
            RequestLimit(permits: $0, window: window)
        }
        let staff = (0..<3).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: staff, limits: limits) { world in
            func start(_ holder: String) async throws -> Task<Void, any Error> {
                let worker = try world.worker(
                    holder, limits: mine, pollInterval: .milliseconds(500))
                try await worker.prepare()
                return Task { try await worker.run() }
            }
            var running = try await start("one")
            func areAdmins() -> Bool {
                world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
            }
            #expect(await eventually { areAdmins() })
            if isRestarted {
                running.cancel()
                _ = await running.result
            }
            try await Self.shift(world, by: ahead)
            // More than the permits that are held.
            for number in 3..<8 { world.sandbox.addContact(person("p\(number)@acme.com")) }
            if isRestarted { running = try await start("two") }
            let start = ContinuousClock.now
            // A request that the restart cut off holds its permit for its lease of 15 s and a window, from
            // a correction on that comes within 5 s.
            #expect(await eventually(within: .seconds(30)) { areAdmins() })
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(world.alerts.codes.contains(.clock))
            running.cancel()
            _ = await running.result
            let throttled = SandboxEndpoint.allCases.flatMap {
                world.sandbox.requests(to: $0).requests
            }.filter { $0.status == 429 }
            #expect(throttled.isEmpty)
        }
    }

    /// A time that cannot be, the statement that writes it and what it is corrected to, in seconds
    /// from now.
    struct Stored: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let table: String
        let column: String
        let condition: String
        let corrected: Double
        var mayBeLess = 0.0

        var allowed: ClosedRange<Double> { corrected - mayBeLess - 0.001...corrected + 0.001 }
    }

    private static let stored = [
        Stored(
            testDescription: "a permit that was given back", table: "permit", column: "free_at",
            condition: "permit = 1", corrected: 90),
        Stored(
            testDescription: "a permit whose holder died", table: "permit", column: "free_at",
            condition: "permit = 2", corrected: 106),
        Stored(
            testDescription: "the next send", table: "budget", column: "next_send_at",
            condition: "true", corrected: 0),
        Stored(
            testDescription: "a lease", table: "lease", column: "until",
            condition: "name = 'sweep'", corrected: 15),
        Stored(
            testDescription: "a pause of an endpoint", table: "pause", column: "until",
            condition: "endpoint = 'get'", corrected: 40),
        Stored(
            testDescription: "a pause of the workspace", table: "pause", column: "until",
            condition: "endpoint = ''", corrected: 15),
        Stored(
            testDescription: "a sweep's end", table: "sweep", column: "finished_at",
            condition: "true", corrected: 0),
        Stored(
            testDescription: "a waiting action", table: "action", column: "due_at",
            condition: "state = 'ready'", corrected: 0),
        Stored(
            testDescription: "an unknown outcome", table: "action", column: "due_at",
            condition: "state = 'unknown'", corrected: 0.55),
        Stored(
            testDescription: "a claimed action", table: "action", column: "lease_until",
            condition: "state = 'sending'", corrected: 16),
        Stored(
            testDescription: "a contact's first day", table: "contact", column: "known_since",
            condition: "known_since IS NOT NULL", corrected: 0),
        Stored(
            testDescription: "the next look at a missing contact", table: "absence",
            column: "due_at", condition: "true", corrected: 0),
        Stored(
            testDescription: "a hold", table: "hold", column: "placed_at", condition: "true",
            corrected: 0),
        Stored(
            testDescription: "a hold on a rule", table: "rule_hold", column: "placed_at",
            condition: "true", corrected: 0),
        Stored(
            testDescription: "a hold on a mass delete", table: "mass_delete",
            column: "placed_at", condition: "true", corrected: 0),
        Stored(
            testDescription: "a count of changes", table: "change_count", column: "minute",
            condition: "true", corrected: 0, mayBeLess: 60),
        Stored(
            testDescription: "a worker's sign of life", table: "worker", column: "seen_at",
            condition: "true", corrected: 0),
        Stored(
            testDescription: "an alert", table: "alert", column: "told_at", condition: "true",
            corrected: 0),
        Stored(
            testDescription: "the last look at ages", table: "workspace",
            column: "ages_checked_at", condition: "true", corrected: 0),
    ]

    @Test(arguments: ["2 hours", "2 years"])
    func everyStoredTimeIsCorrectedOnceAndOnlyWhenItCannotBe(ahead: String) async throws {
        let people = (0..<4).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            try await stepwise.world.asOwner { try $0.run(script: Self.everything(ids)) }
            // As they are, all of them can be.
            let first = try await stepwise.store.lookAtClock(Self.bounds, after: nil, timed: nil)
            #expect(first.corrected.isEmpty && first.faults.isEmpty && !first.wasSetBack)
            try await Self.shift(stepwise.world, by: ahead)
            let second = try await stepwise.store.lookAtClock(
                Self.bounds, after: first.reading, timed: nil)
            #expect(second.wasSetBack)
            #expect(second.corrected.count == 17, "\(second.corrected)")
            for stored in Self.stored {
                let seconds = try await Self.seconds(
                    of: stored, after: second.reading.database, in: stepwise.world)
                #expect(
                    seconds.map { stored.allowed.contains($0) } == true,
                    "\(stored.testDescription): \(seconds ?? .nan)")
            }
            let third = try await stepwise.store.lookAtClock(
                Self.bounds, after: second.reading, timed: nil)
            #expect(third.corrected.isEmpty && !third.wasSetBack)
        }
    }

    /// A sweep that has not ended and an endpoint that is still used have no time there to correct.
    @Test func whatHasNotHappenedYetIsGivenNoTime() async throws {
        try await withStepwiseWorker(contacts: []) { stepwise, _ in
            try await stepwise.world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.workspace SET last_sweep_id = 1;
                        INSERT INTO usher.sweep (workspace, sweep_id, state, started_at)
                        VALUES ('default', 1, 'running', clock_timestamp() + interval '2 hours');
                        INSERT INTO usher.breaker (workspace, endpoint, failures, since, cause)
                        VALUES ('default', 'get', 1, clock_timestamp() + interval '2 hours', 'away');
                        """)
            }
            let look = try await stepwise.store.lookAtClock(Self.bounds, after: nil, timed: nil)
            #expect(look.corrected == ["sweeps": 1, "failing endpoints": 1])
            #expect(
                try await stepwise.world.count(
                    """
                    SELECT count(*) AS count FROM usher.sweep s, usher.breaker b
                    WHERE s.started_at <= clock_timestamp() AND s.finished_at IS NULL
                      AND b.since <= clock_timestamp() AND b.next_try_at IS NULL
                    """) == 1)
        }
    }

    /// The sweep that follows is under way already: the one before would hide that sweeps are late.
    @Test func theLastCompleteSweepEndedBeforeNowThoughAnotherIsUnderWay() async throws {
        try await withStepwiseWorker(contacts: []) { stepwise, _ in
            try await stepwise.world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.workspace SET last_sweep_id = 8;
                        INSERT INTO usher.sweep (workspace, sweep_id, state, started_at, finished_at)
                        VALUES ('default', 7, 'completed', clock_timestamp() + interval '400 days',
                                clock_timestamp() + interval '400 days'),
                               ('default', 8, 'running', clock_timestamp(), NULL);
                        """)
            }
            let look = try await stepwise.store.lookAtClock(Self.bounds, after: nil, timed: nil)
            #expect(look.corrected == ["sweeps": 1])
            let health = try #require(try await stepwise.store.health())
            let last = try #require(health.lastCompleteSweep)
            #expect(last.finishedAt <= health.now)
        }
    }

    private static func seconds(
        of stored: Stored, after moment: Date, in world: World
    ) async throws -> Double? {
        try await world.asOwner { db in
            try db.run(
                script: """
                    CREATE OR REPLACE VIEW public.ahead AS
                    SELECT extract(epoch FROM \(stored.column))::float8
                           - \(moment.timeIntervalSince1970) AS seconds
                    FROM usher.\(stored.table) WHERE \(stored.condition)
                    """)
            return try db.row("SELECT max(seconds) AS seconds FROM public.ahead") {
                try $0.get("seconds", as: Double?.self)
            } ?? nil
        }
    }

    /// A row of each kind, with times as they are when the clock is right.
    private static func everything(_ ids: [String]) -> String {
        """
        INSERT INTO usher.contact
            (workspace, contact_id, ref, raw_digest, document, first_seen_at, known_since, changed_seq)
        SELECT 'default', id, place, '', '{}', clock_timestamp(), clock_timestamp(), 1
        FROM unnest(ARRAY['\(ids.joined(separator: "','"))']) WITH ORDINALITY AS c (id, place);
        INSERT INTO usher.budget VALUES ('default', 'update', clock_timestamp() + interval '90 s');
        INSERT INTO usher.permit (workspace, endpoint, permit, free_at, holder) VALUES
            ('default', 'update', 1, clock_timestamp() + interval '90 s', NULL),
            ('default', 'update', 2, clock_timestamp() + interval '106 s', 'dead');
        INSERT INTO usher.lease (workspace, name, holder, fence, until) VALUES
            ('default', 'sweep', 'dead', 1, clock_timestamp() + interval '15 s');
        INSERT INTO usher.pause (workspace, endpoint, reason, until, set_at) VALUES
            ('default', 'get', 'rate_limited', clock_timestamp() + interval '40 s',
             clock_timestamp()),
            ('default', '', 'unauthorized', clock_timestamp() + interval '15 s',
             clock_timestamp());
        INSERT INTO usher.sweep (workspace, sweep_id, state, started_at, finished_at)
        VALUES ('default', 0, 'completed', clock_timestamp(), clock_timestamp());
        INSERT INTO usher.action
            (workspace, action_id, contact_id, state, ruleset_hash, desired, rules, sent, sent_before,
             cause_seq, send_order, due_at, lease_until, holder)
        SELECT 'default', place, id, state, 'hash', '{}', '{}',
               CASE WHEN state <> 'ready' THEN '{}'::jsonb END,
               CASE WHEN state <> 'ready' THEN '{}'::jsonb END,
               CASE WHEN state <> 'ready' THEN 1 END, 1,
               clock_timestamp() + interval '15 s',
               CASE WHEN state = 'sending' THEN clock_timestamp() + interval '16 s' END,
               CASE WHEN state = 'sending' THEN 'dead' END
        FROM unnest(ARRAY['\(ids[..<3].joined(separator: "','"))'],
                    ARRAY['ready', 'unknown', 'sending']) WITH ORDINALITY AS a (id, state, place);
        INSERT INTO usher.absence (workspace, contact_id, sweep_id, is_held, due_at)
        VALUES ('default', '\(ids[3])', 0, false, clock_timestamp() + interval '15 min');
        INSERT INTO usher.hold
            (workspace, contact_id, field, reason, wish, placed_seq, placed_at)
        VALUES ('default', '\(ids[3])', 'portal_role', 'own_changes', '{}', 1, clock_timestamp());
        INSERT INTO usher.rule_hold
            (workspace, rule_id, reason, rule_hash, detail, placed_seq, placed_at)
        VALUES ('default', 'staff', 'limit', 'hash', '', 1, clock_timestamp());
        INSERT INTO usher.mass_delete VALUES ('default', 30, 1, clock_timestamp());
        INSERT INTO usher.change_count
        VALUES ('default', date_trunc('minute', clock_timestamp()), 'staff', 'all', 3);
        INSERT INTO usher.worker (workspace, holder, version, started_at, seen_at, sweep_interval)
        VALUES ('default', 'dead', '1', clock_timestamp(), clock_timestamp(), 60);
        INSERT INTO usher.alert
        VALUES ('default', 'stuck', 'sweep', 'It is stuck.', NULL, 1, clock_timestamp(),
                clock_timestamp(), clock_timestamp());
        UPDATE usher.workspace SET ages_checked_at = clock_timestamp();
        """
    }

    @Test func whatAFutureThatWasNoneDecidedIsDecidedAgain() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let timed = try Ruleset(try #require(try await stepwise.store.activeRuleset()))
            func look() async throws -> Bool {
                _ = try await stepwise.store.lookAtClock(Self.bounds, after: nil, timed: timed)
                return try await stepwise.store.pending().unevaluated
            }
            #expect(try await !look())
            try await Self.shift(stepwise.world, by: "2 hours")
            #expect(try await look())
            try await stepwise.evaluate()
            #expect(try await !look())
        }
    }

    @Test func aFaultCountsForAllWorkersAsLongAsOneSeesIt() async throws {
        try await withStepwiseWorker(contacts: []) { stepwise, _ in
            let other = try StepwiseWorker(stepwise.world, holder: "other").store
            func look(_ store: Store, after previous: ClockReading? = nil) async throws -> [String]
            {
                try await store.lookAtClock(Self.bounds, after: previous, timed: nil).faults
            }
            let now = Date()
            let wrong = ClockReading(
                database: now.addingTimeInterval(7200), worker: now...now, elapsed: 0...0)
            let faults = try await look(other, after: wrong)
            #expect(faults.count == 1 && faults[0].contains("set back"), "\(faults)")
            #expect(try await look(stepwise.store) == faults)
            // The other has gone, and its word with it.
            try await stepwise.world.asOwner {
                _ = try $0.execute(
                    """
                    UPDATE usher.clock SET seen_at = seen_at - interval '2 minutes'
                    WHERE holder = 'other'
                    """)
            }
            #expect(try await look(stepwise.store).isEmpty)
        }
    }
}

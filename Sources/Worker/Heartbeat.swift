internal import Contacts
package import Postgres
internal import Reconciler
internal import ServiceLifecycle
package import Store

/// Leaves the process's signs of life in the database, and so notices when that is away.
package struct Heartbeat: Service, CustomStringConvertible {
    let database: Database
    let sign: SignOfLife
    let outage: DatabaseOutage
    /// The workspaces' alerts.
    let standing: [StandingAlerts]
    let alarmAfter: Duration
    let clock: any Clock<Duration>

    /// Between two heartbeats; several may be missed before a worker counts as gone.
    static let interval: Duration = .seconds(5)
    /// Between two looks at a database that is away.
    static let awayInterval: Duration = .seconds(1)
    /// How long a sign may take: the server answers it in milliseconds.
    static let answerLimit: Duration = .seconds(3)
    /// A restart or a failover is over sooner; what takes longer needs a person.
    package static let alarmAfter: Duration = .seconds(10)

    package init(
        database: Database, sign: SignOfLife, outage: DatabaseOutage, standing: [StandingAlerts],
        alarmAfter: Duration = Heartbeat.alarmAfter,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        // One that does not answer is noticed at once, whatever the work waits for meanwhile.
        self.database = database.apart {
            $0.maxConnections = 1
            $0.connectTimeout = Self.answerLimit
            $0.statementTimeout = Self.answerLimit
            $0.lockTimeout = Self.answerLimit
        }
        self.sign = sign
        self.outage = outage
        self.standing = standing
        self.alarmAfter = alarmAfter
        self.clock = clock
    }

    package var description: String { "heartbeat" }

    package func run() async {
        while !Task.isCancelled && !Task.isShuttingDownGracefully {
            let pause = await beat()
            await outage.suspicion.wait(upTo: pause, clock: clock)
        }
        // A database that is away would hold up the end.
        if outage.isAway {
            for alerts in standing { alerts.leave() }
        } else {
            try? await Store.noteEnd(of: sign, in: database)
        }
        await database.close()
    }

    /// One sign of life.
    ///
    /// - Returns: How long to wait for the next.
    package func beat() async -> Duration {
        do {
            try await Store.note(sign, in: database)
        } catch is CancellationError {
            return .zero
        } catch {
            outage.note(error)
            await raiseIfLong("\(error)")
            return Self.awayInterval
        }
        outage.end()
        if let refusal = outage.refusal {
            await raiseIfLong(refusal)
            return Self.awayInterval
        }
        await standing.resolve(.database)
        return Self.interval
    }

    private func raiseIfLong(_ error: String) async {
        guard let duration = outage.duration(), duration >= alarmAfter else { return }
        let alert = Alert(
            code: .database,
            message: "the database has not taken what this worker writes for "
                + "\(Int(duration.seconds)) s, so nothing is read, decided or sent: \(error)")
        await standing.raise(alert, recorded: .later)
    }
}

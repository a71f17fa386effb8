package import Logging
internal import Postgres
internal import Synchronization

/// The log lines about a database that cannot be used: one when that begins, one a minute, one when
/// it is over, however many parts of the program notice it.
package final class DatabaseOutage: Sendable {
    private let logger: Logger
    private let lines = Mutex(OutageLines())
    /// Wakes the heartbeat, which finds out whether the database is away.
    let suspicion = Signal()

    package init(logger: Logger) { self.logger = logger }

    /// A use of the database failed, whatever was asked of it.
    package func note(_ error: any Error) {
        // A server with a full disk answers, takes some statements and refuses others.
        let isAnswer = (error as? PostgresError)?.sqlState != nil
        let line = lines.withLock { lines in
            if isAnswer { lines.refusal(at: .now, "\(error)") }
            return lines.failure(at: .now)
        }
        guard let line else { return }
        let metadata: Logger.Metadata = ["error": "\(error)"]
        switch line {
        case .begins:
            logger.warning("the database cannot be used and is waited for", metadata: metadata)
        case .goesOn(let length):
            logger.warning(
                "the database still cannot be used, for \(length.components.seconds) s",
                metadata: metadata)
        }
    }

    package var isAway: Bool { lines.withLock { $0.began != nil } }

    /// For how long it has been away.
    func duration(at now: ContinuousClock.Instant = .now) -> Duration? {
        lines.withLock { $0.began.map { now - $0 } }
    }

    /// What the server last refused, where it answers and does not do what it is asked.
    var refusal: String? { lines.withLock(\.lastRefusal?.error) }

    /// A use of the database went well, by whoever had noticed that it was away.
    ///
    /// Where the server had refused something, that ends the outage only once nothing has been
    /// refused for a while.
    package func end() {
        guard let length = lines.withLock({ $0.success(at: .now) }) else { return }
        logger.notice("the database can be used again, after \(length.components.seconds) s")
    }
}

/// Which failures of one outage are worth a line.
struct OutageLines {
    enum Line: Equatable {
        case begins
        case goesOn(for: Duration)
    }

    /// Between two lines while it goes on.
    static let interval: Duration = .seconds(60)

    /// Without a refusal for so long, a server that answers does all that it is asked: several
    /// passes of every loop.
    static let calm: Duration = .seconds(5)

    private(set) var began: ContinuousClock.Instant?
    private(set) var lastRefusal: (at: ContinuousClock.Instant, error: String)?
    private var lastLine: ContinuousClock.Instant?

    mutating func failure(at now: ContinuousClock.Instant) -> Line? {
        guard let began, let lastLine else {
            (began, lastLine) = (now, now)
            return .begins
        }
        guard now - lastLine >= Self.interval else { return nil }
        self.lastLine = now
        return .goesOn(for: now - began)
    }

    mutating func refusal(at now: ContinuousClock.Instant, _ error: String) {
        lastRefusal = (now, error)
    }

    /// How long the outage was that is over; nil when there was none, or when it goes on.
    mutating func success(at now: ContinuousClock.Instant) -> Duration? {
        if let lastRefusal, now - lastRefusal.at < Self.calm { return nil }
        defer { (began, lastLine, lastRefusal) = (nil, nil, nil) }
        return began.map { now - $0 }
    }
}

/// Counts requests per endpoint, strictly: never one more than the limit in any window.
struct RateLimiter {
    enum Verdict: Equatable {
        /// `remaining` is nil where there is no limit.
        case admitted(remaining: Int?)
        case refused(retryAfter: Duration)
    }

    let limits: SandboxLimits
    private var counters: [SandboxEndpoint: ArrivalCounter] = [:]

    init(limits: SandboxLimits) {
        self.limits = limits
    }

    /// - Parameter now: Time since the server's start; never less than at the call before.
    mutating func arrive(at endpoint: SandboxEndpoint, now: Duration) -> Verdict {
        guard let limit = limits.perWindow[endpoint] else { return .admitted(remaining: nil) }
        var counter = counters[endpoint] ?? ArrivalCounter()
        defer { counters[endpoint] = counter }
        counter.forget(upTo: oldestThatCounts(now: now))
        guard counter.count < limit else {
            if limits.countsThrottled { counter.add(now) }
            return .refused(retryAfter: freeAt(counter: counter, limit: limit, now: now) - now)
        }
        counter.add(now)
        return .admitted(remaining: limit - counter.count)
    }

    /// Arrivals at or before this moment no longer count.
    private func oldestThatCounts(now: Duration) -> Duration {
        switch limits.alignment {
        case .sliding: now - limits.window
        case .fixed: windowStart(now) - .nanoseconds(1)
        }
    }

    /// When the next request would be admitted, if no other came.
    private func freeAt(counter: ArrivalCounter, limit: Int, now: Duration) -> Duration {
        switch limits.alignment {
        case .sliding: (counter.lastArrival(limit) ?? now) + limits.window
        case .fixed: windowStart(now) + limits.window
        }
    }

    private func windowStart(_ now: Duration) -> Duration {
        let windows = (now / limits.window).rounded(.down)
        let start = limits.window * Int(windows)
        return start > now ? start - limits.window : start
    }
}

/// The arrivals that still count, in order.
struct ArrivalCounter {
    private var arrivals: [Duration] = []
    private var head = 0

    /// Forgotten arrivals are kept until they outnumber the others and this, to move rarely.
    private static let leastToCompact = 64

    var count: Int { arrivals.count - head }

    mutating func add(_ arrival: Duration) { arrivals.append(arrival) }

    /// The `n`th arrival counted from the latest one, which is the first.
    func lastArrival(_ n: Int) -> Duration? {
        n <= count && n > 0 ? arrivals[arrivals.count - n] : nil
    }

    mutating func forget(upTo moment: Duration) {
        while head < arrivals.count, arrivals[head] <= moment { head += 1 }
        if head >= Self.leastToCompact, head > arrivals.count / 2 {
            arrivals.removeFirst(head)
            head = 0
        }
    }
}

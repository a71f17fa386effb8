/// How many requests each endpoint takes in one window.
package struct SandboxLimits: Sendable, Equatable {
    package enum Alignment: String, Sendable, Codable {
        /// Windows follow each other without a gap, counted from the server's start.
        case fixed
        /// Any stretch of one window's length, wherever it starts.
        case sliding
    }

    /// Requests per window; an endpoint that is not listed has no limit.
    package var perWindow: [SandboxEndpoint: Int]
    package var window: Duration
    package var alignment: Alignment
    /// Whether a request that was answered 429 uses up the budget as well.
    package var countsThrottled: Bool

    package init(
        perWindow: [SandboxEndpoint: Int], window: Duration = .seconds(60),
        alignment: Alignment = .sliding, countsThrottled: Bool = false
    ) {
        self.perWindow = perWindow
        self.window = window
        self.alignment = alignment
        self.countsThrottled = countsThrottled
    }

    /// `GET /me` has none. Source: docs/pylon-api.md, “Request limits”, first column.
    package static let seed = SandboxLimits(perWindow: [
        .list: 60, .get: 60, .create: 60, .update: 60, .delete: 10, .search: 20,
    ])
    /// Source: docs/pylon-api.md, “Request limits”, second column.
    package static let vendorAutumn2026 = SandboxLimits(perWindow: [
        .list: 300, .get: 300, .create: 30, .update: 120, .delete: 30, .search: 120,
    ])
    package static let off = SandboxLimits(perWindow: [:])

    /// The limits that `usher sandbox --limits` knows by name.
    package static let profiles = ["seed": seed, "2026-10": vendorAutumn2026, "off": off]
}

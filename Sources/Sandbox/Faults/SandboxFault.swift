/// One way to misbehave, and how often.
package struct SandboxFault: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Waits before the request is handled; goes together with any other fault.
        case latency
        case error500Before = "error_500_before"
        case error500After = "error_500_after"
        /// The connection is closed without an answer and without the change.
        case dropBefore = "drop_before"
        /// The connection is closed without an answer, but the change was made.
        case dropAfter = "drop_after"
        /// `has_next_page: true` and no `data`; the same cursor asked again works.
        case glitchPage = "glitch_page"
        case nullsForEmpties = "nulls_for_empties"
        case missingPagination = "missing_pagination"
        /// An empty result that is nothing but a request id.
        case bareEmptyResult = "bare_empty_result"
        /// 400 to a request that comes with a cursor.
        case expiredCursor = "expired_cursor"
        /// 429 although within limits.
        case rateLimited = "rate_limited"
        /// 200 with the contact as it was: the change was not made.
        case notTaken = "not_taken"
        /// 403 `permission_denied`.
        case forbidden
        /// 401 `wrong_region_token`.
        case wrongRegion = "wrong_region"
        /// 401 `invalid_api_token` to this request and all that follow, until faults are set again.
        case unauthorized
        /// From this request on, until faults are set again, the token belongs to an organisation
        /// with another id and other contacts.
        case otherOrganisation = "other_organisation"

        /// Whether it is about who asks: drawn before limits are looked at, and for `GET /me` too.
        var concernsToken: Bool {
            [.forbidden, .wrongRegion, .unauthorized, .otherOrganisation].contains(self)
        }

        func applies(to endpoint: SandboxEndpoint) -> Bool {
            switch self {
            case .glitchPage, .missingPagination, .bareEmptyResult, .expiredCursor:
                endpoint.isPaged
            case .nullsForEmpties: endpoint != .delete && endpoint != .me
            case .notTaken: endpoint == .update
            default: true
            }
        }
    }

    package var kind: Kind
    /// From 0 (never) to 1 (always).
    package var probability: Double
    /// Where it may happen; nil means everywhere it makes sense.
    package var endpoints: Set<SandboxEndpoint>?
    /// The contacts whose requests it may happen to; nil means any request.
    package var contacts: Set<String>?
    /// How often it may happen at most; nil means no bound.
    package var times: Int?
    /// For `latency`.
    package var milliseconds: ClosedRange<Double>
    /// Seconds, for `rate_limited`.
    package var retryAfter: Int

    package init(
        _ kind: Kind, probability: Double = 1, endpoints: Set<SandboxEndpoint>? = nil,
        contacts: Set<String>? = nil, times: Int? = nil,
        milliseconds: ClosedRange<Double> = 0...0, retryAfter: Int = 1
    ) {
        self.kind = kind
        self.probability = probability
        self.endpoints = endpoints
        self.contacts = contacts
        self.times = times
        self.milliseconds = milliseconds
        self.retryAfter = retryAfter
    }

    func applies(to endpoint: SandboxEndpoint, _ contactID: String?) -> Bool {
        kind.applies(to: endpoint) && endpoints?.contains(endpoint) != false
            && (contacts.map { contactID.map($0.contains) ?? false } ?? true)
    }
}

/// All faults at once, and the seed of their dice.
package struct FaultPlan: Sendable, Equatable {
    package var seed: UInt64
    /// Of several that could happen to one request, the first that is drawn does.
    package var faults: [SandboxFault]

    package init(seed: UInt64 = 0, _ faults: [SandboxFault] = []) {
        self.seed = seed
        self.faults = faults
    }
}

/// Draws faults for requests: the same plan and the same requests give the same faults.
struct FaultDice {
    /// What happens to one request.
    struct Draw: Equatable {
        var fault: SandboxFault?
        /// How long to wait first.
        var delay: Duration?
    }

    let plan: FaultPlan
    private var random: SplitMix64
    private var happened: [Int]
    /// Whether `unauthorized` or `otherOrganisation` has begun.
    private var begun: Set<SandboxFault.Kind> = []

    init(plan: FaultPlan) {
        self.plan = plan
        random = SplitMix64(seed: plan.seed)
        happened = Array(repeating: 0, count: plan.faults.count)
    }

    /// What is wrong with the token, once and for all or for this request.
    mutating func drawToken(
        for endpoint: SandboxEndpoint, contactID: String?
    ) -> SandboxFault.Kind? {
        if begun.contains(.unauthorized) { return .unauthorized }
        let drawn = firstDrawn(for: endpoint, contactID) { $0.kind.concernsToken }?.kind
        if drawn == .unauthorized || drawn == .otherOrganisation { begun.insert(drawn!) }
        return drawn ?? (begun.contains(.otherOrganisation) ? .otherOrganisation : nil)
    }

    /// What happens to a request that is within its rights and limits.
    mutating func drawRequest(
        for endpoint: SandboxEndpoint, contactID: String?, hasCursor: Bool
    ) -> Draw {
        let latency = firstDrawn(for: endpoint, contactID) { $0.kind == .latency }
        let fault = firstDrawn(for: endpoint, contactID) {
            !$0.kind.concernsToken && $0.kind != .latency
                && ($0.kind != .expiredCursor || hasCursor)
        }
        return Draw(fault: fault, delay: latency.map { delay(in: $0.milliseconds) })
    }

    private mutating func firstDrawn(
        for endpoint: SandboxEndpoint, _ contactID: String?,
        where isMeant: (SandboxFault) -> Bool
    ) -> SandboxFault? {
        for (index, fault) in plan.faults.enumerated()
        where isMeant(fault) && fault.applies(to: endpoint, contactID) {
            if let times = fault.times, happened[index] >= times { continue }
            guard random.happens(fault.probability) else { continue }
            happened[index] += 1
            return fault
        }
        return nil
    }

    private mutating func delay(in milliseconds: ClosedRange<Double>) -> Duration {
        .microseconds(Int64(Double.random(in: milliseconds, using: &random) * 1000))
    }
}

/// `{"seed":1,"faults":[{"kind":"latency","probability":0.5,"min_ms":5,"max_ms":50,
/// "endpoints":["update"],"times":3,"retry_after":2}]}`; only `kind` is needed.
extension FaultPlan: Codable {
    private enum CodingKeys: String, CodingKey { case seed, faults }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            seed: try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0,
            try fields.decode([SandboxFault].self, forKey: .faults))
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(seed, forKey: .seed)
        try fields.encode(faults, forKey: .faults)
    }
}

extension SandboxFault: Codable {
    /// A minute: longer than any client waits.
    private static let maxMilliseconds = 60_000.0

    private enum CodingKeys: String, CodingKey {
        case kind, probability, endpoints, contacts, times
        case minMilliseconds = "min_ms"
        case maxMilliseconds = "max_ms"
        case retryAfter = "retry_after"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let probability = try fields.decodeIfPresent(Double.self, forKey: .probability) ?? 1
        guard (0...1).contains(probability) else {
            throw DecodingError.dataCorruptedError(
                forKey: .probability, in: fields, debugDescription: "must be from 0 to 1")
        }
        let least = try fields.decodeIfPresent(Double.self, forKey: .minMilliseconds) ?? 0
        let most = try fields.decodeIfPresent(Double.self, forKey: .maxMilliseconds) ?? least
        guard 0 <= least, least <= most, most <= Self.maxMilliseconds else {
            throw DecodingError.dataCorruptedError(
                forKey: .maxMilliseconds, in: fields,
                debugDescription: "must be from min_ms to \(Self.maxMilliseconds)")
        }
        self.init(
            try fields.decode(Kind.self, forKey: .kind), probability: probability,
            endpoints: try fields.decodeIfPresent(
                Set<SandboxEndpoint>.self, forKey: .endpoints),
            contacts: try fields.decodeIfPresent(Set<String>.self, forKey: .contacts),
            times: try fields.decodeIfPresent(Int.self, forKey: .times),
            milliseconds: least...most,
            retryAfter: try fields.decodeIfPresent(Int.self, forKey: .retryAfter) ?? 1)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(kind, forKey: .kind)
        try fields.encode(probability, forKey: .probability)
        try fields.encodeIfPresent(
            endpoints?.sorted { $0.rawValue < $1.rawValue }, forKey: .endpoints)
        try fields.encodeIfPresent(contacts?.sorted(), forKey: .contacts)
        try fields.encodeIfPresent(times, forKey: .times)
        try fields.encode(milliseconds.lowerBound, forKey: .minMilliseconds)
        try fields.encode(milliseconds.upperBound, forKey: .maxMilliseconds)
        try fields.encode(retryAfter, forKey: .retryAfter)
    }
}

import Contacts

/// What rule files may change at most, in the words of the rule language; what it does not say is not
/// capped.
struct ChangeCap: Decodable {
    let limits: ChangeLimits

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        var limits = ChangeLimits(all: try Self.limit(object, besides: ["privileged", "lowering"]))
        for kind in ChangeClass.allCases where kind != .all {
            let key = Key(stringValue: kind.rawValue)
            guard object.contains(key) else { continue }
            limits[of: kind] = try Self.limit(
                object.nestedContainer(keyedBy: Key.self, forKey: key))
        }
        self.limits = limits
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func limit(
        _ object: KeyedDecodingContainer<Key>, besides others: [String] = []
    ) throws -> ChangeLimit {
        let known = ["per_hour", "per_day", "percent_of_contacts"]
        for key in object.allKeys where !(known + others).contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: object,
                debugDescription:
                    "unknown key; it accepts \((known + others).joined(separator: ", "))")
        }
        func number(_ name: String, atMost most: Int) throws -> Int? {
            let key = Key(stringValue: name)
            guard let number = try object.decodeIfPresent(Int.self, forKey: key) else { return nil }
            guard (0...most).contains(number) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: object,
                    debugDescription: "wants a whole number from 0 to \(most)")
            }
            return number
        }
        return ChangeLimit(
            perHour: try number(known[0], atMost: .max), perDay: try number(known[1], atMost: .max),
            percentOfContacts: try number(known[2], atMost: 100))
    }
}

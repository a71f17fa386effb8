import Foundation
import Testing

@testable import Postgres

/// Bytes that are no value of their type are an error, however they are wrong.
@Suite struct HostileBytesTests {
    private static let types: [PostgresType] = [
        .bool, .smallint, .integer, .bigint, .double, .text, .timestamptz, .jsonb, .bytea,
        PostgresType.bigint.array, PostgresType.text.array, PostgresType.timestamptz.array,
        PostgresType.jsonb.array,
        PostgresType.bytea.array, PostgresType.bool.array, PostgresType.double.array,
    ]

    @Test(arguments: 0..<8)
    func anyBytesAreReadToAnEnd(seed: UInt64) {
        var random = RepeatableNumbers(seed: seed)
        for _ in 0..<5_000 {
            let bytes = Self.bytes(using: &random)
            for type in Self.types {
                bytes.withUnsafeBytes { buffer in
                    let field = Field(type: type, bytes: buffer)
                    _ = try? Bool.decode(field)
                    _ = try? Int.decode(field)
                    _ = try? Int16.decode(field)
                    _ = try? Double.decode(field)
                    _ = try? Date.decode(field)
                    _ = try? String.decode(field)
                    _ = try? JSON.decode(field)
                    _ = try? [UInt8].decode(field)
                    _ = try? [Int].decode(field)
                    _ = try? [Int?].decode(field)
                    _ = try? [String].decode(field)
                    _ = try? [Date].decode(field)
                    _ = try? [JSON].decode(field)
                    _ = try? [[UInt8]].decode(field)
                }
            }
        }
    }

    /// Mostly the beginning of an array with a wrong count, size or end.
    private static func bytes(using random: inout RepeatableNumbers) -> [UInt8] {
        func integer() -> [UInt8] {
            let number: Int32 =
                [0, 1, 2, 8, -1, .max, .min, 25, 20, 16, 17].randomElement(using: &random)!
            return withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
        let isArray = Int.random(in: 0...3, using: &random) > 0
        let head: [UInt8] = isArray ? [0, 0, 0, 1, 0, 0, 0, 0] : []
        let rest = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in integer() }
        return head + rest
            + (0..<Int.random(in: 0...5, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
    }

    @Test func theInfinitiesOfTheDatabaseComeBackAsSuch() async throws {
        for infinity in [Int64.max, .min] {
            let bytes = withUnsafeBytes(of: infinity.bigEndian) { Array($0) }
            let date = try bytes.withUnsafeBytes {
                try Date.decode(Field(type: .timestamptz, bytes: $0))
            }
            #expect(date.binding.bytes == bytes)
        }
    }
}

/// Random numbers that a failed run can be repeated with.
private struct RepeatableNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

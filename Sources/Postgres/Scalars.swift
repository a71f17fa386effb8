package import struct Foundation.Date

extension String: BindableElement {
    package static var postgresType: PostgresType { .text }
    package func write(to writer: inout BinaryWriter) {
        if utf8.contains(0) { writer.problem = "text holds a NUL byte" }
        writer.write(utf8)
    }
}

extension Bool: BindableElement {
    package static var postgresType: PostgresType { .bool }
    package func write(to writer: inout BinaryWriter) { writer.write(UInt8(self ? 1 : 0)) }
}

extension Int: BindableElement {
    package static var postgresType: PostgresType { .bigint }
    package func write(to writer: inout BinaryWriter) { writer.write(Int64(self)) }
}

extension Int64: BindableElement {
    package static var postgresType: PostgresType { .bigint }
    package func write(to writer: inout BinaryWriter) { writer.write(self) }
}

extension Int32: BindableElement {
    package static var postgresType: PostgresType { .integer }
    package func write(to writer: inout BinaryWriter) { writer.write(self) }
}

extension Int16: BindableElement {
    package static var postgresType: PostgresType { .smallint }
    package func write(to writer: inout BinaryWriter) { writer.write(self) }
}

extension Double: BindableElement {
    package static var postgresType: PostgresType { .double }
    package func write(to writer: inout BinaryWriter) { writer.write(bitPattern) }
}

/// Rounded to microseconds, which is what a timestamptz holds.
extension Date: BindableElement {
    package static var postgresType: PostgresType { .timestamptz }

    /// From PostgreSQL's epoch, 2000-01-01, to Foundation's, 2001-01-01.
    static let secondsBetweenEpochs: Double = 366 * 86400

    /// Microseconds. What PostgreSQL cannot hold beside its infinities: beyond the year 294276.
    private static let infinity = 9.2233e18

    package func write(to writer: inout BinaryWriter) {
        let seconds = timeIntervalSinceReferenceDate + Date.secondsBetweenEpochs
        let microseconds = (seconds * 1_000_000).rounded()
        // The largest and the smallest stand for the infinities, and come back as such.
        if microseconds >= Date.infinity {
            writer.write(Int64.max)
        } else if microseconds <= -Date.infinity {
            writer.write(Int64.min)
        } else if let microseconds = Int64(exactly: microseconds) {
            writer.write(microseconds)
        } else {
            writer.problem = "the date is not a number"
        }
    }
}

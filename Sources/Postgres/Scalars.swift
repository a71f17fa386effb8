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

    package func write(to writer: inout BinaryWriter) {
        let seconds = timeIntervalSinceReferenceDate + Date.secondsBetweenEpochs
        guard let microseconds = Int64(exactly: (seconds * 1_000_000).rounded()) else {
            writer.problem = "the date is out of range"
            return
        }
        writer.write(microseconds)
    }
}

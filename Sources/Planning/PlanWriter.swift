internal import Contacts
internal import Files
internal import Postgres
internal import Store

/// Writes a plan's file change by change, however many there are.
///
/// The file has its name only once it is whole: what is cut short is no plan.
package final class PlanWriter {
    private let file: OutputFile
    private var buffer: [UInt8] = []
    private var isFirst = true

    /// Bytes gathered before they are written.
    private static let bufferSize = 1 << 20

    /// - Parameter path: See `OutputFile`.
    /// - Throws: `FileProblem`, before anything is planned.
    package init(_ path: String) throws {
        file = try OutputFile(path)
    }

    /// Says what the plan is about, and forgets all that was written so far.
    func begin(_ head: PlanFile.Head) throws {
        try file.restart()
        (buffer, isFirst) = ([], true)
        append(try JSON(encoding: head).bytes.dropLast())
        buffer += Array(#","changes":["#.utf8)
    }

    func write(_ line: [UInt8]) throws {
        buffer += Array((isFirst ? "\n" : ",\n").utf8)
        append(line)
        isFirst = false
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Ends the file and gives it its name.
    func finish(_ ending: PlanFile.Ending) throws {
        buffer += Array("\n],\"ending\":".utf8)
        append(try JSON(encoding: ending).bytes)
        buffer += Array("}\n".utf8)
        try flush()
        try file.finish()
    }

    /// Escapes hostile text of contacts, since people open the file in a terminal too.
    private func append(_ json: some Collection<UInt8>) {
        buffer += String(decoding: json, as: UTF8.self).printableJSON.utf8
    }

    private func flush() throws {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

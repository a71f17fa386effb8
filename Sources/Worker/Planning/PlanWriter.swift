internal import Foundation
internal import Postgres

/// Writes a plan's file change by change, however many there are.
///
/// The file has its name only once it is whole: what is cut short is no plan.
package final class PlanWriter {
    private let path: String
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var isFirst = true
    private var isFinished = false

    /// Bytes gathered before they are written.
    private static let bufferSize = 1 << 20

    package init(_ path: String) throws {
        self.path = path
        try Data().write(to: URL(filePath: Self.unfinished(path)))
        file = try FileHandle(forWritingTo: URL(filePath: Self.unfinished(path)))
    }

    deinit {
        if !isFinished { try? FileManager.default.removeItem(atPath: Self.unfinished(path)) }
    }

    /// Says what the plan is about, and forgets all that was written so far.
    func begin(_ head: PlanFile.Head) throws {
        try file.truncate(atOffset: 0)
        (buffer, isFirst) = ([], true)
        buffer += try JSON(encoding: head).bytes.dropLast()
        buffer += Array(#","changes":["#.utf8)
    }

    func write(_ line: [UInt8]) throws {
        buffer += Array((isFirst ? "\n" : ",\n").utf8)
        buffer += line
        isFirst = false
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Ends the file and gives it its name.
    func finish(_ ending: PlanFile.Ending) throws {
        buffer += Array("\n],\"ending\":".utf8)
        buffer += try JSON(encoding: ending).bytes
        buffer += Array("}\n".utf8)
        try flush()
        try file.close()
        guard rename(Self.unfinished(path), path) == 0 else {
            throw PlanFileProblem("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        isFinished = true
    }

    private func flush() throws {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func unfinished(_ path: String) -> String { path + ".unfinished" }
}

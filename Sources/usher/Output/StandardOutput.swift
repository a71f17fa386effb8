import Contacts
import Foundation
import Synchronization

/// Standard output: results, and nothing else.
final class StandardOutput: Sendable {
    static let shared = StandardOutput(descriptor: STDOUT_FILENO)

    private struct State {
        var buffer: [UInt8] = []
        /// What was printed after it is dropped.
        var failure: WriteFailure?
    }

    /// Bytes gathered before they are written, except for a terminal.
    private static let bufferSize = 1 << 16

    private let writer: DescriptorWriter
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(descriptor: Int32) {
        writer = DescriptorWriter(descriptor: descriptor)
        isTerminal = isatty(descriptor) == 1
    }

    /// Prints text of which a terminal obeys nothing but our own colours.
    func print(_ text: String) {
        let bytes = Array((isTerminal ? text.printableWithColours : text.printable).utf8)
        state.withLock { state in
            state.buffer += bytes
            if isTerminal || state.buffer.count >= Self.bufferSize { flush(&state) }
        }
    }

    /// - Throws: Why something that was printed so far did not arrive.
    func flush() throws(WriteFailure) {
        let failure = state.withLock { state in
            flush(&state)
            return state.failure
        }
        if let failure { throw failure }
    }

    /// - Throws: Why nothing more arrives, for those who have much more to print.
    func check() throws(WriteFailure) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func flush(_ state: inout State) {
        // A pager may be looked at for as long as somebody likes.
        if state.failure == nil, !state.buffer.isEmpty {
            state.failure = writer.write(state.buffer, patience: -1).failure
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

/// Prints a result, as Swift's own function of this name would, but never in vain and in silence: see
/// `StandardOutput`.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
    StandardOutput.shared.print(
        items.map { "\($0)" }.joined(separator: separator) + terminator)
}

extension String {
    /// As `printable`, with the colours of ours left in.
    fileprivate var printableWithColours: String {
        var (text, rest) = ("", self[...])
        while let colour = rest.firstMatch(of: /\u{1B}\[[0-9;]*m/) {
            text += String(rest[..<colour.range.lowerBound]).printable + colour.output
            rest = rest[colour.range.upperBound...]
        }
        return text + String(rest).printable
    }
}

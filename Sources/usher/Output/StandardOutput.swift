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

    /// Prints lines of which a terminal obeys nothing but our own colours: what nobody sees in a
    /// line is escaped, also what would end it.
    func print(_ lines: [String]) {
        let shown = lines.map { (isTerminal ? $0.visibleWithColours : $0.visible) + "\n" }
        let bytes = Array(shown.joined().utf8)
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
            state.failure = writer.write(state.buffer, timeout: -1).failure
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

/// Prints one line of a result, whatever it quotes. Unlike Swift's own function of this name it is
/// never in vain and in silence: see `StandardOutput`.
func print(_ line: String) { print([line]) }

/// Prints a result line by line.
func print(_ lines: [String]) { StandardOutput.shared.print(lines) }

func print(_ text: some TextLines) { print(text.lines) }

/// Swift's own function would write past `StandardOutput`.
@available(*, unavailable, message: "print a line, lines, or a document")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// Prints a text of several lines that quotes nothing, or that escapes what it quotes.
func print(document: String) { print(document.lines) }

extension String {
    var lines: [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// As `visible`, with the colours of `Style` left in.
    fileprivate var visibleWithColours: String {
        var (text, rest) = ("", self[...])
        while let colour = rest.firstMatch(of: /\u{1B}\[(?:0|1|31|32|33)m/) {
            text += String(rest[..<colour.range.lowerBound]).visible + colour.output
            rest = rest[colour.range.upperBound...]
        }
        return text + String(rest).visible
    }
}

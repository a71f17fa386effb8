import Contacts
import Foundation
import Synchronization

/// Standard error, which log lines, notes and the progress line share.
///
/// A line that cannot be written is dropped and counted, and that is said before the next one that
/// can. Nobody waits for long for a reader that takes nothing.
final class StandardError: Sendable {
    static let shared = StandardError(descriptor: STDERR_FILENO)

    private struct State {
        /// What the terminal's last line shows until the next text.
        var progress = ""
        var lost = 0
        /// The text that reports so many lost lines.
        var notice: @Sendable (Int) -> String = { "\($0) lines could not be written" }
        /// Nothing was taken the last time: nobody waits again until something is.
        var isStalled = false
        /// Only the beginning of the last line was written.
        var isWithinLine = false
    }

    /// Milliseconds that one line may wait for a reader that is slow: a pipe's is there sooner, and
    /// leases last a hundred times longer.
    private static let timeout: Int32 = 100

    private let writer: DescriptorWriter
    private let isTerminal: Bool
    private let state = Mutex(State())

    init(descriptor: Int32) {
        writer = DescriptorWriter(descriptor: descriptor)
        isTerminal = isatty(descriptor) == 1
    }

    /// Writes one line, whatever it quotes.
    ///
    /// - Parameter lost: What is said first where so many lines could not be written.
    func write(_ line: String, lost notice: (@Sendable (Int) -> String)? = nil) {
        state.withLock { state in
            if let notice { state.notice = notice }
            if !tellOfLoss(&state) || !write(line: line, &state) { state.lost += 1 }
        }
    }

    /// Reports lost lines, if standard error takes lines again.
    ///
    /// - Returns: The number of lost lines that are still unreported.
    func tellOfLoss() -> Int {
        state.withLock { state in
            _ = tellOfLoss(&state)
            return state.lost
        }
    }

    private func tellOfLoss(_ state: inout State) -> Bool {
        if state.lost > 0, write(line: state.notice(state.lost), &state) { state.lost = 0 }
        return state.lost == 0
    }

    /// Shows how far something has come, on a terminal only, until the next progress or the end.
    func show(progress: String) {
        guard isTerminal else { return }
        state.withLock { state in
            state.progress = progress.visible
            _ = write(Array((Self.clear + state.progress).utf8), &state)
        }
    }

    func endProgress() { show(progress: "") }

    /// Goes to the line's beginning and erases it. Source: console_codes(4), “EL”.
    private static let clear = "\r\u{1B}[2K"

    /// A line has its own place above the progress, which is drawn again below it.
    private func write(line: String, _ state: inout State) -> Bool {
        let start = state.isWithinLine ? "\n" : ""
        let hasProgress = !state.progress.isEmpty
        let text =
            (hasProgress ? Self.clear : start) + line.visible + "\n"
            + (hasProgress ? state.progress : "")
        return write(Array(text.utf8), &state)
    }

    private func write(_ bytes: [UInt8], _ state: inout State) -> Bool {
        let (written, failure) = writer.write(bytes, timeout: state.isStalled ? 0 : Self.timeout)
        state.isStalled = failure != nil
        if written > 0 { state.isWithinLine = failure != nil }
        return failure == nil
    }
}

/// Says something in one line to the person at the terminal that is no result.
func note(_ line: String) { StandardError.shared.write(line) }

func note(_ text: some TextLines) { text.lines.forEach { note($0) } }

/// Says a text of several lines that quotes nothing, or that escapes what it quotes.
func note(document: String) { document.lines.forEach { note($0) } }

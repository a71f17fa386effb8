import Foundation

/// One line on a terminal that is written over and over; nothing where nobody looks.
struct ProgressLine: Sendable {
    private let isShown = Terminal.isError

    func show(_ text: String) {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    }

    func end() { show("") }
}

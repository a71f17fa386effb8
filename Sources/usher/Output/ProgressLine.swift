/// One line on a terminal that is written over and over; nothing where nobody looks.
struct ProgressLine: Sendable {
    func show(_ text: String) { StandardError.shared.show(progress: text) }
    func end() { StandardError.shared.endProgress() }
}

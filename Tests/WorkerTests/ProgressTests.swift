import Foundation
import Logging
import Testing

@testable import usher

/// The last line of a terminal, which progress and log lines share.
@Suite struct ProgressTests {
    /// A terminal of the test's own: what is written to it can be read.
    private struct Screen: ~Copyable {
        let terminal: Int32
        private let reader: Int32

        init() {
            reader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var (locked, number): (CInt, CInt) = (0, 0)
            // TIOCSPTLCK and TIOCGPTN, which Swift does not import. Source: ioctl_tty(2).
            _ = ioctl(reader, 0x4004_5431, &locked)
            _ = ioctl(reader, 0x8004_5430, &number)
            terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        }

        deinit {
            close(terminal)
            close(reader)
        }

        func text() -> String {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(reader, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        }
    }

    private static let clear = "\r\u{1B}[2K"

    @Test func aLogLineTakesThePlaceOfTheProgressWhichIsDrawnAgainBelow() {
        let screen = Screen()
        let output = StandardError(descriptor: screen.terminal)
        output.show(progress: "12 contacts")
        #expect(screen.text() == Self.clear + "12 contacts")
        output.write("a line")
        #expect(screen.text() == Self.clear + "a line\r\n12 contacts")
        output.show(progress: "13 contacts")
        #expect(screen.text() == Self.clear + "13 contacts")
        output.endProgress()
        #expect(screen.text() == Self.clear)
        output.write("another")
        #expect(screen.text() == "another\r\n")
    }

    @Test(arguments: LogFormat.allCases)
    func logLinesGoThroughTheSameHand(format: LogFormat) {
        let screen = Screen()
        let output = StandardError(descriptor: screen.terminal)
        let logger = Logger(label: "test") { _ in LineLogHandler(format: format, output: output) }
        output.show(progress: "12 contacts")
        _ = screen.text()
        logger.warning("not \u{1B}[8m well", metadata: ["error": "two\nlines"])
        let text = screen.text()
        #expect(text.hasPrefix(Self.clear) && text.hasSuffix("\r\n12 contacts"))
        #expect(text.contains(format == .text ? #"error="two\nlines""# : #""error":"two\nlines""#))
        #expect(!text.dropFirst(Self.clear.count).contains("\u{1B}"))
    }

    @Test func progressThatIsNoTextOfOursIsOneHarmlessLine() {
        let screen = Screen()
        StandardError(descriptor: screen.terminal).show(progress: "a\nb\u{9B}2J")
        #expect(screen.text() == Self.clear + #"a\nb\u{9B}2J"#)
    }
}

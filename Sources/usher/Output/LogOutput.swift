import Contacts
import Foundation
import Logging

/// How log lines look; they go to stderr.
enum LogFormat: String, CaseIterable { case text, json }

func makeLogger(level: Logger.Level, format: LogFormat) -> Logger {
    var logger = Logger(label: "usher") { _ in LineLogHandler(format: format) }
    logger.logLevel = level
    return logger
}

/// One line each, of which a terminal obeys nothing, wherever its texts come from.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var output = StandardError.shared
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(format: LogFormat, output: StandardError = .shared) {
        (self.format, self.output) = (format, output)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        output.write(line(event.level, "\(event.message)", fields)) { lost in
            line(.warning, "log lines could not be written", ["lines": "\(lost)"])
        }
    }

    private func line(
        _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata
    ) -> String {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch format {
        case .text:
            let fields = fields.sorted { $0.key < $1.key }
                .map { " \($0.key)=\("\($0.value)".logValue)" }
            return "\(time) \(level) \(message.visible)\(fields.joined())"
        case .json:
            var line = fields.mapValues { "\($0)" }
            line["time"] = time
            line["level"] = level.rawValue
            line["message"] = message
            // Texts can always be encoded.
            return (try? jsonLine(line)) ?? ""
        }
    }
}

extension String {
    /// As it is where it is one word, else in quotes.
    fileprivate var logValue: String {
        let isWord = !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
        return isWord ? self : quoted
    }
}

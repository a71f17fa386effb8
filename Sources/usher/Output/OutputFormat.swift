import ArgumentParser
import Contacts
import Foundation

/// How results are printed to stdout.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct OutputOptions: ParsableArguments {
    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func show(_ result: some Encodable & TextLines) throws {
        switch format {
        case .text: print(result)
        case .json: try printJSON(result)
        }
    }
}

/// Whether a stream is read by a person: only then are there colours and progress lines.
enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isError: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Prints one JSON document on one line.
func printJSON(_ value: some Encodable) throws { print(try jsonLine(value)) }

/// A JSON document on one line, its keys in order, of which a terminal obeys nothing.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON
}

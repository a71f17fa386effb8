import Foundation
import Testing

/// Whatever the loader may say is said of some broken file, or expected by some other test.
struct Messages {
    /// What only a machine can do wrong, whatever is in its files.
    static let untold = ["the folder cannot be read: …"]

    private static func sources(in folder: String) throws -> [String] {
        let folder = repository.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    }

    /// The words in quotes of a source, each as the pieces between its interpolations.
    private static func messages(in source: String) -> [[String]] {
        let interpolation = /\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/
        return source.replacing(/[ ]*\/\/.*/, with: "").replacing(interpolation, with: "\0")
            .matches(of: /"((?:[^"\\\n]|\\.)*)"/).map(\.1)
            .filter { $0.contains(" ") && $0.contains(/[a-z]{2}/) }
            .map { $0.split(separator: "\0", omittingEmptySubsequences: false).map(String.init) }
    }

    /// The lines that tests expect, those of Swift put together again.
    private static func expectations() throws -> [String] {
        let tests = try sources(in: "Tests/RulesTests").filter { !$0.contains("struct Messages") }
            .map { $0.replacing(/"\s*\+ "/, with: "").replacing(/\\\n */, with: "") }
        let expected = BrokenFiles.all.map(\.expected) + tests
        return expected.flatMap { $0.split(separator: "\n").map(String.init) }
            .filter { $0.contains(" ") }
    }

    private static func says(_ line: String, _ pieces: [String]) -> Bool {
        var rest = line[...]
        for piece in pieces where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    @Test func everyMessageOfTheLoaderIsExpectedSomewhere() throws {
        let messages = try ["Syntax", "Compiler", "Checks"].flatMap { folder in
            try Self.sources(in: "Sources/Rules/\(folder)").flatMap(Self.messages)
        }
        let expectations = try Self.expectations()
        let unexpected = messages.filter { pieces in
            !expectations.contains { Self.says($0, pieces) }
        }
        #expect(messages.count > 200)
        #expect(
            unexpected.map { $0.joined(separator: "…") }.filter { !Self.untold.contains($0) } == [])
    }
}

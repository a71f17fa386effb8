import Foundation
import Testing

/// Where a number or a rule comes from, as comments say after `Source:`: something that a reader of
/// the repository can open.
@Suite struct SourceTests {
    static let directories = ["Sources", "Tests", "Benchmarks"]

    @Test(arguments: directories)
    func everySourceCanBeOpened(in directory: String) throws {
        let files = try [".swift", ".h", ".c", ".cpp"].flatMap {
            try Checkout.files(under: directory, ending: $0)
        }
        for file in files {
            for source in Self.sources(in: file) {
                #expect(try Self.problem(with: source) == nil, "\(file.path): \(source)")
            }
        }
    }

    @Test(arguments: [
        "docs/rules.md", "docs/rules.md, “Lists and tables”.", "RFC 5321 §4.5.3.1 (64, 255)",
        "signal(7).", "git-ls-tree(1), “Output Format”", "https://example.com/page",
        "Benchmarks/peers/README.md.",
    ])
    func aSourceThatCanBeOpenedIsAccepted(_ source: String) throws {
        #expect(try Self.problem(with: source) == nil)
    }

    @Test(arguments: [
        "the design, “Delete”", "ours; nobody reads more", "docs/nowhere.md", "a choice", "",
        "docs/rules.md, “No such heading”", "../design.md", "http://example.com",
    ])
    func aSourceThatCannotBeOpenedIsRefused(_ source: String) throws {
        #expect(try Self.problem(with: source) != nil)
    }

    @Test func aSourceMayBeginOnTheNextLineOfItsComment() {
        // Not spelled out, or this file would be found to have a source that cannot be opened.
        let label = "Source:"
        let text = """
            /// A number. \(label)
            /// https://example.com/page
            let number = 1
            // Another one. \(label) ours
            let text = "Source: not a comment"
            """
        let file = Checkout.File(path: "example.swift", text: text)
        #expect(Self.sources(in: file) == ["https://example.com/page", "ours"])
    }

    /// What follows each `Source:` in a comment, to the end of the comment.
    static func sources(in file: Checkout.File) -> [String] {
        var sources: [String] = []
        var isOpen = false
        for line in file.lines {
            guard let comment = line.prefixMatch(of: #/\s*//+(.*)/#)?.1 else {
                isOpen = false
                continue
            }
            if let source = comment.firstMatch(of: #/\bSource:(\s.*|)$/#)?.1 {
                sources.append(String(source))
                isOpen = true
            } else if isOpen {
                sources[sources.count - 1] += comment
            }
        }
        return sources.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Why a reader cannot open a source; nil when they can.
    static func problem(with source: String) throws -> String? {
        if source.prefixMatch(of: #/RFC \d+|[a-z][\w-]*\(\d\)|https://\w/#) != nil { return nil }
        guard let match = source.prefixMatch(of: #/(\w[\w./-]*\w)(?:, “(.+?)”)?/#),
            FileManager.default.fileExists(
                atPath: Checkout.root.appending(path: String(match.1)).path())
        else { return "neither a file of the repository, an RFC, a manual page nor an URL" }
        guard let heading = match.2 else { return nil }
        let headings = try Checkout.text(of: String(match.1)).matches(of: #/(?m)^#+ (.*)$/#)
        return headings.contains { $0.1.contains(heading) } ? nil : "there is no such heading"
    }
}

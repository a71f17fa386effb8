import Contacts
import Foundation
import RuleSources
import Rules
import Testing

/// A folder that is removed when the test ends.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "usher-rules-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: url.appending(path: name).path, withDestinationPath: target)
    }

    func read(_ name: String = "") throws -> [RuleSource] {
        try RuleFiles.read(name.isEmpty ? url.path : url.appending(path: name).path)
    }
}

struct ReadingRuleFiles {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theRuleFilesOfAFolderAreReadInOrder() throws {
        for name in ["b.yaml", "a.yml", ".hidden.yaml", "notes.md", "sub/c.yaml"] {
            try folder.write(name, to: name)
        }
        let sources = try folder.read()
        #expect(sources.map(\.path) == ["a.yml", "b.yaml"])
        #expect(sources.map(\.text) == ["a.yml", "b.yaml"])
    }

    @Test func filesOfValuesAreReadWhenARuleFileNamesThem() throws {
        try folder.write("tables: { c: { file: customers.csv } }", to: "rules.yaml")
        for name in ["customers.csv", "other.csv", "secrets.txt", "customers.json"] {
            try folder.write("text", to: name)
        }
        #expect(try folder.read().map(\.path) == ["rules.yaml", "customers.csv"])
        #expect(try folder.read("rules.yaml").map(\.path) == ["rules.yaml", "customers.csv"])
        try FileManager.default.removeItem(at: folder.url.appending(path: "customers.csv"))
        try folder.link("customers.csv", to: "/etc/passwd")
        #expect(throws: RuleProblems.self) { try folder.read() }
    }

    @Test func oneFileIsReadByItself() throws {
        try folder.write("text", to: "rules.yaml")
        try folder.write("text", to: "other.yaml")
        #expect(try folder.read("rules.yaml") == [RuleSource(path: "rules.yaml", text: "text")])
    }

    @Test func aLinkWithinTheFolderIsFollowedAsInAKubernetesMount() throws {
        try folder.write("text", to: "..2026/rules.yaml")
        try folder.link("..data", to: "..2026")
        try folder.link("rules.yaml", to: "..data/rules.yaml")
        #expect(try folder.read().map(\.text) == ["text"])
    }

    @Test(arguments: ["/etc/passwd", "../../../../../../etc/passwd"])
    func aLinkOutOfTheFolderIsRefused(_ target: String) throws {
        try folder.link("rules.yaml", to: target)
        let problems = #expect(throws: RuleProblems.self) { try folder.read() }
        #expect(
            problems?.description
                == "rules.yaml:1:1: error: the link leads out of the rules folder")
    }

    @Test func aFileThatIsReachedThroughALinkToTheFolderIsRead() throws {
        try folder.write("text", to: "real/rules.yaml")
        try folder.link("alias", to: "real")
        #expect(try folder.read("alias").count == 1)
    }

    private func message(_ name: String = "") -> String? {
        #expect(throws: RuleProblems.self) { try folder.read(name) }?.diagnostics.first?.message
    }

    @Test func whatIsMissingOrNoRuleFileIsRefused() throws {
        #expect(message("nowhere") == "there is no such file or folder")
        #expect(message() == "there are no rule files (*.yaml, *.yml) in this folder")
        try folder.write("x", to: "folder.yaml/inner.txt")
        #expect(message() == "the file cannot be read: it is a folder")
    }

    @Test func aNameThatIsNotUTF8IsToldAsSuch() throws {
        let bytes = Array((folder.url.path + "/").utf8) + [0x61, 0xFF] + Array(".yaml".utf8) + [0]
        let descriptor = bytes.withUnsafeBufferPointer { name in
            name.withMemoryRebound(to: CChar.self) {
                open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600)
            }
        }
        try #require(descriptor >= 0)
        close(descriptor)
        #expect(message() == "the name of the file is not UTF-8; rename it")
    }

    @Test func aThousandRuleFilesAreTheMost() throws {
        for number in 0...1_000 { try folder.write("", to: "\(number).yaml") }
        #expect(message() == "more than 1000 rule files")
    }

    @Test func everyUnreadableFileIsNamedAtOnce() throws {
        try Data([0xFF, 0xFE]).write(to: folder.url.appending(path: "a.yaml"))
        try Data(repeating: 0x20, count: 4 * 1024 * 1024 + 1)
            .write(to: folder.url.appending(path: "b.yaml"))
        let problems = #expect(throws: RuleProblems.self) { try folder.read() }
        #expect(
            problems?.description == """
                a.yaml:1:1: error: the file is not UTF-8
                b.yaml:1:1: error: the file cannot be read: it is larger than 4194304 bytes
                """)
    }
}

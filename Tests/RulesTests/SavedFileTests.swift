import Contacts
import Foundation
import RuleSources
import Testing

@testable import Rules

/// Files as editors, shells and spreadsheets save them.
struct SavedFiles {
    /// Every reason why the files of a case are refused.
    private static func problems(in name: String) -> [String] {
        do throws(RuleProblems) {
            _ = try Ruleset(sources: try RuleFiles.read(caseFolder(name).path))
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    private static func problems(_ text: String) -> [String] {
        let sources = [RuleSource(path: "a.yaml", text: text)]
        return (#expect(throws: RuleProblems.self) { try Ruleset(sources: sources) })?
            .diagnostics.map(\.description) ?? []
    }

    @Test(arguments: ["01-globs-in-comments", "01b-globs-in-description", "10c-bom"])
    func starsInRemarksAndByteOrderMarksAreNoFault(name: String) {
        #expect(Self.problems(in: name) == [])
    }

    /// Of a quote, a bracket or a key that is left open, the place is where it begins.
    @Test(arguments: [
        (
            "31-quote",
            "a.yaml:8:18: error: not YAML: the quoted text that begins here does not end; the file "
                + "ends in line 51"
        ),
        (
            "11e-nospace",
            "a.yaml:4:5: error: not YAML: a blank is missing behind `mode:`; the parser noticed in "
                + "line 5"
        ),
    ])
    func aSyntaxErrorIsToldWhereItBegins(name: String, expected: String) {
        #expect(Self.problems(in: name) == [expected])
    }

    @Test func aCharacterThatYAMLForbidsIsToldWithItsPlace() {
        #expect(
            Self.problems("version: 1\r\nrules: é\u{1}")
                == ["a.yaml:2:9: error: not YAML: control characters are not allowed"])
    }

    /// A star has to stand for something else while the file is parsed.
    @Test func aStarIsReadWhateverElseAFileHolds() throws {
        let text = { (stars: String) in
            """
            version: 1
            rules:
              - id: r
                when: { name: "\(stars)" }
                set: { name: "\u{E000}*\u{301}\u{E001}" }
            """
        }
        let rule = try ruleset(text("\u{E000} * ***")).rules[0]
        #expect(rule.effects.map(\.value) == ["\u{E000}*\u{301}\u{E001}"])
        let used = String(
            String.UnicodeScalarView((0xE000...0xF8FF).compactMap(Unicode.Scalar.init(_:))))
        #expect(
            Self.problems(text(used + "*"))
                == ["a.yaml:1:1: error: the file holds every character that is for private use"])
    }

    /// What the file that is no YAML defines may be what the other one names.
    @Test func ofOtherFilesNothingIsConcluded() {
        let problems = #expect(throws: RuleProblems.self) {
            try ruleset(
                """
                version: 1
                rule: []
                rules:
                  - { id: r, when: { email.domain: { in_list: staff } }, set: { name: x } }
                tests:
                  - { name: t, given: {}, expect: { matched: [s] } }
                """,
                "version: 1\nlists: { staff: [acme.com] }\nrules: [ { id: s, when:")
        }
        #expect(problems?.diagnostics.map(\.file) == ["b.yaml"])
    }

    /// A mark of another byte order than that of the text gives other letters.
    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func unicodeTextOfSpreadsheetsIsRead(encoding: String.Encoding) throws {
        let folder = try TemporaryFolder()
        try folder.write("tables: { t: { file: t.csv } }", to: "a.yaml")
        let text = "domain\tnote\r\nacme.com\tÉclair 🥐\r\n"
        let bytes = try #require("\u{FEFF}\(text)".data(using: encoding))
        try bytes.write(to: folder.url.appending(path: "t.csv"))
        #expect(try folder.read().last?.text == text)
        try bytes.dropLast().write(to: folder.url.appending(path: "t.csv"))
        let problems = #expect(throws: RuleProblems.self) { try folder.read() }
        #expect(problems?.description == "t.csv:1:1: error: the file is not UTF-8")
    }
}

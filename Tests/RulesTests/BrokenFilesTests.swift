import Contacts
import Foundation
import Rules
import Testing

/// Files that are refused, each with every message that its author gets, word for word.
///
/// In the fixture, `### ` begins a case, `=== ` another file of the case, `>>>` what is expected.
struct BrokenFiles {
    struct Case: CustomTestStringConvertible {
        let name: String
        let sources: [RuleSource]
        let expected: String

        var testDescription: String { name }
    }

    static let all: [Case] = {
        let text = (try? fixture("broken-files.txt")) ?? ""
        return text.components(separatedBy: "### ").dropFirst().compactMap { part in
            guard let title = part.range(of: "\n"), let answer = part.range(of: ">>>\n")
            else { return nil }
            return Case(
                name: String(part[..<title.lowerBound]),
                sources: sources("a.yaml\n" + part[title.upperBound..<answer.lowerBound]),
                expected: part[answer.upperBound...].trimmingCharacters(in: .newlines))
        }
    }()

    /// The files of a case, each below its name; the `next file` is b.yaml.
    private static func sources(_ text: String) -> [RuleSource] {
        text.components(separatedBy: "=== ").compactMap { part in
            guard let end = part.firstIndex(of: "\n") else { return nil }
            let name = part[..<end]
            return RuleSource(
                path: name == "next file" ? "b.yaml" : String(name),
                text: String(part[part.index(after: end)...]))
        }
    }

    @Test func thereAreMoreThanTwoHundredOfThem() {
        #expect(Self.all.count > 200)
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    }

    @Test(arguments: all)
    func aBrokenFileIsRefusedWithEveryReasonAndItsPlace(_ broken: Case) throws {
        let problems = #expect(throws: RuleProblems.self) { try Ruleset(sources: broken.sources) }
        #expect(problems?.description == broken.expected)
        for problem in problems?.diagnostics ?? [] {
            let source = try #require(broken.sources.first { $0.path == problem.file })
            let lines = (source.text + "\n").split(
                separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.indices.contains(problem.line - 1) ? problem.line : nil)
            let columns = lines[line - 1].unicodeScalars.count + 1
            #expect((1...columns).contains(problem.column), "\(problem)")
        }
    }
}

import Foundation
import Rules
import Testing

/// Files that are refused, each with every message that its author gets, word for word.
///
/// In the fixture, `### ` begins a case, `=== ` the next file of the case, `>>>` what is expected.
struct BrokenFiles {
    struct Case: CustomTestStringConvertible {
        let name: String
        let files: [String]
        let expected: String

        var testDescription: String { name }
    }

    static let all: [Case] = {
        let text = (try? fixture("broken-files.txt")) ?? ""
        return text.components(separatedBy: "### ").dropFirst().compactMap { part in
            guard let title = part.range(of: "\n"), let answer = part.range(of: ">>>\n")
            else { return nil }
            let yaml = part[title.upperBound..<answer.lowerBound]
            return Case(
                name: String(part[..<title.lowerBound]),
                files: yaml.components(separatedBy: "=== next file\n"),
                expected: part[answer.upperBound...].trimmingCharacters(in: .newlines))
        }
    }()

    @Test func thereAreMoreThanAHundredOfThem() { #expect(Self.all.count > 100) }

    @Test(arguments: all)
    func aBrokenFileIsRefusedWithEveryReasonAndItsPlace(_ broken: Case) {
        let sources = zip(["a.yaml", "b.yaml"], broken.files).map(RuleSource.init(path:text:))
        let problems = #expect(throws: RuleProblems.self) { try Ruleset(sources: sources) }
        #expect(problems?.description == broken.expected)
        for problem in problems?.diagnostics ?? [] {
            let text = sources.first { $0.path == problem.file }?.text ?? ""
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(problem.line >= 1 && problem.line <= lines.count + 1)
        }
    }
}

import Foundation
import Testing

@testable import Rules

struct ReferencePage {
    /// `scripts/write-reference` writes it anew.
    @Test func thePageSaysWhatTheTablesSay() throws {
        let page = repository.appending(path: "docs/rules-reference.md")
        let text = RuleReference.markdown()
        if ProcessInfo.processInfo.environment["USHER_WRITE_REFERENCE"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text)
    }

    @Test func everyWordOfTheLanguageIsOnThePage() {
        let text = RuleReference.markdown()
        for row in Vocabulary.fields { #expect(text.contains("| `\(row.name)` |")) }
        for row in Vocabulary.operators { #expect(text.contains("| `\(row.name.rawValue)` |")) }
        for row in Vocabulary.limitKeys { #expect(text.contains("| `\(row.name)` |")) }
        #expect(!text.contains("reserved for a later version"))
    }
}

import Testing

/// Words that were given up for the field's own: docs/glossary.md has those that stay.
@Suite struct DiscardedWordTests {
    /// Names of types, functions and files.
    static let names: Set<String> = [
        "Doubting", "Doubts", "Meetings", "Partners", "Rounds", "Winning", "Gift", "takeBackGift",
        "speechless", "Census", "Neighbours", "Endings", "LeftBehind", "RuleAccount", "Nearest",
        "Pieces", "Admission", "WholeCount", "ChangeTally", "PlanTally", "HeldWork", "heldWork",
        "Story", "StoryEvent", "stories", "PastState", "PastContact", "PastDecision", "LogPlaces",
        "takePlaces", "giveBack", "yieldPermits", "patiently", "patience", "outdate", "Pauser",
        "Announcer", "Haste", "Outlook", "PlannedContact", "PlannedPage", "PlanDraft", "Puppet",
        "NextWish", "AnsweredAction",
    ]
    /// Words of prose, messages and help.
    static let phrases = [
        "give back", "gives back", "given back", "giving back", "chase each other", "speechless",
    ]

    static let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"]

    @Test func sourcesAndTestsUseNoDiscardedName() throws {
        for directory in ["Sources", "Tests", "Benchmarks"] {
            for file in try Checkout.files(under: directory, ending: ".swift")
            where !file.path.hasSuffix("DiscardedWordTests.swift") && !file.path.contains("/Data/")
            {
                let found = Set(file.text.matches(of: #/\w+/#).map { String($0.0) })
                    .intersection(Self.names)
                #expect(found.isEmpty, "\(file.path) uses \(found.sorted())")
            }
        }
    }

    @Test func noTextUsesADiscardedPhrase() throws {
        var files = try Checkout.files(under: "docs", ending: ".md")
        files += try Self.documents.map { Checkout.File(path: $0, text: try Checkout.text(of: $0)) }
        files += try Checkout.files(under: "Sources", ending: ".swift")
        for file in files where !file.path.contains("/Data/") {
            let text = file.text.lowercased()
            let found = Self.phrases.filter(text.contains)
            #expect(found.isEmpty, "\(file.path) uses \(found)")
        }
    }
}

import Foundation
import Reconciler
import Store
import Testing

/// What a reviewer would otherwise have to remember.
@Suite struct HouseRuleTests {
    @Test func everyTestFunctionIsATest() throws {
        for file in try Checkout.files(under: "Tests", ending: ".swift") {
            let forgotten = Self.functionsWithoutTest(in: file.text)
            #expect(forgotten.isEmpty, "\(file.path): @Test is missing on \(forgotten)")
        }
    }

    @Test func aForgottenTestIsSeen() {
        // Not spelled out, or this file would be found to have forgotten one.
        let function = "func"
        let text = """
            @Test \(function) testOne() {}
            @Test(arguments: [1])
            \(function) testTwo(_ number: Int) {}

            \(function) testThree() {}
            private \(function) latest() {}
            """
        #expect(Self.functionsWithoutTest(in: text) == ["testThree"])
    }

    @Test func noMigrationLooksAwayFromWhatExists() throws {
        for file in try Checkout.files(under: "migrations", ending: ".sql")
        where file.path.contains(#/migrations/\d{4}_/#) {
            #expect(!file.text.contains(#/(?i)IF\s+NOT\s+EXISTS/#), "\(file.path)")
        }
    }

    @Test func migrationsAreNumberedWithoutAGap() throws {
        let numbers = try Checkout.files(under: "migrations", ending: ".sql")
            .compactMap { $0.path.firstMatch(of: #/migrations/(\d{4})_/#).flatMap { Int($0.1) } }
        #expect(!numbers.isEmpty)
        #expect(numbers == Array(1...numbers.count))
    }

    @Test func auditorsFindAnAnswerToTenQuestions() throws {
        let text = try Checkout.text(of: "docs/audit-queries.md")
        #expect(text.matches(of: #/(?m)^```sql( owner)?$/#).count >= 10)
    }

    @Test(arguments: Alert.Code.allCases)
    func everyAlertIsExplained(_ code: Alert.Code) throws {
        let text = try Checkout.text(of: "docs/operations.md")
        #expect(text.contains("| `\(code.rawValue)` |"))
    }

    @Test func theReadmeFitsOnTwoScreens() throws {
        let lines = try Checkout.text(of: "README.md").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 121, "120 lines and the end of the last one")
    }

    /// Functions that are named like tests and that nobody runs.
    static func functionsWithoutTest(in text: String) -> [String] {
        text.matches(of: #/(?m)^(.*)\bfunc (test[A-Z0-9_]\w*)/#).compactMap { match in
            // An attribute stands on the same line or on those right above.
            let before = text[..<match.range.lowerBound].split(
                separator: "\n", omittingEmptySubsequences: false)
            let above = before.dropLast().reversed().prefix { !$0.isEmpty && !$0.contains("}") }
            let attributes = above.joined() + match.1
            return attributes.contains("@Test") ? nil : String(match.2)
        }
    }
}

import Foundation
import Reconciler
import Store
import Testing

/// The documents list what the code can record, name files that exist, and keep to one width.
@Suite struct DocumentTests {
    /// The documents. Of `docs/rules-reference.md`, which is generated, the origin is tested.
    static let documents: [Checkout.File] = {
        let top = ["README", "ARCHITECTURE", "CHANGELOG", "CONTRIBUTING", "SECURITY"].map {
            $0 + ".md"
        }
        let pages = (try? Checkout.files(under: "docs", ending: ".md")) ?? []
        return top.compactMap { path in
            (try? Checkout.text(of: path)).map { Checkout.File(path: path, text: $0) }
        } + pages.filter { $0.path != "docs/rules-reference.md" }
    }()

    @Test(arguments: ["docs/audit-queries.md", "docs/operations.md"])
    func everyReasonOfAHoldIsExplained(in document: String) throws {
        let reasons =
            RuleHold.Reason.allCases.map(\.rawValue) + ContactHold.Reason.allCases.map(\.rawValue)
            + ["mass_delete"]
        #expect(try Self.terms(after: "reason", in: document) == reasons.sorted())
    }

    @Test func everyOutcomeOfAnActionIsExplained() throws {
        let outcomes = try Self.words(
            inTextsAfter: #/[ .(]outcome(?:: | = )([^\n]*)/#, in: "Sources/Reconciler")
        #expect(outcomes.count > 2)
        #expect(try Self.terms(after: "outcome", in: "docs/audit-queries.md") == outcomes)
    }

    @Test func everyActOfAnOperatorIsExplained() throws {
        let acts = try Self.words(
            inTextsAfter: #/act\.event\(\s*("[^"]*")/#, in: "Sources/Reconciler", "Sources/Store")
        #expect(acts.count > 3)
        #expect(try Self.terms(after: "act", in: "docs/audit-queries.md") == acts)
    }

    @Test func everyTableOfTheDatabaseIsExplained() throws {
        let schema = try Checkout.text(of: "migrations/schema.sql")
        let tables = Set(schema.matches(of: #/CREATE TABLE usher\.(\w+)/#).map { String($0.1) })
        #expect(tables.count > 10)
        #expect(try Self.terms(after: "table", in: "docs/data-model.md") == tables.sorted())
    }

    @Test(arguments: documents.map(\.path))
    func everyLinkLeadsSomewhere(in document: String) throws {
        let folder = (document as NSString).deletingLastPathComponent
        for match in try Self.prose(of: document).matches(of: #/\]\(([^)#\s]*)(#[^)\s]*)?\)/#)
        where !match.1.hasPrefix("https://") {
            let path =
                match.1.isEmpty ? document : "\(folder.isEmpty ? "" : folder + "/")\(match.1)"
            let target = Checkout.root.appending(path: path).standardizedFileURL
            #expect(
                FileManager.default.fileExists(atPath: target.path()), "\(document): \(match.1)")
            guard let anchor = match.2?.dropFirst() else { continue }
            let text = try String(contentsOf: target, encoding: .utf8)
            #expect(Self.anchors(of: text).contains(String(anchor)), "\(document): \(match.0)")
        }
    }

    @Test(arguments: documents.map(\.path))
    func everySourceFileThatIsNamedExists(in document: String) throws {
        let folder = try Checkout.directories(in: "Sources").joined(separator: "|")
        let name = try Regex(
            "`((?:Sources/)?(?:\(folder))/[\\w/]+\\.swift)`", as: (Substring, Substring).self)
        for match in try Checkout.text(of: document).matches(of: name) {
            let path = match.1.hasPrefix("Sources/") ? String(match.1) : "Sources/\(match.1)"
            let file = Checkout.root.appending(path: path).path()
            #expect(FileManager.default.fileExists(atPath: file), "\(document): \(match.1)")
        }
    }

    /// Tables, code and links cannot be wrapped; everything else is.
    @Test(arguments: documents.map(\.path))
    func proseIsWrapped(in document: String) throws {
        for line in try Self.prose(of: document).split(separator: "\n")
        where line.count > 100 && !line.hasPrefix("|") {
            #expect(line.contains("](") || !line.contains(" "), "\(document): \(line)")
        }
    }

    /// The first cells of the table whose first heading is `heading`, in order.
    private static func terms(after heading: String, in document: String) throws -> [String] {
        let lines = try Checkout.text(of: document).split(separator: "\n")
        let rows = lines.drop { !$0.hasPrefix("| \(heading) |") }.dropFirst(2)
        return rows.prefix { $0.hasPrefix("|") }
            .compactMap { $0.prefixMatch(of: #/\| `(\w+)` \|/#).map { String($0.1) } }.sorted()
    }

    /// The first words of the texts in what an expression finds in the sources of folders, in order.
    private static func words(
        inTextsAfter expression: Regex<(Substring, Substring)>, in folders: String...
    ) throws -> [String] {
        let files = try folders.flatMap { try Checkout.files(under: $0, ending: ".swift") }
        let found = files.flatMap { file in
            file.text.matches(of: expression).flatMap { match in
                match.1.matches(of: #/"(\w+)[^"]*"/#).map { String($0.1) }
            }
        }
        return Set(found).sorted()
    }

    /// A document without its code.
    private static func prose(of document: String) throws -> String {
        let parts = try Checkout.text(of: document).components(separatedBy: "```")
        return parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    }

    /// The anchors that GitHub gives the headings of a document.
    private static func anchors(of text: String) -> Set<String> {
        Set(
            text.matches(of: #/(?m)^#+ (.*)$/#).map { match in
                match.1.lowercased().filter { $0.isLetter || $0.isNumber || "- _".contains($0) }
                    .replacing(" ", with: "-")
            })
    }
}

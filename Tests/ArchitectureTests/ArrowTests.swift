import Foundation
import Testing

/// Which target knows which: the table of ARCHITECTURE.md, which SwiftPM does not enforce.
@Suite struct ArrowTests {
    /// Target → the targets of ours that it may import.
    static let allowed: [String: Set<String>] = [
        "Contacts": [],
        "Files": [],
        "Rules": ["Contacts", "Files"],
        "CLibpq": [],
        "Postgres": ["CLibpq"],
        "CSimdjson": [],
        "Pylon": ["Contacts", "CSimdjson", "Files"],
        "Reconciler": ["Contacts", "Rules"],
        "Store": ["Contacts", "Postgres", "Reconciler", "Rules"],
        "Worker": ["Contacts", "Files", "Postgres", "Pylon", "Reconciler", "Rules", "Store"],
        "Sandbox": ["Files"],
        "EmbeddedPostgres": ["Files"],
        "usher": [
            "Contacts", "EmbeddedPostgres", "Files", "Postgres", "Pylon", "Reconciler", "Rules",
            "Sandbox", "Store", "Worker",
        ],
    ]

    @Test func everyTargetHasALineInTheTable() throws {
        #expect(try Checkout.directories(in: "Sources") == Self.allowed.keys.sorted())
    }

    @Test(arguments: allowed.keys.sorted())
    func everyArrowPointsDown(from target: String) throws {
        let files = try Checkout.files(under: "Sources/\(target)", ending: ".swift")
        for file in files {
            let ours = Self.imports(in: file).intersection(Self.allowed.keys)
            let forbidden = ours.subtracting(Self.allowed[target] ?? [])
            #expect(forbidden.isEmpty, "\(file.path) imports \(forbidden.sorted())")
        }
    }

    @Test func importsOfEveryShapeAreSeen() {
        let text = """
            import Alpha
            package import Beta
            @testable internal import Gamma
                import struct Delta.Thing
            // import Epsilon
            important(Zeta)
            """
        let file = Checkout.File(path: "example.swift", text: text)
        #expect(Self.imports(in: file) == ["Alpha", "Beta", "Gamma", "Delta"])
    }

    @Test func onlyTheStoreHasSQLAboutOurTables() throws {
        let table = #/(FROM|JOIN|INTO|UPDATE|TABLE)\s+(usher|audit)\./#
        for file in try Checkout.files(under: "Sources", ending: ".swift")
        where !file.path.hasPrefix("Sources/Store/") {
            // The line that `usher dev` prints for people to try is no statement of ours.
            let isShown = file.path == "Sources/usher/Commands/DevCommand.swift"
            #expect(isShown || !file.text.contains(table), "\(file.path) holds SQL of the store's")
        }
    }

    @Test func onlyTheDispatcherSendsAPatch() throws {
        for file in try Checkout.files(under: "Sources", ending: ".swift")
        where file.text.contains(#/\bclient\.(update|create|delete)\(/#) {
            #expect(file.path == "Sources/Worker/Dispatcher.swift")
        }
    }

    /// The modules that a file imports, whatever the access level or the kind of the import.
    static func imports(in file: Checkout.File) -> Set<String> {
        let line =
            #/
            ^\s* (?:@\w+\s+)* (?:\w+\s+)? import\s+
            (?:(?:struct|class|enum|protocol|typealias|func|var|let)\s+)? (\w+)
            /#
        return Set(file.lines.compactMap { $0.prefixMatch(of: line).map { String($0.1) } })
    }
}

import Foundation
import Testing

/// Which target knows which: the table of ARCHITECTURE.md, which SwiftPM does not enforce.
@Suite struct ArrowTests {
    /// Target → the targets of ours that it may import.
    static let allowed: [String: Set<String>] = [
        "Contacts": ["CSimdjson"],
        "Files": [],
        "Rules": ["Contacts"],
        "RuleSources": ["Contacts", "Files", "Rules"],
        "RuleLint": ["Contacts", "Rules"],
        "CLibpq": [],
        "Postgres": ["CLibpq"],
        "CSimdjson": [],
        "Pylon": ["Contacts", "CSimdjson", "Files"],
        "Reconciler": ["Contacts", "Rules"],
        "Store": ["Contacts", "Postgres", "Reconciler", "Rules"],
        "Worker": [
            "Contacts", "Files", "Postgres", "Pylon", "Reconciler", "RuleSources", "Rules", "Store",
        ],
        "Planning": [
            "Contacts", "Files", "Postgres", "Reconciler", "RuleLint", "Rules", "Store",
        ],
        "Sandbox": ["Files"],
        "EmbeddedPostgres": ["Files"],
        "usher": [
            "Contacts", "EmbeddedPostgres", "Files", "Planning", "Postgres", "Pylon",
            "Reconciler", "RuleLint", "RuleSources", "Rules", "Sandbox", "Store", "Worker",
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

    @Test(arguments: ["Contacts", "Reconciler", "Store", "Worker"])
    func theWorkerRunsWithoutLint(_ target: String) throws {
        #expect(try !Self.reach(of: target).contains("RuleLint"))
    }

    @Test func whatPlansReachIsSeen() throws {
        #expect(try Self.reach(of: "Planning").isSuperset(of: ["RuleLint", "Postgres", "CLibpq"]))
    }

    /// Modules that a target may import in which nothing is decided by the outside world.
    static let pure: Set = [
        "CSimdjson", "Contacts", "Crypto", "Foundation", "Reconciler", "Rules", "Yams",
    ]

    /// What of Foundation and of the standard library reaches the file system, the network, other
    /// processes, threads or the clock.
    static var outside: Regex<(Substring, Substring?)> {
        #/
        \b(FileManager|FileHandle|InputStream|OutputStream|Process|ProcessInfo|Thread|RunLoop
        |DispatchQueue|DispatchSemaphore|URLSession|URLRequest|Host|Pipe|Bundle|UserDefaults
        |NotificationCenter|Task|ContinuousClock(?!\.Instant)|SuspendingClock|CommandLine
        |contentsOfFile|atomically|getenv|setenv|fopen|popen|readLine|print)\b
        |\bDate\(\)|\bDate\.now\b|[:=(]\s*\.now\b|\btimeIntervalSinceNow\b|\.random\(|\bUUID\(\)
        |\b(?:String|Data)\(contentsOf
        /#
        .wordBoundaryKind(.simple)
    }

    @Test(arguments: ["Contacts", "Reconciler", "RuleLint", "Rules"])
    func whatDecidesDoesNoIO(_ target: String) throws {
        for file in try Checkout.files(under: "Sources/\(target)", ending: ".swift") {
            let imported = Self.imports(in: file).subtracting(Self.pure)
            #expect(imported.isEmpty, "\(file.path) imports \(imported.sorted())")
            // Lists of domains take long to look through.
            if file.path.contains("/Data/") { continue }
            for line in file.lines.map(Self.code) {
                let used = line.firstMatch(of: Self.outside)?.0
                #expect(used == nil, "\(file.path) uses \(used ?? ""): \(line)")
            }
        }
    }

    @Test(arguments: [
        "let names = FileManager.default.contents(atPath: path)", "let now = Date()",
        "init(at time: Date = .now)", "Task { await pass() }", "print(contact)",
        "let text = try String(contentsOf: url, encoding: .utf8)", "let id = UUID()",
        "let start = ContinuousClock.now", "let start: ContinuousClock.Instant = .now",
    ])
    func theOutsideWorldIsSeen(_ line: String) {
        #expect(Self.code(line[...]).contains(Self.outside))
    }

    @Test(arguments: [
        "// FileManager is not asked", "/// The `Process` of another", "let date: Date",
        "case text(String) // print it", "\"a Thread of its own\"", "UUID(uuidString: text)",
        "let seenAt: ContinuousClock.Instant",
    ])
    func valuesAreNoOutsideWorld(_ line: String) {
        #expect(!Self.code(line[...]).contains(Self.outside))
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

    /// The targets of ours that a target imports, and those that these import in their turn.
    static func reach(of target: String) throws -> Set<String> {
        var (reached, waiting): (Set<String>, [String]) = ([], [target])
        while let next = waiting.popLast() {
            for file in try Checkout.files(under: "Sources/\(next)", ending: ".swift") {
                let new = imports(in: file).intersection(allowed.keys).subtracting(reached)
                reached.formUnion(new)
                waiting += new
            }
        }
        return reached
    }

    /// A line without its comment and without what its texts say.
    static func code(_ line: Substring) -> Substring {
        let text = line.replacing(#/"(?:\\.|[^"\\])*"/#, with: "\"\"")
        return text[..<(text.firstRange(of: "//")?.lowerBound ?? text.endIndex)]
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

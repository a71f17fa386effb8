import Testing

/// ARCHITECTURE.md lists the functions that a contact page goes through on its way into the event log.
@Suite struct PagePathTests {
    static let heading = "## From a page to the event log\n"
    /// Calls on the way, at most.
    static let maxSteps = 15

    struct Step: Sendable, Hashable, CustomStringConvertible {
        let type: String
        let function: String
        /// Below `Sources`.
        let file: String

        var description: String { "\(type).\(function) in \(file)" }
    }

    @Test func theListIsShort() throws {
        let (start, steps) = try Self.steps(in: try Checkout.text(of: "ARCHITECTURE.md"))
        #expect(start.count == 1)
        #expect(!steps.isEmpty && steps.count <= Self.maxSteps)
    }

    @Test func eachFunctionIsCalledByAnEarlierOne() throws {
        let (start, steps) = try Self.steps(in: try Checkout.text(of: "ARCHITECTURE.md"))
        let files = Set((start + steps).map(\.file))
        let sources = try files.map {
            (file: $0, code: SwiftCode(try Checkout.text(of: "Sources/\($0)")))
        }
        #expect(Self.gaps(in: start + steps, Dictionary(uniqueKeysWithValues: sources)) == [])
    }

    @Test func theLastFunctionInsertsEvents() throws {
        let (_, steps) = try Self.steps(in: try Checkout.text(of: "ARCHITECTURE.md"))
        let last = try #require(steps.last)
        let text = try Checkout.text(of: "Sources/\(last.file)")
        #expect(text.contains("INSERT INTO usher.event"))
    }

    @Test func theStepsAreTheNumberedLinesOfTheSection() throws {
        let text = """
            1. `Other.list` (`Other.swift`) is before it.
            \(Self.heading)
            `A.start` (`A.swift`) begins, and `B.two` (`B.swift`) is mentioned.

            1. `A.one` (`A.swift`) reads
               what there is.
            2. `B.two` (`B/B.swift`) writes.

            ## Other
            3. `C.three` (`C.swift`) is after it.
            """
        let (start, steps) = try Self.steps(in: text)
        #expect(start.map(\.description) == ["A.start in A.swift"])
        #expect(steps.map(\.description) == ["A.one in A.swift", "B.two in B/B.swift"])
    }

    static let code = """
        struct A {
            func start() { one(1) }
            func one(_ body: Int) { rows.map { row in B().two(row) } }
            func two() {}
        }
        extension B {
            func two() { print("three(1)") }
            var three: Int { 1 }
            func four() {}
        }
        """

    @Test(arguments: [
        (["A.start", "A.one", "B.two"], []),
        (["A.start", "B.two"], ["B.two in a.swift is not called before it"]),
        (["A.start", "A.one", "B.one"], ["B.one in a.swift is missing"]),
        (["A.start", "A.one", "B.two", "B.three"], ["B.three in a.swift is not called before it"]),
        (["A.start", "A.one", "B.two", "B.five"], ["B.five in a.swift is missing"]),
        (["A.start", "A.one", "A.two", "B.four"], ["B.four in a.swift is not called before it"]),
    ])
    func aGapIsSeen(names: [String], gaps: [String]) {
        let steps = names.map { name in
            let parts = name.split(separator: ".").map(String.init)
            return Step(type: parts[0], function: parts[1], file: "a.swift")
        }
        #expect(Self.gaps(in: steps, ["a.swift": SwiftCode(Self.code)]) == gaps)
    }

    /// The function at which the way starts, which the section's first sentence names, and the steps.
    static func steps(in text: String) throws -> (start: [Step], steps: [Step]) {
        let section = text.split(separator: heading).dropFirst().first?.split(separator: "\n## ")
            .first
        let lines = try #require(section).split(separator: "\n")
        let step = #/(?:\d+\. )?`(\w+)\.(\w+)` \(`([\w/]+\.swift)`\)/#
        let found = lines.compactMap { line in
            line.prefixMatch(of: step).map {
                (
                    isNumbered: line.first?.isNumber == true,
                    step: Step(
                        type: String($0.1), function: String($0.2), file: String($0.3))
                )
            }
        }
        return (
            found.filter { !$0.isNumbered }.map(\.step), found.filter(\.isNumbered).map(\.step)
        )
    }

    /// The steps whose function does not exist, or is called by none of those before it.
    static func gaps(in steps: [Step], _ sources: [String: SwiftCode]) -> [String] {
        var called: Set<String> = []
        return steps.enumerated().compactMap { index, step in
            let functions = sources[step.file]?.functions.filter {
                $0.name == step.function && $0.type == step.type
            }
            guard let code = sources[step.file], let functions, !functions.isEmpty else {
                return "\(step) is missing"
            }
            let isCalled = called.contains(step.function)
            for function in functions { called.formUnion(code.calls(in: function)) }
            return index == 0 || isCalled ? nil : "\(step) is not called before it"
        }
    }
}

extension SwiftCode {
    /// The names of what a function calls.
    fileprivate func calls(in function: Function) -> [String] {
        function.body.filter { tokens[$0].isWord && ["(", "{"].contains(text($0 + 1)) }.map(text)
    }
}

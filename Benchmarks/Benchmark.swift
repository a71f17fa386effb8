import ArgumentParser

/// What is measured. Every figure of a benchmark begins with its name.
enum Benchmark: String, CaseIterable, ExpressibleByArgument {
    /// A sweep over contacts that are known.
    case sweepUnchanged = "sweep-unchanged"
    /// A sweep over contacts that are all new.
    case sweepFirst = "sweep-first"
    /// The rules' decisions on new contacts, recorded.
    case evaluate
    /// The rules' decisions alone, and how long rules take to load.
    case decide
    /// What many rules would change, over contacts that are stored.
    case plan
    /// Changes sent, from the intent to the recorded outcome.
    case dispatch
    /// From the list's answer that shows a new contact to the arrival of its PATCH.
    case reaction
}

/// One measured value.
struct Figure: Codable {
    let name: String
    let value: Double
    let unit: String
}

/// What a value should be. Source: docs/measurements.md, “Usher”.
enum Target {
    case atLeast(Double)
    case below(Double)

    static let all: [String: Target] = [
        "sweep-unchanged": .atLeast(60_000), "sweep-unchanged-memory": .below(150),
        "sweep-first": .atLeast(15_000), "sweep-first-memory": .below(150),
        "dispatch": .atLeast(2_000), "reaction": .below(1_000),
        "decide-10000": .atLeast(500_000), "decide-table": .atLeast(500_000),
        "load-10000": .below(1_000), "load-table": .below(100),
        // Of a million contacts: --contacts 1000000.
        "plan": .below(60), "plan-memory": .below(300),
    ]
}

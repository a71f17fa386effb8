import ArgumentParser

@main
struct UsherBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usher-bench",
        abstract:
            "Measures Usher on a PostgreSQL of its own, over HTTP from a server that answers at once.",
        subcommands: [BenchCommand.self, MeasureCommand.self, ServeCommand.self],
        defaultSubcommand: BenchCommand.self)
}

/// Runs the benchmarks and prints their medians.
///
/// The server is a process of its own, and so is each measurement, with a database of its own: the
/// memory of a measurement is what a worker would have taken.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the benchmarks (the default).")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "Only this benchmark.")
    var only: Benchmark?

    @Option(help: "Contacts of a sweep and a plan; evaluate and dispatch take a fifth of them.")
    var contacts = 100_000

    @Option(help: "Runs of each benchmark, of which the median counts.")
    var runs = 3

    @Option(help: "A table, or one JSON object a line.")
    var format = Format.text

    func validate() throws {
        guard (40...1_000_000).contains(contacts), (1...100).contains(runs) else {
            throw ValidationError("--contacts takes 40 to 1000000, --runs 1 to 100")
        }
    }

    func run() async throws {
        let server = try Server(contacts: contacts)
        var figures: [[Figure]] = []
        for benchmark in only.map({ [$0] }) ?? Benchmark.allCases {
            for number in 1...runs {
                note("\(benchmark.rawValue), run \(number) of \(runs)")
                figures.append(try await measure(benchmark, server: server))
            }
        }
        let medians = Median.of(figures)
        switch format {
        case .text: Median.printTable(medians)
        case .json: for median in medians { print(try median.jsonLine) }
        }
    }

    private func measure(
        _ benchmark: Benchmark, server: Server
    ) async throws -> [Figure] {
        try await withFreshDatabase { connectionString in
            func child(_ benchmark: Benchmark) async throws -> [Figure] {
                try await MeasureCommand.inProcess(
                    benchmark, database: connectionString, server: server.url)
            }
            // Contacts that are known were read once, by another process.
            if [.sweepUnchanged, .plan].contains(benchmark) { _ = try await child(.sweepFirst) }
            return try await child(benchmark)
        }
    }
}

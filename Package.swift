// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let rainbow = Target.Dependency.product(name: "Rainbow", package: "Rainbow")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let textTable = Target.Dependency.product(name: "TextTable", package: "TextTable")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "usher",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "usher", targets: ["usher"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.0"),
        .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Values: what a contact is.
        .target(
            name: "Contacts", dependencies: ["CSimdjson", crypto], swiftSettings: settings),

        // The outside worlds.
        .target(name: "Files", swiftSettings: settings),
        .systemLibrary(
            name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Postgres", dependencies: ["CLibpq", crypto], swiftSettings: settings),
        .target(
            name: "CSimdjson", publicHeadersPath: "include",
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "Pylon",
            dependencies: [
                "Contacts", "CSimdjson", "Files", asyncHTTPClient, nio, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: settings),
        .target(
            name: "Rules", dependencies: ["Contacts", crypto, yams], swiftSettings: settings),
        .target(
            name: "RuleSources", dependencies: ["Contacts", "Files", "Rules"],
            swiftSettings: settings),
        // What only authors of rules and plans ask for; the worker runs without it.
        .target(
            name: "RuleLint", dependencies: ["Contacts", "Rules"], swiftSettings: settings),

        // What follows from the rules, without a database.
        .target(
            name: "Reconciler", dependencies: ["Contacts", "Rules"], swiftSettings: settings),

        // The worker.
        .target(
            name: "Store", dependencies: ["Contacts", "Postgres", "Reconciler", "Rules", crypto],
            exclude: ["Migrations/schema.sql"],
            resources: [
                "0001_log", "0002_snapshot", "0003_work", "0004_audit", "0005_rechecks",
                "0006_limits", "0007_reverts", "0008_ages", "0009_unordered", "0010_holds",
                "0011_access", "0012_alerts", "0013_unreadable", "0014_breakers",
                "0015_absence", "0016_forgotten", "0017_audit", "0018_scopes",
                "0019_decisions", "0020_grants", "0021_expiry", "roles",
            ].map { .embedInCode("Migrations/\($0).sql") }, swiftSettings: settings),
        .target(
            name: "Worker",
            dependencies: [
                "Contacts", "Files", "Postgres", "Pylon", "Reconciler", "RuleSources", "Rules",
                "Store", crypto, logging, serviceLifecycle,
            ],
            swiftSettings: settings),
        .target(
            name: "Planning",
            dependencies: [
                "Contacts", "Files", "Postgres", "Reconciler", "RuleLint", "Rules", "Store", crypto,
            ],
            swiftSettings: settings),

        // What `usher dev` embeds; none of it knows the worker.
        .target(
            name: "Sandbox", dependencies: ["Files", crypto, hummingbird, logging, nio],
            swiftSettings: settings),
        .target(
            name: "EmbeddedPostgres", dependencies: ["Files", logging], swiftSettings: settings),

        .executableTarget(
            name: "usher",
            dependencies: [
                "Contacts", "EmbeddedPostgres", "Files", "Planning", "Postgres", "Pylon",
                "Reconciler", "RuleLint", "RuleSources", "Rules", "Sandbox", "Store", "Worker",
                argumentParser, asyncHTTPClient, configuration, crypto, logging, nio, nioHTTP1,
                nioPosix, rainbow, serviceLifecycle, textTable, unixSignals, yams,
            ],
            swiftSettings: settings),

        // Measurements: `make bench`.
        .executableTarget(
            name: "usher-bench",
            dependencies: [
                "Contacts", "EmbeddedPostgres", "Planning", "Postgres", "Pylon", "Reconciler",
                "RuleLint", "RuleSources", "Rules", "Store", "Worker", argumentParser,
                asyncHTTPClient, logging, nio, nioHTTP1, nioPosix,
                textTable,
            ],
            path: "Benchmarks", exclude: ["peers"], swiftSettings: settings),

        // A real PostgreSQL for every test that wants one.
        .target(
            name: "TestSupport", dependencies: ["CLibpq", "EmbeddedPostgres", "Postgres", logging],
            path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["CLibpq", "Reconciler", "Store"],
            swiftSettings: settings),
        .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: settings),
        .testTarget(name: "ContactsTests", dependencies: ["Contacts"], swiftSettings: settings),
        .testTarget(
            name: "PostgresTests", dependencies: ["CLibpq", "Postgres", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EmbeddedPostgresTests",
            dependencies: ["CLibpq", "EmbeddedPostgres", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "PylonTests",
            dependencies: [
                "Contacts", "CSimdjson", "Pylon", asyncHTTPClient, crypto, nio, nioHTTP1, nioPosix,
                nioSSL,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "RulesTests", dependencies: ["Contacts", "RuleLint", "RuleSources", "Rules"],
            exclude: ["Fixtures"],
            swiftSettings: settings),
        .testTarget(
            name: "ReconcilerTests", dependencies: ["Contacts", "Reconciler", "Rules"],
            swiftSettings: settings),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", asyncHTTPClient, logging, nio],
            swiftSettings: settings),
        .testTarget(
            name: "StoreTests",
            dependencies: ["CLibpq", "Contacts", "Postgres", "Store", "TestSupport"],
            swiftSettings: settings),
        // The worker, and the command as its own process, against the sandbox.
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "CLibpq", "Contacts", "EmbeddedPostgres", "Planning", "Postgres", "Pylon",
                "Reconciler", "RuleLint", "RuleSources", "Rules", "Sandbox", "Store",
                "TestSupport", "Worker", "usher", asyncHTTPClient, logging,
            ],
            exclude: ["Fixtures"],
            swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)

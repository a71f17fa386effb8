import Foundation
import TestSupport
import Testing

/// What is wrong with settings is said all at once, in words of Usher's own.
@Suite struct ConfigurationMessageTests {
    /// Runs a command that reads settings and needs no database until they are right.
    private static func errors(
        _ settings: [String: String], file: String? = nil, _ arguments: [String] = ["run"]
    ) async throws -> [String] {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if let file {
            try Data(file.utf8).write(to: URL(filePath: folder + "/usher.yaml"))
        }
        try FileManager.default.createDirectory(
            atPath: folder + "/rules", withIntermediateDirectories: false)
        try Data(acmeAreAdmins.utf8).write(to: URL(filePath: folder + "/rules/a.yaml"))
        let token = file == nil ? ["PYLON_API_TOKEN": "token"] : ["T": "token"]
        let ended = try await CommandProcess(
            arguments,
            environment: ["DATABASE_URL": "host=/nowhere"].merging(token) { $1 }
                .merging(settings) { $1 },
            in: folder
        ).end(within: .seconds(20))
        #expect(ended.status == 1, "\(ended.errors)")
        return ended.errors.split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    @Test(arguments: [
        ("workspaces: 5", "- usher.yaml: workspaces must be a list, not text (line 1)"),
        ("", "- usher.yaml: is empty; it must have `workspaces`"),
        ("- a", "- usher.yaml: must be a mapping with the key workspaces, not a list"),
        ("other: 1", "- usher.yaml: workspaces is missing"),
        ("a: 1\na: 2", "- usher.yaml: cannot be read: line 1, column 1: `a` is given twice"),
        ("workspaces: [5]", "- usher.yaml: workspace 1: must be a mapping, not text"),
        (
            "workspaces:\n  - { name: a, token_env: T, limits: [1] }",
            "- usher.yaml: workspace a: limits must be text, not a list (line 2)"
        ),
        (
            String(repeating: "[", count: 2000),
            "nested more than 64 deep"
        ),
    ])
    func aWrongFileIsToldInWordsOfOurs(file: String, message: String) async throws {
        let errors = try await Self.errors([:], file: file)
        #expect(errors.contains { $0.contains(message) }, "\(errors)")
        #expect(!"\(errors)".contains("decode") && !"\(errors)".contains("Node"), "\(errors)")
    }

    @Test func aTextThatIsNotYAMLIsToldWithItsPlace() async throws {
        let errors = try await Self.errors([:], file: "workspaces:\n  : : :\n\t- x\n")
        #expect(
            errors.contains { $0.contains("usher.yaml: cannot be read: line ") }, "\(errors)")
    }

    @Test func everythingThatIsWrongWithTheFileIsSaidAtOnce() async throws {
        let file = """
            workspaces:
              - { name: a, token_env: T, limits: "foo=1/1s", rule_limits: { per_our: 1, lowering: { per_day: x } } }
              - { name: a, token_env: T, poll_interval: 9000h, colour: red }
            """
        for arguments in [["run"], ["rules", "test", "--workspace", "a"]] {
            let errors = try await Self.errors([:], file: file, arguments).joined(separator: "\n")
            for message in [
                "usher.yaml: the name a is used twice",
                "workspace a: rule_limits: unknown key per_our; it accepts per_hour, per_day, "
                    + "percent_of_contacts, privileged, lowering",
                "workspace a: rule_limits.lowering.per_day must be a whole number (line 2)",
            ] { #expect(errors.contains(message), "\(arguments): \(errors)") }
            guard arguments == ["run"] else { continue }
            for message in [
                #"workspace a: limits: "foo=1/1s": there is no endpoint "foo""#,
                "workspace a: unknown key colour; it accepts name, base_url",
                "workspace a: poll_interval: must be a time from 100ms to 8784h (366 days)",
            ] { #expect(errors.contains(message), "\(errors)") }
        }
    }

    @Test(arguments: [
        (
            "USHER_LIMITS", "update=10/400d,foo=1/1s",
            [#""update=10/400d": "400d" is not a time"#, #"there is no endpoint "foo""#]
        ),
        ("USHER_LIMITS", "update=0/1s", [#""0" is not a number of requests, 1 to 100000"#]),
        ("USHER_LIMITS", "update=1/1s,update=2/1s", ["update is set twice"]),
        ("NO_PROXY", "10.0.0.0/99,[::,:::", [#""10.0.0.0/99", "[::", ":::""#]),
        ("DATABASE_URL", "nonsense", ["neither a postgresql:// URI nor a list of key=value"]),
        (
            "USHER_POLL_INTERVAL", "9000h",
            [#""9000h" is not a time from 100ms to 8784h (366 days)"#]
        ),
        ("LOG_LEVEL", "loud\nFORGED", [#"invalid level "loud\nFORGED"; use one of trace"#]),
    ])
    func aSettingIsRefusedWithTheReason(
        name: String, value: String, messages: [String]
    ) async throws {
        let errors = try await Self.errors([name: value])
        let said = try #require(errors.first { $0.hasPrefix("- \(name): ") }, "\(errors)")
        for message in messages { #expect(said.contains(message), "\(said)") }
    }
}

import Foundation
import Postgres
import Sandbox
import Store
import Testing

/// Files that people name on the command line and in settings, and starts that fail because of them.
@Suite struct NamedFileTests {
    @Test func everythingWrongWithAStartIsToldAtOnceAndNoPasswordIs() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.usher(
                "run",
                settings: [
                    "DATABASE_URL": "postgresql://app:SESAM%zz@host/x",
                    "USHER_ALERT": "ftp://hooks.example/SESAM", "USHER_RULES": "nowhere",
                    "PYLON_API_TOKEN": "", "PYLON_API_TOKEN_FILE": world.rulesFolder,
                    "HTTPS_PROXY": "socks5://me:SESAM@proxy:1080", "SSL_CERT_FILE": "/none.pem",
                ])
            #expect(ended.status == 1)
            for words in [
                "DATABASE_URL: ", "USHER_ALERT: unsupported scheme ftp://",
                "cannot be read: it is a folder", "nowhere:1:1: error: there is no such file",
                "HTTPS_PROXY: only proxies", "SSL_CERT_FILE: /none.pem cannot be read",
            ] {
                #expect(ended.errors.contains(words), "\(words) in \(ended.errors)")
            }
            #expect(!(ended.output + ended.errors).contains("SESAM"))
            #expect(!ended.errors.contains("Cocoa"))
        }
    }

    @Test func aStartWithBadRulesLeavesNothingBehind() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let bad = world.rulesFolder + "/bad.yaml"
            try Data("version: 1\nrules: [".utf8).write(to: URL(filePath: bad))
            let path = world.rulesFolder + "/usher.config.yaml"
            let entry = "base_url: \"\(world.sandbox.baseURL)\", token_env: GOOD"
            let file = """
                workspaces:
                  - { name: good, \(entry), rules: "\(world.rulesFolder)/rules.yaml" }
                  - { name: bad, \(entry), rules: "\(bad)" }
                """
            try Data(file.utf8).write(to: URL(filePath: path))
            let ended = try await world.usher(
                "run", "--once",
                settings: [
                    "PYLON_API_TOKEN": "", "USHER_CONFIG": path, "GOOD": world.sandbox.token,
                ])
            #expect(ended.status == 1)
            #expect(ended.errors.contains("workspace bad, "))
            #expect(try await world.count("SELECT count(*) FROM usher.workspace") == 0)
            #expect(world.sandbox.requests().requests.isEmpty)
        }
    }

    @Test func aStartThatFailsMakesNoStateDirectory() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let settings = [
                "DATABASE_URL": "", "USHER_RULES": "nowhere", "USHER_STATE_DIR": "state",
            ]
            let ended = try await world.usher("run", "--once", settings: settings)
            #expect(ended.status == 1)
            #expect(ended.errors.contains("nowhere"))
            #expect(!FileManager.default.fileExists(atPath: world.rulesFolder + "/state"))
            let occupied = try await world.usher(
                "run", settings: ["DATABASE_URL": "", "USHER_STATE_DIR": "rules.yaml/state"])
            #expect(occupied.status == 1)
            #expect(occupied.errors.contains("USHER_STATE_DIR: "))
        }
    }

    @Test func aPlanGoesToStandardOutputToDevicesAndThroughLinks() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let run = try await world.usher("run", "--once")
            #expect(run.status == 0, "\(run.errors)")
            for path in ["-", "/dev/stdout"] {
                let printed = try await world.usher("plan", "-o", path)
                #expect(printed.status == 0)
                let plan = try JSONSerialization.jsonObject(with: Data(printed.output.utf8))
                #expect((plan as? [String: Any])?["usher_plan"] != nil)
            }
            #expect(try await world.usher("plan", "-o", "/dev/null").status == 0)
            let link = world.rulesFolder + "/link.json"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "plan.json")
            #expect(try await world.usher("plan", "-o", link).status == 0)
            #expect(
                FileManager.default.fileExists(atPath: world.rulesFolder + "/plan.json"))
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: link) == "plan.json")
        }
    }

    @Test(
        arguments: [
            ("/dev/full", "/dev/full cannot be written: no space left"),
            ("/nowhere/plan.json", "/nowhere/plan.json cannot be written: /nowhere"),
            (".", ". cannot be written: it is a folder"),
        ])
    func aPlanThatCannotBeWrittenExitsWith1(path: String, words: String) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            #expect(try await world.usher("run", "--once").status == 0)
            let ended = try await world.usher("plan", "-o", path)
            #expect(ended.status == 1)
            #expect(ended.errors.contains(words), "\(ended.errors)")
        }
    }

    @Test func aFileThatIsNoneIsToldAsWhatItIs() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            #expect(mkfifo(world.rulesFolder + "/pipe.json", 0o600) == 0)
            #expect(try await world.usher("run", "--once").status == 0)
            for (arguments, words) in [
                (["rules", "explain", "--file", "pipe.json"], "it is a pipe, not a file"),
                (["rules", "explain", "--file", "/dev/zero"], "it is a device, not a file"),
                (["approve", "pipe.json", "--reason", "x"], "it is a pipe, not a file"),
                (["rules", "check", "/dev/zero"], "it is a device, not a file"),
            ] {
                let ended = try await world.usher(arguments, within: .seconds(20))
                #expect(ended.status != 0)
                let said = ended.output + ended.errors
                #expect(said.contains(words), "\(arguments): \(said)")
                #expect(!said.contains("Cocoa"))
            }
        }
    }
}

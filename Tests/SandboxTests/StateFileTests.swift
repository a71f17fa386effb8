import Foundation
import Logging
import NIOHTTP1
import Sandbox
import Testing

@Suite struct StateFileTests {
    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "contacts").path)
    }

    @Test func aSecondStartFindsContactsAsTheyWereLeft() async throws {
        try await withFile { path in
            let options = SandboxOptions.quick(contacts: 400) { $0.stateFile = path }
            let before = try await SandboxServer.withRunning(options) { sandbox in
                let client = SandboxClient(sandbox)
                _ = try await client.create(#"{"name":"New \u0000 \"\\ 👩🏽‍💻"}"#)
                _ = try await client.send(.DELETE, "/contacts/\(sandbox.contacts[5].id)")
                _ = try await client.update(
                    sandbox.contacts[7].id,
                    #"{"portal_role":"support-lead","custom_fields":[{"slug":"products","values":["api"]}]}"#
                )
                return (
                    sandbox.contacts.map { sandbox.json(ofContact: $0.id)! }, sandbox.organisation
                )
            }
            var other = options
            other.seed = 99
            try await SandboxServer.withRunning(other) { sandbox in
                #expect(sandbox.contacts.map { sandbox.json(ofContact: $0.id)! } == before.0)
                #expect(sandbox.organisation == before.1)
                let ids = try await SandboxClient(sandbox).allIDs(limit: 50)
                #expect(ids == sandbox.contacts.map(\.id))
            }
        }
    }

    @Test(arguments: ["cut", "bit", "empty", "other", "line"])
    func aDamagedFileIsRefusedAndKept(damage: String) async throws {
        try await withFile { path in
            let options = SandboxOptions.quick { $0.stateFile = path }
            try await SandboxServer.withRunning(options) { _ in }
            var data = try Data(contentsOf: URL(filePath: path))
            switch damage {
            case "cut": data.removeLast(100)
            case "bit": data[data.count - 50] ^= 1
            case "empty": data = Data()
            case "other": data = Data("{}\n".utf8)
            default: data.append(contentsOf: "{}\n".utf8)
            }
            try data.write(to: URL(filePath: path))
            let error = #expect(throws: StateFileError.self) {
                try SandboxServer(options: options, logger: Logger(label: "test"))
            }
            #expect("\(error!)".contains(path))
            #expect("\(error!)".contains("move it away"))
            #expect(try Data(contentsOf: URL(filePath: path)) == data)
        }
    }

    @Test func aFileThatCannotBeReadIsRefused() async throws {
        try await withFile { path in
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            let error = #expect(throws: StateFileError.self) {
                try SandboxServer(
                    options: .quick { $0.stateFile = path }, logger: Logger(label: "test"))
            }
            guard case .inaccessible(path, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

import Foundation
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

/// The database that an earlier version left behind; see Fixtures/README.md.
struct RecordedVersion: Sendable, CustomTestStringConvertible {
    /// A PATCH to a contact.
    struct Sent: Codable, Hashable {
        let contact: String
        let body: Body

        struct Body: Codable, Hashable {
            var name: String?
            var portalRole: String?
            var customFields: [CustomField]?

            enum CodingKeys: String, CodingKey {
                case name
                case portalRole = "portal_role"
                case customFields = "custom_fields"
            }
        }

        struct CustomField: Codable, Hashable {
            let slug: String
            let value: String
        }
    }

    /// After its last migration.
    let name: String

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let all: [RecordedVersion] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (names ?? []).filter { $0.allSatisfy(\.isNumber) }.sorted()
            .map(RecordedVersion.init(name:))
    }()

    var testDescription: String { name }

    /// The rules that it had in force, by name of the file.
    var rules: URL { file("rules/4") }

    /// What it sent to the workspace `default` afterwards.
    func sent() throws -> Set<Sent> {
        Set(try JSONDecoder().decode([Sent].self, from: Data(contentsOf: file("sent.json"))))
    }

    /// Fills an empty database with what it left behind.
    func restore(to connectionString: String) async throws {
        let script = try String(contentsOf: file("database.sql"), encoding: .utf8)
        let owner = Database(connectionString)
        try await owner.transaction { try $0.run(script: script) }
        await owner.close()
    }

    /// The API with the contacts of the workspace `default` as they were then.
    ///
    /// - Parameter folder: Where the sandbox keeps them.
    func sandboxOptions(in folder: String) throws -> SandboxOptions {
        var options = SandboxOptions.empty
        options.stateFile = folder + "/contacts.txt"
        try Data(contentsOf: file("contacts.txt"))
            .write(to: URL(filePath: folder + "/contacts.txt"))
        return options
    }

    private func file(_ path: String) -> URL {
        Self.folder.appending(path: name).appending(path: path)
    }
}

extension RecordedVersion {
    /// Lends a test a world with the database, migrated to the present version, and the contacts that
    /// this version left behind.
    ///
    /// - Parameter connectionString: Of an empty database.
    func withWorld(
        at connectionString: String, onRestored: () async throws -> Void = {},
        _ body: @Sendable (World) async throws -> Void
    ) async throws {
        try await restore(to: connectionString)
        try await onRestored()
        let owner = Database(connectionString)
        _ = try await Migrator(Store.migrations).migrate(owner)
        try await owner.transaction { try $0.run(script: Store.rolesScript) }
        await owner.close()
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rules = folder + "/rules"
        try FileManager.default.copyItem(atPath: self.rules.path(), toPath: rules)
        try await SandboxServer.withRunning(try sandboxOptions(in: folder)) { sandbox in
            try await World.with(
                sandbox, connectionString: connectionString, rulesFolder: rules, body)
        }
    }
}

import Foundation
import Testing

@testable import EmbeddedPostgres

/// What only root can try: to be others, and to have a server that is not root.
@Suite(.serialized, .enabled(if: geteuid() == 0))
struct OtherUsersTests {
    @Test func theServerDoesNotRunAsRoot() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { _ in
                for pid in directory.processes {
                    var status = stat()
                    #expect(stat("/proc/\(pid)", &status) == 0)
                    #expect(status.st_uid != 0)
                }
            }
        }
    }

    @Test(arguments: ["nobody", "postgres"])
    func anotherUserCannotConnect(user: String) async throws {
        try await StateDirectory.with { directory in
            try await directory.run { server in
                let attempt = try await server.psql("SELECT 1", as: user)
                #expect(!attempt.isGood)
                try await server.expect("SELECT 1", "1\n")
            }
        }
    }

    @Test func notEvenWithTheSocketWithinReach() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { server in
                let socket = directory.base + "/socket"
                chmod(socket, 0o755)
                chmod(socket + "/" + ClusterFiles.socketName, 0o777)
                let attempt = try await server.psql("SELECT 1", as: "nobody")
                #expect(!attempt.isGood)
                #expect(attempt.output.contains("Peer authentication failed"))
            }
        }
    }

    @Test func aStateDirectoryThatOnlyRootCanEnterWorks() async throws {
        try await StateDirectory.with("private/state") { directory in
            let parent = directory.root + "/private"
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
            chmod(parent, 0o700)
            try await directory.run { server in
                try await server.expect("CREATE TABLE kept ()", "CREATE TABLE\n")
            }
            try await directory.run { server in
                try await server.expect("SELECT count(*) FROM kept", "0\n")
            }
            #expect(directory.base.hasPrefix("/var/lib/usher/"))
        }
    }

    @Test func aCopyOfAStateDirectoryHasItsOwnCluster() async throws {
        try await StateDirectory.with("private/state") { original in
            let parent = original.root + "/private"
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
            chmod(parent, 0o700)
            try await original.run { _ in }
            try await StateDirectory.with("private/state") { copy in
                try FileManager.default.copyItem(atPath: parent, toPath: copy.root + "/private")
                try await original.run { _ in
                    try await copy.run { _ in #expect(copy.base != original.base) }
                }
            }
        }
    }

    @Test func aLinkInThePlaceOfADirectoryIsRefused() async throws {
        try await StateDirectory.with { directory in
            try FileManager.default.createDirectory(
                atPath: directory.path, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: directory.path + "/postgres", withDestinationPath: directory.root)
            chmod(directory.path, 0o711)
            await #expect(throws: EmbeddedPostgresError.self) { _ = try await directory.start() }
        }
    }
}

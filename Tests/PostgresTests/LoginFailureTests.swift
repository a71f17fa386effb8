import Foundation
import Postgres
import TestSupport
import Testing

/// Logins that fail: what is said, what is not, and whether waiting is of use.
struct LoginFailureTests {
    private func failure(
        of connectionString: String, limit: Duration = .seconds(10)
    ) async -> PostgresError? {
        var options = Database.Options()
        options.connectTimeout = limit
        let database = Database(connectionString, options: options)
        let error = await #expect(throws: PostgresError.self) {
            try await database.transaction { try $0.execute("SELECT 1") }
        }
        await database.close()
        return error
    }

    /// A cluster that asks for passwords over TCP, with the login `app`.
    private func withStrictCluster(
        settings: [String: String] = [:], _ body: (PrivateCluster) async throws -> Void
    ) async throws {
        var options = PrivateCluster.Options()
        options.settings = settings
        options.accessRules = [
            "host all postgres 127.0.0.1/32 trust", "host closed all 127.0.0.1/32 reject",
            "hostssl tls all 127.0.0.1/32 scram-sha-256",
            "host mine app 127.0.0.1/32 scram-sha-256",
        ]
        try await withCluster(options) { cluster in
            try await cluster.execute("CREATE ROLE app LOGIN PASSWORD 'Sesam/öffne:dich@#?%'")
            for name in ["mine", "closed", "tls"] {
                try await cluster.execute("CREATE DATABASE \(name)")
            }
            try await body(cluster)
        }
    }

    /// Parts of a string behind a server's `host:port`, the SQLSTATE, and a word of the remedy.
    static let definite: [(login: String, state: String?, remedy: String)] = [
        ("app:wrong@HOST/mine", "28P01", "password"), ("app@HOST/mine", nil, "password"),
        ("nobody@HOST/mine", "28000", "pg_hba.conf"),
        ("app:wrong@HOST/closed", "28000", "pg_hba.conf"),
        ("app:wrong@HOST/tls?sslmode=disable", "28000", "pg_hba.conf"),
        ("postgres@HOST/missing", "3D000", "CREATE DATABASE"),
        ("postgres@HOST/mine?sslmode=require", nil, "TLS"),
        ("postgres@HOST/mine?options=-c%20nonsense%3D1", "42704", "correct DATABASE_URL"),
        ("postgres@HOST/mine?sslmode=perhaps", nil, "option"),
        ("postgres@HOST/mine?service=nowhere", nil, "service"),
        ("postgres@HOST/mine?sslmode=verify-full&sslrootcert=/nonexistent", nil, "TLS"),
    ]

    @Test(arguments: definite)
    func whatWaitingDoesNotMendIsSaidWithTheRemedy(
        login: String, state: String?, remedy: String
    ) async throws {
        // The server's words are in another language where that is installed; its codes are not.
        try await withStrictCluster(settings: ["lc_messages": "'C'"]) { cluster in
            let string =
                "postgresql://" + login.replacing("HOST", with: "127.0.0.1:\(cluster.port)")
            let error = await failure(of: string)
            guard case .refused(let reason, let sqlState) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(sqlState == state)
            #expect(reason.contains(remedy), "\(reason)")
            #expect(!reason.contains("wrong") && !reason.contains("missing\""), "\(reason)")
            #expect(error?.isPassing == false)
        }
    }

    @Test func anyPasswordWorksWhereItIsEncoded() async throws {
        try await withStrictCluster { cluster in
            let database = Database(
                "postgresql://app:Sesam%2F%C3%B6ffne%3Adich%40%23%3F%25@127.0.0.1:\(cluster.port)"
                    + "/mine")
            try await database.transaction { try $0.execute("SELECT 1") }
            await database.close()
        }
    }

    /// What passes: nobody listens, a name that no one knows yet, a server that has no room.
    @Test func whatMayPassIsToldAsThat() async throws {
        #expect(await failure(of: "host=127.0.0.1 port=1")?.isPassing == true)
        #expect(await failure(of: "host=no-such-host.invalid")?.isPassing == true)
        var options = PrivateCluster.Options()
        options.settings = [
            "max_connections": "4", "superuser_reserved_connections": "0",
            "max_wal_senders": "0", "wal_level": "minimal",
        ]
        try await withCluster(options) { cluster in
            let full = Database(cluster.connectionString())
            let meeting = Signal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await full.transaction { db in
                            try db.execute("SELECT 1")
                            try meeting.wait()
                        }
                    }
                }
                try await Task.sleep(for: .milliseconds(500))
                let error = await failure(of: cluster.connectionString())
                #expect(error?.isPassing == true)
                #expect("\(error!)".contains("too many clients"))
                (0..<4).forEach { _ in meeting.give() }
                try await group.waitForAll()
            }
            await full.close()
        }
    }

    /// Strings in which a password stands where libpq takes it for something else.
    static let leaky = [
        "postgresql://app:Sesam/x@host/db", "postgresql://app:/Sesam@host/db",
        "postgresql://app:x?Sesam@host/db", "postgresql://app:x?y=Sesam@host/db",
        "postgresql://app:Sesam", "postgresql://app:Sesam%zz@host/db",
        "postgresql://app:x@Sesam@host/db", "postgresql://app:[Sesam@host/db",
        "postgresql://[Sesam", "postgresql://app:Sesam:y@", "postgres://app:Sesam/y",
        "app:Sesam@host/db", "app:Sesam", "mysql://app:Sesam@host/db", "postgres//app:Sesam@host",
        "mysql://app:Ses=Sesam@host/db", "host=127.0.0.1 port=Sesam", "password=x Sesam host=h",
        "password=x Sesam=y", "password='Sesam", "host=127.0.0.1 sslmode=Sesam",
        "host=127.0.0.1 connect_timeout=Sesam port=1", "service=Sesam", "Sesam öffne dich",
        "host=127.0.0.1 port=1 password=Sesam", "host=127.0.0.1 port=1 user=Sesam",
        "postgresql://x:Sesam@127.0.0.1:1/db", "host=127.0.0.1 port=1 dbname=Sesam",
        "host=127.0.0.1 port=1 sslmode=verify-full sslrootcert=/Sesam",
        "host=127.0.0.1 port=1 passfile=/Sesam", "host=a,b port=1,Sesam,3",
        "host=127.0.0.1 target_session_attrs=Sesam", "host=127.0.0.1 port=1 keepalives=Sesam",
    ]

    @Test(arguments: leaky)
    func noMessageHoldsAPartOfTheString(connectionString: String) async throws {
        let error = await failure(of: connectionString, limit: .milliseconds(500))
        #expect(error?.description.contains("Sesam") == false, "\(error!)")
        #expect(error?.description.isEmpty == false)
    }

    @Test func whatTheServerQuotesIsReplaced() async throws {
        try await withStrictCluster { cluster in
            let strings = [
                "host=127.0.0.1 port=\(cluster.port) user=Sesam password=x dbname=mine",
                "host=127.0.0.1 port=\(cluster.port) user=postgres dbname=Sesam",
            ]
            for string in strings {
                let error = await failure(of: string)
                #expect(error?.description.contains("Sesam") == false, "\(error!)")
                #expect(error?.description.contains("127.0.0.1") == true, "\(error!)")
            }
        }
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

struct TimeLimitTests {
    private func options(_ change: (inout Database.Options) -> Void) -> Database.Options {
        var options = Database.Options()
        change(&options)
        return options
    }

    private func isTimedOut(_ error: PostgresError?, _ sqlState: String) -> Bool {
        if case .timedOut(let report) = error { report.sqlState == sqlState } else { false }
    }

    @Test func aSlowStatementIsStopped() async throws {
        try await withDatabase { connectionString in
            let database = Database(
                connectionString, options: options { $0.statementTimeout = .milliseconds(50) })
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in try db.execute("SELECT pg_sleep(60)") }
            }
            #expect(isTimedOut(error, "57014"))
            try await database.transaction { db in try db.execute("SELECT 1") }
            await database.close()
        }
    }

    @Test func theConnectionStringsOwnLimitsWin() async throws {
        try await withDatabase { connectionString in
            let database = Database(
                connectionString + " options='-c statement_timeout=7s -c work_mem=5MB'",
                options: options { $0.statementTimeout = .seconds(3) })
            let settings = try await database.transaction { db in
                try db.rows(
                    """
                    SELECT current_setting(name) AS value
                    FROM unnest(\(["statement_timeout", "work_mem", "lock_timeout"])) AS name
                    """
                ) { try $0.get("value", as: String.self) }
            }
            #expect(settings == ["7s", "5MB", "10s"])
            await database.close()
        }
    }

    @Test func theWaitForALockIsBounded() async throws {
        try await withDatabase([
            Migration(name: "0001_t", sql: "CREATE TABLE public.t (); ")
        ]) { connectionString in
            let holder = Database(connectionString)
            let database = Database(
                connectionString, options: options { $0.lockTimeout = .milliseconds(50) })
            let (locked, done) = (Signal(), Signal())
            async let holding: Void = holder.transaction { db in
                try db.execute("LOCK TABLE public.t")
                locked.give()
                try done.wait()
            }
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try locked.wait()
                    try db.execute("LOCK TABLE public.t")
                }
            }
            #expect(isTimedOut(error, "55P03"))
            done.give()
            try await holding
            await database.close()
            await holder.close()
        }
    }

    @Test func aTransactionLeftIdleLosesItsConnection() async throws {
        try await withDatabase { connectionString in
            let database = Database(
                connectionString,
                options: options { $0.idleInTransactionTimeout = .milliseconds(50) })
            let watcher = Database(connectionString)
            let error = await #expect(throws: PostgresError.self) {
                let (began, gone) = (Signal(), Signal())
                async let idling: Void = database.transaction { db in
                    try db.execute("SELECT 1")
                    began.give()
                    try gone.wait()
                    try db.execute("SELECT 1")
                }
                try await watcher.untilIdleTransactionsAreGone(after: began)
                gone.give()
                try await idling
            }
            guard case .connectionLost = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await database.transaction { db in try db.execute("SELECT 1") }
            await database.close()
            await watcher.close()
        }
    }

    @Test func aServerThatNeverAnswersIsGivenUp() async throws {
        let (port, descriptor) = try silentServer()
        defer { close(descriptor) }
        let database = Database(
            "host=127.0.0.1 port=\(port) user=x dbname=x",
            options: options { $0.connectTimeout = .milliseconds(100) })
        let error = await #expect(throws: PostgresError.self) {
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
        #expect(error == .unreachable(reason: "no answer in time"))
        await database.close()
    }

    /// Takes connections and never says anything.
    private func silentServer() throws -> (port: UInt16, descriptor: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isListening)
        return (UInt16(bigEndian: address.sin_port), descriptor)
    }
}

extension Database {
    fileprivate func untilIdleTransactionsAreGone(after began: Signal) async throws {
        try await transaction { db in
            try began.wait()
            var isThere = true
            while isThere {
                // Statistics are kept for a transaction's duration unless told otherwise.
                try db.execute("SELECT pg_stat_clear_snapshot()")
                isThere = try db.row(
                    """
                    SELECT count(*) > 0 AS there FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction'
                      AND pid <> pg_backend_pid()
                    """
                ) { try $0.get("there") }!
            }
        }
    }
}

internal import CLibpq
internal import Foundation

/// Runs a statement that no transaction can hold.
func runAlone(_ sql: String, at connectionString: String) async throws {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            let connection = PQconnectdb(connectionString)
            let result = PQexec(connection, sql)
            let message = String(cString: PQerrorMessage(connection))
            let isDone = [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result))
            PQclear(result)
            PQfinish(connection)
            continuation.resume(
                with: isDone ? .success(()) : .failure(AdministrationFailed(message: message)))
        }
    } as Void
}

private struct AdministrationFailed: Error {
    let message: String
}

/// A port of 127.0.0.1 that nobody listens on.
///
/// Below those that the system gives to outgoing connections: between this look and a server's start,
/// another test would soon connect from one of those.
/// Source: ip(7), `ip_local_port_range`, which begins at 32768.
func freePort() throws -> UInt16 {
    for _ in 0..<maxPorts {
        guard let socket = try? TCPSocket.listening(on: .random(in: 20_000..<32_000)) else {
            continue
        }
        defer { close(socket.descriptor) }
        return socket.port
    }
    throw POSIXError(.EADDRINUSE)
}

/// Ports that are looked at, of which few are in use.
private let maxPorts = 100

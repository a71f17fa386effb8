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
func freePort() throws -> UInt16 {
    let socket = try TCPSocket.listening(on: 0)
    defer { close(socket.descriptor) }
    return socket.port
}

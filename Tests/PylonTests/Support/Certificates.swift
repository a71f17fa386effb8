import Foundation
import NIOSSL
import Testing

/// An authority of the tests' own and the certificates that it signs, made by `openssl`.
struct Certificates {
    let folder: String

    var authority: String { folder + "/ca.pem" }

    enum Problem: Error {
        case openssl([String], Int32)
    }

    /// Makes an authority for as long as `body` takes.
    static func with<Result>(
        _ body: (Certificates) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "usher-certificates-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let certificates = Certificates(folder: folder)
        try certificates.openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Authority of the tests"]
                + key("ca") + ["-out", "ca.pem"])
        return try await body(certificates)
    }

    /// What a server with a certificate for `host` speaks TLS with.
    ///
    /// - Parameter days: From now; a negative number makes one that has expired.
    func server(for host: String = "localhost", days: Int = 1) throws -> NIOSSLContext {
        try openssl(
            ["req", "-subj", "/CN=server", "-addext", "subjectAltName=DNS:\(host)"]
                + Self.key("server") + ["-out", "server.csr"])
        try openssl([
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days",
            "\(days)", "-copy_extensions", "copy", "-out", "server.pem",
        ])
        let chain = try NIOSSLCertificate.fromPEMFile(folder + "/server.pem")
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(file: folder + "/server.key", format: .pem)))
        return try NIOSSLContext(configuration: configuration)
    }

    private static func key(_ name: String) -> [String] {
        [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            "\(name).key",
        ]
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Problem.openssl(arguments, process.terminationStatus)
        }
    }
}

internal import Files
internal import Foundation
internal import NIOSSL

/// The certificates of authorities (CAs) that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
///
/// Each takes the place of the system's file or folder, as in OpenSSL, and leaves the other.
struct TrustedCertificates: Sendable {
    private var file: [NIOSSLCertificate]?
    private var folders: [NIOSSLCertificate]?

    /// Bytes of a file of certificates; that of a whole system has about 250 KiB.
    private static let maxFileSize = 8 << 20
    /// Files that are read in one folder; that of a whole system has about 300.
    private static let maxFiles = 4096

    /// Where systems keep them. Source:
    /// https://github.com/apple/swift-nio-ssl/blob/main/Sources/NIOSSL/LinuxCABundle.swift
    private static let systemFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    ]
    private static let systemFolder = "/etc/ssl/certs"

    mutating func readFile(_ path: String) throws(InvalidSetting) {
        file = try Self.certificates(in: path)
        guard file?.isEmpty == false else {
            throw InvalidSetting("\(path) holds no certificate in PEM format")
        }
    }

    /// - Parameter paths: Separated by colons.
    mutating func readFolders(_ paths: String) throws(InvalidSetting) {
        var found: [NIOSSLCertificate] = []
        for folder in paths.split(separator: ":") {
            found += try Self.certificates(inFolder: String(folder))
        }
        folders = found
    }

    /// nil where nothing was named: the system's own are trusted.
    var configuration: TLSConfiguration? {
        guard file != nil || folders != nil else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        // NIOSSL takes no folder beside other roots, so the system's is read here too.
        let folder = folders ?? (try? Self.certificates(inFolder: Self.systemFolder)) ?? []
        configuration.trustRoots = .certificates((file ?? []) + folder)
        let exists = FileManager.default.fileExists(atPath:)
        if file == nil, let system = Self.systemFiles.first(where: exists) {
            configuration.additionalTrustRoots.append(.file(system))
        }
        return configuration
    }

    private static func certificates(
        inFolder folder: String
    ) throws(InvalidSetting) -> [NIOSSLCertificate] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw InvalidSetting("the folder \(folder) cannot be read")
        }
        guard names.count <= maxFiles else {
            throw InvalidSetting("\(folder) holds more than \(maxFiles) files")
        }
        // Like OpenSSL, which passes over what is no certificate here.
        return names.flatMap { (try? certificates(in: "\(folder)/\($0)")) ?? [] }
    }

    private static func certificates(
        in path: String
    ) throws(InvalidSetting) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(
                NamedFile.read(path, atMost: maxFileSize))
        } catch let problem as FileProblem {
            throw InvalidSetting("\(problem)")
        } catch {
            throw InvalidSetting("\(path) holds no certificate in PEM format")
        }
    }
}

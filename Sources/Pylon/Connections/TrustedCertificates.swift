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

    /// Where systems keep them. Source: NIOSSL, LinuxCABundle.swift.
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
        for folder in paths.split(separator: ":").map(String.init) {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            } catch {
                throw InvalidSetting("the folder \(folder) cannot be read")
            }
            guard names.count <= Self.maxFiles else {
                throw InvalidSetting("\(folder) holds more than \(Self.maxFiles) files")
            }
            for name in names {
                // Like OpenSSL, which passes over what is no certificate here.
                found += (try? Self.certificates(in: "\(folder)/\(name)")) ?? []
            }
        }
        folders = found
    }

    /// nil where nothing was named: the system's own are trusted.
    var configuration: TLSConfiguration? {
        guard file != nil || folders != nil else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates((file ?? []) + (folders ?? []))
        let exists = FileManager.default.fileExists(atPath:)
        if file == nil, let system = Self.systemFiles.first(where: exists) {
            configuration.additionalTrustRoots.append(.file(system))
        }
        if folders == nil, exists(Self.systemFolder) {
            configuration.additionalTrustRoots.append(.file(Self.systemFolder))
        }
        return configuration
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

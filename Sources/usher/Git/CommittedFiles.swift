import Crypto
import Foundation
import RuleLint
import Rules
import Worker

/// The files below a folder as a commit has them.
///
/// Git reads the objects, and nothing else of the repository: it runs in a directory of ours with a
/// configuration of ours, so neither the repository's configuration nor what that includes, no
/// attribute, hook, filter, alias or remote is ever looked at.
struct CommittedFiles {
    private let checkout: GitCheckout
    /// Ids of the blobs by their path from the top, whose bytes count.
    private let blobs: [[UInt8]: String]

    /// How long git may take to answer.
    private static let timeLimit: Duration = .seconds(5)
    /// Bytes that it may print: a hundred thousand files.
    private static let maxListing = 16 << 20

    /// - Returns: nil where git is not installed, or the objects cannot be read.
    init?(of checkout: GitCheckout, below folder: String) async {
        guard let path = checkout.relativePath(of: folder) else { return nil }
        self.checkout = checkout
        do { blobs = try await Self.list(checkout, path) } catch { return nil }
    }

    /// Whether a file is in the commit with these very bytes. What a filter or a change of line
    /// ends would make of it does not count.
    func hold(_ file: String, _ bytes: [UInt8]) -> Bool {
        guard let path = checkout.relativePath(of: file), let id = blobs[Array(path.utf8)]
        else { return false }
        return id == blobID(of: bytes)
    }

    /// Names of the files that the commit has directly in a folder.
    func names(in folder: String) -> [String] {
        guard let path = checkout.relativePath(of: folder) else { return [] }
        let prefix = path.isEmpty ? [] : Array((path + "/").utf8)
        return blobs.keys.filter { $0.starts(with: prefix) }.map { $0.dropFirst(prefix.count) }
            .filter { !$0.contains(UInt8(ascii: "/")) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func blobID(of bytes: [UInt8]) -> String {
        let object = Array("blob \(bytes.count)\0".utf8) + bytes
        return checkout.isSHA256
            ? SHA256.hash(data: object).hexadecimal : Insecure.SHA1.hash(data: object).hexadecimal
    }

    private static func list(
        _ checkout: GitCheckout, _ folder: String
    ) async throws -> [[UInt8]: String] {
        let directory = try emptyRepository(for: checkout)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let git = ChildProgram(
            program: "git",
            arguments: ["ls-tree", "-r", "-z", "--full-tree", checkout.commit]
                + (folder.isEmpty ? [] : ["--", folder + "/"]),
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "LC_ALL": "C",
                "GIT_DIR": directory,
                "GIT_OBJECT_DIRECTORY": checkout.objects,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_ATTR_NOSYSTEM": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
                "GIT_LITERAL_PATHSPECS": "1",
                // Objects that are missing are not fetched, by whatever program.
                "GIT_ALLOW_PROTOCOL": "none",
                "GIT_TERMINAL_PROMPT": "0",
            ],
            output: .captured(atMost: maxListing), timeLimit: timeLimit)
        return blobs(in: try await git.run())
    }

    /// A repository with nothing in it, whose configuration is all that git reads.
    private static func emptyRepository(for checkout: GitCheckout) throws -> String {
        var path = Array((NSTemporaryDirectory() + "/usher-git-XXXXXX").utf8CString)
        guard mkdtemp(&path) != nil else { throw POSIXError(.EACCES) }
        let directory = String(
            decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let configuration =
            checkout.isSHA256
            ? "[core]\nrepositoryformatversion = 1\nbare = true\n"
                + "[extensions]\nobjectformat = sha256\n"
            : "[core]\nrepositoryformatversion = 0\nbare = true\n"
        try FileManager.default.createDirectory(
            atPath: directory + "/refs", withIntermediateDirectories: false)
        try Data("ref: refs/heads/none\n".utf8).write(to: URL(filePath: directory + "/HEAD"))
        try Data(configuration.utf8).write(to: URL(filePath: directory + "/config"))
        return directory
    }

    /// `<mode> SP <type> SP <object> TAB <file>` NUL. Source: git-ls-tree(1).
    private static func blobs(in listing: [UInt8]) -> [[UInt8]: String] {
        var blobs: [[UInt8]: String] = [:]
        for entry in listing.split(separator: 0) {
            guard let tab = entry.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let fields = entry[..<tab].split(separator: UInt8(ascii: " "))
            guard fields.count == 3, fields[1].elementsEqual("blob".utf8) else { continue }
            blobs[Array(entry[(tab + 1)...])] = String(decoding: fields[2], as: UTF8.self)
        }
        return blobs
    }
}

extension GitCheckout {
    /// Whether ids are of 64 digits: SHA-256 instead of SHA-1. Source:
    /// git-hash-function-transition(7).
    fileprivate var isSHA256: Bool { commit.utf8.count == 64 }
}

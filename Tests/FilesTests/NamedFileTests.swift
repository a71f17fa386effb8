import Foundation
import Testing

@testable import Files

@Suite struct NamedFileTests {
    @Test func aFileIsReadWhole() throws {
        try Folder.with { folder in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
            try Data(bytes).write(to: URL(filePath: folder + "/a"))
            #expect(try NamedFile.read(folder + "/a", atMost: 200_000) == bytes)
            #expect(throws: FileProblem(folder + "/a", .read, "it is larger than 199999 bytes")) {
                try NamedFile.read(folder + "/a", atMost: 199_999)
            }
        }
    }

    @Test func whatIsNoFileIsToldAsWhatItIsWithoutWaiting() throws {
        try Folder.with { folder in
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            let cases = [
                (folder, "it is a folder"), (folder + "/pipe", "it is a pipe, not a file"),
                ("/dev/zero", "it is a device, not a file"),
                (folder + "/none", "there is no such file"),
                (folder + "/pipe/x", "a part of the path is not a folder"),
            ]
            for (path, reason) in cases {
                #expect(throws: FileProblem(path, .read, reason)) {
                    try NamedFile.read(path, atMost: 10)
                }
            }
        }
    }

    @Test(arguments: [
        ("a", "."), ("é", "."), ("rules.yaml", "."), ("r/a", "r"), ("r//a/", "r"), ("./a", "."),
        ("/a", "/"), ("/", "/"), ("..", "."), ("../a", ".."), ("/r/s/a.yaml", "/r/s"), ("", "."),
    ])
    func aPathLeadsIntoAFolder(path: String, folder: String) {
        #expect(NamedFile.folder(of: path) == folder)
    }

    @Test func errorsAreInPlainWords() {
        #expect(
            "\(FileProblem("a.yaml", .read, code: EACCES))"
                == "a.yaml cannot be read: permission denied")
        #expect(
            "\(FileProblem("plan.json", .written, code: ENOSPC))"
                == "plan.json cannot be written: no space left")
        #expect(!FileProblem.words(EIO).isEmpty)
    }
}

/// A folder of a test's own.
enum Folder {
    static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "usher-files-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}

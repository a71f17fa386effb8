import Foundation
import Testing

@testable import Files

@Suite struct OutputFileTests {
    private func write(_ text: String, to path: String) throws {
        let file = try OutputFile(path)
        try file.write(text.utf8)
        try file.finish()
    }

    private func text(of path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func aFileHasItsNameOnlyOnceItIsWhole() throws {
        try Folder.with { folder in
            let path = folder + "/plan.json"
            try "old".write(toFile: path, atomically: false, encoding: .utf8)
            do {
                let file = try OutputFile(path)
                try file.write("half".utf8)
                #expect(try text(of: path) == "old")
            }
            #expect(try text(of: path) == "old")
            try write("new", to: path)
            #expect(try text(of: path) == "new")
            #expect(try names(in: folder) == ["plan.json"])
        }
    }

    @Test func theRightsOfAFileStay() throws {
        try Folder.with { folder in
            let path = folder + "/plan.json"
            try "old".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(chmod(path, 0o640) == 0)
            try write("new", to: path)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }
    }

    @Test(arguments: [true, false])
    func aSymbolicLinkStaysOne(isDangling: Bool) throws {
        try Folder.with { folder in
            if !isDangling { try write("old", to: folder + "/target") }
            #expect(symlink("target", folder + "/link") == 0)
            try write("new", to: folder + "/link")
            #expect(try text(of: folder + "/target") == "new")
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link")
                    == "target")
        }
    }

    @Test func aPipeGetsTheWholeResult() throws {
        try Folder.with { folder in
            let path = folder + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            #expect(throws: FileProblem(path, .written, "no process reads this pipe")) {
                try OutputFile(path)
            }
            let reader = open(path, O_RDONLY | O_NONBLOCK)
            defer { close(reader) }
            let file = try OutputFile(path)
            try file.write("forgotten".utf8)
            try file.restart()
            try file.write("whole".utf8)
            try file.finish()
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = read(reader, &bytes, 100)
            #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "whole")
            #expect(try names(in: folder) == ["pipe"])
        }
    }

    @Test func aDeviceIsWrittenThrough() throws {
        try write("x", to: "/dev/null")
        #expect(throws: FileProblem("/dev/full", .written, "no space left")) {
            try write("x", to: "/dev/full")
        }
    }

    @Test func whatCannotBeWrittenIsToldAtOnce() throws {
        try Folder.with { folder in
            let missing = folder + "/none/plan.json"
            #expect(
                throws: FileProblem(missing, .written, "\(folder)/none: there is no such folder")
            ) { try OutputFile(missing) }
            #expect(throws: FileProblem(folder, .written, "it is a folder")) {
                try OutputFile(folder)
            }
            #expect(symlink("loop", folder + "/loop") == 0)
            #expect(
                throws: FileProblem(
                    folder + "/loop", .written, "its symbolic links lead in a circle")
            ) { try OutputFile(folder + "/loop") }
        }
    }

    @Test func standardOutputHasSeveralNames() {
        for path in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            #expect(OutputFile.isStandardOutput(path))
        }
        #expect(!OutputFile.isStandardOutput("/dev/stderr"))
        #expect(!OutputFile.isStandardOutput("stdout"))
    }
}

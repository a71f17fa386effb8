import Files
import Foundation

/// A git work tree, read as files: nothing that its repository can configure is run.
///
/// Git itself obeys the configuration, attributes, hooks and filters of a repository, so it is not
/// asked which commit is checked out. Source: gitrepository-layout(5), gitglossary(7).
struct GitCheckout: Equatable {
    /// The folder that holds `.git`, without symbolic links.
    let top: String
    /// Where the objects of the repository are.
    let objects: String
    /// What `HEAD` names: 40 or 64 hexadecimal digits.
    let commit: String

    /// The work tree that holds a folder; nil where there is none, or no commit yet.
    init?(holding folder: String) {
        guard let folder = Self.realPath(folder.isEmpty ? "." : folder) else { return nil }
        var top = folder
        for _ in 0..<Self.maxDepth {
            if let gitDirectory = Self.gitDirectory(in: top) {
                let common = Self.commonDirectory(of: gitDirectory)
                guard let commit = Self.commit("HEAD", in: gitDirectory, common) else { return nil }
                self.init(top: top, objects: common + "/objects", commit: commit)
                return
            }
            guard top != "/" else { return nil }
            top = NamedFile.folder(of: top)
        }
        return nil
    }

    private init(top: String, objects: String, commit: String) {
        (self.top, self.objects, self.commit) = (top, objects, commit)
    }

    /// A path without symbolic links, relative to the top; nil outside of the work tree.
    func relativePath(of path: String) -> String? {
        guard let path = Self.realPath(path.isEmpty ? "." : path) else { return nil }
        if path == top { return "" }
        let prefix = top == "/" ? "/" : top + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    /// Folders that are searched upwards, and links from ref to ref; people's are less deep.
    private static let maxDepth = 64
    private static let maxReferences = 5
    /// Bytes of a file that holds one reference, and of the one that holds all: a hundred thousand.
    private static let maxReference = 4096
    private static let maxPackedReferences = 16 << 20

    private static func gitDirectory(in folder: String) -> String? {
        let path = (folder == "/" ? "" : folder) + "/.git"
        if isGitDirectory(path) { return path }
        // That of a further work tree, or of a submodule, is elsewhere.
        guard let line = firstLine(of: path, atMost: maxReference), line.hasPrefix("gitdir: ")
        else { return nil }
        let target = absolute(String(line.dropFirst("gitdir: ".count)), from: folder)
        return isGitDirectory(target) ? target : nil
    }

    private static func isGitDirectory(_ path: String) -> Bool {
        firstLine(of: path + "/HEAD", atMost: maxReference) != nil
    }

    /// Where further work trees keep what they share.
    private static func commonDirectory(of gitDirectory: String) -> String {
        firstLine(of: gitDirectory + "/commondir", atMost: maxReference)
            .map { absolute($0, from: gitDirectory) } ?? gitDirectory
    }

    private static func commit(
        _ reference: String, in gitDirectory: String, _ common: String
    ) -> String? {
        var reference = reference
        for _ in 0..<maxReferences {
            let found =
                firstLine(of: "\(gitDirectory)/\(reference)", atMost: maxReference)
                ?? firstLine(of: "\(common)/\(reference)", atMost: maxReference)
                ?? packed(reference, in: common)
            guard let found else { return nil }
            if isObjectID(found) { return found }
            guard found.hasPrefix("ref: refs/"), !found.contains("..") else { return nil }
            reference = String(found.dropFirst("ref: ".count))
        }
        return nil
    }

    private static func packed(_ reference: String, in common: String) -> String? {
        guard let text = text(of: common + "/packed-refs", atMost: maxPackedReferences) else {
            return nil
        }
        let line = text.split(separator: "\n").first {
            $0.hasSuffix(" " + reference) && !$0.hasPrefix("#")
        }
        return line?.split(separator: " ").first.map(String.init)
    }

    private static func isObjectID(_ text: String) -> Bool {
        [40, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func absolute(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func firstLine(of path: String, atMost limit: Int) -> String? {
        text(of: path, atMost: limit)?.split(separator: "\n").first.map(String.init)
    }

    private static func text(of path: String, atMost limit: Int) -> String? {
        (try? NamedFile.read(path, atMost: limit)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

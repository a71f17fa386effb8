internal import Contacts
internal import Files
internal import Foundation
package import Rules

/// Where rule files come from.
package enum RuleFiles {
    /// The rule files of a folder, by name, or the one file at `path`; and the files of values
    /// beside them whose names stand in any of them.
    ///
    /// Files are `*.yaml` and `*.yml` directly in the folder; hidden files and subfolders are left
    /// alone. A symbolic link may point to another place inside the folder (Kubernetes mounts are
    /// made of such) but not out of it.
    package static func read(_ path: String) throws(RuleProblems) -> [RuleSource] {
        let kind: FileKind?
        do { kind = try FileKind.of(path) } catch { throw problem(path, error.reason) }
        guard let kind else { throw problem(path, "there is no such file or folder") }
        let folder = kind == .folder ? path : NamedFile.folder(of: path)
        let names = kind == .folder ? try list(path) : [(path as NSString).lastPathComponent]
        var sources: [RuleSource] = []
        var problems: [RuleDiagnostic] = []
        for name in names {
            do throws(RuleProblems) {
                sources.append(
                    RuleSource(path: name, text: try text(of: name, in: folder)))
            } catch {
                problems += error.diagnostics
            }
        }
        let named =
            (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in named.sorted(by: { $0.precedesInBytes($1) })
        where RuleSource.isDataFile(name) && sources.contains(where: { $0.text.contains(name) }) {
            do throws(RuleProblems) {
                sources.append(RuleSource(path: name, text: try text(of: name, in: folder)))
            } catch {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw RuleProblems(problems) }
        return sources
    }

    private static func list(_ folder: String) throws(RuleProblems) -> [String] {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            let reason = FileProblem(folder, .read, error: error).reason
            throw problem(folder, "the folder cannot be read: \(reason)")
        }
        let names = entries.filter(RuleSource.isRuleFile)
        guard !names.isEmpty else {
            throw problem(folder, "there are no rule files (*.yaml, *.yml) in this folder")
        }
        guard names.count <= RuleLimits.files else {
            throw problem(folder, "more than \(RuleLimits.files) rule files")
        }
        return names.sorted { $0.precedesInBytes($1) }
    }

    private static func text(of name: String, in folder: String) throws(RuleProblems) -> String {
        let root = URL(filePath: folder).resolvingSymlinksInPath()
        let file = root.appending(path: name).resolvingSymlinksInPath()
        guard file.path.utf8.starts(with: (root.path == "/" ? "/" : root.path + "/").utf8) else {
            throw problem(name, "the link leads out of the rules folder")
        }
        let bytes: [UInt8]
        do { bytes = try NamedFile.read(file.path, atMost: RuleLimits.fileBytes) } catch {
            // What stands for bytes that are no UTF-8 is in no name on the disk.
            let isGone = (try? FileKind.of(file.path)) == .some(nil)
            throw problem(
                name,
                isGone && name.unicodeScalars.contains("\u{FFFD}")
                    ? "the name of the file is not UTF-8; rename it"
                    : "the file cannot be read: \(error.reason)")
        }
        guard let text = utf16(bytes) ?? String(validating: bytes, as: UTF8.self) else {
            throw problem(name, "the file is not UTF-8")
        }
        return text
    }

    /// The text behind a byte order mark of UTF-16, which spreadsheets call “Unicode”.
    private static func utf16(_ bytes: [UInt8]) -> String? {
        let isLittleEndian = bytes.starts(with: [0xFF, 0xFE])
        guard isLittleEndian || bytes.starts(with: [0xFE, 0xFF]), bytes.count > 2,
            bytes.count.isMultiple(of: 2)
        else { return nil }
        let units = stride(from: 2, to: bytes.count, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        return String(validating: units, as: UTF16.self)
    }

    private static func problem(_ file: String, _ message: String) -> RuleProblems {
        RuleProblems([RuleDiagnostic(at: Place(file: file), message, offending: file)])
    }
}

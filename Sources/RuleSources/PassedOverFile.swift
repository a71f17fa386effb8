internal import Foundation
package import Rules

/// A file or folder beside rule files that is not read, though it looks like one that counts.
package struct PassedOverFile: Sendable, Equatable, Encodable, Located {
    /// Relative to the rules folder, until it is `located`.
    package var file: String
    package let reason: String
    /// What its owner can do about it.
    package let advice: String
}

extension RuleFiles {
    /// What a rules folder holds that is not read, by name; nothing of a single file.
    ///
    /// - Parameter sources: What was read; nil where reading failed, so that it is unknown which
    ///   files of values rules name.
    package static func passedOver(in path: String, read sources: [RuleSource]?) -> [PassedOverFile]
    {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let known = Set(names)
        let read = sources.map { Set($0.map(\.path)) }
        let found = names.sorted().lazy.compactMap { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            return PassedOverFile(name, isFolder: isFolder.boolValue, among: known, read: read)
        }
        return Array(found.prefix(RuleLimits.files))
    }
}

extension PassedOverFile {
    /// - Returns: nil for a file that is read, and for one that nobody takes for a rule file.
    init?(_ name: String, isFolder: Bool, among names: Set<String>, read: Set<String>?) {
        if read?.contains(name) == true { return nil }
        if isFolder {
            guard !name.hasPrefix(".") else { return nil }
            self.init(
                file: name, reason: "only files directly in the rules folder are read",
                advice: "move the rule files in it up")
            return
        }
        let lowercased = name.lowercased()
        if let ending = Self.ruleEndings.first(where: lowercased.contains) {
            self.init(likeRuleFile: name, ending: ending, among: names)
        } else if RuleSource.isDataFile(name) {
            guard read != nil else { return nil }
            self.init(
                file: name, reason: "no rule file names it",
                advice: "name it under `lists` or `tables` as `{ file: \(name) }`, or remove it")
        } else if let ending = Self.dataEndings.first(where: lowercased.hasSuffix) {
            guard !name.hasPrefix(".") else { return nil }
            self.init(
                file: name, reason: "the ending must be in lower case",
                advice: "rename it to \(name.dropLast(ending.count))\(ending)")
        } else if let (_, advice) = Self.otherFormats.first(where: {
            lowercased.hasSuffix($0.ending)
        }) {
            self.init(
                file: name,
                reason: "rule files end in .yaml or .yml, files of values in .csv or .txt",
                advice: advice)
        } else {
            return nil
        }
    }

    /// A name that holds the ending of a rule file, but not as it must be.
    private init?(likeRuleFile name: String, ending: String, among names: Set<String>) {
        let isHidden = name.hasPrefix(".")
        // What begins so is an editor's lock, and nobody's copy.
        guard !name.hasPrefix(".#"), isHidden || !name.hasSuffix(ending),
            let range = name.range(of: ending, options: [.backwards, .caseInsensitive])
        else { return nil }
        let meant = name[..<range.lowerBound].drop { ".#".contains($0) } + ending
        let reason =
            switch (isHidden, range.upperBound == name.endIndex) {
            case (true, _): "a name that begins with a dot hides it"
            case (false, true): "the ending must be in lower case"
            case (false, false): "its name does not end in \(ending)"
            }
        self.init(
            file: name, reason: reason,
            advice: names.contains(String(meant))
                ? "remove it if it is a copy of \(meant)" : "rename it to \(meant), or remove it")
    }

    private static let ruleEndings = [".yaml", ".yml"]
    private static let dataEndings = [".csv", ".txt"]

    /// What other tools and spreadsheets write.
    private static let otherFormats: [(ending: String, advice: String)] = [
        (".json", "rename it to *.yaml if it holds rules: JSON is valid YAML"),
        (".toml", "write its rules as YAML"), (".tsv", "save it as CSV"),
        (".xls", "save it as CSV"), (".xlsx", "save it as CSV"), (".ods", "save it as CSV"),
    ]
}

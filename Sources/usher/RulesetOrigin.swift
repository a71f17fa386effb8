import Files
import Foundation
internal import Reconciler
import Rules
import Store
import Worker

extension RulesetOrigin {
    /// Who runs this process, and which commit the rule files at a path are of.
    ///
    /// Outside of a work tree there is no commit, and without git nothing tells whether the files
    /// are as in it: that is no reason to fail.
    ///
    /// - Parameter files: The names of the files that make up the ruleset.
    init(ofRules path: String, files: [String]) async {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let folder = isFolder.boolValue ? path : NamedFile.folder(of: path)
        let checkout = GitCheckout(holding: folder)
        var isAsCommitted: Bool?
        if let checkout, let committed = await CommittedFiles(of: checkout, below: folder) {
            let isWhole =
                !isFolder.boolValue
                || committed.names(in: folder).allSatisfy {
                    !RuleSource.isRuleFile($0) || files.contains($0)
                }
            isAsCommitted = isWhole && files.allSatisfy { committed.holds($0, in: folder) }
        }
        self.init(
            who: currentOperator(), commit: checkout?.commit, isAsCommitted: isAsCommitted)
    }
}

extension CommittedFiles {
    fileprivate func holds(_ name: String, in folder: String) -> Bool {
        let path = "\(folder)/\(name)"
        guard let bytes = try? NamedFile.read(path, atMost: RuleLimits.fileBytes) else {
            return false
        }
        return hold(path, bytes)
    }
}

internal import Files
internal import Foundation
package import Rules

extension RulesLocation {
    /// The location of a path, which may be that of a folder.
    ///
    /// - Parameter directory: The absolute path of the current directory.
    package init(
        _ path: String, from directory: String = FileManager.default.currentDirectoryPath
    ) {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let folder = isFolder.boolValue ? path : NamedFile.folder(of: path)
        self.init(path, folder: folder, from: directory)
    }
}

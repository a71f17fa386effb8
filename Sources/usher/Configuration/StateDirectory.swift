import Files
import Foundation

/// The directory that holds the embedded database.
enum StateDirectory {
    /// Why it cannot be used or made; nil where nothing is in the way.
    static func problem(with path: String) -> String? {
        var place = URL(filePath: path).standardizedFileURL
        do {
            // What does not exist yet is made in the nearest folder that does.
            while try FileKind.of(place.path(percentEncoded: false)) == nil, place.path() != "/" {
                place.deleteLastPathComponent()
            }
            let found = place.path(percentEncoded: false)
            guard try FileKind.of(found) == .folder else { return "\(found) is not a directory" }
            guard access(found, W_OK | X_OK) == 0 else {
                return "\(found) cannot be written: \(FileProblem.words(errno))"
            }
            return nil
        } catch { return "\(error)" }
    }
}

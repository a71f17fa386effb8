import Foundation
import Pylon

/// What `USHER_ALERT` names: a URL to post to, or a command for the shell.
enum AlertTarget {
    /// Why it can be neither, as far as this can be told without trying; nil where it may be one.
    static func problem(with text: String) -> String? {
        if let scheme = text.prefixMatch(of: /([A-Za-z][A-Za-z0-9+.\-]*):\/\//)?.1 {
            guard ["http", "https"].contains(scheme) else {
                return "unsupported scheme \(scheme)://; use http://, https:// or a command"
            }
            return Destination(text) == nil ? "its URL names no server" : nil
        }
        // A plain path is all of a command that can be judged here.
        guard
            let path = text.prefixMatch(of: /([A-Za-z0-9_.\/\-]*\/[A-Za-z0-9_.\/\-]+)(?:\s|$)/)?.1,
            !FileManager.default.isExecutableFile(atPath: String(path))
        else { return nil }
        return "\(path) does not exist or is not executable"
    }
}

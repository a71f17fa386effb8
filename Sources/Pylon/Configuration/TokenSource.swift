internal import Files
internal import Synchronization

/// Where the token comes from: a fixed text, or a file that can be read again.
package final class TokenSource: Sendable {
    private let path: String?
    private let token: Mutex<Token>

    package init(_ token: Token) {
        path = nil
        self.token = Mutex(token)
    }

    /// Reads the token from a file, which may end in a newline.
    package init(file path: String) throws(InvalidSetting) {
        self.path = path
        token = Mutex(try Self.read(path))
    }

    package var current: Token { token.withLock { $0 } }

    /// Reads the file again, so that a token can be replaced without a restart.
    ///
    /// - Returns: Whether the token is another one now; never for a fixed one.
    /// - Throws: When the file holds no token; the last good one stays.
    @discardableResult
    package func reload() throws(InvalidSetting) -> Bool {
        guard let path else { return false }
        let new = try Self.read(path)
        return token.withLock { current in
            defer { current = new }
            return current != new
        }
    }

    private static func read(_ path: String) throws(InvalidSetting) -> Token {
        let bytes: [UInt8]
        do { bytes = try NamedFile.read(path, atMost: Token.maxLength) } catch {
            throw InvalidSetting("the token file \(error)")
        }
        do { return try Token(String(decoding: bytes, as: UTF8.self)) } catch {
            throw InvalidSetting("the token file \(path): \(error)")
        }
    }
}

extension TokenSource: CustomStringConvertible, CustomReflectable {
    package var description: String { path.map { "the token file \($0)" } ?? "[token]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

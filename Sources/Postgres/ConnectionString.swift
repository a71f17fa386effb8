internal import CLibpq

/// A connection string as the user gave it, of which nothing is ever quoted: where a password is
/// written wrongly, libpq takes parts of it for something else.
struct ConnectionString {
    private let text: String

    init(_ text: String) { self.text = text }

    /// What it sets, by libpq's keyword.
    ///
    /// - Throws: `PostgresError.badConnectionString`, also where libpq would take the string but a
    ///   part of a password most likely stands elsewhere.
    func values() throws(PostgresError) -> [String: String] {
        if let problem = problemBeforeParsing { throw .badConnectionString(reason: problem) }
        if text.isEmpty { return [:] }
        let values = try parsed()
        if values["host"]?.contains("@") == true {
            throw .badConnectionString(
                reason: "the host holds an @; write an @ in a password as %40")
        }
        return values
    }

    private var problemBeforeParsing: String? {
        if text.utf8.contains(0) { return "it holds a NUL byte" }
        guard !isPostgresURI else {
            // A password's / ends the host for libpq, so the @ behind the password is in the path.
            let path = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
                .joined(separator: "/").prefix { $0 != "?" }
            return path.contains("@")
                ? "an @ stands in the database's name; write a / in a password as %2F" : nil
        }
        // libpq would take one word for the name of a database behind the local socket.
        let isOne = text.isEmpty || text.contains("=") || text.contains("://")
        return isOne ? nil : Self.neither
    }

    private static let neither = "it is neither a postgresql:// URI nor a list of key=value pairs"

    private var isPostgresURI: Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }

    private func parsed() throws(PostgresError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            let words = message.map { String(cString: $0) } ?? ""
            throw .badConnectionString(reason: reason(of: words))
        }
        defer { PQconninfoFree(parsed) }
        var values: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }

    /// The beginnings of libpq's words about a string that it cannot read, in `fe-connect.c`, and
    /// what is said instead, since they go on with a part of it. They are English: no locale is
    /// set.
    private static let problems = [
        (
            "invalid connection option",
            "it sets an option that libpq does not know; see “Connection Strings” in PostgreSQL's "
                + "manual"
        ),
        (
            "invalid URI query parameter",
            "it sets an option that libpq does not know; write a ? in a password as %3F"
        ),
        (
            "missing key/value separator",
            "what follows the ? is no list of key=value; write a ? in a password as %3F"
        ),
        ("invalid percent-encoded token", "a % begins no escape; write a % in a password as %25"),
        ("forbidden value %00", "it holds %00"),
        ("unterminated quoted string", "a quote is not closed"),
        (
            "missing \"=\"",
            "a word without = stands in it; write a password with blanks in 'single quotes'"
        ),
    ]

    private func reason(of words: String) -> String {
        // Another program's URI is no list, whatever libpq finds wrong with it as one.
        if !isPostgresURI && text.contains("://") && !text.contains(" ") { return Self.neither }
        return Self.problems.first { words.hasPrefix($0.0) }?.1 ?? Self.neither
    }
}

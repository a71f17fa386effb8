extension Database {
    /// Looks at a connection string without connecting.
    ///
    /// - Throws: `PostgresError.badConnectionString`, which never quotes the string.
    package static func check(_ connectionString: String) throws(PostgresError) {
        _ = try ConnectionString(connectionString).values()
    }
}

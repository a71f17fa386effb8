import ArgumentParser
import Store

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Migrate the database that DATABASE_URL names.",
        discussion: """
            If the login cannot create roles, prints the SQL for an administrator to run and exits \
            with 2.
            """)

    @OptionGroup var output: OutputOptions

    func run() async throws {
        struct Result: Encodable {
            let applied: [String]
            let missingRoles: String?

            enum CodingKeys: String, CodingKey {
                case applied
                case missingRoles = "missing_roles"
            }
        }
        var reader = SettingsReader()
        let settings = reader.base()
        try reader.check()
        guard let url = settings.databaseURL else {
            throw ConfigurationProblems(problems: [
                "set DATABASE_URL to a libpq connection string, such as "
                    + "postgresql://usher@localhost/usher (usher dev and usher run migrate their "
                    + "embedded database themselves)"
            ])
        }
        let migrated = try await DatabaseAccess.migrate(
            url, logger: makeLogger(level: settings.logLevel, format: settings.logFormat))
        let missingRoles = migrated.rights.sqlForMissingRoles
        switch output.format {
        case .json:
            try printJSON(Result(applied: migrated.applied, missingRoles: missingRoles))
        case .text:
            // Where SQL follows, it is all that stdout holds, so that it can be piped on.
            let applied =
                migrated.applied.isEmpty
                ? "the schema is up to date" : "applied \(migrated.applied.joined(separator: ", "))"
            if missingRoles == nil { print(applied) } else { note(applied) }
            if let sql = missingRoles {
                note("this login cannot create roles; ask an administrator to run this:")
                note("")
                print(document: sql)
            }
        }
        if missingRoles != nil { throw ExitCode(2) }
    }
}

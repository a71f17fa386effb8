import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// A worker works as `usher_app`, or says that the log is not protected and how to mend it: on the
/// oldest and the newest server at hand.
struct ServerVersionTests {
    /// Who `DATABASE_URL` logs in as.
    enum Login: CaseIterable {
        case superuser, roleCreator
        /// The roles are there already, since another login's database has made them.
        case roleCreatorBesideOthers
        /// An administrator made the roles and granted them, or did not grant them yet.
        case memberOfRoles, notYetMember
        /// It owns its database, and nothing else.
        case plainOwner

        var attributes: String {
            switch self {
            case .superuser: "SUPERUSER"
            case .roleCreator, .roleCreatorBesideOthers: "CREATEROLE"
            case .memberOfRoles, .notYetMember, .plainOwner: ""
            }
        }

        var preparation: [String] {
            let roles = ["CREATE ROLE usher_app", "CREATE ROLE usher_auditor"]
            return switch self {
            case .superuser, .roleCreator, .plainOwner: []
            case .roleCreatorBesideOthers, .notYetMember: roles
            case .memberOfRoles: roles + ["GRANT usher_app TO owner"]
            }
        }

        /// Up to version 15, whoever may create roles may also grant those of others.
        func isProtected(on version: Int) -> Bool {
            switch self {
            case .superuser, .roleCreator, .memberOfRoles: true
            case .roleCreatorBesideOthers: version < 16
            case .notYetMember, .plainOwner: false
            }
        }
    }

    @Test(arguments: Login.allCases)
    func theOldestServerKeepsTheWorkerFromChangingTheLog(login: Login) async throws {
        try await expectProtection(of: login, on: .oldest)
    }

    @Test(
        .enabled(
            if: ServerPrograms.newest.version >= 16,
            "no PostgreSQL 16 or newer: scripts/setup installs one"),
        arguments: Login.allCases)
    func theNewestServerKeepsTheWorkerFromChangingTheLog(login: Login) async throws {
        try await expectProtection(of: login, on: .newest)
    }

    private func expectProtection(of login: Login, on programs: ServerPrograms) async throws {
        try await withServer(programs) { cluster in
            try await cluster.execute("CREATE ROLE owner LOGIN \(login.attributes)")
            for statement in login.preparation { try await cluster.execute(statement) }
            try await cluster.execute("CREATE DATABASE work OWNER owner")
            let url = cluster.connectionString(to: "work", as: "owner")
            try await withWorld(
                at: url, rules: acmeAreAdmins, contacts: [person("ana@acme.com")]
            ) { world in
                let first = try await world.usher("run", "--once")
                #expect(first.status == 0, "\(first.errors)")
                let isWarned = first.errors.contains("the log is not protected")
                #expect(isWarned == !login.isProtected(on: programs.version), "\(first.errors)")
                if isWarned { try await mend(first.errors, world, cluster) }
                try await cluster.watchTheLog()
                let second = try await world.usher("run", "--once")
                #expect(second.status == 0, "\(second.errors)")
                #expect(!second.errors.contains("not protected"), "\(second.errors)")
                #expect(try await writers(of: world) == ["usher_app"])
                try await expectAppendOnly(world)
                try await world.expectRest()
            }
        }
    }

    @Test(arguments: ServerPrograms.ends)
    func aWorkersLoginNeedsNothingButTheRole(programs: ServerPrograms) async throws {
        try await withServer(programs) { cluster in
            for statement in [
                "CREATE ROLE owner LOGIN CREATEROLE", "CREATE ROLE worker LOGIN NOINHERIT",
                "CREATE DATABASE work OWNER owner",
            ] {
                try await cluster.execute(statement)
            }
            try await withWorld(
                at: cluster.connectionString(to: "work", as: "owner"), rules: acmeAreAdmins,
                contacts: [person("ana@acme.com")]
            ) { world in
                let settings = [
                    "DATABASE_URL": cluster.connectionString(to: "work", as: "worker")
                ]
                // Nothing is made by a login that may not.
                let early = try await world.usher("run", "--once", settings: settings)
                #expect(early.status == 1)
                #expect(try await world.usher("migrate").status == 0)
                let unknown = try await world.usher("run", "--once", settings: settings)
                #expect(unknown.status == 1)
                let remedy = try grant(in: unknown.errors)
                #expect(remedy.hasPrefix("GRANT usher_app TO worker"), "\(remedy)")
                try await cluster.execute(remedy)
                let run = try await world.usher("run", "--once", settings: settings)
                #expect(run.status == 0, "\(run.errors)")
                #expect(!run.errors.contains("not protected"), "\(run.errors)")
                // Somebody else's schema that is behind is told with its owner.
                try await cluster.execute(
                    "DELETE FROM usher.migration WHERE name = (SELECT max(name) FROM usher.migration)",
                    in: "work")
                let behind = try await world.usher("run", "--once", settings: settings)
                #expect(behind.status == 1)
                #expect(behind.errors.contains("run usher migrate of this version as owner"))
            }
        }
    }

    @Test func aRoleWithMoreRightsThanToAppendIsTold() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await world.asOwner { db in
                try db.execute("GRANT UPDATE ON usher.event_rest TO usher_app")
            }
            let ended = try await world.usher("run", "--once")
            #expect(ended.errors.contains("not protected from changes (usher.event_rest)"))
            #expect(ended.errors.contains("ON usher.event_rest FROM usher_app, PUBLIC"))
        }
    }

    // MARK: -

    private func withServer(
        _ programs: ServerPrograms, _ body: (PrivateCluster) async throws -> Void
    ) async throws {
        var options = PrivateCluster.Options()
        options.programs = programs
        try await withCluster(options, body)
    }

    /// Does what the warning asks for.
    private func mend(
        _ warning: String, _ world: World, _ cluster: PrivateCluster
    ) async throws {
        guard warning.contains("run usher migrate") else {
            return try await cluster.execute(try grant(in: warning), in: "work")
        }
        let migrated = try await world.usher("migrate")
        #expect(migrated.status == 2, "\(migrated.errors)")
        try await cluster.execute(migrated.output, in: "work")
        #expect(try await world.usher("migrate").status == 0)
    }

    private func grant(in message: String) throws -> String {
        String(
            try #require(message.firstMatch(of: /GRANT usher_app TO [^;]+;/), "\(message)").output)
    }

    private func writers(of world: World) async throws -> [String] {
        try await world.asOwner { db in
            try db.rows("SELECT DISTINCT who FROM public.writer") { try $0.get("who") }
        }
    }

    private func expectAppendOnly(_ world: World) async throws {
        for statement: Statement in [
            "UPDATE usher.event SET contact_id = 'x'", "DELETE FROM usher.event",
            "TRUNCATE usher.event", "UPDATE usher.event_rest SET contact_id = 'x'",
            "DELETE FROM usher.event_rest", "TRUNCATE usher.event_rest",
            "ALTER TABLE usher.event DISABLE TRIGGER ALL", "CREATE TABLE usher.other ()",
        ] {
            let error = await #expect(throws: PostgresError.self) {
                try await world.database.transaction { try $0.execute(statement) }
            }
            #expect(error?.sqlState == "42501", "\(String(describing: error))")
        }
    }
}

extension PrivateCluster {
    /// Has the server itself note which role appends to the log.
    fileprivate func watchTheLog() async throws {
        try await execute(
            """
            CREATE TABLE public.writer (who text);
            GRANT ALL ON public.writer TO PUBLIC;
            CREATE FUNCTION public.note_writer() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO public.writer VALUES (current_user); RETURN NEW; END';
            CREATE TRIGGER note_writer BEFORE INSERT ON usher.event
            FOR EACH ROW EXECUTE FUNCTION public.note_writer();
            """, in: "work")
    }
}

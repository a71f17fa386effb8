import Store
import Testing

/// What follows from the rights of a login, without a server.
struct LoginRightsTests {
    private func rights(
        version: Int = 180_006, _ application: LoginRights.Application,
        missing: [String] = [], rewritable: [String] = ["usher.event"]
    ) -> LoginRights {
        LoginRights(
            login: "\"my login\"", serverVersion: version, schema: .own, application: application,
            missingRoles: missing, rewritable: rewritable)
    }

    @Test(arguments: [
        (150_018, "GRANT usher_app TO \"my login\";"),
        (160_000, "GRANT usher_app TO \"my login\" WITH SET TRUE, INHERIT FALSE;"),
    ])
    func theGrantIsOneThatTheServerKnows(version: Int, grant: String) {
        #expect(rights(version: version, .forbidden).grant == grant)
    }

    @Test(
        arguments: [
            (LoginRights.Application.missing, nil), (.forbidden, nil), (.granted, "usher_app"),
        ] as [(LoginRights.Application, String?)])
    func onlyAGrantedRoleIsTaken(application: LoginRights.Application, role: String?) {
        #expect(rights(application).role == role)
    }

    @Test(arguments: [
        (150_018, LoginRights.Application.missing, "the SQL that it prints"),
        (150_018, .forbidden, "a role with CREATEROLE, run: GRANT usher_app TO \"my login\";"),
        (180_006, .forbidden, "a role with ADMIN OPTION on usher_app, run: GRANT usher_app TO"),
        (180_006, .granted, "run: REVOKE UPDATE, DELETE, TRUNCATE ON usher.event FROM usher_app"),
    ])
    func aLogThatCanBeRewrittenIsToldWithWhatMendsIt(
        version: Int, application: LoginRights.Application, remedy: String
    ) throws {
        let risk = try #require(rights(version: version, application).logRisk)
        #expect(risk.hasPrefix("the log is not protected from changes (usher.event): "))
        #expect(risk.contains(remedy), "\(risk)")
    }

    /// Such as a login that inherits the rights of `usher_app` and has no others.
    @Test(arguments: [LoginRights.Application.missing, .forbidden, .granted])
    func whereNothingCanBeRewrittenNothingIsTold(application: LoginRights.Application) {
        #expect(rights(application, rewritable: []).logRisk == nil)
    }

    @Test func theSQLForMissingRolesMakesThemAndLetsTheLoginWork() throws {
        #expect(rights(.granted).sqlForMissingRoles == nil)
        let sql = try #require(rights(.missing, missing: ["usher_app"]).sqlForMissingRoles)
        #expect(sql.hasPrefix(Store.rolesScript))
        #expect(sql.hasSuffix("GRANT usher_app TO \"my login\" WITH SET TRUE, INHERIT FALSE;\n"))
    }
}

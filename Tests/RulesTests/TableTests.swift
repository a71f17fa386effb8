import Contacts
import Foundation
import RuleSources
import Testing

@testable import RuleLint
@testable import Rules

/// Rules whose every row stands in a table, and lists whose values stand in a file.
struct Tables {
    private static let rules = """
        version: 1
        tables: { customers: { file: customers.csv } }
        rules:
          - id: customers
            mode: enforce
            when: { in_table: customers }
            set: { portal_role: "${customers.portal_role}", name: "${customers.note} of ${email.domain}" }
        """

    private static func ruleset(
        _ csv: String, rules: String = rules, name: String = "customers.csv"
    ) throws(RuleProblems) -> Ruleset {
        try Ruleset(sources: [
            RuleSource(path: "a.yaml", text: rules), RuleSource(path: name, text: csv),
        ])
    }

    private static func problems(_ csv: String, rules: String = rules) -> String {
        do throws(RuleProblems) {
            _ = try ruleset(csv, rules: rules)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func aReasonBesideATableExplainsItsRows() throws {
        let rules = Self.rules.replacing(
            "{ in_table: customers }", with: "{ in_table: customers, why: they pay }")
        let ruleset = try Self.ruleset(
            "domain,portal_role,note\nacme.com,member,Acme", rules: rules)
        #expect(ruleset.rules.map(\.id) == ["customers[acme.com]"])
    }

    @Test func eachRowIsARuleOfItsOwn() throws {
        let ruleset = try Self.ruleset(
            """
            # who pays for what
            domain,account_id,portal_role,note
            acme.com,a1,admin,"The ""Acme"", boss"
            acme.com,a2,member,Acme

            GLOBEX.com,a1,member,Globex
            """)
        #expect(
            ruleset.rules.map(\.id) == [
                "customers[GLOBEX.com,a1]", "customers[acme.com,a1]", "customers[acme.com,a2]",
            ])
        #expect(ruleset.rules.map(\.file) == ["customers.csv", "customers.csv", "customers.csv"])
        #expect(ruleset.rules.map(\.line) == [6, 3, 4])
        func decide(_ email: String, _ account: String) -> Decision {
            ruleset.decide(Contact(id: "c", email: email, account: .init(id: account)))
        }
        let boss = decide("ana@acme.com", "a1")
        #expect(boss.matched.map(\.rule) == ["customers[acme.com,a1]"])
        #expect(
            boss.changes
                == ContactPatch([.portalRole: "admin", .name: #"The "Acme", boss of acme.com"#]))
        #expect(decide("ana@Globex.com", "a1").changes[.portalRole] == "member")
        // The key columns are matched all together.
        #expect(decide("ana@globex.com", "a2").changes.isEmpty)
        #expect(decide("ana@evilacme.com", "a1").changes.isEmpty)
    }

    @Test func theRowsStandBesideTheRestOfTheCondition() throws {
        let rules = """
            version: 1
            tables: { customers: { file: customers.csv } }
            rules:
              - id: c
                mode: enforce
                when:
                  all:
                    - { in_table: customers, portal_role: { is_not: admin } }
                    - not: { email.local: { starts_with: ext- } }
                set: { portal_role: { at_least: "${customers.role}" } }
            tests:
              - name: by the rule or by its row
                given: { email: ana@acme.com, portal_role: no_access }
                expect: { matched: [c, "c[acme.com]"], not_matched: ["c[globex.com]"], set: { portal_role: member } }
            """
        let ruleset = try Self.ruleset(
            "domain,role\nacme.com,member\nglobex.com,member\n", rules: rules)
        #expect(ruleset.tests.map { ruleset.run($0).differences } == [[]])
        func changes(_ email: String, _ role: String) -> ContactPatch {
            ruleset.decide(.sample(email, role: role)).changes
        }
        #expect(changes("ana@acme.com", "admin").isEmpty)
        #expect(changes("ext-ana@acme.com", "no_access").isEmpty)
    }

    @Test func whatIsWrongWithARoleStandsInItsRow() {
        let rules = Self.rules.replacing(
            "\"${customers.portal_role}\"", with: "{ at_least: \"${customers.portal_role}\" }")
        #expect(
            Self.problems(
                "domain,portal_role,note\na.com,membr,n\nb.com,admin,n\nc.com,owner,n",
                rules: rules)
                    == """
                    customers.csv:2:7: error: `at_least` takes one of no_access, member, admin: custom \
                    roles have no order – did you mean `member`?
                    customers.csv:4:7: error: `at_least` takes one of no_access, member, admin: custom \
                    roles have no order
                    """)
    }

    @Test(arguments: [
        ("", "customers.csv:1:1: error: the table is empty"),
        ("domain,portal_role,note\n", "customers.csv:1:1: error: the table has no row"),
        (
            "name,portal_role,note\nx,y,z",
            "customers.csv:1:1: error: the table has no key column: domain, email, account_id, "
                + "account.external_ids.<label>, external_ids.<label> or custom_fields.<slug>"
        ),
        (
            "domain,portal_role,note,note\na.com,b,c,d",
            "customers.csv:1:25: error: two columns of this name"
        ),
        (
            "domain,portal_role,note\na.com,b",
            "customers.csv:2:1: error: 2 cells, but the table has 3 columns"
        ),
        (
            "domain,portal_role,note\n,member,n",
            "customers.csv:2:1: error: `domain` is empty"
        ),
        (
            "domain,portal_role,note\na.com,member,n\nb.com,member,n\nA.com,admin,n",
            "customers.csv:4:1: error: the key `A.com` is already in line 2"
        ),
        (
            "domain,portal_role,note\n*.a.com,member,n\nb.com,,n",
            "customers.csv:2:1: error: a domain does not begin with `*.`; subdomains are matched by "
                + "`under` – did you mean `a.com`?\n"
                + "customers.csv:3:7: error: the value of `portal_role` is empty"
        ),
        (
            "domain,portal_role,note\na.com,member,\"n",
            "customers.csv:2:14: error: the quote that begins here is never closed"
        ),
        (
            "domain,portal_role,note\na.com,mem\"ber,n",
            "customers.csv:2:10: error: a quote within a cell: the whole cell stands in quotes then"
        ),
        (
            "domain,portal_rol,note\na.com,member,n",
            "a.yaml:7:25: error: the table `customers` has no column `portal_role` – did you mean "
                + "`${customers.portal_rol}`?"
        ),
    ])
    func aBrokenTableIsRefusedWithThePlace(csv: String, expected: String) {
        #expect(Self.problems(csv) == expected)
    }

    @Test(arguments: [
        (
            "{ any: [ { in_table: customers }, { name: Ana } ] }", "member",
            "a.yaml:3:50: error: `in_table` stands in a rule's `when` itself or in an `all`, not below "
                + "`any`, `none` or `not`"
        ),
        (
            "{ all: [ { in_table: customers }, { in_table: customers } ] }", "member",
            "a.yaml:3:75: error: a rule names one table"
        ),
        (
            "{ in_table: custmers }", "member",
            "a.yaml:3:51: error: there is no table `custmers` – did you mean `customers`?"
        ),
        (
            "{ name: Ana }", "${customers.role}",
            "a.yaml:3:74: error: the rule does not say `in_table: customers`"
        ),
        (
            "{ in_table: customers }", "${email.domain}",
            "a.yaml:3:84: error: `${email.domain}`: values from the contact go only into `name` and "
                + "custom fields that hold any text"
        ),
        (
            "{ in_table: customers }", "{ at_leest: member }",
            "a.yaml:3:86: error: `at_leest` is not a key of `portal_role` – did you mean `at_least`?"
        ),
        (
            "{ in_table: customers }", "{ at_least: owner }",
            "a.yaml:3:96: error: `at_least` takes one of no_access, member, admin: custom roles have "
                + "no order"
        ),
        (
            "{ in_table: customers }", "{ at_least: member, at_most: admin }",
            "a.yaml:3:84: error: `portal_role` takes one bound; write each in a rule of its own"
        ),
    ])
    func aRuleThatMisusesATableIsRefused(when: String, value: String, expected: String) {
        let value = value.hasPrefix("{") ? value : "\"\(value)\""
        let rules =
            "version: 1\ntables: { customers: { file: customers.csv } }\nrules: [{ id: r, mode: enforce, "
            + "when: \(when), set: { portal_role: \(value) } }]"
        let errors = Self.problems("domain,role\na.com,member", rules: rules)
            .split(separator: "\n").filter { $0.contains(" error: ") }.joined(separator: "\n")
        #expect(errors == expected)
    }

    @Test(arguments: [
        ("no.csv", "there is no file `no.csv` beside the rules"),
        (
            "../customers.csv",
            "`file` names a .csv or .txt file directly in the rules folder, without a path"
        ),
        (
            "customers.yaml",
            "`file` names a .csv or .txt file directly in the rules folder, without a path"
        ),
        (
            ".customers.csv",
            "`file` names a .csv or .txt file directly in the rules folder, without a path"
        ),
    ])
    func onlyFilesBesideTheRulesAreRead(name: String, expected: String) {
        let rules = Self.rules.replacing("file: customers.csv", with: "file: \(name)")
        #expect(
            Self.problems("domain,portal_role,note\na.com,b,c", rules: rules).contains(expected))
    }

    @Test func aListMayStandInAFile() throws {
        let rules = """
            version: 1
            lists: { leavers: { file: leavers.txt } }
            rules:
              - id: leavers
                mode: enforce
                when: { email: { in_list: leavers } }
                set: { portal_role: { at_most: no_access } }
            """
        let ruleset = try Self.ruleset(
            "# since June\r\nBob@acme.com\r\n\r\nana@acme.com\r\n", rules: rules,
            name: "leavers.txt")
        #expect(
            ruleset.decide(.sample("bob@ACME.com", role: "admin")).changes[.portalRole]
                == "no_access")
        #expect(throws: RuleProblems.self) {
            try Self.ruleset("# nobody\n", rules: rules, name: "leavers.txt")
        }
        let problem = #expect(throws: RuleProblems.self) {
            try Self.ruleset("ana@acme.com\nbob\n", rules: rules, name: "leavers.txt")
        }
        #expect(
            problem?.description
                == "leavers.txt:2:1: error: `bob` can never be the address of a contact: it is malformed"
        )
    }

    /// Without one of its keys a row would be about more contacts than it says.
    @Test(
        arguments: [
            ("account_id,Domain,portal_role,note", "`Domain`", "domain"),
            ("account_id,domian,portal_role,note", "`domian`", "domain"),
            ("domain,account id,portal_role,note", "`account id`", "account_id"),
            (
                "domain,custom_field.tier,portal_role,note", "`custom_field.tier`",
                "custom_fields.tier"
            ),
            ("account_id,email.site,portal_role,note", "`email.site`", nil),
            ("domain,crm,portal_role,note", "`crm`", "account.external_ids.crm"),
            ("domain,CRM id,portal_role,note", "`CRM id`", "account.external_ids.crm"),
            ("domain,erp_id,portal_role,note", "`erp_id`", "external_ids.erp"),
            (
                "domain,account.external_id.crm,portal_role,note", "`account.external_id.crm`",
                "account.external_ids.crm"
            ),
            ("domain,tier,portal_role,note", "`tier`", "custom_fields.tier"),
        ] as [(String, String, String?)])
    func aColumnThatWasMeantToBeAKeyIsRefused(header: String, named: String, near: String?) {
        let rules =
            Self.rules.replacing(
                "version: 1", with: "version: 1\nfields: { tier: { type: text } }"
            ) + """

                  - { id: r, when: { external_ids.erp: "7", account.external_ids.crm: "1" }, set: { name: x } }
                """
        let hint = near.map { " – did you mean `\($0)`?" } ?? ""
        let column = header.split(separator: ",")[0].count + 2
        #expect(
            Self.problems("\(header)\nacme.com,b1,admin,n\n", rules: rules)
                == "customers.csv:1:\(column): error: \(named) is no key column (domain, email, "
                + "account_id, account.external_ids.<label>, external_ids.<label> or "
                + "custom_fields.<slug>), and no rule names it: nothing would look at it\(hint)"
        )
    }

    @Test(arguments: [
        ("account.external_ids.crm", "account.external_ids.crm: \"7\""),
        ("external_ids.crm", "external_ids.crm: \"7\""),
    ])
    func anIDElsewhereMayBeAKey(column: String, given: String) throws {
        let rules = """
            version: 1
            tables: { customers: { file: customers.csv } }
            rules:
              - { id: c, mode: enforce, when: { in_table: customers }, set: { portal_role: "${customers.role}" } }
            tests:
              - { name: a row, given: { email: a@acme.com, \(given) }, expect: { set: { portal_role: member } } }
              - { name: another id, given: { email: a@acme.com }, expect: { set: {} } }
            """
        let ruleset = try Self.ruleset("domain,\(column),role\nacme.com,7,member\n", rules: rules)
        #expect(ruleset.rules.map(\.id) == ["c[acme.com,7]"])
        #expect(ruleset.tests.map { ruleset.run($0).differences } == [[], []])
    }

    /// The id of an account is known to be its own; that of a contact anywhere is not.
    @Test func anIDElsewhereIdentifiesAsInACondition() {
        func problems(_ column: String) -> String {
            Self.problems("\(column),portal_role,note\n7,admin,n\n")
        }
        #expect(problems("account.external_ids.crm") == "")
        let problem = problems("external_ids.crm")
        #expect(problem.contains("needs a condition that identifies the contacts"))
    }

    @Test(arguments: [
        ("email", "Ana@acme.com", "ana@ACME.com", true),
        ("account_id", "a1", "A1", false),
        ("account.external_ids.crm", "a1", "A1", false),
        ("custom_fields.tier", "Gold", "gold", false),
        ("custom_fields.seats", "10", "010", true),
        ("custom_fields.since", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00+01:00", true),
    ])
    func keysAreComparedAsTheirFieldIs(column: String, one: String, other: String, isSame: Bool) {
        let rules = Self.rules.replacing(
            "version: 1",
            with: "version: 1\nfields: { tier: { type: text }, seats: { type: integer }, "
                + "since: { type: time } }")
        let problems = Self.problems(
            "\(column),portal_role,note\n\(one),member,n\n\(other),member,n\n", rules: rules)
        let told = "customers.csv:3:1: error: the key `\(other)` is already in line 2"
        #expect(problems == (isSame ? told : ""))
    }

    /// Every row has a name of its own, since people approve and except rows by their names.
    @Test func twoRowsNeverHaveOneName() {
        let problems = Self.problems(
            """
            custom_fields.a,custom_fields.b,portal_role,note
            "x,y",z,member,n
            x,"y,z",member,n
            """,
            rules: Self.rules.replacing(
                "version: 1",
                with: "version: 1\nfields: { a: { type: text }, b: { type: text } }"))
        #expect(problems == "customers.csv:3:1: error: the key `x,y,z` is already in line 2")
    }

    /// What spreadsheets write where a comma is a decimal point, and as “text”.
    @Test(arguments: [";", "\t"])
    func semicolonsAndTabsSeparateWhereTheFirstLineHasNoComma(separator: String) throws {
        let ruleset = try Self.ruleset(
            """
            \u{FEFF}# who pays for what, since June
            account_id|portal_role|note
            a1|admin|"The ""Acme"", Co"
            a2|member|Globex, Inc

            """.replacing("|", with: separator).replacing("\n", with: "\r\n"))
        #expect(ruleset.rules.map(\.id) == ["customers[a1]", "customers[a2]"])
        #expect(ruleset.rules.map(\.line) == [3, 4])
        let name = { (account: String) in
            ruleset.decide(Contact(id: "c", email: "a@b.com", account: .init(id: account)))
                .changes[.name]
        }
        #expect(name("a1") == #"The "Acme", Co of b.com"#)
        #expect(name("a2") == "Globex, Inc of b.com")
    }

    @Test func aSemicolonBesideCommasIsPartOfACell() throws {
        let ruleset = try Self.ruleset("account_id,portal_role,note\na;1,member,\"x;y\"\n")
        #expect(ruleset.rules.map(\.id) == ["customers[a;1]"])
    }

    @Test(arguments: [("09-semicolons", 2), ("09c-tabs", 1), ("09g-blankrows", 1)])
    func tablesAsSpreadsheetsWriteThemAreRead(name: String, rows: Int) throws {
        let ruleset = try Ruleset(sources: try RuleFiles.read(caseFolder(name).path))
        #expect(ruleset.rules.count == rows)
        #expect(ruleset.warnings == [])
    }

    @Test func rowsAndColumnsWithoutTextArePassedOver() throws {
        let ruleset = try Self.ruleset(
            """
            ,,,,
            account_id,portal_role,note,,
            a1,member,n,,
            ,,,,
            "", ,
            a2,member,n

            a3,member,n,,,,
            ,
            """)
        #expect(ruleset.rules.map(\.id) == ["customers[a1]", "customers[a2]", "customers[a3]"])
    }

    /// Told once for the table: what every row has, too, is not told of each.
    @Test func blanksBesideCommasAreRefusedWithTheirCause() throws {
        let problems = #expect(throws: RuleProblems.self) {
            try Ruleset(sources: try RuleFiles.read(caseFolder("09f-spaces").path))
        }
        #expect(
            problems?.description
                == "customers.csv:1:8: error: the column ` portal_role` has leading or trailing whitespace; "
                + "no cell may have it")
    }

    /// Each place is counted from the last one: from the line's beginning it would take hours.
    @Test func aLineOfAMillionCellsIsReadAtOnce() {
        let header = Array(repeating: "c", count: 1_000_000).joined(separator: ",")
        let start = ContinuousClock.now
        let problems = Self.problems("\(header)\n")
        #expect(problems.hasPrefix("customers.csv:1:3: error: two columns of this name\n"))
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(arguments: ["company", "role", "tiers"])
    func aColumnForPeopleIsNoMisspeltKey(name: String) throws {
        let ruleset = try Self.ruleset("account_id,\(name),portal_role,note\na1,x,member,n\n")
        #expect(ruleset.warnings.count == 1)
    }

    @Test func aColumnThatNothingLooksAtIsTold() throws {
        let ruleset = try Self.ruleset("account_id,owner,portal_role,note\na1,Ana,member,n\n")
        #expect(
            ruleset.warnings.map(\.description) == [
                "customers.csv:1:12: warning: the column `owner` is no key and no rule names it: "
                    + "nothing looks at it"
            ])
    }

    /// Spreadsheets put one before what they save as UTF-8.
    @Test func aByteOrderMarkIsNoPartOfTheFirstValue() throws {
        let ruleset = try Self.ruleset(
            "\u{FEFF}domain,account_id,portal_role,note\nacme.com,a1,admin,n\n")
        #expect(ruleset.rules.map(\.id) == ["customers[acme.com,a1]"])
        let rules = """
            version: 1
            lists: { leavers: { file: leavers.txt } }
            rules: [ { id: r, mode: enforce, when: { id: { in_list: leavers } }, set: { portal_role: no_access } } ]
            """
        let leavers = try Self.ruleset("\u{FEFF}c1\nc2\n", rules: rules, name: "leavers.txt")
        #expect(!leavers.decide(.sample(role: "admin")).changes.isEmpty)
    }

    /// Nobody sees why the value is another one.
    @Test(arguments: [
        ("a1 ,member,n", "2:1: error: `account_id` has leading or trailing whitespace"),
        ("\u{A0}a1,member,n", "2:1: error: `account_id` has leading or trailing whitespace"),
        ("a1,admin ,n", "2:4: error: `portal_role` has leading or trailing whitespace"),
        ("a1,\u{1B}[31m,n", "2:4: error: `portal_role` holds a control character"),
        ("a1,${name},n", "2:4: error: `portal_role`: `${…}` stands only in values that rules set"),
        (
            "a1,\(String(repeating: "x", count: 1_001)),n",
            "2:4: error: `portal_role` is longer than 1000 bytes"
        ),
    ])
    func aCellIsTextAsItIsSeen(row: String, expected: String) {
        let problems = Self.problems("account_id,portal_role,note\n\(row)\n")
        #expect(problems == "customers.csv:\(expected)")
    }

    @Test(arguments: ["c1 ", " c1", "c1\u{A0}", "c1 # left in June", "   "])
    func aLineOfAListIsOneValue(line: String) {
        let rules = """
            version: 1
            lists: { leavers: { file: leavers.txt } }
            rules: [ { id: r, mode: enforce, when: { id: { in_list: leavers } }, set: { portal_role: no_access } } ]
            """
        let problems = #expect(throws: RuleProblems.self) {
            try Self.ruleset("c0\n\(line)\n", rules: rules, name: "leavers.txt")
        }
        #expect(
            problems?.description
                == "leavers.txt:2:1: error: a line holds one value, without blanks at its ends; a remark "
                + "has a line of its own")
    }

    @Test func anExceptionMayNameOneRow() throws {
        let ruleset = try Self.ruleset(
            "domain,portal_role,note\nacme.com,admin,n\nglobex.com,admin,n\n",
            rules: Self.rules + """

                exceptions:
                  - { id: e, rules: ["customers[acme.com]"], contact: c1, until: 2030-01-01, reason: r }
                """)
        let now = Date(timeIntervalSince1970: 1.78e9)
        let excepted = ruleset.decide(.sample("jo@acme.com"), now: now)
        #expect(excepted.changes.isEmpty)
        #expect(excepted.excepted == [Excepted(rule: "customers[acme.com]", exception: "e")])
        #expect(!ruleset.decide(.sample("jo@globex.com"), now: now).changes.isEmpty)
        // What it had set is not given back either.
        #expect(ruleset.decide(.sample("jo@acme.com", role: "admin"), now: now).changes.isEmpty)
    }

    /// Who agreed to a rule agreed to what stands in its rows.
    @Test func aRowThatSaysSomethingElseIsAnotherRule() throws {
        func hash(_ note: String) throws -> String? {
            try Self.ruleset("domain,portal_role,note\nacme.com,member,\(note)\n")
                .hash(ofBase: "customers")
        }
        #expect(try hash("gold") != hash("silver"))
        #expect(try hash("gold") == hash("gold"))
    }

    @Test func whatARuleFileNamesIsPartOfTheRuleset() throws {
        let csv = "domain,portal_role,note\nacme.com,member,n\n"
        let one = try Self.ruleset(csv)
        let other = try Self.ruleset(csv.replacing("member", with: "admin"))
        #expect(one.hash != other.hash)
    }
}

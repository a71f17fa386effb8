import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// docs/audit-queries.md, run as its readers would run it.
@Suite struct AuditQueryTests {
    struct Question: Sendable, CustomTestStringConvertible {
        let heading: String
        let sql: String
        let isForOwner: Bool

        var testDescription: String { heading }
    }

    /// The questions of the document, each with its query.
    static let questions: [Question] = {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/audit-queries.md")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        var questions: [Question] = []
        var (heading, fence, lines) = ("", "", [Substring]())
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            switch line {
            case "```":
                if fence.hasPrefix("```sql") {
                    questions.append(
                        Question(
                            heading: heading, sql: lines.joined(separator: "\n"),
                            isForOwner: fence == "```sql owner"))
                }
                fence = ""
            case _ where line.hasPrefix("```"): (fence, lines) = (String(line), [])
            case _ where fence.isEmpty && line.hasPrefix("#"): heading = String(line)
            default: lines.append(line)
            }
        }
        return questions
    }()

    @Test func thereAreAtLeastTenQuestions() {
        #expect(Self.questions.count >= 10)
    }

    @Test func everyQuestionCanBeAskedByThoseItIsFor() async throws {
        try await withWorld(
            rules: eventfulRules, contacts: eventfulContacts, generated: 40,
            faults: FaultPlan(
                seed: 2, [SandboxFault(.error500After, endpoints: [.update], times: 2)])
        ) { world in
            try await liveThroughEverything(in: world)
            for question in Self.questions {
                await #expect(throws: Never.self, "\(question.heading)") {
                    try await ask(question, in: world)
                }
            }
        }
    }

    /// The questions whose right answer is no row at all.
    @Test func whatMustNeverBeFoundIsNotFound() async throws {
        try await withWorld(rules: eventfulRules, contacts: eventfulContacts) { world in
            try await liveThroughEverything(in: world)
            let reassuring = Self.questions.filter {
                $0.heading.contains("Is the log complete?")
                    || $0.heading.contains("without a decision and an intent")
            }
            #expect(reassuring.count == 2)
            for question in reassuring {
                #expect(try await ask(question, in: world) == 0, "\(question.heading)")
            }
        }
    }

    @Test func auditorsCanReadTheViewsAndNothingElse() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            for statement in [
                "SELECT * FROM usher.event", "SELECT document FROM usher.contact",
                "DELETE FROM audit.decisions", "CREATE TABLE audit.mine (id integer)",
                "SELECT usher.make_event_partitions(1)",
            ] {
                let isRefused = await #expect(throws: PostgresError.self) {
                    try await world.asOwner { db in
                        try db.execute("SET LOCAL ROLE usher_auditor")
                        try db.run(script: statement)
                    }
                }
                #expect(isRefused?.sqlState == "42501", "\(statement)")
            }
        }
    }

    /// - Returns: How many rows answer the question.
    @discardableResult
    private func ask(_ question: Question, in world: World) async throws -> Int {
        try await world.asOwner { db in
            if !question.isForOwner { try db.execute("SET LOCAL ROLE usher_auditor") }
            // The document's text cannot be a statement of the program's own.
            try db.run(
                script: """
                    DO $ask$
                    DECLARE answer record; found integer := 0;
                    BEGIN
                        FOR answer IN \(question.sql.replacing(";", with: ""))
                        LOOP found := found + 1; END LOOP;
                        PERFORM set_config('usher.found', found::text, true);
                    END $ask$
                    """)
            return try db.row("SELECT current_setting('usher.found')::integer AS found") {
                try $0.get("found")
            } ?? 0
        }
    }
}

/// Rules that agree, beat each other, contradict each other, undo each other and only watch.
let eventfulRules = """
    version: 1
    fields: { status: { type: text }, tier: { type: text } }
    rules:
      - id: acme-are-admins
        mode: enforce
        when: { email.domain: acme.com }
        set: { portal_role: admin }
      - id: leavers-lose-access
        priority: 900
        mode: enforce
        when: { custom_fields.status: left }
        set: { portal_role: no_access }
      - id: gold-are-members
        mode: enforce
        when: { custom_fields.tier: gold }
        set: { portal_role: member }
      - id: gold-have-a-department-that-is-no-number
        mode: enforce
        when: { name: Refused }
        set: { custom_fields.seats: many }
      - id: watch-the-silver
        mode: shadow
        when: { custom_fields.tier: silver }
        set: { portal_role: member }
    """

let eventfulContacts = [
    person("ana@acme.com"), person("bob@acme.com"), person("cem@acme.com", tier: "gold"),
    person("dan@globex.com", role: "no_access", tier: "gold"),
    person("eve@globex.com", name: "Refused"), person("fay@globex.com", tier: "silver"),
    person("gil@globex.com"),
]

/// Something of everything that can be on record.
func liveThroughEverything(in world: World) async throws {
    let store = try world.worker().store
    try await world.runOnce()
    let ids = eventfulContacts.map(\.id)
    _ = world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
    _ = world.sandbox.editContact(id: ids[1]) { $0.customFields["status"] = .single("left") }
    _ = world.sandbox.deleteContact(id: ids[6])
    try await world.runOnce()
    _ = try await store.release(
        .contact(ids[0], field: nil), by: OperatorAct(who: "tester", reason: "she is staff"))
    try await world.runOnce()
}

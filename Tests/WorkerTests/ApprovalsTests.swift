import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// `usher approvals`, `usher approve` and `usher reject` on everything that waits for a decision.
@Suite struct ApprovalsTests {
    /// Something that waits, and how it comes about.
    enum Waiting: String, CaseIterable, Sendable {
        case ruleHold, neededApproval, contactHold, drift, blockedAction, massDelete, organisation

        var kind: PendingApproval.Kind {
            switch self {
            case .ruleHold, .neededApproval: .ruleHold
            case .contactHold: .contactHold
            case .drift: .drift
            case .blockedAction: .blockedAction
            case .massDelete: .massDelete
            case .organisation: .organisation
            }
        }

        var rules: String {
            switch self {
            case .ruleHold:
                acmeAreAdmins.replacing(
                    "version: 1", with: "version: 1\nlimits: { per_hour: 2 }")
            case .neededApproval:
                acmeAreAdmins.replacing(
                    "mode: enforce", with: "mode: enforce\n    approval: required")
            case .contactHold:
                """
                version: 1
                fields: { tier: { type: text } }
                rules:
                  - { id: cut, mode: enforce, on_unmatch: revert, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: no_access } }
                """
            case .blockedAction:
                """
                version: 1
                rules:
                  - { id: tiers, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: platinum } }
                """
            case .drift, .massDelete, .organisation: acmeAreAdmins
            }
        }

        var people: [SandboxContact] {
            switch self {
            case .ruleHold, .neededApproval: (0..<5).map { person("p\($0)@acme.com") }
            case .contactHold: [person("ana@acme.com", role: "admin", tier: "gold")]
            case .drift, .blockedAction, .organisation: [person("ana@acme.com")]
            case .massDelete: (0..<40).map { person("p\($0)@globex.com") }
            }
        }

        func bringAbout(in world: World) async throws {
            try await world.runOnce()
            let contacts = world.sandbox.contacts
            switch self {
            case .ruleHold, .neededApproval, .blockedAction: return
            case .contactHold:
                world.edit { $0.customFields["tier"] = .single("silver") }
            case .drift: world.edit { $0.portalRole = "member" }
            case .massDelete:
                for contact in contacts.prefix(30) { world.sandbox.deleteContact(id: contact.id) }
            case .organisation:
                world.sandbox.setFaults(FaultPlan([SandboxFault(.otherOrganisation)]))
            }
            try await world.runOnce()
        }
    }

    private static func withItem(
        _ waiting: Waiting, _ body: @Sendable (World, PendingApproval) async throws -> Void
    ) async throws {
        try await withWorld(rules: waiting.rules, contacts: waiting.people) { world in
            try await waiting.bringAbout(in: world)
            let items = try await world.approvals()
            let item = try #require(items.first)
            #expect(items.count == 1 && item.kind == waiting.kind && item.state == .waiting)
            try await body(world, item)
        }
    }

    @Test(arguments: Waiting.allCases)
    func itIsListedWithAnIDAndWhatADecisionDoes(_ waiting: Waiting) async throws {
        try await Self.withItem(waiting) { world, item in
            #expect(ApprovalID(item.id)?.description == item.id)
            #expect(!item.approve.isEmpty && (item.reject == nil) == (waiting == .organisation))
            let list = try await world.usher("approvals")
            #expect(list.status == 0 && list.errors.isEmpty, "\(list.errors)")
            #expect(list.output.hasPrefix("\(item.id)  "), "\(list.output)")
            #expect(list.output.contains("\n      approve  \(item.approve)\n"), "\(list.output)")
            let one = try await world.usher("approvals", item.id)
            #expect(one.status == 0 && one.output.hasPrefix("\(item.id)  "), "\(one.errors)")
            let status = try await world.usher("status")
            #expect(
                status.output.contains("1 item waiting for a decision; see: usher approvals"),
                "\(status.output)")
            let json = try await world.usher("status", "--format", "json")
            #expect(json.output.contains(#""waiting":1,"#), "\(json.output)")
        }
    }

    @Test(arguments: Waiting.allCases)
    func itIsApproved(_ waiting: Waiting) async throws {
        try await Self.withItem(waiting) { world, item in
            let before = try await world.events()
            let dry = try await world.usher("approve", item.id, "--dry-run")
            #expect(dry.status == 0 && dry.errors.isEmpty, "\(dry.errors)")
            #expect(dry.output.hasPrefix("approve \(item.id): \(item.approve)\n"), "\(dry.output)")
            #expect(try await world.events() == before)
            let requests = world.sandbox.requests(to: .update).requests.count
            let approved = try await world.usher("approve", item.id, "--reason", "as agreed")
            #expect(approved.status == 0, "\(approved.errors)")
            #expect(approved.errors.hasPrefix("approve \(item.id): \(item.approve)\n"))
            #expect(approved.output.hasPrefix("approved "), "\(approved.output)")
            try await world.runOnce()
            let roles = Set(world.sandbox.contacts.map(\.portalRole))
            switch waiting {
            case .ruleHold, .neededApproval, .contactHold, .drift: #expect(roles == ["admin"])
            case .blockedAction:
                #expect(world.sandbox.requests(to: .update).requests.count == requests + 1)
            case .massDelete:
                #expect(try await world.worker().store.status()?.contacts == 10)
            case .organisation:
                #expect(try await world.worker().store.status()?.pauses.isEmpty == true)
            }
            #expect(try await world.approvals().isEmpty == (waiting != .blockedAction))
            let acts = try await world.texts("SELECT what AS text FROM audit.operators")
            #expect(acts.count == 1 || waiting == .neededApproval, "\(acts)")
        }
    }

    @Test(arguments: Waiting.allCases)
    func itIsRejected(_ waiting: Waiting) async throws {
        try await Self.withItem(waiting) { world, item in
            let (before, contacts) = (try await world.events(), world.sandbox.contacts)
            let dry = try await world.usher("reject", item.id, "--dry-run")
            let rejected = try await world.usher("reject", item.id, "--reason", "not now")
            guard let effect = item.reject else {
                for ended in [dry, rejected] {
                    #expect(ended.status == 2 && ended.output.isEmpty)
                    #expect(ended.errors.contains("usher approve organisation"), "\(ended.errors)")
                }
                #expect(try await world.events() == before)
                return
            }
            #expect(dry.output.hasPrefix("reject \(item.id): \(effect)\n"), "\(dry.errors)")
            #expect(rejected.status == 0, "\(rejected.errors)")
            #expect(rejected.errors.hasPrefix("reject \(item.id): \(effect)\n"))
            #expect(rejected.output.hasPrefix("rejected "), "\(rejected.output)")
            // Neither another look nor another change of the contact brings it back.
            try await world.runOnce()
            world.edit { $0.name = "Somebody Else" }
            try await world.runOnce()
            #expect(world.sandbox.contacts.map(\.portalRole) == contacts.map(\.portalRole))
            #expect(try await world.approvals().filter { $0.state == .waiting } == [])
            #expect(try await world.usher("drift").output == "nothing has drifted\n")
            let status = try #require(try await world.worker().store.status())
            #expect(status.waiting == 0 && status.drifted == 0)
            let acts = try await world.texts("SELECT what AS text FROM audit.operators")
            #expect(acts.count == 1 && acts[0].hasPrefix("rejected "), "\(acts)")
            let again = try await world.usher("reject", item.id, "--reason", "not now")
            #expect(again.status == 1, "\(again.output)")
            try await world.expectRest()
        }
    }

    @Test func aRejectedActionEndsAndIsTriedOnceItsRuleChanges() async throws {
        try await Self.withItem(.blockedAction) { world, item in
            #expect(item.detail.contains("HTTP 400"), "\(item.detail)")
            _ = try await world.usher("reject", item.id, "--reason", "no such tier")
            let number = try #require(item.action)
            let outcomes = try await world.texts(
                "SELECT outcome AS text FROM audit.actions WHERE action_id = \(number)")
            #expect(outcomes == ["superseded"])
            let requests = world.sandbox.requests(to: .update).requests.count
            world.edit { $0.name = "Somebody Else" }
            try await world.runOnce()
            #expect(world.sandbox.requests(to: .update).requests.count == requests)
            try world.write(rules: Waiting.blockedAction.rules.replacing("platinum", with: "gold"))
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].customFields["tier"] == .single("gold"))
        }
    }

    /// The rule leaves the field alone, and says so again once there is something new to decide.
    @Test func rejectedDriftIsReportedAgainOnceTheValueOrTheRuleChanges() async throws {
        try await Self.withItem(.drift) { world, item in
            func reject() async throws {
                let ended = try await world.usher("reject", item.id, "--reason", "leave her")
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(try await world.approvals().isEmpty)
            }
            try await reject()
            let kept = try await world.texts(
                "SELECT rejected_by || ' ' || current_value AS text FROM audit.drift")
            #expect(kept.count == 1 && kept[0].hasSuffix(" \"member\""), "\(kept)")
            world.edit { $0.portalRole = "no_access" }
            try await world.runOnce()
            #expect(try await world.approvals().map(\.id) == [item.id])
            try await reject()
            try world.write(
                rules: acmeAreAdmins.replacing("acme.com }", with: "[acme.com, acme.org] }"))
            try await world.runOnce()
            #expect(try await world.approvals().map(\.id) == [item.id])
            #expect(world.sandbox.contacts[0].portalRole == "no_access")
            _ = try await world.usher("approve", item.id, "--reason", "she is staff")
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "admin")
        }
    }

    @Test func aRejectedMassDeleteWaitsAgainOnceMoreContactsAreMissing() async throws {
        try await Self.withItem(.massDelete) { world, item in
            _ = try await world.usher("reject", item.id, "--reason", "an outage")
            let worker = try world.worker()
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes(.resolved) == [.massDelete])
            try await world.runOnce()
            #expect(try await world.approvals().map(\.state) == [.rejected])
            #expect(world.alerts.codes == [.massDelete])
            world.sandbox.deleteContact(id: world.sandbox.contacts[0].id)
            try await world.runOnce()
            let items = try await world.approvals()
            #expect(items.map(\.state) == [.waiting] && items[0].contacts == 31)
            #expect(items[0].hold != item.hold && world.alerts.codes == [.massDelete, .massDelete])
            // Its number is an ID, too.
            let approved = try await world.usher(
                "approve", "\(try #require(items[0].hold))", "--reason", "they moved away")
            #expect(approved.status == 0, "\(approved.errors)")
            try await world.runOnce()
            #expect(try await world.worker().store.status()?.contacts == 9)
            let ends = try await world.texts(
                "SELECT ended AS text FROM audit.holds WHERE why = 'mass_delete' ORDER BY hold_id")
            #expect(ends == ["refused", "released"])
        }
    }

    @Test(
        arguments: [
            ("4711", 1, "there is no hold 4711"), ("action:7", 1, "there is no open action 7"),
            ("action:x", 1, "action:x is no ID"), ("drift:c1", 1, "drift:c1 is no ID"),
            ("drift:c1:email", 1, "drift:c1:email is no ID"),
            ("drift:c1:portal_role", 1, "no drift of portal_role of contact c1 waits"),
            ("mass-delete", 1, "no mass delete waits for a decision"),
            ("organisation", 1, "not paused for another organisation"),
            ("nobody", 64, "the rules in force have no rule nobody"),
            ("rule:4711", 64, "the rules in force have no rule 4711"),
            ("nowhere.json", 1, "nowhere.json"),
        ])
    func anIDThatNamesNothingChangesNothing(
        id: String, status: Int32, message: String
    ) async throws {
        try await Self.withItem(.ruleHold) { world, item in
            let before = try await world.events()
            for command in ["approve", "reject"] {
                // What comes before it is not done either.
                let ended = try await world.usher(command, item.id, id, "--reason", "x")
                #expect(ended.status == status && ended.output.isEmpty, "\(ended.output)")
                #expect(ended.errors.contains(message), "\(ended.errors)")
            }
            #expect(try await world.events() == before)
        }
    }

    @Test func severalIDsAreDecidedAtOnce() async throws {
        let rules = """
            version: 1
            limits: { per_hour: 1, lowering: { per_hour: 1 } }
            rules:
              - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: globex, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: no_access } }
            """
        let people = (0..<3).flatMap { [person("a\($0)@acme.com"), person("b\($0)@globex.com")] }
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            let ids = try await world.approvals().map(\.id)
            #expect(ids.count == 2)
            let dry = try await world.usher(
                ["approve"] + ids + ["--dry-run", "--format", "json"])
            let preview = try dry.summary
            #expect(preview["decision"] as? String == "approve", "\(dry.errors)")
            let items = try #require(preview["items"] as? [[String: Any]])
            #expect(items.compactMap { $0["id"] as? String } == ids)
            #expect((items[0]["first_contacts"] as? [Any])?.count == 3)
            let approved = try await world.usher(
                ["approve"] + ids + ["--reason", "x", "--format", "json"])
            #expect(try approved.summary["contacts"] as? Int == 6, "\(approved.errors)")
            try await world.runOnce()
            #expect(Set(world.sandbox.contacts.map(\.portalRole)) == ["admin", "no_access"])
        }
    }

    @Test func anIDWhoseItemEndedSinceSaysHow() async throws {
        try await Self.withItem(.ruleHold) { world, item in
            try world.write(rules: noRules)
            try await world.runOnce()
            let hold = try await world.usher("approve", item.id, "--reason", "x")
            #expect(hold.status == 1)
            #expect(hold.errors.contains("hold \(item.id) has ended: withdrawn 20"))
        }
        try await Self.withItem(.blockedAction) { world, item in
            try world.write(rules: noRules)
            try await world.runOnce()
            let action = try await world.usher("reject", item.id, "--reason", "x")
            let number = try #require(item.action)
            #expect(action.status == 1)
            #expect(action.errors.contains("action \(number) has ended: superseded 20"))
        }
        try await Self.withItem(.drift) { world, item in
            world.edit { $0.portalRole = "admin" }
            try await world.runOnce()
            let drift = try await world.usher("approve", item.id, "--reason", "x")
            #expect(drift.status == 1 && drift.errors.contains("waits for a decision"))
        }
    }

    /// The command waits for the log between its two looks, and a pass of the evaluator comes first.
    @Test func aHoldThatGrewAfterItsApprovalWasAnnouncedIsNotApproved() async throws {
        try await Self.withItem(.ruleHold) { world, item in
            let late = person("late@acme.com")
            world.sandbox.addContact(late)
            try await StepwiseWorker(world).see(late.id)
            let events = try await world.events()
            let command = try await world.asOwner { db in
                try db.execute("SELECT 1 FROM usher.lease WHERE name = 'evaluate' FOR UPDATE")
                let command = try CommandProcess(
                    ["approve", item.id, "--reason", "x"], environment: world.settings(),
                    in: world.rulesFolder)
                while !command.errors.contains("approve \(item.id): ") { usleep(10_000) }
                try db.execute(
                    """
                    UPDATE usher.contact AS c SET held = h.held
                    FROM (SELECT held FROM usher.contact WHERE held IS NOT NULL LIMIT 1) AS h
                    WHERE c.contact_id = \(late.id)
                    """)
                return command
            }
            let ended = try await command.end()
            #expect(ended.status == 1 && ended.output.isEmpty, "\(ended.output)")
            #expect(ended.errors.contains("announced was that it sends the held changes of 5"))
            #expect(ended.errors.contains("now it sends the held changes of 6 contacts"))
            #expect(ended.errors.contains("look again: usher approvals \(item.id)"))
            #expect(try await world.events() == events)
            let approved = try await world.usher("approve", item.id, "--reason", "x")
            #expect(approved.status == 0, "\(approved.errors)")
            #expect(approved.output.contains("6 contacts"), "\(approved.output)")
        }
    }

    @Test func aMassDeleteThatGrewAfterItsApprovalWasAnnouncedIsNotApproved() async throws {
        try await Self.withItem(.massDelete) { world, _ in
            let store = try world.worker().store
            let act = OperatorAct(who: "tester", reason: "they moved away")
            let announced = try await store.pendingApprovals(named: .massDelete)
            world.sandbox.deleteContact(id: world.sandbox.contacts[0].id)
            try await world.runOnce()
            await #expect(throws: AnnouncementOutdated.self) {
                try await store.approve(
                    .massDelete, announced: announced, meanings: [:], by: act)
            }
            let grown = try await store.pendingApprovals(named: .massDelete)
            #expect(grown.map(\.contacts) == [31])
            let approval = try await store.approve(
                .massDelete, announced: grown, meanings: [:], by: act)
            #expect(approval.approved.count == 1)
        }
    }

    /// A contact that changed since its change was held is named, and the others are sent.
    @Test func aContactThatChangedSinceIsNotChanged() async throws {
        try await Self.withItem(.ruleHold) { world, item in
            let first = try #require(item.firstContacts.first)
            world.sandbox.editContact(id: first.contact) { $0.portalRole = "no_access" }
            let stepwise = try StepwiseWorker(world)
            try await stepwise.see(first.contact)
            let approved = try await world.usher("approve", item.id, "--reason", "x")
            #expect(approved.status == 0, "\(approved.errors)")
            #expect(
                approved.output.contains("contact \(first.contact) has changed since"),
                "\(approved.output)")
        }
    }

    /// An ID is one word of a shell, whatever a contact is called, and is taken as it is shown.
    @Test func anIDOfAHostileContactIsTypedAsItIsShown() async throws {
        try await Self.withItem(.drift) { world, item in
            let hostile = "c:\u{1B}[2J\u{202E} 1\nFORGED%41"
            let id = try #require(item.contact)
            try await world.asOwner {
                try $0.execute(
                    """
                    UPDATE usher.contact SET contact_id = \(hostile), email = \("\u{9B}x@acme.com")
                    WHERE contact_id = \(id)
                    """)
            }
            let list = try await world.usher("approvals")
            #expect(
                !list.output.unicodeScalars.contains {
                    "\u{1B}\u{202E}\u{9B}".unicodeScalars.contains($0)
                })
            #expect(!list.output.contains("\nFORGED"))
            let word = try #require(list.output.split(separator: " ").first.map(String.init))
            #expect(word.hasPrefix("drift:c%3A%1B%5B2J") && word.hasSuffix(":portal_role"))
            let rejected = try await world.usher("reject", word, "--reason", "x")
            #expect(rejected.status == 0, "\(rejected.errors)")
            #expect(try await world.approvals().isEmpty)
        }
    }

    @Test func formerCommandsNameTheNewOnesAndStillWork() async throws {
        try await Self.withItem(.drift) { world, item in
            let help = try await world.usher("--help")
            for name in ["holds", "release"] { #expect(!help.output.contains("\n  \(name) ")) }
            for name in ["approvals", "approve", "reject", "resume"] {
                #expect(help.output.contains("\n  \(name) "), "\(help.output)")
            }
            let holds = try await world.usher("holds")
            #expect(holds.status == 0 && holds.output == "no changes wait for approval\n")
            #expect(holds.errors == "usher holds is now: usher approvals\n")
            let released = try await world.usher(
                "release", "ana@acme.com", "--field", "portal_role", "--reason", "x")
            #expect(
                released.status == 0 && released.output == "released the drift of portal_role\n")
            #expect(released.errors.contains("usher approve ID"), "\(released.errors)")
            let resumed = try await world.usher("resume")
            #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed.errors)")
        }
    }

    @Test func aRuleThatLooksLikeAnotherIDIsNamedAsARule() async throws {
        let rules = acmeAreAdmins.replacing("acme-are-admins", with: "mass-delete").replacing(
            "mode: enforce", with: "mode: enforce\n    approval: required")
        try await withWorld(rules: rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            #expect(try await world.approvals().map(\.rule) == ["mass-delete"])
            let word = try await world.usher("approve", "mass-delete", "--reason", "x")
            #expect(word.status == 1 && word.errors.contains("no mass delete waits"))
            let rule = try await world.usher("approve", "rule:mass-delete", "--reason", "x")
            #expect(rule.status == 0, "\(rule.errors)")
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "admin")
        }
    }

    @Test func aReasonIsNeededForADecisionAndNotForALook() async throws {
        try await Self.withItem(.drift) { world, item in
            for reason in [[], ["--reason", " "]] {
                let ended = try await world.usher(["approve", item.id] + reason)
                #expect(ended.status == 64 && ended.errors.contains("--reason"), "\(ended.errors)")
            }
            #expect(try await world.approvals().count == 1)
        }
    }

    /// Its end is on record like that of every other hold.
    @Test func aMassDeleteEndsWithItsWorkspace() async throws {
        try await Self.withItem(.massDelete) { world, _ in
            try await world.asOwner {
                try $0.run(
                    script: """
                        DELETE FROM usher.worker;
                        UPDATE usher.lease SET until = '-infinity'
                        """)
            }
            let act = OperatorAct(who: "tester", reason: "gone")
            let forgotten = try await world.worker().store.forget(by: act)
            #expect(forgotten?.holds == 1)
            let ends = try await world.texts(
                "SELECT ended AS text FROM audit.holds WHERE why = 'mass_delete'")
            #expect(ends == ["withdrawn"])
        }
    }
}

extension World {
    /// What `usher approvals` lists, as it prints it for programs.
    fileprivate func approvals() async throws -> [PendingApproval] {
        let ended = try await usher("approvals", "--format", "json")
        #expect(ended.status == 0, "\(ended.errors)")
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode([PendingApproval].self, from: Data(ended.output.utf8))
    }

    /// Changes every contact as another party would.
    fileprivate func edit(_ change: (inout SandboxContact) -> Void) {
        for contact in sandbox.contacts { _ = sandbox.editContact(id: contact.id, change) }
    }

    fileprivate func events() async throws -> Int {
        try await count("SELECT count(*) AS count FROM usher.event")
    }
}

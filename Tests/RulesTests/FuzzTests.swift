import Contacts
import Foundation
import RuleLint
import RuleSources
import Rules
import Testing

/// Nothing that anybody writes into a rule file or an address may crash Usher.
///
/// One after the other and behind all others: the tests beside them depend on time.
@Suite(.serialized) struct Fuzz {
    /// How long it all goes on; `USHER_FUZZ_SECONDS` for longer.
    static let seconds =
        ProcessInfo.processInfo.environment["USHER_FUZZ_SECONDS"].flatMap(Double.init) ?? 60

    /// A ruleset in which every part of the language stands.
    static let everything = [
        RuleSource(path: "a.yaml", text: (try? fixture("everything.yaml")) ?? ""),
        RuleSource(
            path: "customers.csv",
            text: "domain,account_id,portal_role,note\nacme.com,a1,member,\"Acme, \"\"Inc\"\"\"\n"
                + "globex.com,a2,admin,Globex\n"),
        RuleSource(path: "leavers.txt", text: "# since June\nbob@acme.com\nana@acme.com\n"),
    ]

    static func rulesets() throws -> [[RuleSource]] {
        let shipped = try RuleFiles.read(repository.appending(path: "rules").path)
        // What is broken already seldom becomes valid, so most of it starts from what is not.
        let valid = Array(repeating: [everything, shipped] + shipped.map { [$0] }, count: 100)
        return valid.flatMap(\.self) + BrokenFiles.all.map(\.sources)
    }

    /// Contacts of every kind, by the words that stand in the rules.
    static let contacts: [Contact] = {
        var contacts = EmailDomainCases.all.map { Contact.sample($0.email, role: "member") }
        for email in ["bob@acme.com", "ext-ana@globex.com", "ana@gmail.com"] {
            for role in [nil, "no_access", "admin", "support-lead"] {
                var contact = Contact.sample(email, role: role, ["tier": "gold", "seats": "12"])
                contact.account = .init(id: "a1", externalIDs: ["crm": "0015e00002", "tier": "x"])
                contact.name = "Ana Ruiz"
                contact.emails = ["ana@acme.com", "\"ana\"@acme.com"]
                contact.phoneNumbers = ["+49 30 1"]
                contact.customFields["products"] = .multiple(["api", "portal"])
                contact.customFields["since"] = .single("2026-11-23")
                contact.firstSeen = Date(timeIntervalSinceReferenceDate: 800_000_000)
                contacts.append(contact)
            }
        }
        return contacts + [Conditions.contact, Contact(id: "")]
    }()

    @Test func everythingIsValid() throws {
        let ruleset = try Ruleset(sources: Self.everything)
        #expect(ruleset.tests.count > 2)
        #expect(ruleset.tests.flatMap { ruleset.run($0).differences } == [])
    }

    @Test func aMutatedFileIsRefusedOrDecidesButNeverCrashes() async throws {
        try await OwnThread.run(Self.tryMutatedFiles)
    }

    @Sendable private static func tryMutatedFiles() throws {
        let rulesets = try Self.rulesets()
        let texts = rulesets.suffix(300).flatMap { $0.map(\.text) }
        let input = try FuzzInput("rules")
        var random = Seeded(2)
        var (accepted, refused) = (0, 0)
        let end = Date.now.addingTimeInterval(Self.seconds * 0.8)
        while Date.now < end {
            var sources = random.pick(rulesets)
            let index = Int(random.next() % UInt64(sources.count))
            sources[index] = RuleSource(
                path: sources[index].path,
                text: Mutated.text(sources[index].text, others: texts, &random))
            try input.write(sources.map { "=== \($0.path)\n\($0.text)" }.joined())
            do throws(RuleProblems) {
                let ruleset = try Ruleset(sources: sources)
                accepted += 1
                Self.tryOut(ruleset, &random)
            } catch {
                refused += 1
                #expect(error.diagnostics.contains { $0.severity == .error })
                Self.check(error.diagnostics, in: sources)
            }
        }
        try input.remove()
        print("\(accepted) mutated rulesets accepted, \(refused) refused")
        #expect(accepted > 0 && refused > 0, "\(accepted) accepted, \(refused) refused")
    }

    /// Whatever is told of a file is told with its place.
    private static func check(_ diagnostics: [RuleDiagnostic], in sources: [RuleSource]) {
        for told in diagnostics {
            #expect(told.line >= 1 && told.column >= 1 && !told.message.isEmpty, "\(told)")
            #expect(sources.contains { $0.path == told.file }, "\(told)")
            #expect(!told.text(in: sources).isEmpty)
            #expect(told.description.split(whereSeparator: \.isNewline).count == 1, "\(told)")
        }
    }

    /// What `usher rules check`, `test` and `explain` and a worker do with a ruleset.
    private static func tryOut(_ ruleset: Ruleset, _ random: inout Seeded) {
        check(ruleset.warnings + ruleset.lint(), in: ruleset.sources)
        _ = ruleset.tests.map(ruleset.run)
        _ = (ruleset.coverage(), ruleset.tryLookalikes())
        for _ in 0..<8 {
            let contact = random.pick(contacts)
            let now = contact.firstSeen?.addingTimeInterval(Double(random.next() % 100_000_000))
            let explained = ruleset.explain(contact, now: now)
            #expect(!explained.description.isEmpty || ruleset.rules.isEmpty)
            let decision = ruleset.decide(contact, now: now)
            #expect(explained.decision == decision)
            // What has been sent is not sent again.
            let after = contact.applying(decision.changes)
            #expect(ruleset.decide(after, now: now).changes.isEmpty)
        }
    }

    @Test func aMutatedAddressIsAnAddressOrNone() async throws {
        try await OwnThread.run(Self.tryMutatedAddresses)
    }

    @Sendable private static func tryMutatedAddresses() throws {
        let input = try FuzzInput("address")
        let ruleset = try ruleset(when: "{ email.domain: acme.com }")
        let texts = EmailDomainCases.all.map(\.email)
        var random = Seeded(3)
        var (accepted, refused) = (0, 0)
        let end = Date.now.addingTimeInterval(Self.seconds * 0.2)
        while Date.now < end {
            for _ in 0..<100 {
                let text = FuzzedAddress.text(texts, &random)
                try input.write(text)
                let address = EmailAddress(text)
                let parts = FuzzedAddress.parts(of: text)
                #expect((address.status == .ok) == (parts != nil), "\(text.debugDescription)")
                #expect(address.local == parts?.local && address.domain == parts?.domain)
                let isOurs = !ruleset.decide(.sample(text)).isEmpty
                #expect(isOurs == (parts?.domain == "acme.com"), "\(text.debugDescription)")
                if parts == nil { refused += 1 } else { accepted += 1 }
            }
        }
        try input.remove()
        print("\(accepted) mutated addresses accepted, \(refused) refused")
        #expect(accepted > 0 && refused > 0, "\(accepted) accepted, \(refused) refused")
    }
}

/// What is being tried: after a crash it is still there, up to the line that says it ends.
struct FuzzInput {
    private let file: URL
    private let handle: FileHandle

    init(_ name: String) throws {
        let process = ProcessInfo.processInfo.processIdentifier
        file = FileManager.default.temporaryDirectory
            .appending(path: "usher-fuzz-\(name)-\(process).txt")
        try Data().write(to: file)
        handle = try FileHandle(forWritingTo: file)
    }

    /// Written over the last one: to make a file each time costs more than what is tried.
    func write(_ text: String) throws {
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: Data((text + "\n=== the end\n").utf8))
    }

    func remove() throws {
        try handle.close()
        try FileManager.default.removeItem(at: file)
    }
}

import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What an observation of a contact means: ours, another party's, late or stale.
@Suite struct ObservationTable {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var seen = Contact.sample("member")
        /// nil where the contact is new.
        var known: KnownContact? = .sample(.sample("member"))
        var isStale = false
        var action: Action?
        /// Each event with whom it names: `contact.updated usher`.
        let events: [String]
        /// Whether the observation is to be read again.
        var isReadAgain = false
        /// Whether a row is written.
        var isWritten = true
        /// The rules of the value that is ours afterwards.
        var rules: [String]?
    }

    private static func late(_ value: String, _ change: (inout LateValue) -> Void = { _ in })
        -> [String: LateValue]
    {
        var late = LateValue(
            field: .portalRole, value: value, rules: ["staff"], until: noon + .seconds(9))
        change(&late)
        return ["portal_role": late]
    }

    private static func known(
        _ contact: Contact = .sample("member"), late: [String: LateValue] = [:],
        isDeleted: Bool = false, isAside: Bool = false
    ) -> KnownContact {
        .sample(contact, isDeleted: isDeleted, isAside: isAside, late: late)
    }

    private static let blocked = Action.sample(.unknown) { $0.state = .blocked }

    static let cases = [
        Case(testDescription: "new", known: nil, events: ["contact.created other"]),
        Case(
            testDescription: "deleted before", known: known(isDeleted: true),
            events: ["contact.restored other"]),
        Case(testDescription: "the same in other bytes", events: []),
        Case(
            testDescription: "changed", seen: .sample("admin"), events: ["contact.updated other"]),
        Case(
            testDescription: "a late value lands", seen: .sample("admin"),
            known: known(late: late("admin")), events: ["contact.updated usher"],
            rules: ["staff"]),
        Case(
            testDescription: "a late value lands beside another party's change",
            seen: .sample("admin", name: "Bea"), known: known(late: late("admin")),
            events: ["contact.updated usher", "contact.updated other"], rules: ["staff"]),
        Case(
            testDescription: "another value than the late one", seen: .sample("lead"),
            known: known(late: late("admin")), events: ["contact.updated other"]),
        Case(
            testDescription: "a late value that was there all the time", seen: .sample("admin"),
            known: known(.sample("admin"), late: late("admin")), events: []),
        Case(
            testDescription: "a late value whose time is over", seen: .sample("admin"),
            known: known(late: late("admin") { $0.until = noon }),
            events: ["contact.updated other"]),
        Case(
            testDescription: "a late value of a clock that was ahead", seen: .sample("admin"),
            known: known(late: late("admin") { $0.until = noon + .seconds(3661) }),
            events: ["contact.updated other"]),
        Case(
            testDescription: "a late value that may land longest", seen: .sample("admin"),
            known: known(late: late("admin") { $0.until = noon + .seconds(3660) }),
            events: ["contact.updated usher"], rules: ["staff"]),
        Case(
            testDescription: "the role's id came with the late role",
            seen: .sample("admin", roleID: "admin-id"), known: known(late: late("admin")),
            events: ["contact.updated usher"], rules: ["staff"]),
        Case(
            testDescription: "stale", seen: .sample("admin"), isStale: true, events: [],
            isReadAgain: true, isWritten: false),
        Case(
            testDescription: "being sent to", seen: .sample("admin"), action: .sample(.sending),
            events: [], isReadAgain: true, isWritten: false),
        Case(
            testDescription: "of unknown outcome", seen: .sample("admin"),
            action: .sample(.unknown), events: [], isWritten: false),
        Case(
            testDescription: "a blocked action's value lands", seen: .sample("admin"),
            action: blocked, events: ["contact.updated usher"], rules: ["staff"]),
        Case(
            testDescription: "another value than a blocked action's", seen: .sample("lead"),
            action: blocked, events: ["contact.updated other"]),
        Case(
            testDescription: "set aside before", known: known(isAside: true),
            events: ["contact.readable"]),
        Case(
            testDescription: "set aside before and changed", seen: .sample("admin"),
            known: known(isAside: true), events: ["contact.readable", "contact.updated other"]),
    ]

    @Test(arguments: cases) func everyObservationMeansOneThing(_ test: Case) throws {
        var changes = SnapshotChanges()
        let again = try changes.observe(
            Observation(
                documents: [try test.seen.document], known: test.known.map { ["c1": $0] } ?? [:],
                stale: test.isStale ? ["c1"] : [],
                inFlight: test.action.map { ["c1": $0] } ?? [:]))
        #expect(again == (test.isReadAgain ? ["c1"] : []))
        #expect(try Self.words(changes.events) == test.events)
        #expect(changes.rows.count == (test.isWritten ? 1 : 0))
        guard let row = changes.rows.first else { return }
        #expect(row.ref == test.known?.ref)
        #expect(row.grants["portal_role"]?.rules == test.rules)
        // What landed is awaited no longer, and only news has an event for the rules.
        if test.rules != nil { #expect(row.late.isEmpty) }
        let isNews = test.events.contains { $0.hasSuffix("usher") || $0.hasSuffix("other") }
        #expect((row.event != nil) == isNews)
    }

    private static func words(_ events: [NewEvent]) throws -> [String] {
        try events.map { event in
            ([event.kind.rawValue] + [try event.text("by")].compactMap(\.self))
                .joined(separator: " ")
        }
    }

    /// A contact that cannot be read, and what follows.
    @Test(arguments: [
        (false, false, ["contact.unreadable"], [Alert.Code.unreadable], false),
        (true, false, [], [], false), (false, true, [], [], true),
    ])
    func aContactThatCannotBeReadIsSetAside(
        isKnown: Bool, isStale: Bool, events: [String], alerts: [Alert.Code], isReadAgain: Bool
    ) throws {
        let contact = AsideContact(
            UnreadableContact(contactID: "c1", rawDigest: [1], reason: "not JSON"))
        let record = KnownAsides.Record(
            reason: "not JSON", since: noon, retryAt: nil, rulesetHash: nil)
        var changes = SnapshotChanges()
        let again = try changes.observe(
            Observation(
                documents: [], unreadable: [contact], known: [:],
                asides: KnownAsides(isKnown ? [(contact.key, record)] : []),
                stale: isStale ? ["c1"] : []))
        #expect(changes.events.kinds == events)
        #expect(changes.alerts.map(\.code) == alerts)
        #expect(again == (isReadAgain ? ["c1"] : []))
        #expect(changes.asides.isEmpty == isStale)
    }

    /// The answer to our own request, and what it says of whom.
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: Contact
        var known = KnownContact.sample(.sample("member"))
        var desired: [SettableField: String] = [.portalRole: "admin"]
        var reverts: [String] = []
        let events: [String]
        /// The rules of the role's grant.
        var rules = ["staff"]
        var reasserted: Int?
    }

    private static func granted(
        _ value: String, rules: [String], reasserted: [Date]? = nil, times: [Date] = []
    ) -> KnownContact {
        var record = ContactRecord()
        record.grants["portal_role"] = Grant(
            field: .portalRole, value: value, from: .text("first"), rules: rules, times: times,
            reasserted: reasserted)
        return .sample(.sample("member"), record: record)
    }

    static let answers = [
        Answer(testDescription: "as sent", answer: .sample("admin"), events: []),
        Answer(
            testDescription: "as sent, with the role's id",
            answer: .sample("admin", roleID: "admin-id"), events: []),
        Answer(
            testDescription: "as sent, with another party's change",
            answer: .sample("admin", name: "Bea"), events: ["contact.updated other"]),
        Answer(
            testDescription: "not taken", answer: .sample("member"), events: [], rules: []),
        Answer(
            testDescription: "another value", answer: .sample("lead"),
            events: ["contact.updated other"], rules: []),
        Answer(
            testDescription: "reverted", answer: .sample("admin"), reverts: ["portal_role"],
            events: [], rules: []),
        Answer(
            testDescription: "reverted to what these rules had set", answer: .sample("admin"),
            known: granted("admin", rules: ["staff"]), reverts: ["portal_role"], events: [],
            rules: []),
        Answer(
            testDescription: "set for the first time by these rules", answer: .sample("admin"),
            known: granted("admin", rules: ["other"]), events: []),
        Answer(
            testDescription: "set again", answer: .sample("admin"),
            known: granted("admin", rules: ["staff"]), events: [], reasserted: 1),
        Answer(
            testDescription: "set again for the second time within a day",
            answer: .sample("admin"),
            known: granted(
                "admin", rules: ["staff"],
                reasserted: [noon - .seconds(86_400), noon - .seconds(86_399)]), events: [],
            reasserted: 2),
        Answer(
            testDescription: "an account with its external ids",
            answer: Contact(
                id: "c1", email: "c1@acme.com", account: .init(id: "a1"), portalRole: "admin"),
            desired: [.portalRole: "admin", .accountID: "a1"], events: []),
    ]

    @Test(arguments: answers) func theValuesSentAreOursAndEveryOtherChangeIsAnotherPartys(
        _ test: Answer
    ) throws {
        var changes = SnapshotChanges()
        let action = Action.sample(.sending, test.desired) { $0.reverts = test.reverts }
        try changes.applyOwnWrite(
            try test.answer.document, of: action, over: test.known, at: noon)
        #expect(try Self.words(changes.events) == test.events)
        let grant = try #require(changes.rows.first?.grants["portal_role"])
        #expect(grant.rules == test.rules)
        #expect(grant.reasserted?.count == test.reasserted)
        #expect(grant.times == [noon])
        if test.reasserted != nil { #expect(grant.from == .text("first")) }
        #expect(changes.invalidatesReads(of: "c1"))
    }

    /// How many seconds ago Usher changed the field, and how many of the changes still count.
    @Test(arguments: [([], 1), ([10], 2), ([3599, 10], 3), ([3600, 10], 2), ([-61], 1)])
    func everyOwnChangeOfTheLastHourCounts(ago: [Int], count: Int) throws {
        let known = Self.granted(
            "no_access", rules: [], times: ago.map { noon - .seconds($0) })
        for answer in ["admin", "member"] {
            var changes = SnapshotChanges()
            try changes.applyOwnWrite(
                try Contact.sample(answer).document, of: .sample(.sending), over: known, at: noon)
            #expect(changes.rows.first?.grants["portal_role"]?.times?.count == count)
        }
    }
}

/// Which contacts are decoded, set aside or taken for deleted.
@Suite struct AbsenceTable {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isAbsent = true
        var isDeleted = false
        var isStale = false
        var action: Action?
        let isProven: Bool
    }

    @Test(arguments: [
        Case(testDescription: "absent", isProven: true),
        Case(testDescription: "not asked for", isAbsent: false, isProven: false),
        Case(testDescription: "deleted already", isDeleted: true, isProven: false),
        Case(testDescription: "sent to since", isStale: true, isProven: false),
        Case(testDescription: "being sent to", action: .sample(.sending), isProven: false),
        Case(testDescription: "of unknown outcome", action: .sample(.unknown), isProven: false),
        Case(testDescription: "an open action", action: .sample(.ready), isProven: false),
        Case(
            testDescription: "a blocked action", action: .sample(.unknown) { $0.state = .blocked },
            isProven: true),
    ])
    func anAbsenceProvesADeletion(_ test: Case) {
        let absence = Absence(status: 404, requestID: "q")
        let deletions = ProvenAbsences.deletions(
            of: test.isAbsent ? ["c1": absence] : [:],
            known: [.sample(.sample("member"), isDeleted: test.isDeleted)],
            stale: test.isStale ? ["c1"] : [], inFlight: test.action.map { ["c1": $0] } ?? [:])
        #expect(deletions.map(\.contactID) == (test.isProven ? ["c1"] : []))
    }

    @Test func deletionsAreInTheOrderOfTheBytes() {
        let ids = ["b", "C", "a", "é", "e"]
        let absent = ids.map { (ByteText($0), Absence(status: 404, requestID: nil)) }
        let deletions = ProvenAbsences.deletions(
            of: Dictionary(uniqueKeysWithValues: absent),
            known: ids.map { .sample(.sample(id: $0)) }, stale: [], inFlight: [:])
        #expect(deletions.map(\.contactID) == ["C", "a", "b", "e", "é"])
    }

    /// Missing contacts, all contacts, and whether nothing is deleted.
    @Test(arguments: [
        (0, 0, false), (25, 25, false), (26, 100, true), (25, 1000, false), (26, 1250, true),
        (26, 1300, false), (27, 1300, true), (200, 10_000, false), (201, 10_000, true),
    ])
    func moreThanTwoPercentAreAMassDelete(missing: Int, total: Int, isMassDelete: Bool) throws {
        for isHeld in [false, true] {
            let hold = MassDeleteHold(
                missing: 30, placedSeq: 4, placedAt: noon, refusedAt: nil)
            let completion = try SweepCompletion(
                SweepBody(sweepID: 1, pages: 1, contacts: 1, missing: missing),
                unreleased: missing, of: total, hold: isHeld ? hold : nil, vanished: [])
            #expect(completion.isMassDelete == isMassDelete)
            let end =
                switch (isMassDelete, isHeld) {
                case (true, false): ["hold.placed"]
                case (false, true): ["hold.withdrawn"]
                default: [String]()
                }
            #expect(completion.events.kinds == ["sweep.completed"] + end)
            #expect(completion.alerts.map(\.code) == (isMassDelete ? [.massDelete] : []))
        }
    }

    /// The contacts of a page and what becomes of each.
    struct Decoded: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let page: SamplePage
        /// The places on the page that are to be decoded; nil is all.
        var places: [Int]?
        var aside: KnownAsides.Record?
        var refused: [ByteText: String] = [:]
        let read: [String]
        var unreadable: [String] = []
        /// In how many seconds the first unreadable one is tried again.
        var retry: Double?
    }

    private static let both = SamplePage([.sample(id: "a"), .sample(id: "b")])

    private static func aside(retry: Double?, ruleset: String? = nil) -> KnownAsides.Record {
        KnownAsides.Record(
            reason: "too deep", since: noon - .seconds(9),
            retryAt: retry.map { noon.addingTimeInterval($0) }, rulesetHash: ruleset)
    }

    @Test(arguments: [
        Decoded(testDescription: "all", page: both, read: ["a", "b"]),
        Decoded(testDescription: "one of two", page: both, places: [1], read: ["b"]),
        Decoded(
            testDescription: "one twice",
            page: SamplePage([.sample("x", id: "a"), .sample("y", id: "a")]), read: ["a"]),
        Decoded(
            testDescription: "one that cannot be decoded",
            page: SamplePage([.sample(id: "a"), .sample(id: "b")], broken: ["a"]), read: ["b"],
            unreadable: ["a: not JSON"]),
        Decoded(
            testDescription: "one that is unreadable and there again",
            page: SamplePage(
                [.sample(id: "a"), .sample(id: "b")],
                unreadable: [
                    UnreadableContact(contactID: "a", rawDigest: [1], reason: "no address")
                ]), read: ["b"], unreadable: ["a: no address"]),
        Decoded(
            testDescription: "one that the database refuses", page: both,
            refused: ["a": "too large"], read: ["b"], unreadable: ["a: too large"], retry: 3600),
        Decoded(
            testDescription: "one that the database refused a while ago", page: both,
            aside: aside(retry: 60), read: ["b"], unreadable: ["a: too deep"], retry: 60),
        Decoded(
            testDescription: "one that is tried again now", page: both, aside: aside(retry: 0),
            read: ["a", "b"]),
        Decoded(
            testDescription: "one that only could not be read", page: both,
            aside: aside(retry: nil), read: ["a", "b"]),
        Decoded(
            testDescription: "one whose evaluation failed", page: both,
            aside: aside(retry: 60, ruleset: "r1"), read: ["a", "b"]),
    ])
    func aPageIsDecodedAsFarAsItCanBe(_ test: Decoded) {
        let known = test.aside.map {
            KnownAsides([(AsideKey(contactID: "a", rawDigest: Array("a".utf8)), $0)])
        }
        let decoded = DecodedContacts(
            test.page, at: test.places ?? Array(0..<test.page.count),
            known: known ?? KnownAsides(), refused: RefusedContacts(test.refused), at: noon)
        #expect(decoded.documents.map(\.contact.id) == test.read)
        let unreadable = decoded.unreadable.map(\.contact)
        #expect(unreadable.map { "\($0.contactID ?? ""): \($0.reason)" } == test.unreadable)
        let retry = decoded.unreadable.first?.retryAt?.timeIntervalSince(noon)
        #expect(retry == test.retry)
        #expect(decoded.ids == test.read + unreadable.compactMap(\.contactID))
    }
}

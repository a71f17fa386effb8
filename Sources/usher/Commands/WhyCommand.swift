import ArgumentParser
import Contacts
import Foundation
import Postgres
internal import Reconciler
import Store

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show a contact's history: changes, decisions, requests and responses.",
        discussion: """
            With --rule, shows what the rule did, or why it did nothing, using the rules and the \
            contact as of that time.
            """)

    @Argument(help: "The contact's id or primary e-mail address.")
    var contact: String
    @Option(help: "Only this rule: each test of its condition, and what prevented it.")
    var rule: String?
    @Option(
        help: "With --rule: as of this time, or the end of this day (UTC): 2026-11-23, or RFC 3339."
    )
    var at: TimeArgument?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard at == nil || rule != nil else { throw ValidationError("--at needs --rule") }
    }

    func run() async throws {
        guard let rule else { return try await tellStory() }
        let answers = try await target.withStore { store in
            try await self.answers(about: rule, in: store)
        }
        switch output.format {
        case .json: try printJSON(answers)
        case .text: print(Array(answers.map(\.lines).joined(separator: [""])))
        }
    }

    /// The answers for all contacts that are meant; what one of them cannot be told is said apart.
    private func answers(about rule: String, in store: Store) async throws -> [RuleAnswer] {
        let (moment, states) = try await store.historicalStates(of: contact, at: at?.end)
        guard !states.isEmpty else { throw unknownContact() }
        var (answers, missing) = ([RuleAnswer](), [RuleAnswerMissing]())
        for state in states {
            do {
                answers.append(try await RuleAnswer(state, rule: rule, at: moment, in: store))
            } catch let reason as RuleAnswerMissing { missing.append(reason) }
        }
        for missing in missing { note(missing.description) }
        guard !answers.isEmpty else { throw ExitCode.failure }
        return answers
    }

    private func unknownContact() -> ExitCode {
        note(
            "no contact has the id or address \(contact.quoted) (new contacts appear after the "
                + "next sweep)")
        return .failure
    }

    private func tellStory() async throws {
        let histories = try await target.withStore { try await $0.histories(of: contact) }
        guard !histories.isEmpty else { throw unknownContact() }
        switch output.format {
        case .json: try printJSON(try histories.map(StoryJSON.init))
        case .text: try histories.forEach { print(try $0.lines()) }
        }
    }
}

/// A story as JSON: the events with their bodies as recorded.
private struct StoryJSON: Encodable {
    struct Event: Encodable {
        let seq: Int
        let recordedAt: Date
        let kind: String
        let actionID: Int?
        let causeSeq: Int?
        let body: AnyJSON

        enum CodingKeys: String, CodingKey {
            case seq, kind, body
            case recordedAt = "recorded_at"
            case actionID = "action_id"
            case causeSeq = "cause_seq"
        }
    }

    let contactID: String
    let fields: [String: FieldValue]
    let deleted: Bool
    let openAction: String?
    let events: [Event]

    enum CodingKeys: String, CodingKey {
        case fields, deleted, events
        case contactID = "contact_id"
        case openAction = "open_action"
    }

    init(_ story: ContactHistory) throws {
        contactID = story.contact.id
        fields = story.contact.fields
        deleted = story.isDeleted
        openAction = story.openAction
        events = try story.events.map {
            Event(
                seq: $0.seq, recordedAt: $0.recordedAt, kind: $0.kind.rawValue,
                actionID: $0.actionID, causeSeq: $0.causeSeq, body: try $0.body.decode())
        }
    }
}

extension ContactHistory {
    /// The story in words, oldest first.
    fileprivate func lines() throws -> [String] {
        // Whatever people typed, quoted: a terminal must not obey it.
        let name = (contact.email ?? contact.name)?.quoted ?? ""
        var lines = ["\(contact.id.word)  \(name)".strong]
        if isDeleted { lines.append("deleted") }
        for (field, value) in contact.fields.sorted(by: { $0.key < $1.key }) {
            let account = field == "account_id" ? contact.account.map { AccountName($0) } : nil
            lines.append(
                "  \(field.word): \(value.text)" + (account?.hint.map { " (\($0))" } ?? ""))
        }
        lines.append("first seen \(firstSeenAt.formatted(.iso8601))")
        for event in events {
            let time = event.recordedAt.formatted(.iso8601)
            lines.append("")
            lines.append("\(time)  #\(event.seq)  \(event.kind.rawValue)".strong)
            lines += try EventText(event).lines.map { "  \($0)" }
        }
        if let openAction { lines += ["", "open action: \(openAction)"] }
        return lines
    }
}

extension FieldValue {
    var text: String {
        switch self {
        case .text(let text): text.quoted
        case .list(let values): "[" + values.map(\.quoted).joined(separator: ", ") + "]"
        }
    }
}

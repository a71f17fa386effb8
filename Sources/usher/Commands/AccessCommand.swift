import ArgumentParser
import Contacts
import Foundation
import Store

struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Show who has which portal role, and why.",
        discussion: """
            One entry per existing contact, from the event log alone: its role, when it got it, \
            and from where: Usher (with rules and evidence), another party, or before Usher. The \
            view audit.access has the same content.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, csv, json
    }

    @Option(help: "Only this role, or the role with this id.")
    var role: String?
    @Option(help: "Only this account, by its id or an external id.")
    var account: String?
    @Option(
        help:
            "As of this time, or the end of this day (UTC): 2026-11-23, or RFC 3339."
    )
    var asOf: TimeArgument?
    @Option(help: "The format of the result.")
    var format: Format = .text
    @OptionGroup var target: TargetOptions

    func run() async throws {
        let filter = AccessFilter(role: role, account: account)
        var count = 0
        var list = JSONList()
        if format == .csv { print(CSVLine(cells: ContactAccess.columns).description) }
        try await target.withStore { store in
            try await store.readAccess(filter, at: asOf?.end) { access in
                count += 1
                switch format {
                case .text: print(access.lines)
                case .csv: print(CSVLine(cells: try access.cells).description)
                case .json: try list.add(access)
                }
                try StandardOutput.shared.check()
            }
        }
        switch format {
        case .text: print(count.count(of: "contact"))
        case .csv: break
        case .json: list.end()
        }
    }
}

extension ContactAccess {
    fileprivate var lines: [String] {
        let account = accountID.map { ", account \($0.word)" } ?? ", no account"
        var lines = [
            "\(contactID.word)".strong + "  \(email?.quoted ?? "no address")\(account)\(labels)",
            "    \(role?.word ?? "no role")\(roleID.map { " (\($0.word))" } ?? "") "
                + "since \(since.formatted(.iso8601)), \(reason)",
        ]
        lines += evidence.sorted { $0.key < $1.key }.map { rule, values in
            let values = values.sorted { $0.key < $1.key }
                .map { "\($0.key.word) \($0.value?.text ?? "nothing")" }
            return "      \(rule.word) saw \(values.joined(separator: ", "))"
        }
        lines += holds.map { hold in
            "    held: \(hold.field.word)" + (hold.rules.map { " by \($0.list)" } ?? "")
                + (hold.holdID.map { ", hold \($0)" } ?? "")
        }
        lines += drift.map { drift in
            "    drift: \(drift.field.word) is \(drift.found?.text ?? "nothing"), "
                + "\(drift.rules.list) wants \(drift.value.quoted)"
        }
        if let unreadableSince {
            lines.append(
                "    set aside since \(unreadableSince.formatted(.iso8601)): this is its last "
                    + "known state"
            )
        }
        lines += exceptions.map {
            "    exception: \($0.exception.word) exempts it from \($0.rule.word)"
        }
        return lines
    }

    private var labels: String {
        let labels = externalIDs.map { "\($0.label.word) \($0.ids.text)" }
        return labels.isEmpty ? "" : " (\(labels.joined(separator: ", ")))"
    }

    private var externalIDs: [(label: String, ids: FieldValue)] {
        accountExternalIDs.sorted { $0.key < $1.key }.map { (label: $0.key, ids: $0.value) }
    }

    private var reason: String {
        switch origin {
        case .beforeUsher: "before Usher (#\(originSeq))"
        case .somebodyElse: "by another party (#\(originSeq))"
        case .usher:
            "by \(rules.list) (action \(actionID.map(String.init) ?? "unknown"), ruleset "
                + "\(rulesetHash?.prefix(12) ?? "unknown")"
                + (approvedBy.map { ", approved by \($0.word)" } ?? "") + ")"
        }
    }

    static let columns = [
        "contact_id", "email", "account_id", "account_external_ids", "role", "role_id", "since",
        "origin", "origin_seq", "rule_ids", "ruleset_hash", "action_id", "approved_by", "evidence",
        "holds", "drift", "exceptions", "unreadable_since",
    ]

    /// What each of `columns` holds.
    fileprivate var cells: [String] {
        get throws {
            func json(_ values: some Collection & Encodable) throws -> String {
                values.isEmpty ? "" : try jsonLine(values)
            }
            return [
                contactID, email ?? "", accountID ?? "", try json(accountExternalIDs), role ?? "",
                roleID ?? "", since.formatted(.iso8601), origin.rawValue, "\(originSeq)",
                rules.joined(separator: ", "), rulesetHash ?? "", actionID.map(String.init) ?? "",
                approvedBy ?? "",
                try json(evidence), try json(holds), try json(drift), try json(exceptions),
                unreadableSince?.formatted(.iso8601) ?? "",
            ]
        }
    }
}

extension [String] {
    fileprivate var list: String { map(\.word).joined(separator: ", ") }
}

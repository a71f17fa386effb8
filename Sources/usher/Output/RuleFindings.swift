import Contacts
import Foundation
import RuleLint
import RuleSources
import Rules

/// What a check finds in rules that are valid.
struct RuleFindings {
    let lookalikes: LookalikeReport
    private let ruleset: Ruleset
    private let folding: TableFolding
    private let warnings: [RuleDiagnostic]
    private let expirations: Expirations

    init(_ ruleset: Ruleset, rows: RowsOption) {
        self.ruleset = ruleset
        folding = rows.folding(of: ruleset)
        warnings = (ruleset.warnings + ruleset.lint()).folded()
        lookalikes = ruleset.tryLookalikes()
        expirations = Expirations(of: ruleset, at: .now)
    }

    /// A line for each, and the line of the file that it is about.
    func problems(at location: RulesLocation) -> [String] {
        warnings.texts(in: ruleset.sources, at: location).flatMap(\.lines)
            + folding.fold(lookalikes.matches, by: \.rule).flatMap(lookalikeAddresses)
            + expirations.ended + expirations.ending
    }

    var summary: [String] {
        let (addresses, domains) = (lookalikes.addresses, lookalikes.domains)
        let matches = lookalikes.matches.count
        return ruleset.summary(folding) + [
            "tested \(addresses.count(of: "look-alike address", "look-alike addresses")) of "
                + "\(domains.count(of: "domain")): \(matches == 0 ? "none" : "\(matches)") matched"
        ]
    }

    /// The look-alike addresses that a rule takes in; of a table, the first.
    private func lookalikeAddresses(_ group: TableFolding.Group<LookalikeMatch>) -> [String] {
        group.entries.prefix(group.rows == nil ? group.entries.count : 1).map { match in
            "the look-alike address \(match.address.quoted) of \(match.domain) matches the rule "
                + group.label
        }
    }

    func json(_ passedOver: [PassedOverFile], at location: RulesLocation) -> some Encodable {
        Report(
            problems: warnings.map { $0.located(at: location) }, passedOver: passedOver,
            hash: ruleset.hash, rules: ruleset.rules.count,
            shadow: ruleset.rules.count { $0.mode == .shadow },
            inShadow: ruleset.inShadow(folding).map { ShadowedRule(rule: $0.rule, rows: $0.rows) },
            lookalikes: lookalikes, ended: expirations.ended,
            ending: expirations.ending)
    }

    private struct Report: Encodable {
        let problems: [RuleDiagnostic]
        let passedOver: [PassedOverFile]
        let hash: String
        let rules: Int
        let shadow: Int
        let inShadow: [ShadowedRule]
        let lookalikes: LookalikeReport
        let ended: [String]
        let ending: [String]

        enum CodingKeys: String, CodingKey {
            case problems, hash, rules, shadow, ended, ending
            case lookalikes = "neighbours"
            case passedOver = "passed_over"
            case inShadow = "in_shadow"
        }
    }

    private struct ShadowedRule: Encodable {
        let rule: String
        let rows: RowCount?
    }
}

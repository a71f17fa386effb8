import Contacts
import Foundation
import Planning
internal import Reconciler
import RuleLint
import Rules
import Store
import Worker

/// A plan for people: what it does first, to whom last.
struct PlanText {
    private let plan: Plan
    private let limit: RequestLimit?
    /// Where all changes are written.
    private let file: String?
    /// The rules that the plan is compared with, where it is.
    private let others: String

    /// Rules that are shown.
    private let maxRules: Int
    /// Warnings of one kind that are shown.
    private static let shownWarnings = 3

    /// Rules, conflicts and exceptions that are shown; `--format json` has them all.
    static let shownRules = 50

    init(
        _ plan: Plan, limit: RequestLimit?, file: String?, comparedWith others: String? = nil,
        maxRules: Int = shownRules
    ) {
        self.plan = plan
        self.limit = limit
        self.file = file
        self.others =
            others ?? "the active rules (\(plan.comparedWith.map { String($0.prefix(12)) } ?? ""))"
        self.maxRules = maxRules
    }

    func print() {
        assumptions()
        transitions(plan.transitions, "changes")
        if plan.changes == 0, plan.waiting.isEmpty { show("nothing to change") }
        transitions(plan.givenBack, "of these, reverted because a rule no longer applies")
        transitions(
            plan.waiting, "would be reverted, but held, because the revert would raise access")
        transitions(plan.dropped, "changes of the active rules that these rules would not make")
        adminLoss()
        rules(plan.rules, "by rule")
        renames()
        orphans()
        exempted()
        accounts()
        who(plan.who)
        tellOfMoreChanges(than: plan.who.count)
        conflicts()
        unordered()
        shadow()
        problems()
        show("")
        show(summary)
    }

    /// The assumptions of the plan, and the rules that it is compared with.
    private func assumptions() {
        var lines: [String] = []
        if let asOf = plan.asOf {
            lines.append("as of \(asOf.formatted(.iso8601)), on the contacts as they are now")
        }
        if !plan.enforced.isEmpty {
            lines.append("as if enforced: \(plan.enforced.joined(separator: ", "))")
        }
        if plan.comparedWith != nil { lines.append("changes compared with \(others)") }
        if !lines.isEmpty {
            lines.forEach(show)
            show("")
        }
    }

    private func transitions(_ transitions: [Plan.Transition], _ title: String) {
        guard !transitions.isEmpty else { return }
        show(title.strong)
        printTable(transitions) {
            [
                ("field", $0.field.word), ("change", "\($0.from.shown) → \($0.to.shown)"),
                ("contacts", "\($0.contacts)"),
                ("", $0.isLowering ? "(!) lowers" : $0.isPrivileged ? "privileged" : ""),
            ]
        }
        show("")
    }

    private func rules(_ rules: [Plan.RuleCount], _ title: String) {
        guard !rules.isEmpty else { return }
        show(title.strong)
        printTable(Array(rules.prefix(maxRules))) {
            [
                ("rule", $0.label), ("contacts", "\($0.contacts)"),
                ("lowered", $0.lowering == 0 ? "" : "\($0.lowering)"),
                ("reverted", $0.givenBack == 0 ? "" : "\($0.givenBack)"),
                ("", $0.held.map { "held: \($0)" } ?? ""),
            ]
        }
        tell(more: rules.count - maxRules, "rules")
    }

    private func adminLoss() {
        let loss = plan.adminLoss
        if loss.isCut {
            let counted = Plan.countedAccounts
            show("only the admins of the first \(counted) accounts were counted".warning)
        }
        guard loss.accounts > 0 else { return }
        let accounts = loss.accounts.count(of: "account")
        show("\(accounts) would be left without an admin".warning)
        printTable(loss.examples) {
            [
                ("account", "\($0.account)"), ("admins now", "\($0.admins)"),
                ("by", $0.rules.joined(separator: ", ")),
            ]
        }
        let others = loss.accounts - loss.examples.count
        show(others > 0 ? "… and \(others) more accounts\n" : "")
    }

    private func renames() {
        for rename in plan.renames.prefix(Self.shownRules) {
            show(
                ("rule \(rename.to) means the same as the removed rule \(rename.from): add "
                    + "renamed: [ { from: \(rename.from), to: \(rename.to) } ]").warning)
        }
        if !plan.renames.isEmpty {
            tell(more: plan.renames.count - Self.shownRules, "renames")
        }
    }

    private func orphans() {
        guard !plan.orphans.isEmpty else { return }
        show("leftover values of rules that no longer exist or apply".strong)
        printOrphans(Array(plan.orphans.prefix(maxRules)))
        tell(more: plan.orphans.count - maxRules, "rules")
    }

    private func exempted() {
        for exempted in plan.exempted.prefix(Self.shownRules) {
            show(
                "exception \(exempted.exception): \(contacts(exempted.contacts)) "
                    + "\(exempted.contacts == 1 ? "keeps" : "keep") more access than the rule "
                    + "\(exempted.rule) would leave")
        }
        if !plan.exempted.isEmpty {
            tell(more: plan.exempted.count - Self.shownRules, "exceptions")
        }
    }

    private func contacts(_ count: Int) -> String { count.count(of: "contact") }

    private func show(_ line: String) { usher.print(line) }

    private func tell(more count: Int, _ what: String) {
        if count > 0 { show("… and \(count) more \(what)") }
        show("")
    }

    private func accounts() {
        guard !plan.accounts.isEmpty else { return }
        show("by account".strong)
        printTable(plan.accounts) {
            [("account", "\($0.account)"), ("contacts", "\($0.contacts)")]
        }
        if plan.otherAccountsContacts > 0 {
            show("… and \(contacts(plan.otherAccountsContacts)) of other accounts")
        }
        show("")
    }

    private func who(_ changes: [Plan.Change]) {
        for change in changes {
            // Addresses are hostile text: nothing of them may reach the terminal as it is.
            show(contactTitle(change.contact, change.email))
            show("  - \(change.field.word): \(change.from?.text ?? "nothing")".removed)
            let to = change.to.isEmpty ? "nothing" : change.to.quoted
            show("  + \(change.field.word): \(to)".added)
            show("    " + reasons(for: change))
        }
    }

    private func tellOfMoreChanges(than shown: Int) {
        let others = plan.changes - shown
        if others > 0 {
            let place = file.map { "\($0) has them all" } ?? "-o PLAN.json writes them all"
            show("… and \(others) more changes; \(place)")
        }
        if shown > 0 { show("") }
    }

    private func reasons(for change: Plan.Change) -> String {
        (change.isGivenBack ? "reverted by " : "by ")
            + change.rules.map(\.word).joined(separator: ", ")
            + (change.held.map { ", held: \($0)" } ?? "")
    }

    private func conflicts() {
        for conflict in plan.conflicts.prefix(Self.shownRules) {
            let rules = conflict.rules.joined(separator: ", ")
            let what =
                conflict.kind == "tie"
                ? "want different values for \(conflict.slot.word) with the same priority"
                : "undo each other"
            show(
                "conflict: \(rules) \(what); \(contacts(conflict.contacts)) unchanged"
                    .warning)
        }
        if !plan.conflicts.isEmpty {
            tell(more: plan.conflicts.count - Self.shownRules, "conflicts")
        }
    }

    private func unordered() {
        for count in plan.unordered.prefix(Self.shownRules) {
            show(
                "no effect on \(contacts(count.contacts)) with a custom role: rule \(count.label)"
            )
        }
        if !plan.unordered.isEmpty { tell(more: plan.unordered.count - Self.shownRules, "rules") }
    }

    /// Changes of the rules in shadow if all of them were enforced.
    private func shadow() {
        let shadow = plan.shadow
        transitions(
            shadow.transitions, "shadow rules send nothing; if all were enforced, they would change"
        )
        transitions(shadow.dropped, "and they would prevent these changes")
        rules(shadow.rules, "shadow rules")
        who(shadow.who)
        let others = shadow.changes - shadow.who.count
        if others > 0 {
            show("… and \(others) more changes; -o with --enforced all writes them all")
        }
        if !shadow.who.isEmpty { show("") }
    }

    /// Errors, then warnings: those of one kind as the first few and a number.
    private func problems() {
        for error in plan.errors { show("error: \(error)".removed) }
        let kinds = Dictionary(grouping: plan.warnings, by: \.kind)
        for kind in DanglingReferences.Warning.Kind.allCases {
            let warnings = kinds[kind] ?? []
            for warning in warnings.prefix(Self.shownWarnings) {
                show("warning: \(warning.text)".warning)
            }
            let others = warnings.count - Self.shownWarnings
            if others > 0 {
                show(
                    "… and \(others) more warnings like this; --format json has them all".warning)
            }
        }
    }

    private var summary: String {
        var parts = [
            contacts(plan.contacts),
            "\(plan.changes.count(of: "change")) of \(contacts(plan.changed))",
        ]
        // The holds of a plan that is compared are not placed.
        let advice = plan.comparedWith == nil ? " (see: usher approvals)" : ""
        if plan.held > 0 { parts.append("\(plan.held) held\(advice)") }
        if plan.drifted > 0 { parts.append("\(plan.drifted) drifted and unchanged") }
        guard plan.changed > plan.held else { return parts.joined(separator: ", ") }
        let time = plan.duration(at: limit)
        let pace =
            limit.map { "at \($0.permits) requests in \($0.window.components.seconds) s" }
            ?? "without a request limit"
        return parts.joined(separator: ", ") + "; \(time.about) \(pace)"
    }
}

func printOrphans(_ orphans: [Plan.OrphanCount]) {
    printTable(orphans) {
        [
            ("rule", $0.label), ("", $0.state.rawValue), ("field", $0.field.word),
            ("contacts", "\($0.contacts)"),
            (
                "such as",
                $0.examples.map { contactTitle($0.contact, $0.email) }.joined(separator: ", ")
                    + ($0.contacts > $0.examples.count ? ", …" : "")
            ),
        ]
    }
}

extension String {
    /// Fit for a terminal: as it is where it is plain, else quoted.
    fileprivate var shown: String {
        utf8.allSatisfy { (0x20...0x7E).contains($0) } ? self : quoted
    }
}

extension Duration {
    /// Roughly, as people say it.
    fileprivate var about: String {
        let seconds = components.seconds
        func words(_ count: Int64, _ unit: String) -> String {
            "about \(count) \(unit)\(count == 1 ? "" : "s")"
        }
        if seconds < 60 { return "less than a minute" }
        if seconds < 2 * 3600 { return words((seconds + 30) / 60, "minute") }
        if seconds < 2 * 86_400 { return words((seconds + 1800) / 3600, "hour") }
        return words((seconds + 43_200) / 86_400, "day")
    }
}

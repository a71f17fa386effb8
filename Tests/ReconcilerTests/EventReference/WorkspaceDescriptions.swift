@testable import Reconciler

extension EventDescription {
    /// The kinds about the workspace.
    static let workspace: [EventDescription] = [
        EventDescription(
            kind: .sweepCompleted,
            meaning: "A sweep read all contacts.",
            members: sweep + [
                .always(
                    "missing", "the number of known contacts that the sweep did not show")
            ]),
        EventDescription(
            kind: .sweepAborted,
            meaning: "A sweep was aborted; it proves nothing about contacts that it did not show.",
            members: sweep + [.always("reason", "why, in words")]),
        EventDescription(
            kind: .rulesetActivated,
            meaning:
                "A ruleset became the active one; all contacts are evaluated by it from here on.",
            members: [
                .always("ruleset_hash", "the ruleset; its files are in `usher.ruleset`"),
                .always("files", "the paths of the rule files"),
                .always("rules", "the number of rules"),
                .always("shadow", "the number of them that are in shadow mode"),
                .only(
                    "if values or approvals of a renamed rule were carried over", "renamed",
                    by: "old id", "the new id of the rule"),
                .alwaysNow("who", "the OS user and host of the process that activated it"),
                .only(
                    "if the files are in a Git work tree", "commit",
                    "the commit that is checked out"),
                .only(
                    "if Git is installed, too", "as_committed",
                    "whether the files are identical to that commit, byte for byte"),
            ]),
        EventDescription(
            kind: .rulesetRefused,
            meaning: "The rule files were invalid; the active ruleset stays.",
            members: [
                .always("problems", "the errors, one text each, as `usher rules check` has them")
            ]
        ),
        EventDescription(
            kind: .alertRaised,
            meaning: "An alert began, or is reported again.",
            columns: [contact.only("if it is about a contact")],
            members: alert + [
                .only(
                    "if it could not be recorded at once", "raised_at",
                    "the time at which its condition began")
            ]),
        EventDescription(
            kind: .alertResolved,
            meaning: "The condition of an alert ended.",
            columns: [
                contact.only("if it is about a contact"),
                .always("cause_seq", "the last `alert.raised` of it"),
            ],
            members: alert + [
                .always("raised_at", "the time at which its condition began"),
                .only(
                    "if it could not be recorded at once", "resolved_at",
                    "the time at which its condition ended"),
            ]),
        EventDescription(
            kind: .operatorActed,
            meaning: "An operator approved, rejected or released something, resumed the "
                + "workspace, or removed it.",
            columns: [contact.only("if it is about a contact")],
            members: [
                .always(
                    "what",
                    "the act in words; it begins with the [kind of "
                        + "act](audit-queries.md#acts-of-operators)"),
                .always("reason", "the operator's reason"),
                .always("who", "the operator: the OS user and host"),
                .only("if it is about a hold", "hold", "the `seq` of the `hold.placed`"),
                .only(
                    "if it is about a rule", "rule",
                    "the rule's id; in events of earlier versions only in `what`"),
                .only("if it is about a plan", "plan", "the id of the plan"),
                .only(
                    "if a plan was approved or rejected, or drift or a blocked action rejected",
                    "changes", "the changes of the contact that it is about"),
                .always("changes[*].field", "the field"),
                .only("if the contact had one", "changes[*].from", "the value before"),
                .always("changes[*].value", "the value that the rules want"),
                .always("changes[*].rules", "the rules that want it"),
                .only("if the workspace was removed", "removed", "what was removed with it"),
                .always("removed.contacts", "the number of contacts"),
                .always("removed.actions", "the number of open actions"),
                .always("removed.holds", "the number of holds"),
                .always("removed.alerts", "the number of open alerts"),
                .always("removed.set_aside", "the number of contacts that were set aside"),
            ]),
    ]

    private static let sweep: [Entry] = [
        .always("sweep_id", "the number of the sweep"),
        .always("pages", "the number of pages that were read"),
        .always("contacts", "the number of contacts on them"),
    ]

    private static let alert: [Entry] = [
        .always("code", "the alert's code; see [Alerts](operations.md#alerts)"),
        .only(
            "if there can be several alerts of its code", "subject",
            "what it is about, such as an endpoint or a guardrail"),
        .always("message", "what happened and what to do; no data of contacts but their ids"),
    ]
}

@testable import Reconciler

extension EventDescription {
    /// `decision.made`.
    static let decision =
        EventDescription(
            kind: .decisionMade,
            meaning: "The rules were evaluated for a contact, and the result or the held changes "
                + "differ from those of its last decision, or an action begins.",
            columns: [
                contact,
                .only(
                    "if it begins an action", "action_id",
                    "its own `seq`, which names the action from here on"),
                .always(
                    "cause_seq",
                    "the newest event of the contact that had it evaluated, or the "
                        + "`ruleset.activated` of the ruleset if new rules or the passage of time "
                        + "had it evaluated"),
            ],
            members: decisionBody + decisionBasis + decisionOfRules,
            unrecorded: [
                "basis.grants.*.times", "basis.grants.*.reasserted", "basis.drifts.*.*.from",
            ])

    private static let decisionBody: [Entry] = [
        .always("ruleset_hash", "the active ruleset"),
        .only(
            "if the contact has one of at most 254 bytes", "email",
            "its primary address; a plain one in lower case"),
        .always(
            "result",
            "the most severe result; see [Results of a "
                + "decision](audit-queries.md#results-of-a-decision)"),
        .always(
            "changes", by: "field",
            "the values to send now, after holds, approvals and limits; an empty text unsets a "
                + "custom field"),
        .always(
            "before", by: "field",
            "the contact's values of these fields; a field without a value is left out"),
        .always("rules", by: "slot", "the rules on whose account each of these fields changes"),
        .only(
            "if a change is held", "held", by: "slot",
            "the rules whose change waits for a decision of an operator"),
        .only(
            "if a change is held", "held_by", by: "slot",
            "what holds it: `REASON:RULE`, with a [reason of a "
                + "hold](audit-queries.md#reasons-of-a-hold)"),
        .only(
            "if held rules were skipped", "passed_over", by: "rule",
            "the slots in which the contact was evaluated without the held rule"),
        .only(
            "if an approval lets a change pass", "approvals", by: "slot", "that approval"),
        .alwaysNow("approvals.*.who", "the operator: the OS user and host"),
        .alwaysNow("approvals.*.seq", "the event of the approval"),
        .only("if it was the approval of a plan", "approvals.*.plan", "the id of the plan"),
    ]

    private static let decisionBasis: [Entry] = [
        .alwaysNow(
            "basis",
            "the inputs of the decision that no other event records; `usher rules replay` re-runs "
                + "the decision with them"),
        .always("basis.at", "the time for which it was decided, in ISO 8601 with microseconds"),
        .only(
            "if it mattered that Usher had set a field", "basis.grants", by: "slot",
            "what Usher had set"),
        .always("basis.grants.*.field", "the field"),
        .always("basis.grants.*.value", "the value that Usher had set"),
        .always("basis.grants.*.rules", "the rules on whose account"),
        .only("if there was one", "basis.grants.*.from", "the value before"),
        .only(
            "if an operator agreed", "basis.grants.*.may_raise",
            "`true`: reverting the value may raise access"),
        .only(
            "if it mattered that another party had changed what a rule had set", "basis.drifts",
            by: "slot and rule", "the drift"),
        .always("basis.drifts.*.*.field", "the field"),
        .always("basis.drifts.*.*.value", "the value that the rule had set"),
        .only(
            "if a request was in flight", "basis.sent", by: "field",
            "its values: the contact was taken to have them already"),
    ]

    private static let decisionOfRules: [Entry] = [
        .always(
            "decision", "the result of the rules alone, before holds, approvals and limits"),
        .always("decision.matched", "the enforced rules that matched"),
        .always("decision.matched[*].rule", "the rule's id"),
        .always(
            "decision.matched[*].round",
            "the round of the evaluation in which it matched first, from 1; from 2 on, it saw "
                + "values that other rules set"),
        .always(
            "decision.matched[*].evidence", by: "field",
            "the values that its condition read; `null` if the contact had none"),
        .always(
            "decision.changes", by: "field",
            "the values that the rules set and the contact does not have"),
        .always("decision.wishes", "the winning value of each slot"),
        .always("decision.wishes[*].field", "the field"),
        .always("decision.wishes[*].value", "the value that the rules want"),
        .only("if it has one", "decision.wishes[*].from", "the contact's value"),
        .always("decision.wishes[*].rules", "the rules on whose account, whatever their priority"),
        .always("decision.wishes[*].priority", "the highest of their priorities"),
        .always(
            "decision.wishes[*].state",
            "`change`; `already_so`: the contact has the value; `drift`: another party changed "
                + "what the rules had set, and they leave it"),
        .only(
            "if a ceiling lowered it", "decision.wishes[*].capped_by",
            "the rules whose `at_most` did"),
        .always("decision.beaten", "the values that lost"),
        .always("decision.beaten[*].rule", "the rule that wants it"),
        .always("decision.beaten[*].field", "the field"),
        .always("decision.beaten[*].value", "the value"),
        .always("decision.beaten[*].by", "the rules that won"),
        .always("decision.conflicts", "the rules that cannot all be followed"),
        .always(
            "decision.conflicts[*].kind",
            "`tie`: different values of equal priority; `unsettled`: rules that undo each other "
                + "without end"),
        .always(
            "decision.conflicts[*].slot",
            "the slot; of unsettled rules all their slots, with `, ` between them"),
        .always("decision.conflicts[*].contenders", "the rules and what they want"),
        .always("decision.conflicts[*].contenders[*].rule", "the rule"),
        .always("decision.conflicts[*].contenders[*].field", "the field"),
        .always("decision.conflicts[*].contenders[*].value", "the value"),
        .always("decision.shadow", "what rules in shadow mode would set, each on its own"),
        .always("decision.shadow[*].rule", "the rule"),
        .always("decision.shadow[*].field", "the field"),
        .always("decision.shadow[*].value", "the value"),
        .only("if the value is a bound", "decision.shadow[*].bound", "`at_least` or `at_most`"),
        .only("if it has one", "decision.shadow[*].from", "the contact's value"),
        .only(
            "if a guardrail forbade a value", "decision.denied", "the values that were forbidden"),
        .always("decision.denied[*].rule", "the rule that wants it"),
        .always("decision.denied[*].field", "the field"),
        .always("decision.denied[*].value", "the value"),
        .always("decision.denied[*].guardrail", "the guardrail"),
        .only(
            "if the contact has a custom role that a bound meets", "decision.unordered",
            "the rules whose bound has no effect on it"),
        .only(
            "if the contact has a value that a guardrail forbids", "decision.violated",
            "those guardrails; nothing is lowered"),
        .only(
            "if an exception exempts the contact from a rule that matches", "decision.excepted",
            "those rules"),
        .always("decision.excepted[*].rule", "the rule"),
        .always("decision.excepted[*].exception", "the exception"),
        .only(
            "if a rule stopped matching and reverts its value", "decision.reverted",
            "the reverts"),
        .always("decision.reverted[*].rule", "the rule that had set the value"),
        .always("decision.reverted[*].field", "the field"),
        .always(
            "decision.reverted[*].value", "the value to restore; an empty text unsets the field"),
        .always(
            "decision.reverted[*].evidence", by: "field",
            "the values that the rule's condition read; `null` if the contact had none"),
        .only(
            "if the revert would raise access", "decision.reverted[*].needs_person",
            "`true`: the revert is held"),
    ]
}

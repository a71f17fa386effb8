@testable import Reconciler

extension EventDescription {
    /// The kinds that place or end a hold, and drift.
    static let holds: [EventDescription] = [
        EventDescription(
            kind: .holdPlaced,
            meaning: "A hold was placed on a rule, on a field of a contact, or on the deletion of "
                + "missing contacts; its `seq` is the hold's ID.",
            columns: [
                contact.only("if it is on a contact"),
                .only(
                    "if it is on a contact", "cause_seq",
                    "the event that had the contact evaluated"),
            ],
            members: [
                .only("if it is on a rule", "rule", "the rule's id"),
                .only(
                    "if it is not on a rule", "field",
                    "the slot of the contact, or `contacts` for missing contacts"),
                .always(
                    "reason",
                    "one of the [reasons of a hold](audit-queries.md#reasons-of-a-hold)"),
                .only("if it is on a rule", "held", "what is held of the rule"),
                .always(
                    "held.detail", "the limit that would be exceeded, or why an approval is needed"),
                .only(
                    "if they were counted with a new ruleset", "held.changes",
                    "the number of contacts whose change was held at once"),
                .only("if it is not on a rule", "wish", "the change that is held"),
                .only("if it is on a contact", "wish.field", "the field"),
                .only("if it is on a contact", "wish.value", "the value that the rules want"),
                .only("if it is on a contact", "wish.rules", "the rules that want it"),
                .only(
                    "if it is on missing contacts", "wish.missing", "the number of missing contacts"
                ),
                .only("if it is on a contact", "rules", by: "slot", "the rules that want it"),
            ]),
        EventDescription(
            kind: .holdReleased,
            meaning: "An operator approved what a hold held. For a hold on a rule there is one "
                + "event for the hold, and one for each of its contacts.",
            columns: [
                contact.only("if it is on a contact, or about one of a rule's"),
                .only(
                    "if a hold was released, not a declined change", "cause_seq",
                    "the `hold.placed`"),
            ],
            members: [
                holdRule, holdField,
                .always("who", "the operator: the OS user and host"),
                .always("reason", "the operator's reason"),
                .only("if a plan was approved", "plan", "the id of the plan"),
                .only(
                    "if it is on missing contacts", "missing",
                    "the number of contacts that may be deleted once that is confirmed"),
            ]),
        EventDescription(
            kind: .holdRefused,
            meaning: "An operator rejected what a hold held. Earlier versions also wrote it for a "
                + "hold that expired, with `usher` in `who`.",
            columns: [contact.only("if it is on a contact"), placed],
            members: [
                .always("who", "the operator: the OS user and host"),
                .always("reason", "the operator's reason"),
            ]),
        EventDescription(
            kind: .holdWithdrawn,
            meaning: "A hold ended because it holds nothing any longer: the rules want something "
                + "else, the rule changed, the contact was deleted, the missing contacts are "
                + "back, or the workspace was forgotten.",
            columns: [contact.only("if it is on a contact"), placed],
            members: [
                holdRule, holdField,
                .always(
                    "reason",
                    "which of these, in words; for missing contacts not in events of earlier versions"
                ),
            ]),
        EventDescription(
            kind: .holdExpired,
            meaning:
                "A hold expired after seven days without a decision; its changes are declined. Of a "
                + "hold on a rule, also recorded for each contact of which it kept something back.",
            columns: [
                contact.only("if the hold kept back something of one contact"), placed,
            ],
            members: [
                .always("reason", "always that nobody decided"),
                .only("if the hold was on a rule", "rule", "the rule that was held"),
            ]),
        EventDescription(
            kind: .driftFound,
            meaning: "Another party changed a value that rules had set; the rules leave it. "
                + "Recorded again if it is changed once more.",
            columns: [contact, .always("cause_seq", "the event that had the contact evaluated")],
            members: [
                .always("field", "the field"),
                .always("value", "the value that the rules had set"),
                .only("if the contact has one", "found", "the value that the other party set"),
                .always("rules", by: "slot", "the rules that had set the value"),
            ]),
    ]

    private static let placed = Entry.always("cause_seq", "the `hold.placed`")
    private static let holdRule = Entry.only("if it is on a rule", "rule", "the rule's id")
    private static let holdField = Entry.only(
        "if it is not on a rule", "field",
        "the slot of the contact, or `contacts` for missing contacts")
}

@testable import Reconciler

extension EventDescription {
    /// The kinds that end or block an action.
    static let actions: [EventDescription] = [
        EventDescription(
            kind: .actionSuperseded,
            meaning: "An action ended without doing all it was to do: a newer decision, a "
                + "rejection or another party's change replaced it.",
            columns: [contact, action, cause],
            members: [
                .always("reason", "what replaced it, in words"),
                .always("outcome", "always `superseded`"),
                attempt.only(ifReadBack), values.only(ifReadBack), before.only(ifReadBack),
                rules.only(ifReadBack), read.only(ifReadBack), readStatus, readRequestID, found,
            ] + repeated),
        EventDescription(
            kind: .actionMoot,
            meaning: "An action ended because nothing was left to send: the contact had the "
                + "values already or was deleted, or its workspace was forgotten.",
            columns: [contact, action, cause],
            members: [
                .always("reason", "why, in words"),
                .always("outcome", "always `moot`"),
                attempt.only("if a request was in flight"), values.only(ifReadBack),
                before.only(ifReadBack), rules.only(ifReadBack), read.only(ifReadBack), readStatus,
                readRequestID,
            ] + repeated),
        EventDescription(
            kind: .actionBlocked,
            meaning: "The API refused the values of an action, or the outcome of its request "
                + "could not be settled: the action waits for a change of the contact or the "
                + "rules, or for an operator.",
            columns: [
                contact, action, .always("cause_seq", "the `patch.intended` of its last request"),
            ],
            members: [
                rules,
                .always("reason", "why, in words"),
                .always(
                    "refused", by: "field", "how the API refused each field; empty if it did not"),
                .always(
                    "refused.*.status",
                    "the HTTP status; 200 if the response did not show the value"),
                .only("if the response had one", "refused.*.code", "the API's error code"),
                .always("refused.*.message", "the API's message"),
            ] + repeated),
    ]

    private static let cause = Entry.only(
        "if the action was sent or blocked", "cause_seq",
        "its last `patch.intended`, or the `action.blocked` since")
}

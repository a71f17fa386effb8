@testable import Reconciler

extension EventDescription {
    /// The kinds that record a request, from its intent to its outcome.
    static let requests: [EventDescription] = [
        EventDescription(
            kind: .patchIntended,
            meaning: "A request is about to be sent: the event is committed before the request "
                + "leaves.",
            columns: [
                contact, action,
                .always("cause_seq", "the decision that began the action, as in `action_id`"),
            ],
            members: [attempt, values, before, rules]),
        EventDescription(
            kind: .patchApplied,
            meaning: "The response to a request shows all the requested values.",
            columns: [contact, action, intent],
            members: [attempt, values, before, rules] + shown + [
                status, requestID, milliseconds,
                .only("if the action is finished by it", "outcome", "always `applied`"),
            ]),
        EventDescription(
            kind: .patchConfirmed,
            meaning: "The outcome of a request was unknown, and a read-back shows all the "
                + "requested values.",
            columns: [contact, action, intent],
            members: [attempt, values, before, rules] + shown
                + [read, readStatus, readRequestID, found] + repeated
                + [.only("if the action is finished by it", "outcome", "always `confirmed`")]),
        EventDescription(
            kind: .patchRefused,
            meaning: "The API refused a request: nothing was applied.",
            columns: [contact, action, intent],
            members: [
                attempt, values, status, requestID, milliseconds, code,
                .only("if the token was not refused", "reason", "the API's message"),
            ]),
        EventDescription(
            kind: .patchThrottled,
            meaning: "The API asked to wait (429): nothing was applied.",
            columns: [contact, action, intent],
            members: [attempt, values, status, requestID, milliseconds, code]),
        EventDescription(
            kind: .patchUnknown,
            meaning: "There was no usable response to a request, or to reading the contact back, "
                + "or the worker stopped before it recorded one: the values may have been "
                + "applied. A failure that is repeated is counted, not recorded again.",
            columns: [contact, action, intent],
            members: [
                attempt, values, before.only(ifReadBack), rules.only(ifReadBack),
                status.only("if there was a response to the request"), requestID,
                milliseconds.only("if the worker saw the end of the request"), code,
                .always("reason", "why the outcome is unknown, in words"),
                read.only("if the contact was read back in vain"),
                readStatus.only("if there was a response"), readRequestID,
            ] + repeated),
        EventDescription(
            kind: .patchNotApplied,
            meaning: "A request was not sent, or its outcome was unknown and a read-back shows "
                + "the values from before it. Usher tries again.",
            columns: [contact, action, intent],
            members: [
                attempt, values, before.only(ifReadBack), rules.only(ifReadBack),
                milliseconds.only("if sending it was tried"),
                .only("if it was not sent", "reason", "why, in words"),
                read.only(ifReadBack), readStatus, readRequestID, found,
            ] + repeated),
        EventDescription(
            kind: .patchNotTaken,
            meaning: "The API answered 200, and the response lacks at least one of the requested "
                + "values.",
            columns: [contact, action, intent],
            members: [attempt, values, before, rules] + shown
                + [status, requestID, milliseconds]),
        EventDescription(
            kind: .patchLate,
            meaning: "The result of a request came after its claim had expired, when the request "
                + "counted as lost; it is recorded and changes nothing.",
            columns: [contact, action],
            members: [
                attempt, values, status.only("if there was a response"), requestID,
                milliseconds.only("if sending it was tried"), code,
                .always("reason", "always that the claim had lapsed"),
            ]),
    ]

    private static let intent = Entry.always("cause_seq", "the request's `patch.intended`")
    static let attempt = Entry.always(
        "attempt", "the number of the request among those of the action, from 1")
    static let values = Entry.always("values", by: "field", "the values that the request sets")
    static let before = Entry.always(
        "before", by: "field",
        "the values of these fields before the request; a field without a value is left out")
    static let rules = Entry.always(
        "rules", by: "slot", "the rules on whose account each field is set")
    private static let status = Entry.always("http_status", "the HTTP status of the response")
    private static let requestID = Entry.only(
        "if the response had one", "request_id", "the API's id of the request")
    private static let milliseconds = Entry.always(
        "milliseconds", "milliseconds from sending the request to the end of the response")
    private static let code = Entry.only(
        "if the response had one", "code", "the API's error code")

    static let ifReadBack = "if the contact was read back"
    static let read = Entry.always("read", "the response to reading the contact back")
    static let readStatus = Entry.always("read.http_status", "its HTTP status")
    static let readRequestID = Entry.only(
        "if the response had one", "read.request_id", "the API's id of the reading request")
    static let found = Entry.always(
        "read.found", by: "field",
        "the contact's values of the requested fields; a field without a value is left out")

    /// The failure that was repeated before an event.
    static let repeated: [Entry] = [
        .only(
            "if the failure before was repeated", "failures",
            "the number of times that it occurred, its `patch.unknown` included"),
        .only("if the failure before was repeated", "since", "the time at which it began"),
    ]

    private static let shown: [Entry] = [
        .always("changed", "the names of the requested fields that have the requested value now"),
        .always("after", by: "field", "their values"),
        .only(
            "if a role is among them", "brought", by: "field",
            "the role's other identifier, which came along with it: `portal_role_id` if "
                + "`portal_role` was set, and the reverse; `null` if the contact has none"),
    ]
}

@testable import Reconciler

extension EventDescription {
    /// The kinds that record what was seen of contacts.
    static let contacts: [EventDescription] = [
        EventDescription(
            kind: .contactCreated,
            meaning: "A contact was read for the first time. The first sweep writes one for each "
                + "contact.",
            columns: [contact], members: creation),
        EventDescription(
            kind: .contactUpdated,
            meaning: "A contact was read, and differs from what was known of it. The values that "
                + "a response shows for a request of Usher's are in `patch.applied` instead.",
            columns: [contact],
            members: [
                .always(
                    "by",
                    "`other`: another party changed it. `usher`: an earlier request of Usher's "
                        + "took effect late, or these values came along with those of a request "
                        + "(the external ids of a new account)"),
                .always("changed", "the names of the changed fields"),
                .always(
                    "before", by: "field",
                    "the previous values of the changed fields; a field without a value is left out"
                ),
                .always(
                    "after", by: "field",
                    "the new values of the changed fields; a field without a value is left out"),
            ]),
        EventDescription(
            kind: .contactDeleted,
            meaning: "The deletion of a contact was confirmed: the API answered 404 or 410 for "
                + "it, or showed another contact in its place.",
            columns: [
                contact,
                .only(
                    "if a mass delete was approved that covers it", "cause_seq",
                    "the `hold.released` of that mass delete"),
            ],
            members: [
                .always("by", "always `other`: Usher deletes no contact"),
                .always("before", by: "field", "the last known values of all its fields"),
                .only(
                    "if the response had one", "request_id",
                    "the API's id of the response that confirmed the deletion"),
                .only(
                    "if the contact was merged", "merged_into",
                    "the id of the contact that the API shows in its place"),
            ]),
        EventDescription(
            kind: .contactRestored,
            meaning: "A contact whose deletion was on record was read again.", columns: [contact],
            members: creation),
        EventDescription(
            kind: .contactUnreadable,
            meaning: "A contact exists but cannot be read, stored or evaluated, and is set aside. "
                + "Recorded once for the same bytes.",
            columns: [contact.only("if its id can be read")],
            members: [
                .always("reason", "why, in words"),
                .always("digest", "the SHA-256 of the contact's bytes as received, in hexadecimal"),
                .always("place", "where a list page showed it; empty if it was read singly"),
                .only("if a sweep read it", "place.sweep_id", "the number of the sweep"),
                .only("if a sweep read it", "place.page", "the page of the sweep, from 1"),
                .only(
                    "if a list page showed it", "place.place", "its position on the page, from 1"),
            ]),
        EventDescription(
            kind: .contactReadable,
            meaning: "A contact is no longer set aside: it was read or evaluated again, a "
                + "complete sweep no longer shows it, or its workspace was forgotten.",
            columns: [contact.only("if its id could be read")],
            members: [.always("reason", "which of these, in words")]),
    ]

    private static let creation: [Entry] = [
        .always("by", "always `other`: Usher creates no contact"),
        .always(
            "after",
            "the contact as the API sent it, with all its keys ([pylon-api.md](pylon-api.md)); "
                + "NUL characters and lone surrogates are replaced by U+FFFD"),
    ]
}

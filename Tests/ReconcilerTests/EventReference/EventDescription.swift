@testable import Reconciler

/// What docs/event-reference.md says of one kind of events.
///
/// A member of a body's Swift type that no description names fails a test, and so does a name that is no
/// member.
struct EventDescription {
    /// When a column is set, or a member is there.
    enum Presence: Equatable {
        case always
        /// Only in these cases, in words that follow “present”.
        case only(String)
        /// Always, but in events of earlier versions.
        case alwaysNow
    }

    struct Entry {
        let name: String
        let meaning: String
        /// What the names of an object's members are, as in “text by field”.
        var names: String?
        let presence: Presence
    }

    let kind: EventKind
    /// What it records, and when it is written.
    let meaning: String
    /// The columns beside the body that are set: `contact_id`, `action_id`, `cause_seq`.
    var columns: [Entry] = []
    var members: [Entry] = []
    /// Members that its types share with what is stored elsewhere: no event has them.
    var unrecorded: [String] = []
}

extension EventDescription.Entry {
    /// What is always there.
    static func always(_ name: String, by names: String? = nil, _ meaning: String) -> Self {
        Self(name: name, meaning: meaning, names: names, presence: .always)
    }

    /// - Parameter cases: Those in which it is there, such as “if a rule matched”.
    static func only(
        _ cases: String, _ name: String, by names: String? = nil, _ meaning: String
    ) -> Self {
        Self(name: name, meaning: meaning, names: names, presence: .only(cases))
    }

    /// What earlier versions did not record.
    static func alwaysNow(_ name: String, by names: String? = nil, _ meaning: String) -> Self {
        Self(name: name, meaning: meaning, names: names, presence: .alwaysNow)
    }

    /// The same in these cases only.
    func only(_ cases: String) -> Self {
        Self(name: name, meaning: meaning, names: names, presence: .only(cases))
    }
}

extension EventDescription {
    static let all = contacts + [decision] + requests + actions + holds + workspace

    static let contact = Entry.always("contact_id", "the contact")
    static let action = Entry.always(
        "action_id", "the action: the `seq` of the decision that began it")
}

package import Contacts

/// Contacts as they were read, and what is stored of them.
package struct Observation: Sendable {
    package let documents: [ContactDocument]
    /// Contacts that were seen and cannot be read.
    package let unreadable: [AsideContact]
    package let known: [ByteText: KnownContact]
    package let asides: KnownAsides
    /// Contacts that had an outcome since they were asked for.
    package let stale: Set<ByteText>
    /// By contact, the action whose request is under way or not settled.
    package let inFlight: [ByteText: Action]

    package init(
        documents: [ContactDocument], unreadable: [AsideContact] = [],
        known: [ByteText: KnownContact], asides: KnownAsides = KnownAsides(),
        stale: Set<ByteText> = [], inFlight: [ByteText: Action] = [:]
    ) {
        self.documents = documents
        self.unreadable = unreadable
        self.known = known
        self.asides = asides
        self.stale = stale
        self.inFlight = inFlight
    }

    /// Whether what was read of a contact says nothing: our own request came between.
    fileprivate func isStale(_ id: String) -> Bool {
        stale.contains(ByteText(id)) || inFlight[id]?.state == .sending
    }
}

extension SnapshotChanges {
    /// Records everything of an observation that is not stale.
    ///
    /// - Returns: The ids whose observation is stale and is to be read again.
    package mutating func observe(_ observation: Observation) throws -> [String] {
        var stale: [String] = []
        for document in observation.documents {
            let id = document.contact.id
            guard !observation.isStale(id) else {
                stale.append(id)
                continue
            }
            let action = observation.inFlight[id]
            // The settlement of an unknown outcome reads the contact and records all of it.
            if action?.state == .unknown { continue }
            // What could not be settled may have been applied: then the change is our own.
            let known = observation.known[id]
            try observe(document, over: action.flatMap { known?.awaiting($0) } ?? known)
        }
        for contact in observation.unreadable {
            if let id = contact.contact.contactID, observation.isStale(id) {
                stale.append(id)
            } else {
                try setAside(contact, known: observation.asides)
            }
        }
        return stale
    }
}

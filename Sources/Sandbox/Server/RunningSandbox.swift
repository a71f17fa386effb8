/// A serving sandbox: where it is, and what a test or `usher dev` may do behind its API.
package struct RunningSandbox: Sendable {
    package let host: String
    package let port: Int
    package let token: String
    let pylon: LocalPylon

    package var baseURL: String { "http://\(host):\(port)" }
    package var organisation: SandboxOrganisation { pylon.organisation }

    /// All contacts, newest first, as `GET /contacts` would list them.
    package var contacts: [SandboxContact] { pylon.contacts }

    package func contact(id: String) -> SandboxContact? { pylon.entry(id: id)?.contact }

    /// The contact's JSON, byte for byte as the API gives it.
    package func json(ofContact id: String) -> [UInt8]? { pylon.entry(id: id)?.json }

    /// Changes a contact as a person in the web application would: no request, no limit, no check.
    ///
    /// - Returns: Whether there is such a contact.
    @discardableResult
    package func editContact(id: String, _ change: (inout SandboxContact) -> Void) -> Bool {
        pylon.edit { book in
            guard var contact = book[id]?.contact else { return false }
            change(&contact)
            book.replace(with: contact)
            return true
        }
    }

    /// Has a contact answered with these bytes, whatever they are, until somebody edits it.
    package func spoilContact(id: String, json: [UInt8]) {
        pylon.edit { $0.spoil(id: id, json: json) }
    }

    /// Puts a contact before all others.
    package func addContact(_ contact: SandboxContact) {
        pylon.edit { book in
            book.insert(contact, createdAt: book.nextCreationTime(now: 0))
        }
    }

    @discardableResult
    package func deleteContact(id: String) -> Bool {
        pylon.edit { $0.remove(id: id) }
    }

    /// Merges a contact into another one, as a person in the web application would: a list shows
    /// only that one, and a read of either answers with it.
    @discardableResult
    package func mergeContact(id: String, into survivor: String) -> Bool {
        pylon.edit { $0.merge(id: id, into: survivor) }
    }

    package var faults: FaultPlan { pylon.faults }

    /// Replaces all faults; what had begun is over.
    package func setFaults(_ faults: FaultPlan) { pylon.faults = faults }

    /// The requests seen, in order of arrival, and how many more were forgotten.
    package func requests(
        to endpoint: SandboxEndpoint? = nil
    ) -> (requests: [SeenRequest], dropped: Int) {
        let (requests, dropped) = pylon.requests(after: 0)
        return (requests.filter { endpoint == nil || $0.endpoint == endpoint }, dropped)
    }

    package func forgetRequests() { pylon.forgetRequests() }
}

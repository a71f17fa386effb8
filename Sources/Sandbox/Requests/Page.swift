/// One page of contacts.
struct Page {
    let entries: [ContactBook.Entry]
    /// Empty on the last page.
    let cursor: String
}

extension ContactBook {
    func page(_ request: PageRequest) -> Page {
        var found: [Entry] = []
        found.reserveCapacity(request.limit + 1)
        for entry in entries(after: request.after) where request.matches(entry.contact) {
            found.append(entry)
            if found.count > request.limit { break }
        }
        guard found.count > request.limit else { return Page(entries: found, cursor: "") }
        found.removeLast()
        return Page(entries: found, cursor: Cursor.text(for: found.last!.position))
    }
}

internal import CSimdjson
internal import Contacts

/// Where in an answer's bytes its contacts are.
struct ResponseScan: Sendable {
    let contacts: [scan_contact]
    let dataKind: scan_presence
    let paginationKind: scan_presence
    let hasNextPage: Bool
    let cursor: String?
    let requestID: String?
    private let body: ResponseBody
    private let texts: [UInt8]

    init(_ body: ResponseBody) throws(Unusable) {
        var answer = scan_answer()
        defer { scan_answer_free(&answer) }
        let problem = body.withPaddedBytes { scan_answer_read($0, body.count, &answer) }
        if let problem { throw Unusable(String(cString: problem)) }
        contacts = Array(
            UnsafeBufferPointer(start: answer.contacts, count: answer.contact_count))
        texts = Array(UnsafeRawBufferPointer(start: answer.texts, count: answer.texts_length))
        (dataKind, paginationKind) = (answer.data, answer.pagination)
        hasNextPage = answer.has_next_page
        cursor = Self.text(answer.cursor, of: texts).nonEmpty
        requestID = Self.text(answer.request_id, of: texts)
        self.body = body
    }

    /// The bytes of a contact's object, uncopied.
    func json(at index: Int) -> ArraySlice<UInt8> {
        let object = contacts[index].object
        return body.bytes[Int(object.offset)..<Int(object.offset + object.length)]
    }

    func text(_ range: scan_range) -> String { Self.text(range, of: texts) ?? "" }

    private static func text(_ range: scan_range, of texts: [UInt8]) -> String? {
        guard range.length > 0 else { return nil }
        return String(
            decoding: texts[Int(range.offset)..<Int(range.offset + range.length)], as: UTF8.self)
    }
}

/// An answer's body, followed by the zero bytes that the scanner may read.
struct ResponseBody: Sendable {
    let bytes: [UInt8]
    let count: Int

    static let padding = Int(SCAN_PADDING)

    /// - Parameter content: Not copied when it has room for the padding and no other owner.
    init(_ content: consuming [UInt8]) {
        count = content.count
        content.append(contentsOf: repeatElement(0, count: Self.padding))
        bytes = content
    }

    func withPaddedBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        // Never nil: there is the padding.
        bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

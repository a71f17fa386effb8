internal import CSimdjson
internal import Contacts

/// A contact in an answer's bytes.
struct FoundContact: Sendable {
    let id: String
    let object: Range<Int>
    /// On the page, from 1.
    let place: Int
}

/// An answer with its contacts: those whose bytes are JSON with a usable id, and the others.
///
/// Where the scanner takes the whole body, that is all. Where it does not, the body is cut at its
/// brackets, and the scanner reads each contact and what is around them by itself: one contact that
/// cannot be read never takes the others with it, and a body that is broken around them is refused.
struct DividedResponse: Sendable {
    /// Around the contacts: flags, cursor and request id.
    let envelope: ResponseScan
    let contacts: [FoundContact]
    let unreadable: [UnreadableContact]
    private let body: ResponseBody

    init(_ body: ResponseBody) throws(Unusable) {
        do throws(Unusable) { self.init(body, try ResponseScan(body)) } catch {
            guard let divided = Self(cutting: body) else { throw error }
            self = divided
        }
    }

    func json(of contact: FoundContact) -> ArraySlice<UInt8> { body.bytes[contact.object] }

    private init(_ body: ResponseBody, _ scan: ResponseScan) {
        self.body = body
        envelope = scan
        var contacts: [FoundContact] = []
        var unreadable: [UnreadableContact] = []
        for (index, found) in scan.contacts.enumerated() {
            let start = Int(found.object.offset)
            let contact = FoundContact(
                id: scan.text(found.id), object: start..<start + Int(found.object.length),
                place: index + 1)
            if ContactID.isUsable(contact.id) {
                contacts.append(contact)
            } else {
                unreadable.append(
                    UnreadableContact(
                        contactID: nil,
                        rawDigest: ContactDocument.rawDigest(body.bytes[contact.object]),
                        reason: "an id that cannot stand in a request", place: index + 1))
            }
        }
        self.contacts = contacts
        self.unreadable = unreadable
    }

    /// nil where what is around the contacts is broken too.
    private init?(cutting body: ResponseBody) {
        let cutter = JSONCutter(bytes: body.bytes)
        guard let (data, elements) = Self.data(in: body, cutter),
            let envelope = try? ResponseScan(Self.envelope(of: body, without: data))
        else { return nil }
        self.body = body
        self.envelope = envelope
        var contacts: [FoundContact] = []
        var unreadable: [UnreadableContact] = []
        for (index, element) in elements.enumerated() {
            let place = index + 1
            switch Self.contact(at: element, in: body, cutter) {
            case .success(let id):
                contacts.append(FoundContact(id: id, object: element, place: place))
            case .failure(let problem):
                unreadable.append(
                    UnreadableContact(
                        contactID: Self.id(of: element, cutter),
                        rawDigest: ContactDocument.rawDigest(body.bytes[element]),
                        reason: problem.reason, place: place))
            }
        }
        self.contacts = contacts
        self.unreadable = unreadable
    }

    /// Where `data` is, and the contacts in it.
    private static func data(
        in body: ResponseBody, _ cutter: JSONCutter
    ) -> (data: Range<Int>, elements: [Range<Int>])? {
        let all = 0..<body.count
        guard let start = body.bytes[all].firstIndex(of: UInt8(ascii: "{")),
            let data = cutter.members(of: start..<body.count)
                .first(where: { cutter.bytes[$0.key].elementsEqual(#""data""#.utf8) })?.value
        else { return nil }
        switch cutter.bytes[data.lowerBound] {
        case UInt8(ascii: "["): return cutter.elements(of: data).map { (data, $0) }
        case UInt8(ascii: "{"): return (data, [data])
        default: return nil
        }
    }

    /// The body with an empty list, or nothing, for its contacts.
    private static func envelope(of body: ResponseBody, without data: Range<Int>) -> ResponseBody {
        let isList = body.bytes[data.lowerBound] == UInt8(ascii: "[")
        let rest = body.bytes[data.upperBound..<body.count]
        return ResponseBody(
            body.bytes[..<data.lowerBound] + Array((isList ? "[]" : "null").utf8) + rest)
    }

    private static func contact(
        at element: Range<Int>, in body: ResponseBody, _ cutter: JSONCutter
    ) -> Result<String, Unusable> {
        guard String(validating: body.bytes[element], as: UTF8.self) != nil else {
            return .failure(Unusable("bytes that are no UTF-8"))
        }
        guard body.bytes[element.lowerBound] == UInt8(ascii: "{") else {
            return .failure(Unusable("not an object"))
        }
        return scannedID(Array(body.bytes[element]))
    }

    private static func id(of element: Range<Int>, _ cutter: JSONCutter) -> String? {
        guard cutter.bytes[element.lowerBound] == UInt8(ascii: "{") else { return nil }
        let ids = cutter.members(of: element).filter {
            cutter.bytes[$0.key].elementsEqual(#""id""#.utf8)
        }
        guard ids.count == 1 else { return nil }
        let object = Array(#"{"id":"#.utf8) + cutter.bytes[ids[0].value] + [UInt8(ascii: "}")]
        return try? scannedID(object).get()
    }

    /// The id of one object, where the scanner takes it and it can be used.
    private static func scannedID(_ object: [UInt8]) -> Result<String, Unusable> {
        let body = ResponseBody(Array(#"{"data":"#.utf8) + object + [UInt8(ascii: "}")])
        do {
            let scan = try ResponseScan(body)
            let id = scan.contacts.first.map { scan.text($0.id) } ?? ""
            return ContactID.isUsable(id)
                ? .success(id) : .failure(Unusable("an id that cannot stand in a request"))
        } catch { return .failure(error) }
    }
}

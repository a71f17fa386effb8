internal import Hummingbird

/// What an answer says, before it is written as JSON.
enum AnswerBody {
    case me(SandboxOrganisation)
    case contact(ContactBook.Entry)
    case deleted
    case page(Page)

    /// - Parameter fault: Only those that disfigure a body are looked at.
    func json(
        requestID: String, organisation: SandboxOrganisation, fault: SandboxFault.Kind?
    ) -> ByteBuffer {
        let end = #""request_id":"\#(requestID)"}"#
        let empty: EmptyStyle = fault == .nullsForEmpties ? .nulls : .plain
        switch self {
        case .deleted:
            return ByteBuffer(string: "{" + end)
        case .me(let organisation):
            var writer = JSONWriter()
            writer.object {
                $0.member("id", organisation.id)
                $0.member("name", organisation.name)
            }
            return ByteBuffer(string: #"{"data":"#, writer.bytes, "," + end)
        case .contact(let entry):
            let json =
                empty == .plain ? entry.json : entry.contact.json(in: organisation, empty: empty)
            return ByteBuffer(string: #"{"data":"#, json, "," + end)
        case .page(let page):
            if page.entries.isEmpty, fault == .bareEmptyResult {
                return ByteBuffer(string: "{" + end)
            }
            return page.json(end: end, organisation: organisation, fault: fault)
        }
    }

    static func json(_ error: APIError, requestID: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object { json in
            json.key("errors")
            json.array { $0.string(error.sentence) }
            json.member("code", error.code)
            json.member("request_id", requestID)
            json.member("exists_id", error.existsID)
        }
        return ByteBuffer(bytes: writer.bytes)
    }
}

extension Page {
    /// Joins what every contact has ready, so that a page costs little more than copying it.
    fileprivate func json(
        end: String, organisation: SandboxOrganisation, fault: SandboxFault.Kind?
    ) -> ByteBuffer {
        if fault == .glitchPage {
            return ByteBuffer(string: "{" + pagination(cursor: "", hasNext: true) + "," + end)
        }
        let contacts =
            fault == .nullsForEmpties
            ? entries.map { $0.contact.json(in: organisation, empty: .nulls) }
            : entries.map(\.json)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(
            contacts.reduce(0) { $0 + $1.count + 1 } + cursor.utf8.count + Self.envelopeBytes)
        buffer.writeString(#"{"data":"#)
        if contacts.isEmpty, fault == .nullsForEmpties {
            buffer.writeString("null")
        } else {
            buffer.writeString("[")
            for (index, contact) in contacts.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                buffer.writeBytes(contact)
            }
            buffer.writeString("]")
        }
        if fault != .missingPagination {
            buffer.writeString("," + pagination(cursor: cursor, hasNext: !cursor.isEmpty))
        }
        buffer.writeString("," + end)
        return buffer
    }

    /// All that stands around contacts and cursor, with room to spare.
    private static let envelopeBytes = 200

    private func pagination(cursor: String, hasNext: Bool) -> String {
        #""pagination":{"cursor":"\#(cursor)","has_next_page":\#(hasNext)}"#
    }
}

extension ByteBuffer {
    fileprivate init(string start: String, _ bytes: [UInt8], _ end: String) {
        self.init()
        reserveCapacity(start.utf8.count + bytes.count + end.utf8.count)
        writeString(start)
        writeBytes(bytes)
        writeString(end)
    }
}

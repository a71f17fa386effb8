import NIOCore

/// Answers as they go over the wire.
enum HTTPText {
    static func answer(_ body: String, status: String = "200 OK") -> ByteBuffer {
        ByteBuffer(
            string: """
                HTTP/1.1 \(status)\r
                Content-Type: application/json\r
                Content-Length: \(body.utf8.count)\r
                \r
                \(body)
                """)
    }

    static func page(_ contacts: [String], next cursor: Int?) -> ByteBuffer {
        let cursorText = cursor.map { #""cursor":"\#($0)","# } ?? ""
        return answer(
            """
            {"data":[\(contacts.joined(separator: ","))],\
            "pagination":{\(cursorText)"has_next_page":\(cursor != nil)},"request_id":"page"}
            """)
    }

    static func contact(_ json: String) -> ByteBuffer {
        answer(#"{"data":\#(json),"request_id":"contact"}"#)
    }
}

/// Cuts JSON text into its values by brackets, strings and commas alone, whatever else is wrong.
///
/// It finds the one bad contact on a page that the scanner refuses as a whole; what it cuts out is
/// given to the scanner again, so that nothing is believed on its word.
package struct JSONCutter {
    package let bytes: [UInt8]

    package struct Member {
        /// With its quotation marks.
        package let key: Range<Int>
        package let value: Range<Int>
    }

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The members of the object in a range, as far as they can be told.
    package func members(of object: Range<Int>) -> [Member] {
        var members: [Member] = []
        var index = afterSpace(object.lowerBound + 1, object)
        while let key = string(at: index, object) {
            let colon = afterSpace(key.upperBound, object)
            guard byte(colon, object) == UInt8(ascii: ":"),
                let value = value(at: afterSpace(colon + 1, object), object)
            else { break }
            members.append(Member(key: key, value: value))
            let comma = afterSpace(value.upperBound, object)
            guard byte(comma, object) == UInt8(ascii: ",") else { break }
            index = afterSpace(comma + 1, object)
        }
        return members
    }

    /// The elements of the list in a range; nil where they do not stand in a row between commas.
    package func elements(of list: Range<Int>) -> [Range<Int>]? {
        guard byte(list.lowerBound, list) == UInt8(ascii: "[") else { return nil }
        var elements: [Range<Int>] = []
        var index = afterSpace(list.lowerBound + 1, list)
        if index == list.upperBound - 1 { return [] }
        while let element = value(at: index, list) {
            elements.append(element)
            index = afterSpace(element.upperBound, list)
            if index == list.upperBound - 1 { return elements }
            guard byte(index, list) == UInt8(ascii: ",") else { return nil }
            index = afterSpace(index + 1, list)
        }
        return nil
    }

    /// The value that begins at a place, bracketed, quoted or neither.
    package func value(at start: Int, _ range: Range<Int>) -> Range<Int>? {
        switch byte(start, range) {
        case UInt8(ascii: "\""): string(at: start, range)
        case UInt8(ascii: "{"), UInt8(ascii: "["): bracketed(at: start, range)
        case nil: nil
        default: bare(at: start, range)
        }
    }

    private func string(at start: Int, _ range: Range<Int>) -> Range<Int>? {
        guard byte(start, range) == UInt8(ascii: "\"") else { return nil }
        var index = start + 1
        while let byte = byte(index, range) {
            switch byte {
            case UInt8(ascii: "\""): return start..<index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// Brackets that do not match end it: where a contact ends cannot be told then.
    private func bracketed(at start: Int, _ range: Range<Int>) -> Range<Int>? {
        var open: [UInt8] = []
        var index = start
        while let byte = byte(index, range) {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = string(at: index, range) else { return nil }
                index = string.upperBound
                continue
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == byte else { return nil }
                if open.isEmpty { return start..<index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// A number or a name, or what stands where one belongs.
    private func bare(at start: Int, _ range: Range<Int>) -> Range<Int>? {
        var index = start
        while let byte = byte(index, range), !Self.ends(byte) { index += 1 }
        return index > start ? start..<index : nil
    }

    private static func ends(_ byte: UInt8) -> Bool {
        isSpace(byte) || "{}[],:\"".utf8.contains(byte)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func afterSpace(_ start: Int, _ range: Range<Int>) -> Int {
        var index = start
        while let byte = byte(index, range), Self.isSpace(byte) { index += 1 }
        return index
    }

    /// nil outside of the range.
    private func byte(_ index: Int, _ range: Range<Int>) -> UInt8? {
        range.contains(index) ? bytes[index] : nil
    }
}

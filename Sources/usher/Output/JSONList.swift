/// Prints a JSON array, an element a line, however many there are.
struct JSONList {
    private var isEmpty = true

    mutating func print(_ element: some Encodable) throws {
        Swift.print(isEmpty ? "[" : ",", terminator: "")
        Swift.print(try jsonLine(element))
        isEmpty = false
    }

    func end() { Swift.print(isEmpty ? "[]" : "]") }
}

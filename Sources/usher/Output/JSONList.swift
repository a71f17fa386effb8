/// Prints a JSON array, an element a line, however many there are.
struct JSONList {
    private var isEmpty = true

    mutating func add(_ element: some Encodable) throws {
        print((isEmpty ? "[" : ",") + (try jsonLine(element)))
        isEmpty = false
    }

    func end() { print(isEmpty ? "[]" : "]") }
}

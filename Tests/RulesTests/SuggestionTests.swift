import Testing

@testable import Rules

/// A name with a slip of the finger is recognised, wherever in a file it stands.
struct Suggestions {
    /// Letters that are put in at each place of a name, and in place of each of its letters.
    private static let lettersTried = 3
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz_")

    /// Every name with one letter left out, swapped with the next, doubled, or some others put in or
    /// in its place; those that are names themselves are no slips.
    static func slips(of name: String, isName: (String) -> Bool) -> [String] {
        let text = Array(name)
        var random = Seeded(name.utf8.reduce(0) { ($0 &<< 5) ^ UInt64($1) })
        var slips: Set<String> = []
        func add(_ change: (inout [Character]) -> Void) {
            var slip = text
            change(&slip)
            slips.insert(String(slip))
        }
        for index in text.indices {
            add { $0.remove(at: index) }
            add { $0.insert(text[index], at: index) }
            if index > 0 { add { $0.swapAt(index, index - 1) } }
            for _ in 0..<lettersTried {
                let (put, instead) = (random.pick(letters), random.pick(letters))
                add { $0.insert(put, at: index) }
                add { $0[index] = instead }
            }
        }
        for _ in 0..<lettersTried {
            let put = random.pick(letters)
            add { $0.append(put) }
        }
        return slips.filter { $0 != name && !$0.isEmpty && !isName($0) }.sorted()
    }

    /// How many slips of all names get the right suggestion, and those that do not.
    private static func measure(_ names: NamesInFiles) -> (right: Int, wrong: [String]) {
        var (right, wrong) = (0, [String]())
        for name in names.names {
            let slips = slips(of: name) { names.names.contains($0) || names.isName($0) }
            for (slip, suggestion) in zip(slips, names.suggestions(for: slips, of: name)) {
                if suggestion == names.prefix + name {
                    right += 1
                } else {
                    wrong.append("\(slip) for \(name): \(suggestion ?? "nothing")")
                }
            }
        }
        return (right, wrong)
    }

    /// Of the rest, most are as near to another name: `ia` may be `is` or `in`.
    @Test(arguments: NamesInFiles.Kind.allCases)
    func of100Slips98AreRecognised(_ kind: NamesInFiles.Kind) {
        var (right, wrong) = (0, [String]())
        for names in NamesInFiles.all where names.kind == kind {
            let measured = Self.measure(names)
            right += measured.right
            wrong += measured.wrong
        }
        let all = right + wrong.count
        print("\(kind): \(right) of \(all) slips recognised")
        #expect(all > 1_000 && right * 100 >= all * 98, "\(wrong)")
    }

    @Test(arguments: [
        ("Admin", "admin"), ("starts-with", "starts_with"), ("PORTAL_ROLE", "portal_role"),
        ("q", nil), ("completely different", nil), ("", nil),
    ])
    func caseAndHyphensAreForgivenAndNonsenseIsNot(_ text: String, _ expected: String?) {
        let names = ["admin", "starts_with", "portal_role", "x"]
        #expect(Nearest.name(to: text, among: names) == expected)
    }
}

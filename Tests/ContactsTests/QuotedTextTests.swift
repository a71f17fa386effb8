import Contacts
import Testing

/// What contacts hold, as it is shown to people.
@Test(arguments: [
    ("Ana Ruiz", "Ana Ruiz"), ("Zoë O'Brien – 李", "Zoë O'Brien – 李"), ("a\"b\\", #"a\"b\\"#),
    // A terminal takes both for the beginning of a command.
    ("\u{1B}[2J", #"\u{1B}[2J"#), ("\u{9B}2J", #"\u{9B}2J"#),
    ("a\r\nb\u{85}c\u{2028}d", #"a\r\nb\u{85}c\u{2028}d"#),
    // What turns the direction of writing shows another text than there is.
    // A blank that is none of the keyboard's is not seen, nor what a stack of marks covers.
    ("a\u{A0}\u{2800}\u{3000}b", #"a\u{A0}\u{2800}\u{3000}b"#), ("\u{16FE4}", #"\u{16FE4}"#),
    ("Zoe\u{308}", "Zoe\u{308}"), ("\u{308}a", #"\u{308}a"#),
    ("e\u{301}\u{301}\u{301}\u{301}\u{301}!", "e\u{301}\u{301}\u{301}\u{301}" + #"\u{301}!"#),
    ("moc.emca\u{202E}", #"moc.emca\u{202E}"#), ("ac\u{200B}me\u{FEFF}", #"ac\u{200B}me\u{FEFF}"#),
])
func whatATerminalWouldObeyIsEscaped(text: String, shown: String) {
    #expect(text.quoted == "\"\(shown)\"")
    #expect(text.escaped == shown)
}

@Test(arguments: [
    ("admin", "admin"), ("ana@acme.com", "ana@acme.com"), ("support-lead", "support-lead"),
    ("customers[acme.com]", "customers[acme.com]"),
    ("admin (#1)", #""admin (#1)""#), ("a\nb", #""a\nb""#), ("", #""""#), ("é", #""é""#),
])
func whatIsNoWordIsInQuotes(text: String, shown: String) {
    #expect(text.word == shown)
}

@Test func aLineOfATextIsOneLine() {
    struct Two: TextLines {
        var lines: [String] { ["one\ntwo", "three\u{A0}"] }
    }
    #expect(Two().description == "one\\ntwo\nthree\\u{A0}")
}

@Test func textThatIsQuotedInAnotherWayKeepsItsQuotes() {
    #expect("a\"b\\\u{1B}\u{202E}".visible == #"a"b\\u{1B}\u{202E}"#)
}

import Contacts
import Testing

/// What contacts hold, as it is shown to people.
@Test(arguments: [
    ("Ana Ruiz", "Ana Ruiz"), ("Zoë O'Brien – 李", "Zoë O'Brien – 李"), ("a\"b\\", #"a\"b\\"#),
    // A terminal takes both for the beginning of a command.
    ("\u{1B}[2J", #"\u{1B}[2J"#), ("\u{9B}2J", #"\u{9B}2J"#),
    ("a\r\nb\u{85}c\u{2028}d", #"a\r\nb\u{85}c\u{2028}d"#),
    // What turns the direction of writing shows another text than there is.
    ("moc.emca\u{202E}", #"moc.emca\u{202E}"#), ("ac\u{200B}me\u{FEFF}", #"ac\u{200B}me\u{FEFF}"#),
])
func whatATerminalWouldObeyIsEscaped(text: String, shown: String) {
    #expect(text.quoted == "\"\(shown)\"")
    #expect(text.escaped == shown)
}

@Test func textThatIsQuotedInAnotherWayKeepsItsQuotes() {
    #expect("a\"b\\\u{1B}\u{202E}".visible == #"a"b\\u{1B}\u{202E}"#)
}

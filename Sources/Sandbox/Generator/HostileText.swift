/// Addresses and names as an attacker or a broken system would write them.
enum HostileText {
    /// - Parameter number: Makes each one different.
    static func email(_ number: Int, _ random: inout SplitMix64) -> String {
        let name = "eve\(number)"
        let templates = [
            "\(name)@evil.example@acme.com",
            "\(name)@acme.com@evil.example",
            "\"\(name)@acme.com\"@evil.example",
            "\"\(name)@evil.example\"@acme.com",
            "<\(name)@acme.com>x@evil.example",
            "Eve <\(name)@acme.com>",
            "mailto:\(name)@acme.com",
            "\(name)@acme.com,x@evil.example",
            "=?utf-8?q?\(name)=40evil.example=3e?=@acme.com",
            "\(name)(comment)@acme.com",
            "\(name)%evil.example@acme.com",
            "evil.example!\(name)@acme.com",
            "\(name)@acme.com\n",
            "\(name)@acme.com\u{0}@evil.example",
            " \(name)@acme.com",
            "\(name)@acme.com.",
            "\(name)@acme..com",
            "\(name)@.acme.com",
            ".\(name)@acme.com",
            "\(name)..x@acme.com",
            name,
            "\(name)@",
            "\(name)@[10.0.0.1]",
            "\(name)@acme",
            "\(name)@\u{430}cme.com",
            "\(name)@xn--cme-5cd.com",
            "\(name)@\u{FF41}cme.com",
            "\(name)@acme\u{3002}com",
            "\(name)@ac\u{AD}me.com",
            "\(name)@acme.com\u{200B}",
            "\(name)\u{202E}@acme.com",
            "\(name)\u{131}@acme.com",
            "\(name)" + String(repeating: "a", count: 70) + "@acme.com",
            "\(name)@" + String(repeating: "b", count: 70) + ".com",
            "\(name)@evilacme.com",
            "\(name)@acme.com.evil.example",
            "\(name)@acme.comm",
            "\(name)@acme.c0m",
            "\(name)@sub.acme.com",
        ]
        return random.pick(templates)
    }

    static func name(_ name: String, _ random: inout SplitMix64) -> String {
        random.pick([
            "\(name)\nBcc: everyone@acme.com",
            "\"\(name)\"; DROP TABLE contact; --",
            "\u{202E}\(name)\u{202C}",
            "\(name) 👩🏽‍💻🏳️‍🌈",
            "\(name)\u{0}",
            "<script>alert('\(name)')</script>",
            "${\(name)} {{ \(name) }} %s",
            "  \(name)\t",
            "'\(name)'\\",
            "e\u{301}\u{301}\u{301} \(name)",
        ])
    }
}

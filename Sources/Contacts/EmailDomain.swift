/// Whose a domain is, as far as lists can tell.
package enum DomainClass: String, Sendable, CaseIterable {
    /// None of the others. Anybody can buy such a domain: this is no proof of a company.
    case corporate
    /// Anybody may have a mailbox there: free mail, private customers, forwarding aliases.
    case `public`
    /// Mailboxes that are thrown away after use.
    case disposable
    /// Strangers may have domains of their own under it, such as `co.uk` or `github.io`.
    case publicSuffix = "public_suffix"
    /// Nobody's: for documentation, tests, private networks or the infrastructure of DNS.
    case reserved
}

/// What the name of a mail domain tells.
package struct EmailDomain: Sendable, Equatable {
    /// The registrable domain: the public suffix and one label more; nil for a public suffix.
    ///
    /// The names under one site are one owner's, as far as the Public Suffix List knows. Both its
    /// sections count, so the users of a hosting service have sites of their own.
    package let site: String?
    /// What the lists say of the domain or of any domain above it: `reserved` goes before
    /// `publicSuffix`, then come `disposable` and `public`.
    package let domainClass: DomainClass

    /// Nil unless `host` is a name in the form that `EmailAddress.domain` has: labels in ASCII
    /// lower case, no dot at an edge. A single label will do.
    package init?(_ host: String) {
        guard Self.isWellFormed(host.utf8) else { return nil }
        var walk = Walk()
        var start = host.startIndex
        walk.visit(DomainData.marks(of: host[start...]), at: start)
        while let dot = host.utf8[start...].firstIndex(of: Self.dot) {
            start = host.utf8.index(after: dot)
            walk.visit(DomainData.marks(of: host[start...]), at: start)
        }
        site = walk.site.map { String(host[$0...]) }
        domainClass = Self.domainClass(isSuffix: site == nil, marks: walk.marks)
    }

    /// Precedence: a domain can be on several lists.
    static func domainClass(isSuffix: Bool, marks: DomainData.Marks) -> DomainClass {
        if marks.contains(.reserved) { return .reserved }
        if isSuffix { return .publicSuffix }
        if marks.contains(.disposable) { return .disposable }
        return marks.contains(.freeMail) ? .public : .corporate
    }

    private static let dot = UInt8(ascii: ".")

    /// Byte by byte and without an array, since this is asked of every contact.
    private static func isWellFormed(_ host: String.UTF8View) -> Bool {
        guard host.count <= EmailAddress.maxDomainLength else { return false }
        var length = 0
        var last = hyphen
        var isNumber = true
        for byte in host {
            if byte == dot {
                guard length > 0, last != hyphen else { return false }
                (length, isNumber) = (0, true)
            } else {
                guard isLabelByte(byte), length > 0 || byte != hyphen else { return false }
                length += 1
                guard length <= EmailAddress.maxLabelLength else { return false }
                isNumber = isNumber && isDigit(byte)
            }
            last = byte
        }
        // A last label of digits alone is the end of an IPv4 address; one without any is no label.
        return last != hyphen && !isNumber
    }

    private static let hyphen = UInt8(ascii: "-")
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLabelByte(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || isDigit(byte) || byte == hyphen
    }
}

/// The rules that apply to a host, met on the way from its whole name down to its last label.
///
/// So the first one met is the longest, and that is the one that counts; but an exception goes
/// before any other. Source: https://github.com/publicsuffix/list/wiki/Format#formal-algorithm
private struct Walk {
    /// What the lists say of any of the names.
    private(set) var marks: DomainData.Marks = []

    /// Where the last name began, and those of one and of two labels more.
    private var name, oneMore, twoMore: String.Index?
    private var found: String.Index?
    private var isSettled = false

    mutating func visit(_ marks: DomainData.Marks, at start: String.Index) {
        self.marks.formUnion(marks)
        (name, oneMore, twoMore) = (start, name, oneMore)
        if marks.contains(.exception) {
            settle(start)
        } else if isSettled {
            return
        } else if marks.contains(.wildcard), oneMore != nil {
            settle(twoMore)
        } else if marks.contains(.suffix) {
            settle(oneMore)
        }
    }

    /// Where the registrable domain begins. By default the last label is the public suffix.
    var site: String.Index? { isSettled ? found : oneMore }

    /// Nil says that the whole host is a public suffix.
    private mutating func settle(_ site: String.Index?) {
        found = site
        isSettled = true
    }
}

extension EmailAddress {
    /// The registrable domain of the address; nil unless the status is `ok`, and for a domain that
    /// is itself a public suffix.
    package var site: String? { domain.flatMap(EmailDomain.init)?.site }
    /// Whose the domain is; nil unless the status is `ok`.
    package var domainClass: DomainClass? { domain.flatMap(EmailDomain.init)?.domainClass }
}

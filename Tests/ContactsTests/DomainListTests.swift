import Testing

@testable import Contacts

struct DomainLists {
    enum List: CaseIterable {
        case publicSuffixes, reserved, disposable, freeMail

        var text: String {
            switch self {
            case .publicSuffixes: DomainData.publicSuffixes
            case .reserved: DomainData.reserved
            case .disposable: DomainData.disposable
            case .freeMail: DomainData.freeMail
            }
        }
        var entries: [Substring] { DomainData.entries(of: text) }
    }

    @Test func everyListIsRead() {
        #expect(DomainData.lists.map(\.text) == List.allCases.map(\.text))
    }

    @Test(arguments: List.allCases)
    func aListSaysWhereItComesFrom(_ list: List) {
        let header = list.text.split(separator: "\n").prefix { $0.hasPrefix("#") }
        for field in ["# Source: ", "# Version: ", "# Licence: ", "# Renew: "] {
            #expect(header.count { $0.hasPrefix(field) && $0.count > field.count } == 1, "\(field)")
        }
    }

    @Test(arguments: List.allCases)
    func aListHasOneRuleALineSortedAndOnce(_ list: List) {
        let entries = list.entries
        #expect(!entries.isEmpty)
        for (entry, next) in zip(entries, entries.dropFirst()) {
            #expect(entry.utf8.lexicographicallyPrecedes(next.utf8), "\(entry), \(next)")
        }
    }

    @Test(arguments: List.allCases)
    func aListHoldsHostsOnly(_ list: List) {
        let isSuffixes = list == .publicSuffixes
        for entry in list.entries {
            let name = isSuffixes ? entry.trimmingPrefix(#/!|\*\./#) : entry
            // Refuses whatever is not lower-case ASCII.
            #expect(EmailDomain(String(name)) != nil, "\(entry)")
        }
    }

    /// A renewal that drops or adds much should be looked at: it may have been cut off.
    @Test(arguments: zip(List.allCases, [9_000...12_000, 15...30, 8_000...15_000, 900...1_500]))
    func aListIsAboutAsLongAsItWas(_ list: List, _ expected: ClosedRange<Int>) {
        #expect(expected.contains(list.entries.count))
    }

    /// One line would then speak for strangers: for all who have a name under that suffix.
    @Test(arguments: [List.disposable, .freeMail])
    func noMailDomainIsASuffixOrReserved(_ list: List) {
        for entry in list.entries {
            let domain = EmailDomain(String(entry))
            #expect(domain?.site != nil && domain?.domainClass != .reserved, "\(entry)")
        }
    }

    @Test func noFreeMailIsDisposable() {
        for entry in List.freeMail.entries {
            #expect(EmailDomain(String(entry))?.domainClass == .public, "\(entry)")
        }
    }

    /// Whatever the lists hold today, a domain on several of them is of the first of these classes.
    @Test func aDomainOnSeveralListsHasTheClassThatGoesFirst() {
        func domainClass(_ isSuffix: Bool, _ marks: DomainData.Marks) -> DomainClass {
            EmailDomain.domainClass(isSuffix: isSuffix, marks: marks)
        }
        #expect(domainClass(true, [.reserved, .disposable, .freeMail]) == .reserved)
        #expect(domainClass(true, [.disposable, .freeMail]) == .publicSuffix)
        #expect(domainClass(false, [.disposable, .freeMail]) == .disposable)
        #expect(domainClass(false, [.freeMail, .suffix]) == .public)
        #expect(domainClass(false, [.suffix, .wildcard, .exception]) == .corporate)
    }

    @Test func theDigestIsOfEveryByteOfEveryList() {
        let texts = List.allCases.map(\.text)
        #expect(DomainData.digest == DomainData.digest(of: texts))
        #expect(DomainData.digest.count == 32)
        for index in texts.indices {
            var changed = texts
            changed[index] += "\n"
            #expect(DomainData.digest(of: changed) != DomainData.digest)
        }
        #expect(DomainData.digest(of: ["ab", "c"]) != DomainData.digest(of: ["a", "bc"]))
    }
}

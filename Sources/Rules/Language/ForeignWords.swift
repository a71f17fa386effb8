internal import Contacts

/// Words of other tools and languages, and what rule files say instead.
enum ForeignWords {
    /// The words that a foreign one may mean; which one is right depends on where it stands.
    static func meanings(of word: String) -> [String] { table[letters(of: word)] ?? [] }

    /// Whether a word denies something, so that the word it resembles would be its opposite.
    static func isDenial(_ word: String) -> Bool {
        let letters = letters(of: word)
        return denials.contains { letters.hasPrefix($0) }
    }

    /// What a word denies: `contains` for `not_contains`.
    static func denied(by word: String) -> String? {
        let letters = letters(of: word)
        return denials.first { letters.hasPrefix($0) }.map { String(letters.dropFirst($0.count)) }
    }

    /// The words whose opposites are other words: they are never meant by a denial.
    static let affirmations = Set(
        OperatorName.allCases.filter { !isDenial($0.rawValue) && $0 != .absent }.map(\.rawValue)
            + [CombinatorName.all.rawValue, CombinatorName.any.rawValue])

    /// Words for a test by a pattern, which rules do not have.
    static func isPattern(_ word: String) -> Bool { patterns.contains(letters(of: word)) }

    /// A word in lower case without what joins its parts: `endsWith`, `ends-with` and `ends_with`
    /// are one.
    static func letters(of word: String) -> String {
        String(
            String.UnicodeScalarView(
                word.asciiLowercased.unicodeScalars.filter { !["_", "-", ".", " "].contains($0) }))
    }

    private static let denials = ["isnot", "doesnot", "not", "isnt", "!"]

    private static let patterns: Set = [
        "matches", "regex", "regexp", "re", "like", "ilike", "glob", "wildcard", "pattern", "~",
        "=~",
    ]

    /// By the letters of the foreign word.
    static let table: [String: [String]] = [
        // Combinators.
        "and": ["all"], "allof": ["all", "has_all"], "every": ["all", "has_all"], "&&": ["all"],
        "or": ["any"], "anyof": ["any", "in", "has_any"], "oneof": ["any", "in", "has_any"],
        "some": ["any", "has_any"], "||": ["any"],
        "nor": ["none"], "noneof": ["none", "not_in"], "neither": ["none"],
        "table": ["in_table"], "intables": ["in_table"],
        // Operators.
        "eq": ["is", "has"], "equals": ["is", "has"], "equal": ["is", "has"], "=": ["is", "has"],
        "==": ["is", "has"], "equalto": ["is"], "matchesexactly": ["is"],
        "ne": ["is_not"], "neq": ["is_not"], "isnt": ["is_not"], "not": ["is_not"],
        "notequal": ["is_not"], "notequals": ["is_not"], "notequalto": ["is_not"],
        "!=": ["is_not"], "<>": ["is_not"], "unequal": ["is_not"],
        "isin": ["in", "has_any"], "isoneof": ["in"], "among": ["in"],
        "nin": ["not_in"], "isnotin": ["not_in"], "notoneof": ["not_in"], "!in": ["not_in"],
        "notanyof": ["not_in"],
        "beginswith": ["starts_with"], "prefix": ["starts_with"],
        "suffix": ["ends_with"], "endwith": ["ends_with"],
        "includes": ["contains", "has"], "include": ["contains", "has"], "substring": ["contains"],
        "containsany": ["has_any"], "containsall": ["has_all"],
        "subdomainof": ["under"], "below": ["under", "lt"], "within": ["under", "in", "between"],
        "ieq": ["is_ci"], "iequals": ["is_ci"], "equalsignorecase": ["is_ci"],
        "<": ["lt"], "lessthan": ["lt"], "before": ["lt"], "<=": ["lte"],
        "max": ["lte", "at_most"],
        ">": ["gt"], "greaterthan": ["gt"], "after": ["gt"], ">=": ["gte"],
        "min": ["gte", "at_least"], "atleast": ["gte"], "atmost": ["lte"], "range": ["between"],
        "exists": ["present"], "exist": ["present"], "isset": ["present"], "notempty": ["present"],
        "isnotempty": ["present"], "notnull": ["present"], "isnotnull": ["present"],
        "missing": ["absent"], "empty": ["absent"], "isempty": ["absent"], "null": ["absent"],
        "isnull": ["absent"], "blank": ["absent"], "notexists": ["absent"],
        "notpresent": ["absent"], "notset": ["absent"], "unset": ["absent", "clear"],
        "doesnotexist": ["absent"], "isnotset": ["absent"], "notexist": ["absent"],
        "notabsent": ["present"], "notmissing": ["present"],
        // Keys.
        "if": ["when"], "match": ["when"], "where": ["when"], "condition": ["when"],
        "conditions": ["when"], "then": ["set"], "action": ["set"], "actions": ["set"],
        "do": ["set"], "assign": ["set"], "effect": ["set"],
        "name": ["id"], "enabled": ["mode"], "status": ["mode"],
        "weight": ["priority"], "comment": ["description"], "note": ["description"],
        "starts": ["from"], "start": ["from"], "ends": ["until"], "end": ["until"],
        "expires": ["until"], "policies": ["rules"], "title": ["name"], "input": ["given"],
        "assert": ["expect"],
        "remove": ["clear"], "delete": ["clear"],
        // Modes.
        "on": ["enforce"], "live": ["enforce"], "active": ["enforce"], "enable": ["enforce"],
        "dryrun": ["shadow"], "audit": ["shadow"], "report": ["shadow"], "monitor": ["shadow"],
        "disabled": ["off"], "inactive": ["off"],
        // Fields.
        "role": ["portal_role"], "roleid": ["portal_role_id"], "mail": ["email"],
        "emailaddress": ["email"], "account": ["account_id"], "companyid": ["account_id"],
        "contactid": ["id"],
        "fullname": ["name"], "displayname": ["name"], "avatar": ["avatar_url"],
        "phone": ["primary_phone_number"], "phonenumber": ["primary_phone_number"],
        "createdat": ["first_seen"], "created": ["first_seen"],
        // Roles and types.
        "administrator": ["admin"], "user": ["member"],
        "string": ["text"], "str": ["text"], "strings": ["texts"], "list": ["texts"],
        "array": ["texts"], "int": ["integer"], "float": ["number"], "decimal": ["number"],
        "datetime": ["time"], "timestamp": ["time"],
    ]
}

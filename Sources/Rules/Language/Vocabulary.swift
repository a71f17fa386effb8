internal import Contacts

/// The words of the rule language: checks, suggestions and the JSON Schema all read these tables.
package enum Vocabulary {
    static let version = 1

    static let fields: [FieldRow] = [
        FieldRow("id", .text, .read, "the contact's id"),
        FieldRow("name", .text, .set, "the contact's name"),
        FieldRow("email", .address, .read, "the whole primary address"),
        FieldRow("email.local", .localPart, .read, "the part before the @"),
        FieldRow("email.domain", .domain, .read, "the host after the @, exactly"),
        FieldRow("email.site", .domain, .read, "the registrable domain"),
        FieldRow("email.class", .domainClass, .read, "the domain's class, from public lists"),
        FieldRow(
            "email.status", .status, .read, "whether the address is plain (ok), or why not"),
        FieldRow("emails", .addresses, .read, "all addresses"),
        FieldRow("account_id", .text, .set, "the account's id"),
        FieldRow("account.external_ids.<label>", .text, .read, "the account's id elsewhere"),
        FieldRow("avatar_url", .text, .set, "the picture's URL"),
        FieldRow("custom_fields.<slug>", .text, .set, "a custom field with one value"),
        FieldRow("external_ids.<label>", .text, .read, "the contact's id elsewhere"),
        FieldRow("first_seen", .age, .read, "when Usher first read the contact"),
        FieldRow("integration_user_ids", .list, .read, "linked users, as source:id"),
        FieldRow("phone_numbers", .list, .read, "all phone numbers"),
        FieldRow("primary_phone_number", .text, .read, "the main phone number"),
        FieldRow("portal_role", .text, .set, "no_access, member, admin or a custom role's slug"),
        FieldRow("portal_role_id", .text, .set, "the id of a custom role"),
    ]
    static let operators: [OperatorRow] = [
        OperatorRow(.is, .text, .comparable, "equals the value, byte for byte"),
        OperatorRow(.isNot, .text, .comparable, "has a different value"),
        OperatorRow(.in, .texts, .comparable, "equals one of the values"),
        OperatorRow(.notIn, .texts, .comparable, "has a value that is none of these"),
        OperatorRow(.startsWith, .text, .texts, "starts with this text"),
        OperatorRow(.endsWith, .text, .texts, "ends with this text"),
        OperatorRow(.contains, .text, .texts, "contains this text"),
        OperatorRow(.under, .text, [.domain], "is this domain or a subdomain of it"),
        OperatorRow(.inList, .listName, .texts, "has a value of this list"),
        OperatorRow(.notInList, .listName, .texts, "has a value that is not in this list"),
        OperatorRow(.isCI, .text, [.text], "equals this text, ignoring ASCII case"),
        OperatorRow(.has, .text, .several, "has this value among others"),
        OperatorRow(.hasAny, .texts, .several, "has at least one of these values"),
        OperatorRow(.hasAll, .texts, .several, "has every one of these values"),
        OperatorRow(.lt, .text, .ordered, "is less, or earlier"),
        OperatorRow(.lte, .text, .ordered, "is this, less or earlier"),
        OperatorRow(.gt, .text, .ordered, "is more, or later"),
        OperatorRow(.gte, .text, .ordered, "is this, more or later"),
        OperatorRow(.between, .bounds, .ordered, "lies between the two values, both included"),
        OperatorRow(.olderThan, .duration, .ages, "is at least this long ago"),
        OperatorRow(.newerThan, .duration, .ages, "is less than this long ago"),
        OperatorRow(.present, .yes, .all, "has any value"),
        OperatorRow(.absent, .yes, .all, "has no value"),
    ]
    static let combinators: [CombinatorRow] = [
        CombinatorRow(.all, "all conditions are true"),
        CombinatorRow(.any, "at least one condition is true"),
        CombinatorRow(.none, "every condition is false"),
        CombinatorRow(.not, "its condition is false"),
    ]
    /// Beside the fields of a condition: why it is asked for, which explanations show.
    static let why = "why"
    /// Beside the fields of a condition: the contact has a row in this table.
    static let inTable = "in_table"
    /// In place of a value: a custom field is unset.
    static let clear = "clear"

    static let fileKeys: [KeyRow] = [
        KeyRow("version", .version, .mandatory, "the version of the rule language: 1"),
        KeyRow(
            "as", .word(enforced), .optional,
            "enforced: the tests of the file run with shadow rules enforced"),
        KeyRow("fields", .declarations, .optional, "the types of custom fields"),
        KeyRow("lists", .lists, .optional, "named lists of values"),
        KeyRow("tables", .tables, .optional, "named tables; each row is a separate rule"),
        KeyRow("rules", .objects(ruleKeys), .optional, "the rules"),
        KeyRow("tests", .objects(testKeys), .optional, "tests of the rules"),
        KeyRow("defaults", later: "defaults"),
        KeyRow(
            "limits", .object(limitKeys), .optional,
            "how many contacts the rules of the workspace may change; in one file"),
        KeyRow("guardrails", .objects(guardrailKeys), .optional, "values that no rule may set"),
        KeyRow(
            "exceptions", .objects(exceptionKeys), .optional,
            "exemptions from rules, with an end date"),
        KeyRow(
            "retired", .objects(retirementKeys), .optional,
            "rules that are gone: what they set is reverted"),
        KeyRow("renamed", .objects(renameKeys), .optional, "renamed rules"),
    ]

    static let renameKeys: [KeyRow] = [
        KeyRow("from", .id, .mandatory, "the former id"),
        KeyRow("to", .id, .mandatory, "the current id"),
    ]

    static let dataFileKeys: [KeyRow] = [
        KeyRow("file", .fileName, .mandatory, "a file in the rules folder")
    ]

    static let listValueKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "the value"),
        KeyRow("evidence", .prose, .optional, "the evidence for the value"),
        KeyRow(
            "expires", .instant, .optional, "the end of its validity; a date includes that whole day"),
    ]

    static let exceptionKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the exception's name in every record"),
        KeyRow("rules", .ids, .mandatory, "the exempted rules"),
        KeyRow("contact", .anyText, .optional, "the contact's id or primary address (or use account)"),
        KeyRow("account", .anyText, .optional, "the account's id (or use contact)"),
        KeyRow("until", .instant, .mandatory, "its end; a date includes that whole day"),
        KeyRow("reason", .prose, .mandatory, "why"),
    ]

    static let retirementKeys: [KeyRow] = [
        KeyRow("rule", .anyText, .mandatory, "the id of the removed rule or table row"),
        KeyRow("fields", .texts, .mandatory, "what it has set and is reverted"),
        KeyRow("reason", .prose, .mandatory, "why"),
    ]

    static let guardrailKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the guardrail's name in every record"),
        KeyRow("deny", .denials, .mandatory, "the values that rules may not set"),
        KeyRow("when", .condition, .mandatory, "the contacts it applies to; unknown counts as true"),
        KeyRow("reason", .prose, .mandatory, "why"),
    ]

    /// What stands for a value of `portal_role`.
    static let bounds: [KeyRow] = [
        KeyRow("at_least", .role, .optional, "never lowers"),
        KeyRow("at_most", .role, .optional, "never raises"),
    ]
    /// The roles that every workspace has, the least first.
    package static let roles = PortalRole.names
    private static let rolesInBytes = roles.map(Bytes.init(of:))

    /// Where a role stands among them; nil for a custom one.
    package static func rank(ofRole role: Bytes) -> Int? { rolesInBytes.firstIndex(of: role) }

    static let limitKeys: [KeyRow] =
        limitClassKeys + [
            KeyRow(
                "privileged", .object(limitClassKeys), .optional,
                "contacts that get admin, a custom role or another account"),
            KeyRow("lowering", .object(limitClassKeys), .optional, "contacts that lose access"),
        ]

    static let limitClassKeys: [KeyRow] = [
        KeyRow("per_hour", .number(0...RuleLimits.changes), .optional, "contacts per rolling hour"),
        KeyRow(
            "per_day", .number(0...RuleLimits.changes), .optional, "contacts per rolling 24 hours"),
        KeyRow(
            "percent_of_contacts", .number(0...100), .optional,
            "share of all contacts per rolling 24 hours; at least ten contacts"),
    ]

    /// What `approval` takes.
    static let required = "required"
    /// What `on_drift` and `on_unmatch` take, the default first.
    static let onDrift = ["respect", "reassert"]
    static let onUnmatch = ["keep", "revert"]
    /// What `mode` takes, the default first.
    static let modes = [Rule.Mode.shadow, .enforce, .off].map(\.rawValue)

    static let declarationKeys: [KeyRow] = [
        KeyRow(
            "type", .choice(DeclaredField.ValueType.allCases.map(\.rawValue)), .mandatory,
            "text, texts, integer, number, date or time"),
        KeyRow("values", .texts, .optional, "the only values of a text or of texts"),
        KeyRow("description", .prose, .optional, "text for readers"),
    ]

    static let ruleKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the rule's name in every record"),
        KeyRow("description", .prose, .optional, "the purpose of the rule"),
        KeyRow(
            "priority", .number(RuleLimits.priorities, default: RuleLimits.defaultPriority),
            .optional, "the higher one wins; 100 by default"),
        KeyRow(
            "mode", .choice(modes, hasDefault: true), .optional,
            "enforce, shadow (the default) or off"),
        KeyRow("when", .condition, .mandatory, "the condition"),
        KeyRow("set", .effects, .mandatory, "the values to set"),
        KeyRow("allow_public", .yes, .optional, "allows a public domain to set member; requires reason"),
        KeyRow("reason", .prose, .optional, "the reason for allow_public"),
        KeyRow(
            "approval", .word(required), .optional, "required: an operator must approve the rule first"),
        KeyRow("from", .instant, .optional, "its start; a date starts at 00:00 UTC"),
        KeyRow("until", .instant, .optional, "its end; a date includes that whole day"),
        KeyRow("limits", .object(limitKeys), .optional, "how many contacts the rule may change"),
        KeyRow(
            "on_drift", .choice(onDrift, hasDefault: true), .optional,
            "respect (the default) or reassert"),
        KeyRow(
            "on_unmatch", .choice(onUnmatch, hasDefault: true), .optional,
            "keep (the default) or revert"),
        KeyRow(
            "revert_to", .expectedValues(orNone: false), .optional,
            "the value to set on revert; by default the previous one"),
        KeyRow("why", later: "reasons"),
    ]

    static let testKeys: [KeyRow] = [
        KeyRow("name", .prose, .mandatory, "the test's description"),
        KeyRow("given", .contact, .mandatory, "the contact"),
        KeyRow("expect", .object(expectKeys), .mandatory, "the expected result"),
        KeyRow("now", .instant, .optional, "the time of the test; without it, times have no effect"),
        KeyRow("granted", .grants, .optional, "the values that Usher had set before, by field"),
    ]

    static let grantKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "the value that Usher set"),
        KeyRow("rule", .ruleNames, .mandatory, "the rule that wanted it; several as a list"),
        KeyRow("from", .anyText, .optional, "the previous value; omit if there was none"),
    ]

    /// What `as` takes.
    static let enforced = "enforced"

    static let expectKeys: [KeyRow] = [
        KeyRow(
            "set", .expectedValues(orNone: true), .optional,
            "exactly the values that would be sent; {} for none"),
        KeyRow("matched", .ids, .optional, "rules that must match"),
        KeyRow("not_matched", .ids, .optional, "rules that must not match"),
        KeyRow("beaten", .ids, .optional, "rules whose value must lose to another rule"),
        KeyRow(
            "email.status", .choice(Operand.statuses), .optional, "whether the address is plain (ok), or why not"
        ),
        KeyRow(
            "held", .idsOrNone, .optional, "rules whose changes would be held; [] for none"
        ),
        KeyRow(
            "after", .expectedValues(orNone: false), .optional,
            "the values of these fields in the end"),
    ]

    static let givenKeys: [KeyRow] = [
        KeyRow(
            "first_seen", .instant, .optional,
            "when Usher first saw the contact; if omitted, infinitely old"),
        KeyRow("id", .anyText, .optional, "the contact's id"),
        KeyRow("name", .anyText, .optional, "the contact's name"),
        KeyRow("email", .anyText, .optional, "the primary address, however it is written"),
        KeyRow("emails", .anyTexts, .optional, "all addresses"),
        KeyRow("account_id", .anyText, .optional, "the account's id"),
        KeyRow("account", .account, .optional, "the account: id, external_ids"),
        KeyRow("avatar_url", .anyText, .optional, "the picture's URL"),
        KeyRow("custom_fields", .labels, .optional, "slug: value, or a list of values"),
        KeyRow("external_ids", .labels, .optional, "label: id"),
        KeyRow("integration_user_ids", .anyTexts, .optional, "linked users, as source:id"),
        KeyRow("phone_numbers", .anyTexts, .optional, "all phone numbers"),
        KeyRow("primary_phone_number", .anyText, .optional, "the main phone number"),
        KeyRow("portal_role", .anyText, .optional, "the role now"),
        KeyRow("portal_role_id", .anyText, .optional, "the custom role now"),
    ]

    static let accountKeys: [KeyRow] = [
        KeyRow("id", .anyText, .optional, "the account's id"),
        KeyRow("external_ids", .labels, .optional, "label: id"),
    ]
}

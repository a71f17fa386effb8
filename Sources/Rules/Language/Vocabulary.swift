internal import Contacts

/// The words of the rule language: checks, suggestions and the JSON Schema all read these tables.
package enum Vocabulary {
    static let version = 1

    static let fields: [FieldRow] = [
        FieldRow("id", .text, .read, "the contact's id"),
        FieldRow("name", .text, .set, "the contact's name"),
        FieldRow("email", .address, .read, "the whole primary address"),
        FieldRow("email.local", .localPart, .read, "the part before the @"),
        FieldRow("email.domain", .domain, .read, "the domain after the @, exactly"),
        FieldRow(
            "email.site", .domain, .read, "the registrable domain: acme.co.uk for eu.acme.co.uk"),
        FieldRow(
            "email.class", .domainClass, .read,
            "corporate, public, disposable, public_suffix or reserved, by public lists"),
        FieldRow(
            "email.status", .status, .read,
            "ok if the address is plain, otherwise empty, malformed, exotic, idn or too_long"),
        FieldRow("emails", .addresses, .read, "all addresses"),
        FieldRow("account_id", .text, .set, "the account's id"),
        FieldRow(
            "account.external_ids.<label>", .text, .read, "the account's id in another system"),
        FieldRow("avatar_url", .text, .set, "the URL of the picture"),
        FieldRow(
            "custom_fields.<slug>", .text, .set,
            "a custom field, of the type that fields declares; by default text"),
        FieldRow("external_ids.<label>", .text, .read, "the contact's id in another system"),
        FieldRow("first_seen", .age, .read, "the time since Usher first read the contact"),
        FieldRow(
            "integration_user_ids", .list, .read, "linked users of other systems, as source:id"),
        FieldRow("phone_numbers", .list, .read, "all phone numbers"),
        FieldRow("primary_phone_number", .text, .read, "the primary phone number"),
        FieldRow("portal_role", .text, .set, "no_access, member, admin or a custom role's slug"),
        FieldRow("portal_role_id", .text, .set, "the id of a custom role"),
    ]
    static let operators: [OperatorRow] = [
        OperatorRow(.is, .text, .comparable, "equals this value"),
        OperatorRow(.isNot, .text, .comparable, "has a value other than this one"),
        OperatorRow(.in, .texts, .comparable, "equals one of these values"),
        OperatorRow(.notIn, .texts, .comparable, "has a value that is none of these"),
        OperatorRow(.startsWith, .text, .texts, "begins with this text"),
        OperatorRow(.endsWith, .text, .texts, "ends with this text"),
        OperatorRow(.contains, .text, .texts, "contains this text"),
        OperatorRow(.under, .text, [.domain], "is this domain or a subdomain of it"),
        OperatorRow(.inList, .listName, .texts, "equals a value of this list"),
        OperatorRow(.notInList, .listName, .texts, "has a value that is not in this list"),
        OperatorRow(.isCI, .text, [.text], "equals this text, ignoring the case of A–Z"),
        OperatorRow(.has, .text, .several, "has this value, among others or alone"),
        OperatorRow(.hasAny, .texts, .several, "has at least one of these values"),
        OperatorRow(.hasAll, .texts, .several, "has all of these values"),
        OperatorRow(.lt, .text, .ordered, "is less than this, or earlier"),
        OperatorRow(.lte, .text, .ordered, "equals this, or is less or earlier"),
        OperatorRow(.gt, .text, .ordered, "is more than this, or later"),
        OperatorRow(.gte, .text, .ordered, "equals this, or is more or later"),
        OperatorRow(.between, .bounds, .ordered, "equals one of the two, or is between them"),
        OperatorRow(.olderThan, .duration, .ages, "is at least this long ago"),
        OperatorRow(.newerThan, .duration, .ages, "is less than this long ago"),
        OperatorRow(.present, .yes, .all, "has any value"),
        OperatorRow(.absent, .yes, .all, "has no value"),
    ]
    static let combinators: [CombinatorRow] = [
        CombinatorRow(.all, "all conditions are true"),
        CombinatorRow(.any, "at least one condition is true"),
        CombinatorRow(.none, "all conditions are false"),
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
            "enforced: run the tests of this file with shadow rules enforced"),
        KeyRow("fields", .declarations, .optional, "the types of custom fields"),
        KeyRow("lists", .lists, .optional, "named lists of values"),
        KeyRow(
            "tables", .tables, .optional, "named tables, each row of which is a rule of its own"),
        KeyRow("rules", .objects(ruleKeys), .optional, "the rules"),
        KeyRow("tests", .objects(testKeys), .optional, "tests of the rules"),
        KeyRow("defaults", later: "defaults"),
        KeyRow(
            "limits", .object(limitKeys), .optional,
            "the number of contacts that all rules together may change; only in one of the files"),
        KeyRow("guardrails", .objects(guardrailKeys), .optional, "values that no rule may set"),
        KeyRow(
            "exceptions", .objects(exceptionKeys), .optional,
            "exemptions of contacts or accounts from rules, until a date"),
        KeyRow(
            "retired", .objects(retirementKeys), .optional,
            "removed rules whose values Usher reverts"),
        KeyRow("renamed", .objects(renameKeys), .optional, "rules that have a new id"),
    ]

    static let renameKeys: [KeyRow] = [
        KeyRow("from", .id, .mandatory, "the old id, which no rule has any longer"),
        KeyRow("to", .id, .mandatory, "the current id"),
    ]

    static let dataFileKeys: [KeyRow] = [
        KeyRow("file", .fileName, .mandatory, "a file in the rules folder")
    ]

    static let listValueKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "the value"),
        KeyRow("evidence", .prose, .optional, "the proof for the value, such as a ticket"),
        KeyRow(
            "expires", .instant, .optional,
            "the end of its validity, after which tests against it are unknown; a date includes its day"
        ),
    ]

    static let exceptionKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the exception's name in every record"),
        KeyRow("rules", .ids, .mandatory, "the rules, or rows of tables, that do not apply"),
        KeyRow(
            "contact", .anyText, .optional,
            "the contact, by id or primary address; either this or account"),
        KeyRow("account", .anyText, .optional, "the account's id; either this or contact"),
        KeyRow("until", .instant, .mandatory, "when it ends; a date includes its day"),
        KeyRow("reason", .prose, .mandatory, "the reason"),
    ]

    static let retirementKeys: [KeyRow] = [
        KeyRow(
            "rule", .anyText, .mandatory, "the id of the removed rule, or of a row of its table"),
        KeyRow("fields", .texts, .mandatory, "the fields to revert"),
        KeyRow("reason", .prose, .mandatory, "the reason"),
    ]

    static let guardrailKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the guardrail's name in every record"),
        KeyRow("deny", .denials, .mandatory, "the values that rules may not set"),
        KeyRow(
            "when", .condition, .mandatory,
            "the contacts that it applies to; unknown counts as true"),
        KeyRow("reason", .prose, .mandatory, "the reason"),
    ]

    /// What stands for a value of `portal_role`.
    static let bounds: [KeyRow] = [
        KeyRow("at_least", .role, .optional, "a floor: at least this role; never lowers"),
        KeyRow("at_most", .role, .optional, "a ceiling: at most this role; never raises"),
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
                "limits on contacts that get admin, a custom role or another account"),
            KeyRow(
                "lowering", .object(limitClassKeys), .optional,
                "limits on contacts that lose access"),
        ]

    static let limitClassKeys: [KeyRow] = [
        KeyRow(
            "per_hour", .number(0...RuleLimits.changes), .optional, "contacts per rolling hour"),
        KeyRow(
            "per_day", .number(0...RuleLimits.changes), .optional, "contacts per rolling 24 hours"),
        KeyRow(
            "percent_of_contacts", .number(0...100), .optional,
            "share of all known contacts per rolling 24 hours, at least ten contacts"),
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
        KeyRow("values", .texts, .optional, "the only valid values, for text and texts"),
        KeyRow("description", .prose, .optional, "the purpose of the field"),
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
        KeyRow("when", .condition, .mandatory, "the condition: which contacts it matches"),
        KeyRow("set", .effects, .mandatory, "the values to set"),
        KeyRow(
            "allow_public", .yes, .optional,
            "true: public domains may identify the contacts that become member; needs reason"),
        KeyRow("reason", .prose, .optional, "the reason for allow_public"),
        KeyRow(
            "approval", .word(required), .optional,
            "required: its changes are held until an operator approves the rule"),
        KeyRow("from", .instant, .optional, "when it begins; a date begins at 00:00 UTC"),
        KeyRow("until", .instant, .optional, "when it ends; a date includes its day"),
        KeyRow(
            "limits", .object(limitKeys), .optional,
            "the number of contacts that the rule may change"),
        KeyRow(
            "on_drift", .choice(onDrift, hasDefault: true), .optional,
            "after another party's change: respect it (the default), or reassert the value"),
        KeyRow(
            "on_unmatch", .choice(onUnmatch, hasDefault: true), .optional,
            "when the rule stops matching: keep the value (the default), or revert it"),
        KeyRow(
            "revert_to", .expectedValues(orNone: false), .optional,
            "the values to set on revert, instead of the previous ones"),
        KeyRow("why", later: "reasons"),
    ]

    static let testKeys: [KeyRow] = [
        KeyRow("name", .prose, .mandatory, "the test's description"),
        KeyRow("given", .contact, .mandatory, "the contact, as the API has it"),
        KeyRow("expect", .object(expectKeys), .mandatory, "the expected result"),
        KeyRow("now", .instant, .optional, "the time of the test; by default, time has no effect"),
        KeyRow("granted", .grants, .optional, "the values that Usher had set, by field"),
    ]

    static let grantKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "the value that Usher set"),
        KeyRow("rule", .ruleNames, .mandatory, "the rule that wanted it, or a list of rules"),
        KeyRow("from", .anyText, .optional, "the previous value; omit it if there was none"),
    ]

    /// What `as` takes.
    static let enforced = "enforced"

    static let expectKeys: [KeyRow] = [
        KeyRow(
            "set", .expectedValues(orNone: true), .optional,
            "exactly the values that would be sent; {} for none"),
        KeyRow("matched", .ids, .optional, "rules that must match"),
        KeyRow("not_matched", .ids, .optional, "rules that must not match"),
        KeyRow(
            "beaten", .ids, .optional, "rules whose value must lose to another rule or a ceiling"),
        KeyRow(
            "email.status", .choice(Operand.statuses), .optional, "the address's email.status"),
        KeyRow(
            "held", .idsOrNone, .optional, "rules whose change would be held; [] for none"),
        KeyRow(
            "after", .expectedValues(orNone: false), .optional,
            "the values of these fields in the end"),
    ]

    static let givenKeys: [KeyRow] = [
        KeyRow(
            "first_seen", .instant, .optional,
            "when Usher first read the contact; by default, the contact is infinitely old"),
        KeyRow("id", .anyText, .optional, "the contact's id"),
        KeyRow("name", .anyText, .optional, "the contact's name"),
        KeyRow("email", .anyText, .optional, "the primary address, in any form"),
        KeyRow("emails", .anyTexts, .optional, "all addresses"),
        KeyRow("account_id", .anyText, .optional, "the account's id"),
        KeyRow("account", .account, .optional, "the account, with id and external_ids"),
        KeyRow("avatar_url", .anyText, .optional, "the URL of the picture"),
        KeyRow("custom_fields", .labels, .optional, "slug: value, or a list of values"),
        KeyRow("external_ids", .labels, .optional, "label: id"),
        KeyRow(
            "integration_user_ids", .anyTexts, .optional,
            "linked users of other systems, as source:id"),
        KeyRow("phone_numbers", .anyTexts, .optional, "all phone numbers"),
        KeyRow("primary_phone_number", .anyText, .optional, "the primary phone number"),
        KeyRow("portal_role", .anyText, .optional, "the current role"),
        KeyRow("portal_role_id", .anyText, .optional, "the id of the current custom role"),
    ]

    static let accountKeys: [KeyRow] = [
        KeyRow("id", .anyText, .optional, "the account's id"),
        KeyRow("external_ids", .labels, .optional, "label: id"),
    ]
}

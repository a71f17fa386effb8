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
        FieldRow("email.site", .domain, .read, "the domain that somebody registered"),
        FieldRow("email.class", .domainClass, .read, "whose the domain is, by public lists"),
        FieldRow(
            "email.status", .status, .read, "what kind of text the address is"),
        FieldRow("emails", .addresses, .read, "all addresses"),
        FieldRow("account_id", .text, .set, "the account's id"),
        FieldRow("account.external_ids.<label>", .text, .read, "the account's id elsewhere"),
        FieldRow("avatar_url", .text, .set, "where the picture is"),
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
        OperatorRow(.is, .text, .comparable, "is this text, byte for byte"),
        OperatorRow(.isNot, .text, .comparable, "is another text"),
        OperatorRow(.in, .texts, .comparable, "is one of these"),
        OperatorRow(.notIn, .texts, .comparable, "is none of these"),
        OperatorRow(.startsWith, .text, .texts, "begins with this"),
        OperatorRow(.endsWith, .text, .texts, "ends with this"),
        OperatorRow(.contains, .text, .texts, "holds this somewhere"),
        OperatorRow(.under, .text, [.domain], "is this domain or a subdomain of it"),
        OperatorRow(.inList, .listName, .texts, "is a value of this list"),
        OperatorRow(.notInList, .listName, .texts, "is no value of this list"),
        OperatorRow(.isCI, .text, [.text], "is this text, whether A–Z or a–z"),
        OperatorRow(.has, .text, .several, "has this value among others"),
        OperatorRow(.hasAny, .texts, .several, "has at least one of these values"),
        OperatorRow(.hasAll, .texts, .several, "has every one of these values"),
        OperatorRow(.lt, .text, .ordered, "is less, or earlier"),
        OperatorRow(.lte, .text, .ordered, "is this, less or earlier"),
        OperatorRow(.gt, .text, .ordered, "is more, or later"),
        OperatorRow(.gte, .text, .ordered, "is this, more or later"),
        OperatorRow(.between, .bounds, .ordered, "is the first, the second or between them"),
        OperatorRow(.olderThan, .duration, .ages, "was at least so long ago"),
        OperatorRow(.newerThan, .duration, .ages, "was less long ago"),
        OperatorRow(.present, .yes, .all, "has any value"),
        OperatorRow(.absent, .yes, .all, "has no value"),
    ]
    static let combinators: [CombinatorRow] = [
        CombinatorRow(.all, "every one is true"),
        CombinatorRow(.any, "at least one is true"),
        CombinatorRow(.none, "each one is false"),
        CombinatorRow(.not, "the one is false"),
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
            "enforced: the tests of the file run as if rules in shadow were enforced"),
        KeyRow("fields", .declarations, .optional, "what the custom fields hold"),
        KeyRow("lists", .lists, .optional, "named lists of values"),
        KeyRow("tables", .tables, .optional, "named tables: each row is a rule of its own"),
        KeyRow("rules", .objects(ruleKeys), .optional, "the rules"),
        KeyRow("tests", .objects(testKeys), .optional, "what the rules must do"),
        KeyRow("defaults", later: "defaults"),
        KeyRow(
            "limits", .object(limitKeys), .optional,
            "how many contacts the rules of the workspace may change; in one file"),
        KeyRow("guardrails", .objects(guardrailKeys), .optional, "values that no rule may set"),
        KeyRow(
            "exceptions", .objects(exceptionKeys), .optional,
            "who is left out of which rules, until when"),
        KeyRow(
            "retired", .objects(retirementKeys), .optional,
            "rules that are gone: what they set is reverted"),
        KeyRow("renamed", .objects(renameKeys), .optional, "rules that have another id now"),
    ]

    static let renameKeys: [KeyRow] = [
        KeyRow("from", .id, .mandatory, "the id that the rule had"),
        KeyRow("to", .id, .mandatory, "the id that it has"),
    ]

    static let dataFileKeys: [KeyRow] = [
        KeyRow("file", .fileName, .mandatory, "a file in the rules folder")
    ]

    static let listValueKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "the value"),
        KeyRow("evidence", .prose, .optional, "what it rests on"),
        KeyRow(
            "expires", .instant, .optional, "from then on nobody knows; a day counts as a whole"),
    ]

    static let exceptionKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the exception's name in every record"),
        KeyRow("rules", .ids, .mandatory, "the rules that do nothing for them"),
        KeyRow("contact", .anyText, .optional, "the contact's id or primary address, or"),
        KeyRow("account", .anyText, .optional, "the account's id"),
        KeyRow("until", .instant, .mandatory, "when it ends; a day counts as a whole"),
        KeyRow("reason", .prose, .mandatory, "why"),
    ]

    static let retirementKeys: [KeyRow] = [
        KeyRow("rule", .anyText, .mandatory, "the id of a rule that is not in force, or of a row"),
        KeyRow("fields", .texts, .mandatory, "what it has set and is reverted"),
        KeyRow("reason", .prose, .mandatory, "why"),
    ]

    static let guardrailKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the guardrail's name in every record"),
        KeyRow("deny", .denials, .mandatory, "the values that nobody gets"),
        KeyRow("when", .condition, .mandatory, "whom it protects; unknown counts as true"),
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
                "those that get admin, a custom role, an account"),
            KeyRow("lowering", .object(limitClassKeys), .optional, "those that lose access"),
        ]

    static let limitClassKeys: [KeyRow] = [
        KeyRow("per_hour", .number(0...RuleLimits.changes), .optional, "contacts within any hour"),
        KeyRow(
            "per_day", .number(0...RuleLimits.changes), .optional, "contacts within any 24 hours"),
        KeyRow(
            "percent_of_contacts", .number(0...100), .optional,
            "contacts within any 24 hours, of all contacts; never fewer than ten"),
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
        KeyRow("description", .prose, .optional, "what the field is about"),
    ]

    static let ruleKeys: [KeyRow] = [
        KeyRow("id", .id, .mandatory, "the rule's name in every record"),
        KeyRow("description", .prose, .optional, "why there is this rule"),
        KeyRow(
            "priority", .number(RuleLimits.priorities, default: RuleLimits.defaultPriority),
            .optional, "the higher one wins; 100 when absent"),
        KeyRow(
            "mode", .choice(modes, hasDefault: true), .optional,
            "enforce, shadow (the default) or off"),
        KeyRow("when", .condition, .mandatory, "whom it is for"),
        KeyRow("set", .effects, .mandatory, "what they get"),
        KeyRow("allow_public", .yes, .optional, "a public domain may make members, for a reason"),
        KeyRow("reason", .prose, .optional, "why public domains are allowed"),
        KeyRow(
            "approval", .word(required), .optional, "required: a person agrees to the rule first"),
        KeyRow("from", .instant, .optional, "when it begins; a day begins at 00:00 UTC"),
        KeyRow("until", .instant, .optional, "when it ends; a day counts as a whole"),
        KeyRow("limits", .object(limitKeys), .optional, "how many contacts the rule may change"),
        KeyRow(
            "on_drift", .choice(onDrift, hasDefault: true), .optional,
            "respect (the default) or reassert"),
        KeyRow(
            "on_unmatch", .choice(onUnmatch, hasDefault: true), .optional,
            "keep (the default) or revert"),
        KeyRow(
            "revert_to", .expectedValues(orNone: false), .optional,
            "what is set then, in place of what was there"),
        KeyRow("why", later: "reasons"),
    ]

    static let testKeys: [KeyRow] = [
        KeyRow("name", .prose, .mandatory, "what the test says"),
        KeyRow("given", .contact, .mandatory, "the contact"),
        KeyRow("expect", .object(expectKeys), .mandatory, "what the rules must do with it"),
        KeyRow("now", .instant, .optional, "the time; without it, time decides nothing"),
        KeyRow("granted", .grants, .optional, "what Usher had set before, by field"),
    ]

    static let grantKeys: [KeyRow] = [
        KeyRow("value", .anyText, .mandatory, "what it set"),
        KeyRow("rule", .ruleNames, .mandatory, "the rule that wanted it; several as a list"),
        KeyRow("from", .anyText, .optional, "what was there before; absent is nothing"),
    ]

    /// What `as` takes.
    static let enforced = "enforced"

    static let expectKeys: [KeyRow] = [
        KeyRow(
            "set", .expectedValues(orNone: true), .optional,
            "exactly what would be sent; {} for nothing"),
        KeyRow("matched", .ids, .optional, "rules that must be true"),
        KeyRow("not_matched", .ids, .optional, "rules that must not be true"),
        KeyRow("beaten", .ids, .optional, "rules that must lose to another"),
        KeyRow(
            "email.status", .choice(Operand.statuses), .optional, "what kind of text the address is"
        ),
        KeyRow(
            "held", .idsOrNone, .optional, "rules whose change would wait for a person; [] for none"
        ),
        KeyRow(
            "after", .expectedValues(orNone: false), .optional,
            "what these fields hold in the end"),
    ]

    static let givenKeys: [KeyRow] = [
        KeyRow(
            "first_seen", .instant, .optional,
            "when it was first read; absent is from the beginning"),
        KeyRow("id", .anyText, .optional, "the contact's id"),
        KeyRow("name", .anyText, .optional, "the contact's name"),
        KeyRow("email", .anyText, .optional, "the primary address, however it is written"),
        KeyRow("emails", .anyTexts, .optional, "all addresses"),
        KeyRow("account_id", .anyText, .optional, "the account's id"),
        KeyRow("account", .account, .optional, "the account: id, external_ids"),
        KeyRow("avatar_url", .anyText, .optional, "where the picture is"),
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

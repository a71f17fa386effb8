"""CEL as implemented in Rust."""

from __future__ import annotations

import cel

from work import Answers, Contact, Formulation, domain

PACKAGE = "common-expression-language"


def _load_programs(rules: int) -> Answers:
    # A list of all conditions in one expression is as fast, a filter over a list of rules slower.
    programs = [
        cel.compile(f'email_domain == "{domain(rule)}" && portal_role != "admin"').execute
        for rule in range(rules)
    ]

    def answer(contact: Contact) -> list[int]:
        # Made once for all programs: handing each of them the contact costs ten times as much.
        context = cel.Context(contact)
        return [rule for rule, execute in enumerate(programs) if execute(context)]

    return lambda batch: [answer(contact) for contact in batch]


def _load_lookup(rules: int) -> Answers:
    execute = cel.compile(
        'portal_role != "admin" && email_domain in rules ? [rules[email_domain]] : []'
    ).execute
    contact: Contact = {}
    context = cel.Context({"rules": {domain(rule): rule for rule in range(rules)}})
    # A context that is changed converts all its variables anew, the large map too. So it is
    # never changed, and asks for the contact's fields.
    context.set_variable_resolver(lambda name: contact.get(name))

    def answer(batch: list[Contact]) -> list[list[int]]:
        nonlocal contact
        results = []
        for contact in batch:
            results.append(execute(context))
        return results

    return answer


FORMULATIONS = [
    Formulation("peer-cel-rust", _load_programs),
    Formulation("peer-cel-rust-lookup", _load_lookup),
]

"""CEL as implemented in C++ by its authors."""

from __future__ import annotations

from itertools import compress

from cel_expr_python import cel

from work import Answers, Contact, Formulation, domain

PACKAGE = "cel-expr-python"

# An expression may have 100,000 characters; so many conditions fit in.
_CONDITIONS = 1_500


def _environment() -> cel.Env:
    return cel.NewEnv(variables={"email_domain": cel.Type.STRING, "portal_role": cel.Type.STRING})


def _condition(rule: int) -> str:
    return f'email_domain == "{domain(rule)}" && portal_role != "admin"'


def _load_programs(rules: int) -> Answers:
    environment = _environment()
    programs = [environment.compile(_condition(rule)).eval for rule in range(rules)]

    def answer(contact: Contact) -> list[int]:
        activation = environment.Activation(contact)
        return [rule for rule, run in enumerate(programs) if run(activation).value()]

    return lambda batch: [answer(contact) for contact in batch]


def _load_lists(rules: int) -> Answers:
    # The same conditions in a few expressions, each a list of them: a call from Python costs more
    # than a condition.
    environment = _environment()
    parts = [range(rules)[start:][:_CONDITIONS] for start in range(0, rules, _CONDITIONS)]
    programs = [
        (part, environment.compile(f"[{', '.join(map(_condition, part))}]").eval) for part in parts
    ]

    def answer(contact: Contact) -> list[int]:
        activation = environment.Activation(contact)
        return [
            rule for part, run in programs for rule in compress(part, run(activation).plain_value())
        ]

    return lambda batch: [answer(contact) for contact in batch]


def _load_lookup(rules: int) -> Answers:
    contact: Contact = {}

    def field(name: str) -> cel.FunctionDecl:
        overload = cel.Overload(
            f"{name}_of_contact",
            return_type=cel.Type.STRING,
            parameters=[],
            impl=lambda: contact[name],
        )
        return cel.FunctionDecl(name, [overload])

    # Every new activation converts its variables, the large map too. So there is one for all
    # contacts, and the contact's fields are functions.
    environment = cel.NewEnv(
        variables={"rules": cel.Type.Map(cel.Type.STRING, cel.Type.INT)},
        functions=[field("email_domain"), field("portal_role")],
    )
    activation = environment.Activation({"rules": {domain(rule): rule for rule in range(rules)}})
    run = environment.compile(
        'portal_role() != "admin" && email_domain() in rules ? [rules[email_domain()]] : []'
    ).eval

    def answer(batch: list[Contact]) -> list[list[int]]:
        nonlocal contact
        results = []
        for contact in batch:
            results.append(run(activation).plain_value())
        return results

    return answer


FORMULATIONS = [
    Formulation("peer-cel-cpp", _load_lists),
    Formulation("peer-cel-cpp-programs", _load_programs),
    Formulation("peer-cel-cpp-lookup", _load_lookup),
]

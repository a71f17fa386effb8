"""The work that every engine is given, and what the right answers are.

Rule n: "the e-mail domain is d<n>.example and the portal role is not admin".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Contact = dict[str, str]

# The numbers of the rules that match; or only whether one does, where an engine says no more.
Answer = list[int] | bool
Answers = Callable[[list[Contact]], Sequence[Answer]]

# As many as one call takes of the engines that take several.
BATCH = 20

# A prime: strides through the domains in no order that a cache or a branch predictor could learn.
_STRIDE = 7919


@dataclass(frozen=True)
class Formulation:
    """One way to put the rules to an engine."""

    name: str
    # Brings so many rules into the engine and gives what answers for contacts.
    load: Callable[[int], Answers]


def domain(rule: int) -> str:
    return f"d{rule}.example"


def contact(number: int, rules: int) -> Contact:
    """Of ten contacts, the first is in no rule's domain and the second is an admin in one."""
    outside, admin = number % 10 == 0, number % 10 == 1
    return {
        "email_domain": "elsewhere.example" if outside else domain(number * _STRIDE % rules),
        "portal_role": "admin" if admin else "member",
    }


def batches(contacts: int, rules: int) -> list[list[Contact]]:
    return [
        [contact(number, rules) for number in range(start, min(start + BATCH, contacts))]
        for start in range(0, contacts, BATCH)
    ]


def is_right(answer: Answer, contact: Contact, rules: int) -> bool:
    expected = [
        rule
        for rule in range(rules)
        if contact["email_domain"] == domain(rule) and contact["portal_role"] != "admin"
    ]
    return answer == (bool(expected) if isinstance(answer, bool) else expected)

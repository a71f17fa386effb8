"""Cedar: policies for authorization, run by Rust."""

from __future__ import annotations

import json
from typing import Any

from cedarpy import AuthzResult, Entities, PolicySet, is_authorized_batch

from work import Answers, Contact, Formulation, domain

PACKAGE = "cedarpy"


def _request(contact: Contact) -> dict[str, Any]:
    # The domain as principal and the role as resource: for many policies as fast as attributes in a
    # context, and for one faster, because a context is passed on as JSON.
    return {
        "principal": {"type": "Domain", "id": contact["email_domain"]},
        "action": {"type": "Action", "id": "match"},
        "resource": {"type": "Role", "id": contact["portal_role"]},
    }


def _results(batch: list[Contact], policies: PolicySet, entities: Entities) -> list[AuthzResult]:
    return is_authorized_batch([_request(contact) for contact in batch], policies, entities)


def _numbers(result: AuthzResult) -> list[int]:
    # Cedar names a policy by its place in the text.
    return [int(reason.removeprefix("policy")) for reason in result.diagnostics.reasons]


def _load_policies(rules: int) -> Answers:
    policies = PolicySet.from_str(
        "\n".join(
            f'permit (principal == Domain::"{domain(rule)}", action, resource)'
            ' when { resource != Role::"admin" };'
            for rule in range(rules)
        )
    )
    entities = Entities.from_json_str("[]")
    return lambda batch: [_numbers(result) for result in _results(batch, policies, entities)]


def _load_lookup(rules: int) -> Answers:
    # One policy for all, the domains as members of a group: Cedar then cannot say which rule it was.
    policies = PolicySet.from_str(
        'permit (principal in Rules::"all", action, resource)'
        ' when { resource != Role::"admin" };'
    )
    every = {"type": "Rules", "id": "all"}
    members = [
        {"uid": {"type": "Domain", "id": domain(rule)}, "attrs": {}, "parents": [every]}
        for rule in range(rules)
    ]
    entities = Entities.from_json_str(
        json.dumps([{"uid": every, "attrs": {}, "parents": []}, *members])
    )
    return lambda batch: [result.allowed for result in _results(batch, policies, entities)]


FORMULATIONS = [
    Formulation("peer-cedar", _load_policies),
    Formulation("peer-cedar-lookup", _load_lookup),
]

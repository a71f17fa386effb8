"""GoRules ZEN: a decision table in JSON, run by Rust."""

from __future__ import annotations

from typing import Any

import zen

from work import Answers, Contact, Formulation, domain

PACKAGE = "zen-engine"


def _table(rules: int) -> dict[str, Any]:
    columns = ["email_domain", "portal_role"]
    return {
        "hitPolicy": "first",
        "inputs": [{"id": column, "field": column, "name": column} for column in columns],
        "outputs": [{"id": "rule", "field": "rule", "name": "rule"}],
        "rules": [
            {
                "_id": str(rule),
                "email_domain": f'"{domain(rule)}"',
                "portal_role": '!= "admin"',
                "rule": str(rule),
            }
            for rule in range(rules)
        ],
    }


def _graph(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def _load_table(rules: int) -> Answers:
    # An engine with a loader compiles the table once and finds the row without trying them all; a
    # handle of `create_decision` or `get_decision` answers some 200 times as slowly.
    content = {"rules": _graph(_table(rules))}
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": content}}).evaluate

    def answer(contact: Contact) -> list[int]:
        result = evaluate("rules", contact)["result"]
        return [result["rule"]] if result else []

    # `evaluate_batch` takes a third longer than single calls.
    return lambda batch: [answer(contact) for contact in batch]


FORMULATIONS = [Formulation("peer-zen", _load_table)]

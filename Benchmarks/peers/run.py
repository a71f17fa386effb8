"""Measures how fast other engines evaluate Usher's kind of rules; see README.md."""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from types import ModuleType
from typing import TypeVar

from work import Answers, Formulation, batches, is_right

ENGINES = {"zen": "zen", "cedar": "cedar", "cel-rust": "cel_rust", "cel-cpp": "cel_cpp"}

# How many different contacts are asked about, and how many of them are checked beforehand.
CONTACTS = 10_000
CHECKED = 100

Number = TypeVar("Number", int, float)


class WrongAnswer(Exception):
    """An engine does not say what the rules say, so its speed means nothing."""


@dataclass(frozen=True)
class Measured:
    name: str
    package: str
    load_seconds: float
    # Contacts a second, of each run.
    rates: list[float]

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def check(answers: Answers, rules: int) -> None:
    for batch in batches(CHECKED, rules):
        for contact, answer in zip(batch, answers(batch), strict=True):
            if not is_right(answer, contact, rules):
                raise WrongAnswer(f"{answer} for {contact}")


def contacts_per_second(answers: Answers, rules: int, seconds: float) -> float:
    endless = itertools.cycle(batches(CONTACTS, rules))
    done = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        done += len(answers(next(endless)))
        elapsed = time.perf_counter() - start
    return done / elapsed


def measure(formulation: Formulation, package: str, options: argparse.Namespace) -> Measured:
    start = time.perf_counter()
    answers = formulation.load(options.rules)
    load_seconds = time.perf_counter() - start
    check(answers, options.rules)
    rates = [
        contacts_per_second(answers, options.rules, options.seconds) for _ in range(options.runs)
    ]
    return Measured(formulation.name, f"{package} {version(package)}", load_seconds, rates)


def engine(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"engines.{ENGINES[name]}")
    except ImportError as error:
        note(f"peer-{name}: not measured, {error}; see Benchmarks/peers/README.md")
        return None


def note(text: str) -> None:
    """Figures alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


def print_table(measured: list[Measured]) -> None:
    if not measured:
        return
    print(f"{'benchmark':<22} {'contacts/s':>12} {'load, ms':>9}  {'engine':<34} runs")
    for one in measured:
        runs = "  ".join(f"{rate:,.0f}" for rate in sorted(one.rates))
        load = one.load_seconds * 1_000
        print(f"{one.name:<22} {one.rate:>12,.0f} {load:>9,.0f}  {one.package:<34} {runs}")


def print_json(measured: list[Measured]) -> None:
    for one in measured:
        for name, value, unit in (
            (one.name, one.rate, "contacts/s"),
            (f"{one.name}-load", one.load_seconds * 1_000, "ms"),
        ):
            print(json.dumps({"name": name, "value": round(value, 3), "unit": unit}))


def number(kind: type[Number], least: Number, most: Number) -> Callable[[str], Number]:
    def parse(text: str) -> Number:
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"takes {least} to {most}")
        return value

    return parse


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=number(int, 1, 100_000), default=10_000)
    parser.add_argument(
        "--seconds", type=number(float, 0.01, 600.0), default=2.0, help="of each run, at least"
    )
    parser.add_argument(
        "--runs", type=number(int, 1, 100), default=3, help="of which the median counts"
    )
    parser.add_argument("--only", choices=ENGINES, help="this engine alone")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    measured: list[Measured] = []
    is_wrong = False
    for name in [options.only] if options.only else ENGINES:
        module = engine(name)
        if module is None:
            continue
        for formulation in module.FORMULATIONS:
            note(f"{formulation.name}, {options.rules} rules, {options.runs} runs")
            try:
                measured.append(measure(formulation, module.PACKAGE, options))
            except Exception as error:  # Whatever an engine throws is its own failure alone.
                note(f"{formulation.name}: failed, {type(error).__name__}: {str(error)[:200]}")
                is_wrong = True
    {"text": print_table, "json": print_json}[options.format](measured)
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Table of the mutants in Python: the right connector of examples/other-languages/python with one thing changed."""

import json
import sys

TABLE: dict = {}


def mutant(name: str, breaks: str, scenario: str, how: str):
    """Names a function that changes the right connector."""

    def keep(change):
        if name in TABLE:
            raise ValueError(f"two mutants of one name: {name}")
        TABLE[name] = {"name": name, "breaks": breaks, "scenario": scenario, "how": how, "change": change}
        return change

    return keep


def printed() -> None:
    rows = [{key: value for key, value in row.items() if key != "change"} for row in TABLE.values()]
    json.dump([{**row, "language": "python"} for row in rows], sys.stdout)

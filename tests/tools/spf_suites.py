"""Prints the cases of the official SPF suites as JSON, their zones in the form that the unit tests of the doctor read.

Usage: spf_suites.py rfc7208-tests.yml rfc4408-tests.yml

A text that is given as type SPF is one of type TXT too, unless the name has texts of its own. Behind TIMEOUT there is no
answer about types that the name has no record of.
"""

import json
import os
import sys

import yaml

MOST_ALIASES = 5


def joined(value):
    return "".join(value) if isinstance(value, list) else str(value)


def records_of(items):
    texts, spf, records = [], [], []
    for item in items:
        if item == "TIMEOUT":
            records.append("late")
            continue
        for kind, value in item.items():
            if kind == "TXT":
                texts.append(joined(value))
            elif kind == "SPF":
                spf.append(joined(value))
            elif kind in ("A", "AAAA"):
                records.append(f"a {value}")
            elif kind == "MX":
                records.append(f"mx {value[1].rstrip('.').lower()}")
            elif kind == "CNAME":
                records.append(f"cname {value.rstrip('.').lower()}")
    found = [text for text in texts or spf if text != "NONE"]
    return records + [f"txt {text}" for text in found]


def answers(zone, name, depth=0):
    """What a resolver says of a name that may be an alias."""
    found = zone.get(name, [])
    for record in found:
        if record.startswith("cname ") and depth < MOST_ALIASES:
            return answers(zone, record.removeprefix("cname "), depth + 1)
    return [record for record in found if not record.startswith("cname ")]


def cases(path):
    suite = os.path.basename(path).removesuffix("-tests.yml")
    with open(path, "rb") as file:
        scenarios = list(yaml.safe_load_all(file))
    for scenario in scenarios:
        zone = {name.rstrip(".").lower(): records_of(items) for name, items in scenario["zonedata"].items()}
        whole = {name: answers(zone, name) or ["other"] for name in zone}
        for name, case in scenario["tests"].items():
            # Without a sender the server's own name is asked about.
            domain = case["mailfrom"].rpartition("@")[2] or case["helo"]
            results = case["result"]
            yield {
                "suite": suite,
                "case": name,
                "host": str(case["host"]),
                "domain": domain.lower(),
                "results": results if isinstance(results, list) else [results],
                "zone": whole,
            }


json.dump([case for path in sys.argv[1:] for case in cases(path)], sys.stdout, indent=1)

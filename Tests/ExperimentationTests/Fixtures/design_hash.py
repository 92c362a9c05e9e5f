#!/usr/bin/env python3
"""Writes design-hash.jsonl: the points and answers of designs, by an implementation that shares nothing with the library.

    python3 design_hash.py > design-hash.jsonl
"""
import json
import random


def u(key):
    """FNV-1a of 64 bits over the UTF-8 bytes, murmur3's finaliser, top 53 bits as a fraction."""
    h = 0xCBF29CE484222325
    for byte in key.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD % 2**64
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53 % 2**64
    return ((h ^ h >> 33) >> 11) / 2**53


def answer(line):
    """The place of the unit's variant among three of weights 1, 2, 1; None when it takes no part."""
    experiment, unit = line["experiment"], line["unit"]
    start, end = line["range"]
    points = {
        "coverage": u(f"{experiment}:{unit}:coverage"),
        "namespace": u(f"{line['namespace']}:{unit}:namespace"),
        "holdout": u(f"{line['holdout']}:{unit}:holdout"),
        "variant": u(f"{experiment}:{unit}" if line["phase"] == 1 else f"{experiment}#{line['phase']}:{unit}"),
    }
    takes_part = (
        points["coverage"] < line["coverage"]
        and start <= points["namespace"] < end
        and points["holdout"] >= line["share"]
    )
    point = points["variant"]
    return points, (0 if point < 0.25 else 1 if point < 0.75 else 2) if takes_part else None


random.seed(4)
experiments = ["checkout_button_color", "e:1", "prix \"spécial\"", "名前", "a"]
for number in range(400):
    unit = random.choice(
        [f"user{number}", f"{random.getrandbits(128):032x}", f"é{number}", f"e\u0301{number}", f"👩‍💻{number}", "x" * number + "y"]
    )
    start = random.choice([0, 0, 0.25, 0.5])
    line = {
        "experiment": random.choice(experiments), "unit": unit, "phase": random.choice([1, 1, 2, 17]),
        "coverage": random.choice([1, 0.9, 0.5, 0.2]), "namespace": random.choice(["checkout", "ns:ü"]),
        "range": [start, random.choice([1, start + 0.5, start + 0.3])],
        "holdout": random.choice(["holdout", "winter"]), "share": random.choice([0, 0.05, 0.3]),
    }
    line["points"], line["index"] = answer(line)
    print(json.dumps(line))

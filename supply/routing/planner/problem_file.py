"""Reads and writes the file of a delivery problem, with every fault named at its place."""

import msgspec

from supply.routing.planner.faults import Fault, FaultyProblemError, parse_json, shape_faults
from supply.routing.planner.problem import MAX_BYTES, Problem
from supply.routing.planner.sense import sense_faults


def read_problem(data: bytes) -> Problem:
    """The problem of a file; raises FaultyProblemError with all its faults, each with its place."""
    if len(data) > MAX_BYTES:
        raise FaultyProblemError([Fault("$", "too-large", {"bytes": len(data), "limit": MAX_BYTES})])
    document = parse_json(data)
    faults = shape_faults(document, Problem)
    if faults:
        raise FaultyProblemError(faults)
    problem = msgspec.convert(document, Problem)
    faults = sense_faults(problem)
    if faults:
        raise FaultyProblemError(faults)
    return problem


def write_problem(problem: Problem) -> bytes:
    """The problem as JSON that read_problem reads back."""
    return msgspec.json.encode(problem)

"""The matching engine. Plain Python, NumPy and OR-tools; knows nothing of Django or of this app.

    problem = Problem.from_json(data)
    solution = solve(problem)
    assert verify(problem, solution) == []

`python -m placements.matching` does the same on files. What is where: `problem` and `solution` are
the two files, `roster` a problem's columns; `options`, `core`, `costs`, `flow` and `prices` are what
`solver` uses; `certificate` makes the proof and `verify` checks it, with `definitions`; `explain` tells
why, with `shortage`, `exchange`, `paths` and `kept`.
`rules` are what ties candidates to each other: `keeping` and `allowances` are for `verify`, `tied`, `shadow`,
`touched`, `programs`, `search` and `bounded` find what keeps them. `packed` is a problem as it is stored.
`stable` is the policy of that name, with `stability` as its check and `stable_reasons` to tell why.
`components` are what a problem falls into, to be solved apart and merged.
`market` stands before what numba compiles: `augmenting` for the first level, `auction` with `surveying`
and `tolls` for the others, `supporting` for their prices, `neighbourhood` for the order of the map.
`paths` stands before `shortest`, and `digests`, which draws the lots, before `sha256`.
"""

from . import explain
from .components import parts
from .errors import InputError, NotProvenError, ProblemError, SolutionError, Stopped
from .lottery import lottery_weight
from .pairs import Pair, Pairs
from .problem import Candidate, Problem, Slot
from .rules import Quota
from .solution import ENGINE_VERSION, Level, Solution
from .solver import merge, solve, without_rules
from .verify import verify

__all__ = [
    "ENGINE_VERSION",
    "Candidate",
    "InputError",
    "Level",
    "NotProvenError",
    "Pair",
    "Pairs",
    "Problem",
    "ProblemError",
    "Quota",
    "Slot",
    "Solution",
    "SolutionError",
    "Stopped",
    "explain",
    "lottery_weight",
    "merge",
    "parts",
    "solve",
    "verify",
    "without_rules",
]

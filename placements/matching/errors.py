"""What the engine says when it cannot go on. Each message is one sentence that names the place."""


class InputError(ValueError):
    """The input cannot be used as it stands."""


class ProblemError(InputError):
    """The problem is malformed, contradicts itself, or asks for what this version cannot do."""


class SolutionError(InputError):
    """The solution file is malformed, so that there is nothing to verify."""


class NotProvenError(ValueError):
    """An explanation was asked of a solution whose prices do not prove it."""


class Stopped(Exception):
    """The caller's `should_stop` said so; there is no half-finished answer."""

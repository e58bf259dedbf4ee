"""Several management commands in one process: starting Django costs more than most of them do.

`python -m launch.steps migrate load_reference "demo --sign-ins"`, by the project's own Python. What
the last one says is our answer, on standard output; what the others say goes to standard error.
"""

from __future__ import annotations

import os
import sys


def main(commands: list[str]) -> None:
    """Call them one after another; the first that fails ends the rest."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for command in commands[:-1]:
        call_command(*command.split(), verbosity=0, stdout=sys.stderr)
    call_command(*commands[-1].split(), stdout=sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])

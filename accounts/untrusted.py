"""What a browser sent outside a form, read without trusting it: nonsense is nobody's, never a fault."""

from uuid import UUID

LARGEST = 2**31 - 1  # PostgreSQL's integer


def identity(text: str) -> UUID | None:
    """The identity in the text, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def version(text: str) -> int:
    """The row version in the text; 0, which no row has, if there is none."""
    try:
        number = int(text)
    except ValueError:
        return 0
    return number if 0 < number <= LARGEST else 0


def words(text: str) -> str:
    """The text without the one sign that PostgreSQL holds in none."""
    return text.replace("\0", "").strip()

"""A document's seal: a fingerprint of what it moved, written once, so that a changed row is seen later.

Nightly verification works it out again from the stored rows with code of its own.
"""

import hashlib

from supply.inventory.entries import Entry


def seal(entry: Entry) -> str:
    """SHA-256 of the document and its movements, as text lines in the order of the movements.

    The first line is `id|kind|place|day`, then for each movement
    `line|lot|source|its condition|target|its condition|grams`.
    """
    lines = [f"{entry.id}|{entry.kind.value}|{entry.place_code}|{entry.occurred_on.isoformat()}"]
    lines += [
        f"{position}|{line.lot_id}|{line.source}|{line.source_condition.value}"
        f"|{line.target}|{line.target_condition.value}|{line.grams}"
        for position, line in enumerate(entry.lines, start=1)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

"""Knowing a repeat of what is not a document of the ledger: orders and their steps."""

import hashlib

import msgspec


def content_hash(command: msgspec.Struct) -> str:
    """Fingerprint of a command; the same for the same content."""
    return hashlib.sha256(type(command).__name__.encode() + msgspec.json.encode(command)).hexdigest()

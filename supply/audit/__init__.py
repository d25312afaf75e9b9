"""Proof that nothing leaks: recomputes everything from the ledger and names every gap, in grams."""

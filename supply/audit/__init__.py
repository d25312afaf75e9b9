"""Proof that nothing leaks: recomputes everything from the stored rows and names every gap, in grams.

It reads the tables with SQL of its own and shares no query or rule with the rooms that wrote them, so that a
mistake made there cannot hide itself here.

Words: the *books* are the ledger's rows as they stand; a *finding* is a rule that does not hold, with its
facts; a *notice* is worth knowing but no leak; the *gap* of a lot is what was bought less all it became.
"""

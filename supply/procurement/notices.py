"""Kinds of alerts that procurement tells; the subject of each is the order's id."""

LATE = "late-order"
SHORT = "short-delivery"

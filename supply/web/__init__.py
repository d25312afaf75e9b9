"""Shared web code only: who reads, in which language, forms, pages, refusals, health. No rule of any area."""

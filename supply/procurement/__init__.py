"""What is bought: orders, their deliveries and the quality decisions on what arrived.

Words: an *order* has *lines*, each a mass of a product at a price per tonne; a *delivery* is one truckload or more arriving at a store
against an order, with *delivery lines* per lot; more or less than ordered is recorded with a *reason*; a *quality check* moves a
lot from hold to good or unfit. The *state* of an order is never stored: it follows from what happened to it.
"""

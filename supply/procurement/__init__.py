"""What is bought: orders, their deliveries and the quality decisions on what arrived.

Words: an *order* has *lines*, each a mass of a product at a price per tonne; a *step* is what the supplier or
the buyer did with it; a *delivery* is what one or more trucks brought to the store against it, with *delivery
lines* per lot; more or less than what is *open* is recorded with a *reason*; a *quality check* moves a lot
from hold to good or unfit; a *return* goes back to the supplier and is owed again. The *state* of an order is
never stored: it follows from what happened to it.
"""

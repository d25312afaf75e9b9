"""Reference data that every other area names: areas, places, products and packs, partners, vehicles, roads.

Words: an *area* is a region, cercle or commune with its P-code and the *vintage* of that code; a *settlement*
is a village or town; a *place* is a *store* or a distribution *site*; a *product* comes in *packs*; a *fleet*
is vehicles of a type at a store; a *closure* is a time in which a place cannot be reached by truck.
`is_illustrative` marks invented figures.
"""

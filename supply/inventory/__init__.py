"""The ledger of lots: every gram is always somewhere.

Words: a *lot* is one production of a product with one expiry; a *location* is where grams can be (supplier,
store, transit, site, beneficiaries, loss, difference); a *movement* takes grams of a lot from one *account*
(location, lot, condition) to another; a *document* is the event that movements belong to; *condition* is
good, hold or unfit; a *reservation* promises good grams of a lot to a trip; a *checkpoint* is a balance kept
at the close of a period. Nothing here is ever changed: a wrong document is *reversed*.
"""

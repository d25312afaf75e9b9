"""Supply chain of preventive nutrition packages.

Needs, purchase, lots, stores, trips, distribution and coverage in one database, to the gram.
"""

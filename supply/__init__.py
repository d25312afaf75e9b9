"""Supply chain of preventive nutrition packages: needs, purchase, lots, stores, trips, distribution, coverage."""

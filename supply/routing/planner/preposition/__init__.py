"""What to move to which store before roads close: a plan of flows over several periods, proven optimal.

File format `preposition-problem/1`. Masses are kg of net product, money is `currency`, days are ISO dates.

    {"format": "preposition-problem/1", "name": "rains 2027", "currency": "XOF",
     "periods": [{"id": "2027-05", "first": "2027-05-01", "last": "2027-05-31"}],
     "products": [{"id": "CSB+"}],
     "stores": [{"id": "SEVARE", "capacity_kg": 400000, "cost_per_tonne_period": 0}],
     "sites": [{"id": "DOUROU", "capacity_kg": 20000}],
     "stock": [{"store": "BAMAKO", "product": "CSB+", "kg": 90000, "good_until": "2028-01-31",
                "period": "2027-05"}],
     "moves": [{"from": "BAMAKO", "to": "SEVARE", "cost_per_tonne": 31000, "closed": ["2027-08"],
                "kg_per_period": 200000}],
     "deliveries": [{"from": "SEVARE", "to": "DOUROU", "cost_per_tonne": 9000, "closed": ["2027-08"]}],
     "demands": [{"site": "DOUROU", "product": "CSB+", "kg": 7481, "due": "2027-08", "early_periods": 1,
                  "needs_until": "2027-09-20"}],
     "shortage_cost_per_kg": 5000}

Periods follow one another. `stock` is what lies there, and with `period` what is expected then. In a period
flour comes, moves and is delivered; what is left at its end is within `capacity_kg`. A demand is delivered in
the period it is `due` or at most `early_periods` before, from lots good until `needs_until`. Optional:
`capacity_kg`, `cost_per_tonne_period` (0), `closed` (never), `kg_per_period` (no limit), `early_periods` (0),
`period` (the first), `shortage_cost_per_kg` (5000), and `cost_in` of a way ({"2027-07": 40000}: its cost per
tonne in a period in which it costs otherwise).

The plan, `preposition-plan/1`: `moves` and `deliveries` with kg and cost, what each move is for (`serves`),
the kg in each store at the end of each period (`store`), what stays `unmet` with its reasons, what is
`overfull` because no road leads out. `good_until` of a flow is the latest `needs_until` of its product for
which its lots are good. `status` is `optimal`, or `partial` when something is unmet or overfull; `bound` is
proven by the dual solution: no plan costs less.
"""

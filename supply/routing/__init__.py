"""How it is delivered: the delivery problem of a cycle, its plan, and the trips that carry it out.

Words: a *problem* is demand, stock, trucks and roads as values; a *plan* is trips with a cost and a proven
*bound*; a *trip* is one vehicle from its store over *stops* back; approving a plan reserves lots; each stop
has a *waybill*, which records what was dispatched and, at *arrival*, what was good, damaged, missing or in
excess, with the names of sender, driver and receiver.
"""

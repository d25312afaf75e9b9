"""The delivery planner: a pure function from a delivery problem to a delivery plan.

Words. A *problem* says what each site needs, what each depot holds and which vehicles there are. A *trip*
is one vehicle from its depot over some stops and back. A *pool* is all vehicles of one type at one depot.
A *plan* is trips, what is left unserved and why, its cost and a proven lower *bound* on any plan's cost.
Nothing here reads a database or the calendar's today. Import the module that is needed:
`problem` and `plan` (files), `check` (independent checker), `solve` (plans; loads the solvers), `reasons`.
"""

from supply.routing.planner.kernels import provide_place

provide_place()  # before any module of the planner imports Numba, which looks for a place at once

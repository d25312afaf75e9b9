"""People who use the service: users, roles, log-in sessions, and what each may do where.

Words: a *user* has one *role*; a role has *rights*; a right counts at the user's *places* (all places when
none is named). The *actor* is the user behind one request.
"""

"""Several cycles ahead: what to move to which store before roads close, from what the database knows.

Words: a *period* is a span of days between two months' firsts or deadlines; a site's need is *due* the day
before its cycle begins; *arrivals* are what orders still owe.
"""

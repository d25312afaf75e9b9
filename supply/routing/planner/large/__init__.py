"""Plans for hundreds of sites by slack induction by string removals (Christiaens and Vanden Berghe 2020).

Words. A *ground* is the problem as arrays for compiled code. A *visit* (a node) brings some of a site's goods
on a *route*; a *spot* is what is known of a site while searching. *Ruin* takes strings of neighbouring visits
out, *recreate* puts the goods back where they cost least, and simulated annealing decides whether to keep it.
"""

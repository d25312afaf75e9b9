"""What it covers: people reached of people eligible, adherence, tonnes; numerators and denominators visible.

Words: *people* are counted once over a programme; *person-distributions* are people counted once per
cycle; the two never share a column. *Coverage* is people reached of people targeted in a cycle;
*adherence* is people who received at least 66 % of planned distributions (WFP indicator 8). Figures say
whether they come from lists, from tallies or from both.
"""

"""Who received it: the register of households and persons, and the sessions at which rations are handed out.

Words: a *household* has *persons*; how a birth date is known is kept with it; a *status* is a time of
pregnancy or breastfeeding; an *enrolment* puts a person on the list of a site; *eligibility* is decided
on the distribution day in completed months; a *session* is a distribution at a site on a day of a cycle;
a *handout* is one person's ration of that cycle; a *tally* counts people of a group where there is no
list; what is *left over* goes back to a store.
"""

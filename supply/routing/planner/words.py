"""Message ids of the planner's codes; the caller translates and fills in the facts."""


def N_(message: str) -> str:  # noqa: N802 - the marker that message extraction looks for
    """Mark a message for extraction; the caller translates it."""
    return message


COMPILING = "compiling"
"""The phase of a run in which the search is compiled: a minute or so, once after installation."""

MAKING_READY = N_(
    "Making the search ready on this machine: a minute or so, once after installation. Then it begins."
)
"""Said while it is compiled."""

FAULTS = {
    "too-large": N_("The file has {bytes} bytes; at most {limit} are read."),
    "not-json": N_("The file is not JSON: {detail}"),
    "wrong-type": N_("{expected:message} is expected here, not {found:message}."),
    "unknown-key": N_("The key “{key}” is not part of the format."),
    "missing-key": N_("The key “{key}” is missing."),
    "not-a-number": N_("This number is not finite."),
    "too-big": N_("This number is beyond 2^53 and would lose its last digits."),
    "out-of-range": N_("{value} is not allowed here: {limit}."),
    "not-a-date": N_("“{value}” is not a date; write YYYY-MM-DD."),
    "wrong-format": N_("The format is “{value}”; this planner reads “{expected}”."),
    "duplicate-id": N_("The id “{id}” is used twice."),
    "unknown-id": N_("“{id}” is not the id of a {kind} of this problem."),
    "reversed-days": N_("The last day {last} is before the first day {first}."),
    "outside-horizon": N_("{first} to {last} does not touch the days of the plan ({start} to {end})."),
    "not-square": N_(
        "The matrix needs {expected} rows and columns (depots, then sites); here there are {found}."
    ),
    "negative-distance": N_("The distance or time {value} is negative."),
    "no-coordinates": N_("Without distance_km every depot and site needs lat and lon."),
    "no-speed": N_("Vehicle type “{id}” needs speed_kmh or its own duration_min."),
    "demand-above-every-truck": N_(
        "Site “{site}” needs {kg} kg in one stop and no vehicle it accepts carries that; allow splits"
        " or a larger vehicle."
    ),
    "no-period": N_("A plan needs at least one period."),
    "periods-overlap": N_("The period begins on {day}, before the one above has ended."),
    "way-to-itself": N_("The way leads from “{id}” to itself."),
    "more-faults": N_("{count} more faults are not named here."),
    "too-many": N_("{found} {kind} are more than the {limit} that one plan can hold."),
    "locked-vehicle": N_("Vehicle {vehicle} is not among the {count} of fleet “{fleet}”."),
    "locked-overlap": N_("Vehicle {vehicle} of fleet “{fleet}” already has a locked trip on {day}."),
    "locked-above-demand": N_(
        "The locked trips bring {kg} kg of “{product}” to “{site}”, more than its demand."
    ),
    "locked-above-stock": N_(
        "The locked trips take {kg} kg of “{product}” from “{depot}”, more than its stock."
    ),
}
"""Words of each fault of a problem file, by code."""

VIOLATIONS = {
    "wrong-problem": N_("The plan is for “{plan}”, not for “{problem}”."),
    "unknown-fleet": N_("Trip {trip}: there is no fleet “{fleet}”."),
    "unknown-vehicle": N_("Trip {trip}: fleet “{fleet}” has {count} vehicles, not a number {vehicle}."),
    "unknown-site": N_("Trip {trip}: there is no site “{site}”."),
    "unknown-product": N_("There is no product “{product}”."),
    "no-stop": N_("Trip {trip} has no stop."),
    "too-many-stops": N_("Trip {trip} has {stops} stops; at most {limit} are allowed."),
    "empty-stop": N_("Trip {trip}: the stop at “{site}” delivers {kg} kg; at least 1 kg is needed."),
    "over-capacity-kg": N_("Trip {trip} carries {kg} kg; the vehicle holds {limit} kg."),
    "over-capacity-m3": N_("Trip {trip} carries {m3} m³; the vehicle holds {limit} m³."),
    "vehicle-not-allowed": N_("Trip {trip}: “{site}” does not accept vehicle type “{type}”."),
    "no-road": N_("Trip {trip}: there is no road from “{start}” to “{end}”."),
    "closed-leg": N_("Trip {trip}: the road from “{start}” to “{end}” is closed on {day}."),
    "wrong-days": N_("Trip {trip} says {stated} days; it takes {days}."),
    "too-many-days": N_("Trip {trip} takes {days} days; at most {limit} are allowed."),
    "outside-horizon": N_("Trip {trip} runs from {first} to {last}, outside the days of the plan."),
    "vehicle-not-available": N_("Trip {trip}: the vehicle is not available from {first} to {last}."),
    "vehicle-busy": N_(
        "Trips {trip} and {other} use vehicle {vehicle} of fleet “{fleet}” on the same day {day}."
    ),
    "wrong-stop-day": N_("Trip {trip}: “{site}” is reached on {day}, not on {stated}."),
    "outside-window": N_("Trip {trip}: “{site}” is reached on {day}, outside its windows."),
    "split-not-allowed": N_("“{site}” has {stops} stops; split deliveries are not allowed."),
    "over-stock": N_("“{depot}” sends {kg} kg of “{product}”; it has {stock} kg."),
    "wrong-delivery": N_(
        "“{site}” gets {kg} kg of “{product}” with {unserved} kg unserved; its demand is {demand} kg."
    ),
    "unserved-without-reason": N_("“{site}” is left without {kg} kg and no reason is given."),
    "unserved-twice": N_("“{site}” is listed twice as unserved."),
    "wrong-km": N_("Trip {trip} says {stated} km; it is {km} km."),
    "wrong-cost": N_("Trip {trip} says it costs {stated}; it costs {cost}."),
    "wrong-total": N_("The plan says it costs {stated}; trips and unserved cost {cost}."),
    "wrong-bound": N_("The bound {bound} is above the cost {cost} of this valid plan."),
    "wrong-gap": N_("The gap is said to be {stated}; from cost and bound it is {gap}."),
    "wrong-status": N_("The status is “{stated}”; it should be “{status}”."),
    "locked-trip-missing": N_(
        "The locked trip of vehicle {vehicle} of “{fleet}” on {begin} is not in the plan."
    ),
    "wrong-distances": N_("The plan says its distances are “{stated}”; they are “{distances}”."),
}
"""Words of each broken rule of a plan, by code."""

REASONS = {
    "stock": N_("Store {depot} has too little {product}."),
    "vehicle-type": N_("{site} accepts only some vehicle types."),
    "window": N_("{site} can be reached only on some days."),
    "closed": N_("The road from {start} to {end} is closed."),
    "days": N_("A trip may not last longer."),
    "fleet": N_("Fleet {fleet} has too few vehicles."),
    "horizon": N_("The plan ends too soon."),
    "stops": N_("A trip may not have more stops."),
    "split": N_("A site must get all its goods in one stop."),
    "capacity": N_("No vehicle can bring what {site} needs, whatever else is changed."),
    "no-road": N_("No road leads from a store to {site} and back for a vehicle that it accepts."),
    "price": N_("Serving {site} costs more than leaving it."),
    "search": N_("The search ended before it found how to serve it; give it more time."),
    "unproven": N_("These are the reasons found in the time given; not all of them are proven."),
}
"""Words of each limit that keeps a site unserved, by the first part of its code."""

CHANGES = {
    "stock": N_("Bring {amount} kg more of {product} to {depot}: the plan then costs {cost} more."),
    "vehicle-type": N_("Let every vehicle type go to {site}: the plan then costs {cost} more."),
    "window": N_("Let {site} receive on any day: the plan then costs {cost} more."),
    "closed": N_("Open the road from {start} to {end}: the plan then costs {cost} more."),
    "days": N_("Allow longer trips: the plan then costs {cost} more."),
    "fleet": N_("Add {amount} vehicle to fleet {fleet}: the plan then costs {cost} more."),
    "horizon": N_("Plan {amount} days longer: the plan then costs {cost} more."),
    "stops": N_("Allow more stops in a trip: the plan then costs {cost} more."),
    "split": N_("Allow split deliveries: the plan then costs {cost} more."),
    "price": N_("Serve {site} all the same: the trips then cost {cost} more."),
    "search": N_("Plan again: a plan that serves it was found; its trips cost {cost} more."),
}
"""Words of each single change that serves a site, by the first part of its code."""

AT_MOST = N_("This is the best found in the time given; a cheaper way may exist.")
"""Follows a change that is not proven to be the cheapest."""

FACTS = {
    "stock": ("depot", "product"),
    "closed": ("start", "end"),
    "fleet": ("fleet",),
    "window": ("site",),
    "vehicle-type": ("site",),
    "capacity": ("site",),
    "no-road": ("site",),
    "price": ("site",),
}
"""What the parts of a code after the first are."""


def reason_words(code: str) -> tuple[str, dict[str, str]]:
    """Message id and facts of a limit's code such as stock:kayes:flour."""
    head, *parts = code.split(":")
    return REASONS[head], dict(zip(FACTS.get(head, ()), parts, strict=False))


def change_words(code: str, amount: int, cost: int) -> tuple[str, dict[str, str | int]]:
    """Message id and facts of a change; the cost may be negative, it is what the plan costs more."""
    head, *parts = code.split(":")
    facts: dict[str, str | int] = dict(zip(FACTS.get(head, ()), parts, strict=False))
    return CHANGES[head], {**facts, "amount": amount, "cost": cost}


BREACHES = {
    "wrong-problem": N_("The plan is for “{plan}”, not for “{problem}”."),
    "unknown-way": N_("There is no way from “{from}” to “{to}” in the problem, or the period is unknown."),
    "not-asked": N_("“{site}” does not ask for “{product}” in {due}."),
    "closed": N_("The way from “{from}” to “{to}” is closed in {period}."),
    "no-kg": N_("Nothing goes from “{from}” to “{to}” in {period}."),
    "wrong-cost": N_("From “{from}” to “{to}” in {period} the cost {cost} does not fit the kilograms."),
    "over-way": N_("From “{from}” to “{to}” go {kg} kg in {period}, more than the way carries."),
    "stock-gone": N_("“{store}” lacks “{product}” good until {good_until} in {period}: {kg} kg."),
    "wrong-stock": N_("“{store}” holds {kg} kg at the end of {period}, and the plan says otherwise."),
    "overfull": N_("“{store}” holds {kg} kg at the end of {period}, more than it has room for."),
    "wrong-period": N_("“{site}” is served in {period}, too early or too late for {due}."),
    "too-old": N_("“{site}” gets “{product}” for {due} that is good until {good_until} only."),
    "not-what-was-asked": N_("“{site}” gets {kg} kg of “{product}” for {due}: not what it asks for."),
    "site-full": N_("{kg} kg wait at “{site}” at the end of {period}, more than it has room for."),
    "wrong-total": N_("{what} is told as {told} and is {real}."),
    "bound-above-cost": N_("The bound {bound} is above the cost {cost}."),
}
"""Words of each rule of pre-positioning that a plan breaks, by code."""

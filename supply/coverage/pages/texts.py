"""What the pages of coverage say: rows of figures, how sure they are, and what waits."""

from fractions import Fraction

import msgspec

from supply.coverage.follow_up import FollowUp, FollowUpKind
from supply.coverage.indicators import Figures, Share, Source
from supply.i18n import N_, gettext, ngettext, show_date, show_mass, show_number, show_percent
from supply.web.parts import Attention, Badge


class FigureLine(msgspec.Struct, frozen=True, kw_only=True):
    """A commune, group or site with its figures, as a table shows them."""

    name: str
    href: str
    coverage: Share | None
    targeted: int
    reached: int | None
    attendance: Share | None
    source: Badge
    sites: str
    given_grams: int | None
    due_grams: int | None
    planned_grams: int
    adequacy: Fraction | None


def figure_line(name: str, href: str, figures: Figures) -> FigureLine:
    """The figures of one row."""
    adequacy, is_reported = figures.adequacy, figures.reported_count > 0
    return FigureLine(
        name=name,
        href=href,
        coverage=figures.coverage,
        targeted=figures.targeted,
        reached=figures.reached,
        attendance=figures.attendance,
        source=source_badge(figures),
        sites=f"{show_number(figures.reported_count)} / {show_number(figures.site_count)}",
        given_grams=figures.given_grams if is_reported else None,
        due_grams=figures.due_grams if is_reported else None,
        planned_grams=figures.planned_grams,
        adequacy=None if adequacy is None else adequacy.ratio,
    )


def source_badge(figures: Figures) -> Badge:
    """How sure the people reached are: named on lists, or only counted."""
    share = figures.tally_share
    match figures.source:
        case Source.LIST:
            return Badge("good", gettext(N_("Lists")))
        case Source.TALLY:
            return Badge("info", gettext(N_("Tally")))
        case Source.MIXED:
            assert share is not None, "mixed figures have people"
            shown = show_percent(share.numerator, share.denominator)
            return Badge("info", gettext(N_("Tally {share}")).format(share=shown))
    return Badge("neutral", gettext(N_("Not reported")))


def certainty(figures: Figures) -> tuple[str, str]:
    """Tone and sentence.

    How many sites have reported, and how much of the figure is a count without names.
    """
    said: list[str] = []
    if figures.missing_count:
        said.append(
            ngettext(
                "%(num)s site of %(all)s has not reported; its people are not yet among the reached.",
                "%(num)s sites of %(all)s have not reported; their people are not yet among the reached.",
                figures.missing_count,
            )
            % {"num": show_number(figures.missing_count), "all": show_number(figures.site_count)}
        )
    else:
        said.append(gettext(N_("Every site has reported.")))
    share = figures.tally_share
    if share is not None and share.numerator:
        said.append(
            gettext(
                N_("{share} of the people reached ({tallied} of {reached}) were counted in tallies.")
            ).format(
                share=show_percent(share.numerator, share.denominator),
                tallied=show_number(share.numerator),
                reached=show_number(share.denominator),
            )
        )
    elif share is not None:
        said.append(gettext(N_("All people reached are named on lists.")))
    return ("warn" if figures.missing_count else "info"), " ".join(said)


_TITLES: dict[FollowUpKind, str] = {
    FollowUpKind.BELOW_TARGET: N_("{place}: coverage below the target"),
    FollowUpKind.ABOVE_TARGETED: N_("{place}: more people reached than targeted"),
    FollowUpKind.NOT_HELD: N_("{place}: no session yet"),
    FollowUpKind.NOT_CLOSED: N_("{place}: session not closed"),
    FollowUpKind.LEFT_OVER: N_("{place}: left-over at the site"),
}
_ACTIONS: dict[FollowUpKind, str] = {
    FollowUpKind.BELOW_TARGET: N_("See the commune"),
    FollowUpKind.ABOVE_TARGETED: N_("See the commune"),
    FollowUpKind.NOT_HELD: N_("Open a session"),
    FollowUpKind.NOT_CLOSED: N_("To the session"),
    FollowUpKind.LEFT_OVER: N_("Return it"),
}


def attention_of(one: FollowUp, cycle_code: str) -> Attention:
    """One thing to follow up, with the page where it is settled."""
    return Attention(
        tone="bad" if one.is_urgent else "warn",
        title=gettext(_TITLES[one.kind]).format(place=one.place_name),
        detail=_detail(one),
        href=_href(one, cycle_code),
        action=gettext(_ACTIONS[one.kind]),
    )


def _detail(one: FollowUp) -> str:
    match one.kind:
        case FollowUpKind.BELOW_TARGET | FollowUpKind.ABOVE_TARGETED:
            assert one.coverage is not None, "the kind comes from a coverage"
            said = f"{show_percent(one.coverage.numerator, one.coverage.denominator)} " + gettext(
                N_("({reached} of {targeted} people)")
            ).format(
                reached=show_number(one.coverage.numerator), targeted=show_number(one.coverage.denominator)
            )
            if one.missing_sites:
                said += " · " + ngettext(
                    "%(num)s site has not reported", "%(num)s sites have not reported", one.missing_sites
                ) % {"num": show_number(one.missing_sites)}
            return said
        case FollowUpKind.NOT_HELD:
            return gettext(N_("{people} people targeted; the cycle ends on {day}.")).format(
                people=show_number(one.targeted), day=_day(one)
            )
        case FollowUpKind.NOT_CLOSED:
            return gettext(N_("Held on {day}; its list is still open.")).format(day=_day(one))
        case FollowUpKind.LEFT_OVER:
            return gettext(N_("{mass} since the session of {day}.")).format(
                mass=show_mass(one.grams), day=_day(one)
            )


def _href(one: FollowUp, cycle_code: str) -> str:
    match one.kind:
        case FollowUpKind.BELOW_TARGET | FollowUpKind.ABOVE_TARGETED:
            return f"/coverage/communes/{one.place_code}?cycle={cycle_code}"
        case FollowUpKind.NOT_HELD:
            return f"/distribution/sessions/new?site={one.place_code}"
        case FollowUpKind.NOT_CLOSED | FollowUpKind.LEFT_OVER:
            return f"/distribution/sessions/{one.session_id}/close"


def _day(one: FollowUp) -> str:
    return show_date(one.day, "medium") if one.day else "–"

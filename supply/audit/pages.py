"""The verification as a person reads it: every lot's grams, and every rule that does not hold."""

import datetime as dt

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template

from supply.audit.balances import LotLine
from supply.audit.verify import ProductLine, Verification, verify
from supply.db import Database
from supply.i18n import N_, gettext, show_mass, show_moment, translate
from supply.settings import Settings
from supply.web.pages import page
from supply.web.parts import Badge

MOST_FINDINGS, MOST_LOTS = 100, 100
# More would make a page of over 100 KB; the command and the API list them all.


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that does not hold."""

    badge: Badge
    code: str
    text: str


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """The verification of this moment."""

    is_right: bool
    summary: str
    looked_at: str
    findings: tuple[FindingLine, ...]
    hidden_findings: int
    products: tuple[ProductLine, ...]
    lots: tuple[LotLine, ...]
    hidden_lots: int


class AuditPages(Controller):
    """Where every gram is."""

    path = "/audit"
    include_in_schema = False

    @get("/", operation_id="AuditPage", sync_to_thread=True)
    def show(
        self,
        db: NamedDependency[Database],
        now: NamedDependency[dt.datetime],
        settings: NamedDependency[Settings],
    ) -> Template:
        with db.snapshot() as session:
            found = verify(session, now=now)
        return page("audit/audit.html", _content(found, settings.zone), title=N_("Verification"))


def _content(found: Verification, zone: dt.tzinfo) -> AuditPage:
    return AuditPage(
        is_right=found.is_right,
        summary=_summary(found),
        looked_at=translate(
            N_("{documents} documents and {movements} movements of {lots} lots, recomputed on {moment}."),
            {
                "documents": found.document_count,
                "movements": found.movement_count,
                "lots": len(found.lots),
                "moment": show_moment(found.verified_at, zone),
            },
        ),
        findings=tuple(
            FindingLine(
                badge=Badge("info", gettext(N_("Notice")))
                if one.is_notice
                else Badge("bad", gettext(N_("Fault"))),
                code=one.code,
                text=one.text(),
            )
            for one in found.findings[:MOST_FINDINGS]
        ),
        hidden_findings=max(0, len(found.findings) - MOST_FINDINGS),
        products=found.products,
        lots=tuple(sorted(found.lots, key=lambda lot: lot.gap == 0)[:MOST_LOTS]),
        hidden_lots=max(0, len(found.lots) - MOST_LOTS),
    )


def _summary(found: Verification) -> str:
    if found.is_right:
        return gettext(N_("Every gram is accounted for: the gap is 0 kg and every rule holds."))
    return translate(
        N_("The books do not add up: {faults} faults, a gap of {gap}. Work through them from the top."),
        {"faults": len(found.faults), "gap": show_mass(found.gap_grams)},
    )


CONTROLLERS = [AuditPages]

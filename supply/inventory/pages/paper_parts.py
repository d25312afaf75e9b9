"""The foot of a paper: who signs it, and how it is corrected or who can correct it."""

from uuid import UUID

from supply.i18n import N_, gettext, translate
from supply.inventory.pages.fields import id_field, reason_field
from supply.inventory.papers import DocumentView
from supply.inventory.reverse import OWN_KINDS
from supply.inventory.words import DocumentKind
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Form, FormReader
from supply.web.parts import Signature

CORRECTED_ELSEWHERE: dict[DocumentKind, str] = {
    DocumentKind.DEPARTURE: N_(
        "Is this document wrong? The logistics officer takes a departure back on its trip's page."
    ),
    DocumentKind.ARRIVAL: N_(
        "Is this document wrong? The logistics officer takes an arrival back on its waybill's page."
    ),
    DocumentKind.DISTRIBUTION: N_(
        "Is this document wrong? The nutrition lead takes it back on its session's page."
    ),
}


def is_reversible(view: DocumentView) -> bool:
    """Whether somebody could reverse this paper here; those of a trip or distribution are corrected there."""
    return DocumentKind(view.kind) in OWN_KINDS and view.reversed_by_id is None


def told_instead(view: DocumentView, actor: Actor) -> str:
    """Who can take the paper back and where, for a reader who cannot do it here; empty for the others."""
    if view.reversed_by_id is not None:
        return ""
    elsewhere = CORRECTED_ELSEWHERE.get(DocumentKind(view.kind))
    if elsewhere is not None:
        return gettext(elsewhere)
    if not is_reversible(view) or actor.may(Right.REVERSE, view.place_code):
        return ""
    return translate(
        N_(
            "Is this document wrong? Tell the logistics officer its number, {number}: "
            "the officer can reverse it, you cannot."
        ),
        {"number": view.number},
    )


def signatures(view: DocumentView) -> tuple[Signature, ...]:
    """Boxes for the paper copy: who gives, who receives; one for papers that stay inside."""
    keeper = Signature(gettext(N_("Storekeeper")), view.user_name, view.occurred_on)
    match DocumentKind(view.kind):
        case DocumentKind.RECEIPT | DocumentKind.RETURN:
            return (Signature(gettext(N_("Delivered by"))), keeper)
        case DocumentKind.ISSUE | DocumentKind.TRANSFER | DocumentKind.SUPPLIER_RETURN:
            return (keeper, Signature(gettext(N_("Carrier"))), Signature(gettext(N_("Received by"))))
    return (keeper, Signature(gettext(N_("Verified by"))))


def reverse_form(document_id: UUID, reader: FormReader, faults: Faults) -> Form:
    """Asks why the paper is wrong."""
    return Form(
        action=f"/inventory/documents/{document_id}/reverse",
        id="reverse",
        fields=(
            id_field(reader),
            reason_field(
                reader,
                faults,
                gettext(N_("Why it is wrong")),
                hint=gettext(N_("Both papers stay in the books; the stock is as before.")),
                is_required=True,
            ),
        ),
        submit_label=gettext(N_("Reverse this document")),
        error_summary=faults.summary_rows(),
    )

"""The operations of distribution that people and programs may ask for."""

from supply.distribution.enrol import Enrol, Enrolled, Withdraw, Withdrawn, enrol, withdraw
from supply.distribution.hand_out import HandedOut, HandOut, hand_out
from supply.distribution.left_over import LeftOverReturned, ReturnLeftOver, return_left_over
from supply.distribution.register import (
    AddPerson,
    Registered,
    RegisterHousehold,
    add_person,
    register_household,
)
from supply.distribution.review import DuplicateReviewed, ReviewDuplicate, review_duplicate
from supply.distribution.sessions import (
    CloseSession,
    OpenSession,
    SessionClosed,
    SessionOpened,
    close_session,
    open_session,
)
from supply.distribution.status import RecordStatus, StatusRecorded, record_status
from supply.distribution.take_back import TakeBack, TakenBack, take_back
from supply.distribution.tally import RecordTally, TallyRecorded, record_tally
from supply.i18n import N_
from supply.operation import Operation

OPERATIONS = (
    Operation(
        "register-household",
        RegisterHousehold,
        Registered,
        register_household,
        N_("Put a household and its persons in the register"),
    ),
    Operation(
        "add-person",
        AddPerson,
        Registered,
        add_person,
        N_("Put one more person of a household in the register"),
    ),
    Operation(
        "record-status",
        RecordStatus,
        StatusRecorded,
        record_status,
        N_("Record a pregnancy or breastfeeding"),
    ),
    Operation("enrol", Enrol, Enrolled, enrol, N_("Put a person on the list of a site")),
    Operation("withdraw", Withdraw, Withdrawn, withdraw, N_("Take a person off the list")),
    Operation(
        "review-duplicate",
        ReviewDuplicate,
        DuplicateReviewed,
        review_duplicate,
        N_("Decide about a possible duplicate"),
    ),
    Operation("open-session", OpenSession, SessionOpened, open_session, N_("Open a distribution session")),
    Operation("hand-out", HandOut, HandedOut, hand_out, N_("Hand out rations to people of the list")),
    Operation(
        "record-tally", RecordTally, TallyRecorded, record_tally, N_("Record a tally of people served")
    ),
    Operation("take-back", TakeBack, TakenBack, take_back, N_("Take back a handout recorded by mistake")),
    Operation(
        "return-left-over",
        ReturnLeftOver,
        LeftOverReturned,
        return_left_over,
        N_("Bring the left-over of a session back to a store"),
    ),
    Operation(
        "close-session", CloseSession, SessionClosed, close_session, N_("Close a distribution session")
    ),
)

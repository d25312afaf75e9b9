"""The five families of refusals; a concrete class stands beside its raiser, with a code and a message."""

from typing import Any, ClassVar

from supply.i18n import N_, translate


class SupplyError(Exception):
    """What cannot be done and why; `facts` are values, filled into `title` in the reader's language."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    about: ClassVar[str] = ""
    # The field of the command that is wrong, where it is one: a form shows the message there as well.
    title: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """How it comes back from another process: facts are keywords, which exceptions do not expect."""
        return _restore, (type(self), self.__dict__)

    def message(self) -> str:
        """The sentence for the reader, in their language."""
        return translate(self.title, self.facts)

    def __str__(self) -> str:
        return f"{self.code}: {self.message()}"


def _restore(kind: type[SupplyError], state: dict[str, Any]) -> SupplyError:
    error = kind.__new__(kind, kind.code)
    error.__dict__.update(state)
    return error


class Invalid(SupplyError):
    """The request itself is wrong."""

    status = 422
    code = "invalid"


class NotAllowed(SupplyError):
    """This person may not do this here."""

    status = 403
    code = "not-allowed"


class NotFound(SupplyError):
    """No such thing."""

    status = 404
    code = "not-found"


class Conflict(SupplyError):
    """Right in itself, against what is already so."""

    status = 409
    code = "conflict"


class Unavailable(SupplyError):
    """Cannot be answered now; nothing was lost, try again."""

    status = 503
    code = "unavailable"


class FieldFault(Invalid):
    """One field is wrong; forms show it beside the field."""

    code = "field-fault"
    title = N_("{field}: {fault:message}")


class FieldFaults(Invalid):
    """Every field that is wrong, at once: `faults` maps field name to message id, `details` to its facts."""

    code = "invalid-fields"
    title = N_("Some fields need correction.")

    def __init__(self, faults: dict[str, str], details: dict[str, dict[str, object]] | None = None) -> None:
        super().__init__(fields=tuple(faults))
        self.faults = faults
        self.details = details or {}

    def field_messages(self) -> dict[str, str]:
        """Message per field, in the reader's language."""
        return {name: translate(fault, self.details.get(name, {})) for name, fault in self.faults.items()}

    def message(self) -> str:
        shown = "; ".join(f"{name}: {text}" for name, text in self.field_messages().items())
        return f"{super().message()} {shown}"

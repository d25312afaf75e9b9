"""The operations on people that programs may ask for."""

from supply.i18n import N_
from supply.operation import Operation
from supply.people.users import AddUser, ChangeUser, UserSaved, add_user, change_user

OPERATIONS = (
    Operation("add-user", AddUser, UserSaved, add_user, N_("Let somebody new log in")),
    Operation("change-user", ChangeUser, UserSaved, change_user, N_("Change a user")),
)

"""What can go wrong with the mail servers, and whether trying again by itself can help."""


class MailerError(Exception):
    """The base of this room's errors; the text is a full sentence for the operator and holds no secret."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class InboxError(MailerError):
    """The mailbox cannot be read now; permanent when somebody must change something first."""


class DeliveryError(MailerError):
    """A notice was not accepted; permanent when it never will be, in doubt when it may have been taken after all,
    `unreachable` when the server could take no letter at all just now."""

    def __init__(self, text: str, *, permanent: bool, in_doubt: bool = False, unreachable: bool = False) -> None:
        super().__init__(text, permanent=permanent)
        self.in_doubt, self.unreachable = in_doubt, unreachable

"""What keeps us from Google before anything was asked of it."""


class LoginError(Exception):
    """The file with the login cannot be used; the sentence says why."""

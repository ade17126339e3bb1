"""Every failure a user can meet, each with its exit code and, where there is one, the next step."""

from __future__ import annotations


class RustplanError(Exception):
    """A failure with one clear message. `hint` is the next step, in the user's words."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(RustplanError):
    """The path, file or document given cannot be used."""


class OutputError(RustplanError):
    """An output cannot be written."""


class ConfigError(RustplanError):
    """The configuration is wrong. `problems` holds all of them, each with its key path."""

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class RuleError(RustplanError):
    """A rule cannot be used. `problems` holds every one found, each starting with the rule's file."""

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class PluginError(RustplanError):
    """An installed plugin cannot be used."""


class CatalogError(RustplanError):
    """A shipped catalogue is missing or malformed: the installation is broken."""

    exit_code = 4

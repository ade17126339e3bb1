"""rustplan.json: the whole Analysis, versioned, byte-identical for equal content; and the way back."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import msgspec

from rustplan.errors import InputError
from rustplan.model.analysis import SCHEMA_VERSION, Analysis

FLOAT_DIGITS = 6
MAX_BYTES = 1024 * 1024 * 1024
SCHEMA_ID = "urn:rustplan:schema:analysis:1"
_DECODER = msgspec.json.Decoder(float_hook=lambda text: round(float(text), FLOAT_DIGITS) + 0.0)


def encode_analysis(analysis: Analysis) -> bytes:
    """The JSON document: fields in the order of the model, mappings sorted, floats with 6 decimals at most, a final newline."""
    return encode_canonical(canonical(analysis))


def encode_canonical(analysis: Analysis) -> bytes:
    """The same, without work, for an analysis that `canonical` returned."""
    return msgspec.json.format(msgspec.json.encode(analysis, order="deterministic"), indent=1) + b"\n"


def canonical(analysis: Analysis) -> Analysis:
    """The analysis as a reader of rustplan.json gets it, so that every view says the same now and when rebuilt later."""
    try:
        return msgspec.convert(_DECODER.decode(msgspec.json.encode(analysis, order="deterministic")), Analysis)
    except (UnicodeEncodeError, msgspec.ValidationError):  # a name that is no UTF-8, a float that JSON cannot write
        return msgspec.convert(_settled(msgspec.to_builtins(analysis, order="deterministic")), Analysis)


def load_analysis(path: Path) -> Analysis:
    """Read a saved analysis. Raises InputError for a missing, foreign, truncated or newer document."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path} is not a regular file", hint="give a file that `rustplan scan` wrote")
            size = status.st_size
            data = file.read(MAX_BYTES + 1) if size <= MAX_BYTES else b""
    except FileNotFoundError:
        raise InputError(f"there is no {path}", hint="make one: rustplan scan PATH") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", hint="check the path") from None
    if max(size, len(data)) > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES} bytes", hint="give a file that `rustplan scan` wrote")
    return decode_analysis(data, name=str(path))


def _open_without_waiting(path: str, flags: int) -> int:
    """Opening a pipe that nobody writes to would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def decode_analysis(data: bytes, *, name: str) -> Analysis:
    """Read the bytes of a saved analysis; `name` stands for it in messages. Raises InputError."""
    _check_version(data, name)
    try:
        return msgspec.json.decode(data, type=Analysis)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name} is not a whole rustplan analysis: {error}", hint="make it again: rustplan scan PATH"
        ) from None


def analysis_json_schema() -> dict[str, Any]:
    """JSON Schema of rustplan.json."""
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Analysis)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "rustplan.json",
    } | schema


def encode_document(document: Any) -> str:
    """Any other document of ours as JSON, by the same rules: floats with 6 decimals at most, valid UTF-8, a final newline."""
    plain = _settled(msgspec.to_builtins(document, order="deterministic"))
    return msgspec.json.format(msgspec.json.encode(plain), indent=1).decode("utf-8") + "\n"


class _Head(msgspec.Struct):
    """The first thing to know of a document."""

    schema: str
    tool: Any = None


def _check_version(data: bytes, name: str) -> None:
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.ValidationError:
        raise InputError(
            f"{name} is JSON, but no rustplan analysis", hint="give a file that `rustplan scan` wrote"
        ) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name} is not valid JSON ({error}); it may be cut off", hint="make it again: rustplan scan PATH"
        ) from None
    if head.schema == SCHEMA_VERSION:
        return
    if head.schema.isdecimal() and int(head.schema) > int(SCHEMA_VERSION):
        raise InputError(
            f"{name} has schema {head.schema}, this rustplan reads schema {SCHEMA_VERSION}",
            hint="upgrade rustplan, or scan again with this version",
        )
    raise InputError(
        f"{name} is no rustplan analysis (schema {head.schema[:40]!r})", hint="give a file that `rustplan scan` wrote"
    )


def _settled(value: Any) -> Any:
    """Round floats and make lone surrogates (bytes of undecodable file names) visible, so that the text is valid UTF-8."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _visible(value)
    if kind is dict:
        return {_settled(key): _settled(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_settled(item) for item in value]
    return round(value, FLOAT_DIGITS) + 0.0 if kind is float else value


def _visible(text: str) -> str:
    if _has_surrogate(text):
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)

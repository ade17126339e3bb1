"""Where the cache lies: the user's word, then the variable, then the folder of the system; never the repository's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.cli import caching
from rustplan.cli.caching import cache_folder, inside
from rustplan.cli.options import CacheChoice
from rustplan.config import Settings, load_settings
from rustplan.errors import ConfigError, InputError
from rustplan.model.options import ScanOptions

HOME = {"HOME": "/home/ann"}


@pytest.mark.parametrize(
    ("choice", "environ", "system", "expected"),
    [
        (CacheChoice(), HOME, "linux", "/home/ann/.cache/rustplan"),
        (CacheChoice(), {**HOME, "XDG_CACHE_HOME": "/var/c"}, "linux", "/var/c/rustplan"),
        (CacheChoice(), {**HOME, "XDG_CACHE_HOME": "relative"}, "linux", "/home/ann/.cache/rustplan"),
        (CacheChoice(), HOME, "darwin", "/home/ann/Library/Caches/rustplan"),
        (CacheChoice(), {**HOME, "RUSTPLAN_CACHE": "/ci/cache"}, "linux", "/ci/cache"),
        (CacheChoice(cache="/mine"), {**HOME, "RUSTPLAN_CACHE": "/ci/cache"}, "linux", "/mine"),
        (CacheChoice(no_cache=True), {**HOME, "RUSTPLAN_CACHE": "/ci/cache"}, "linux", None),
        (CacheChoice(), {}, "linux", None),
        (CacheChoice(), {"HOME": "relative"}, "darwin", None),
    ],
)
def test_the_folder(choice, environ, system, expected, monkeypatch):
    monkeypatch.setattr(caching.sys, "platform", system)
    assert cache_folder(choice, Settings(), environ) == (None if expected is None else Path(expected))


def test_a_setting_can_switch_it_off_and_a_flag_on_again():
    off = Settings(scan=ScanOptions(uses_cache=False))
    assert cache_folder(CacheChoice(), off, HOME) is None
    assert cache_folder(CacheChoice(cache="/mine"), off, HOME) == Path("/mine")


def test_both_flags_contradict():
    with pytest.raises(InputError, match="both"):
        cache_folder(CacheChoice(cache="/mine", no_cache=True), Settings(), HOME)


@pytest.mark.parametrize(
    "text", ["scan: {cache: /etc}", "scan: {cache: ../elsewhere}", "cache: /etc", "scan: {folder: /etc}"]
)
def test_a_repository_cannot_say_where(text, tmp_path):
    (tmp_path / "rustplan.yml").write_text(f"version: 1\n{text}\n")
    with pytest.raises(ConfigError):
        load_settings(tmp_path)


def test_a_repository_can_ask_for_none(tmp_path):
    (tmp_path / "rustplan.yml").write_text("version: 1\nscan: {cache: false, depth: surface}\n")
    made = load_settings(tmp_path, environ={"RUSTPLAN_CACHE": "/ci/cache"})
    assert (made.scan.uses_cache, made.scan.depth) == (False, "surface")
    assert "scan.cache" not in made.shown()
    assert made.shown()["scan.depth"] == "surface"


def test_a_cache_below_the_scanned_folder_is_named_and_others_are_not(tmp_path):
    assert inside(tmp_path / "a" / ".cache", tmp_path / "a") == (".cache",)
    assert inside(tmp_path / "b", tmp_path / "a") == ()
    assert inside(None, tmp_path) == ()

from __future__ import annotations

from pathlib import Path

import pytest
from history_cases import Story, git, history, lines

from rustplan.model.history import FixKind, FixLevel, HistoryOptions


def test_history_counts_commits_lines_authors_and_ages(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"a.c": lines(10), "b.c": lines(3)}, day=0)
    story.commit("grow", {"a.c": lines(12)}, day=900, author="B <b@example.org>")
    story.commit("shrink", {"a.c": lines(8)}, day=1000, author="B <B@example.org>")
    found = history(story.write(tmp_path / "repo"), "a.c", "b.c")
    first, second = found.files
    assert (first.path, first.commits, first.added, first.removed, first.authors) == ("a.c", 3, 12, 4, 2)
    assert (first.first_days, first.last_days, first.recent_commits) == (1000, 0, 2)
    assert (second.commits, second.last_days, second.recent_commits) == (1, 1000, 0)
    assert (found.commits, found.merges, found.sweeping, found.authors) == (3, 0, 0, 2)
    assert found.is_complete
    assert found.has_lines
    assert found.newest == "2020-04-09"
    expected = 4 * 1 + 2 * 2 ** (-100 / 506) + 10 * 2 ** (-1000 / 506)
    assert first.churn_decayed == pytest.approx(expected, abs=1e-3)


def test_ages_count_from_the_newest_commit_so_the_clock_changes_nothing(tmp_path: Path) -> None:
    early, late = Story(), Story()
    for story, shift in ((early, 0), (late, 2000)):
        story.commit("start", {"a.c": lines(4)}, day=shift)
        story.commit("fix it", {"a.c": lines(5)}, day=shift + 40)
    one, two = history(early.write(tmp_path / "one"), "a.c"), history(late.write(tmp_path / "two"), "a.c")
    assert one.files[0].fixes_decayed == two.files[0].fixes_decayed
    assert one.files[0].first_days == two.files[0].first_days == 40


def test_mailmap_joins_the_addresses_of_a_person(tmp_path: Path) -> None:
    story = Story()
    story.commit(
        "start",
        {"a.c": lines(1), ".mailmap": "Ann <ann@example.org> <old@example.org>\n"},
        author="x <old@example.org>",
    )
    story.commit("more", {"a.c": lines(2)}, day=1, author="Ann <ann@example.org>")
    assert history(story.write(tmp_path / "repo"), "a.c").files[0].authors == 1


def test_renames_are_followed_to_the_name_of_today(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"old.c": lines(30)})
    story.commit("fix a double free", {"old.c": lines(31)}, day=1)
    story.commit("move", {"mid.c": ("old.c", lines(31))}, day=2)
    story.commit("move on", {"lib/new.c": ("mid.c", lines(32))}, day=3)
    story.commit("another file takes the old name", {"old.c": lines(5, "char *y")}, day=4)
    new, old = history(story.write(tmp_path / "repo"), "lib/new.c", "old.c").files
    assert (new.commits, new.memory_fixes, new.former_paths) == (4, 1, ("mid.c", "old.c"))
    assert (old.commits, old.memory_fixes, old.added) == (1, 0, 5)


def test_merges_are_left_out_and_their_branch_counts(tmp_path: Path) -> None:
    story = Story()
    base = story.commit("start", {"a.c": lines(4), "b.c": lines(4)})
    side = story.commit("fix overflow on the side", {"b.c": lines(5)}, day=1, branch="side", parents=[base])
    main = story.commit("go on", {"a.c": lines(6)}, day=2, parents=[base])
    story.commit("Merge: fix a crash", {"b.c": lines(5)}, day=3, parents=[main, side])
    found = history(story.write(tmp_path / "repo"), "a.c", "b.c")
    assert (found.commits, found.merges) == (3, 1)
    assert [(file.commits, file.fixes) for file in found.files] == [(2, 0), (2, 1)]
    assert any("merge" in note for note in found.notes)


def test_mass_changes_are_counted_apart_but_their_renames_followed(tmp_path: Path) -> None:
    story = Story()
    many = {f"f{number}.c": lines(9, f"int v{number}_") for number in range(101)}
    story.commit("import", many)
    story.commit("fix a buffer overflow", {"f0.c": lines(10, "int v0_")}, day=1)
    moved = {f"src/f{number}.c": (f"f{number}.c", lines(9 + (number == 0), f"int v{number}_")) for number in range(101)}
    story.commit("fix layout of folders", moved, day=2)
    file = history(story.write(tmp_path / "repo"), "src/f0.c").files[0]
    assert (file.commits, file.sweeping, file.memory_fixes, file.fixes) == (1, 2, 1, 1)
    assert (file.first_days, file.last_days) == (2, 1)


def test_layout_commits_of_some_files_and_listed_ones_are_mass_changes(tmp_path: Path) -> None:
    story = Story()
    names = [f"f{number}.c" for number in range(11)]
    story.commit("start", {name: lines(5) for name in names})
    story.commit("Reformat with clang-format", {name: lines(6) for name in names}, day=1)
    story.commit("tidy", {"f0.c": lines(7)}, day=2)
    root = story.write(tmp_path / "repo")
    tidy = git(root, "rev-parse", "HEAD")
    (root / ".git-blame-ignore-revs").write_text(f"# layout\n{tidy}\n")
    git(root, "add", ".git-blame-ignore-revs")
    git(root, "commit", "-q", "-m", "list layout")
    found = history(root, *names)
    assert found.sweeping == 2
    assert found.files[0].commits == 1
    assert any("mass changes" in note for note in found.notes)


def test_files_that_change_together_are_partners(tmp_path: Path) -> None:
    story = Story()
    for day in range(4):
        story.commit("pair", {"a.c": lines(day + 1), "b.c": lines(day + 1)}, day=day)
    story.commit("alone", {"a.c": lines(9), "c.c": "1"}, day=9)
    a, b, c = history(story.write(tmp_path / "repo"), "a.c", "b.c", "c.c").files
    assert [(one.path, one.shared, one.degree) for one in a.partners] == [("b.c", 4, 0.8889)]
    assert b.partners[0].path == "a.c"
    assert c.partners == ()


def test_fixes_keep_five_telling_examples_without_names_of_people(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"a.c": lines(1)})
    for number in range(7):
        story.commit(f"fix bug {number}", {"a.c": lines(2 + number)}, day=1 + number)
    story.commit(
        "parser: fix use-after-free (CVE-2020-12345)\n\nReported-by: Mallory <m@example.org>", {"a.c": lines(20)}, day=8
    )
    story.commit("fix crash on crafted file", {"a.c": lines(21)}, day=9)
    found = history(story.write(tmp_path / "repo"), "a.c")
    file = found.files[0]
    assert (file.fixes, file.security_fixes, file.memory_fixes) == (9, 2, 1)
    assert [(tally.kind, tally.count) for tally in file.kinds] == [(FixKind.LIFETIME, 1)]
    assert [fix.level for fix in file.examples] == [FixLevel.MEMORY, FixLevel.SECURITY] + [FixLevel.FIX] * 3
    assert file.examples[0].ids == ("CVE-2020-12345",)
    assert file.examples[2].subject == "fix bug 6"
    assert "example.org" not in repr(found)


def test_a_fix_of_very_many_source_files_counts_for_none(tmp_path: Path) -> None:
    story = Story()
    story.commit("fix a buffer overflow", {f"f{number}.c": lines(number + 1) for number in range(21)})
    found = history(story.write(tmp_path / "repo"), "f0.c")
    assert found.files[0].fixes == 0
    assert any("20 source files" in note for note in found.notes)


def test_a_scanned_folder_inside_the_work_tree(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"lib/a.c": lines(20), "other.c": lines(3)})
    story.commit("other", {"other.c": lines(4)}, day=1)
    story.commit("fix a leak", {"lib/a.c": lines(22), "other.c": lines(5)}, day=2)
    found = history(story.write(tmp_path / "repo") / "lib", "a.c")
    assert [(file.path, file.commits, file.fixes) for file in found.files] == [("a.c", 2, 1)]
    assert any("renames from outside" in note for note in found.notes)


def test_ages_in_a_dormant_folder_count_from_the_newest_commit_of_all(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"lib/a.c": lines(20), "other.c": lines(3)})
    story.commit("other", {"other.c": lines(4)}, day=900)
    root = story.write(tmp_path / "repo")
    inside, whole = history(root / "lib", "a.c").files[0], history(root, "lib/a.c").files[0]
    assert (inside.last_days, inside.recent_commits) == (whole.last_days, whole.recent_commits) == (900, 0)


def test_files_in_no_commit_are_unknown_not_zero(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"a.c": lines(2)})
    found = history(story.write(tmp_path / "repo"), "a.c", "new.c")
    assert found.unknown == ("new.c",)
    assert [file.path for file in found.files] == ["a.c"]


def test_only_the_newest_commits_when_there_are_too_many(tmp_path: Path) -> None:
    story = Story()
    for day in range(6):
        story.commit("work", {"a.c": lines(day + 1)}, day=day)
    root = story.write(tmp_path / "repo")
    part, whole = history(root, "a.c", options=HistoryOptions(max_commits=3)), history(root, "a.c")
    assert (part.commits, part.is_complete) == (3, False)
    assert "only the newest 3 commits were read" in part.notes
    assert (whole.commits, whole.is_complete) == (6, True)


def test_hostile_paths_messages_and_dates(tmp_path: Path) -> None:
    story = Story()
    odd = b'we"ird\n\x1b[31m\t\xff.c'
    subject = (
        b"=fix \x1b[31mred\x07 \xe2\x80\xae \xff 1\t2\ta.c and a heap overflow\n\n1\t2\ta.c\n="
        + b"0" * 40
        + b"\n"
        + b"x" * 200_000
    )
    story.commit("start", {odd: lines(3), "a.c": lines(2)})
    story.commit(subject, {odd: lines(5)}, day=1)
    name = 'we"ird\\x0a\\x1b[31m\\x09\\xff.c'
    found = history(story.write(tmp_path / "repo", checkout=False), "a.c", name)
    one = found.by_path()[name]
    assert (one.commits, one.added, one.memory_fixes) == (2, 5, 1)
    assert found.by_path()["a.c"].commits == 1
    assert one.examples[0].subject.isprintable()
    assert "\u202e" not in one.examples[0].subject
    assert found.commits == 2


def test_marked_commits_tell_their_files_under_the_names_of_today(tmp_path: Path) -> None:
    story = Story()
    story.commit("start", {"old.c": lines(30)})
    story.commit("mend", {"old.c": lines(31)}, day=1)
    story.commit("move", {"new.c": ("old.c", lines(31))}, day=2)
    root = story.write(tmp_path / "repo")
    mend = git(root, "rev-parse", "HEAD~1")
    (marked,) = history(root, "new.c", marks=[mend, "f" * 40]).marked
    assert (marked.commit, marked.paths, marked.age_days) == (mend, ("new.c",), 1)


def test_the_same_repository_gives_the_same_value(tmp_path: Path) -> None:
    story = Story()
    for day in range(5):
        story.commit(
            f"fix {day}", {"a.c": lines(day + 1), "b.c": lines(day + 2), "c.c": lines(3 + day % 2)}, day=day * 50
        )
    root = story.write(tmp_path / "repo")
    assert history(root, "c.c", "a.c", "b.c") == history(root, "a.c", "b.c", "c.c")

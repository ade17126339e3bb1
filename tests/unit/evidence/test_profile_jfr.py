"""Recordings of Java Flight Recorder: JSON and, where a jfr tool is, binary."""

from __future__ import annotations

import io
import json
import stat
import sys
from pathlib import Path

import pytest

from profile_world import event, evidence_of, method, only_profile, recording, sample, values, written
from rustplan.errors import InputError
from rustplan.evidence import jfr_events, jfr_tool, profile_json
from rustplan.evidence.jfr_pauses import milliseconds
from rustplan.evidence.profile_json import EventStream
from rustplan.model.pauses import PauseKind
from rustplan.model.profile import Amount, ProfileKind

RING = ("shop/Till", "ring", 10)
CONCAT = ("java/lang/StringConcatHelper", "newArray", 5)
JAVA = ("java/util/HashMap", "put", 7)


@pytest.mark.parametrize("indent", [None, 1])
def test_bytes_go_to_the_first_frame_of_the_tree(tmp_path: Path, indent: int | None) -> None:
    text = recording(
        sample(1000, CONCAT, RING, ("shop/Till", "log", 11)),
        sample(
            24, ("shop/Till", "lambda$later$0", 14), ("shop/Till$$Lambda$3", "get", 0), RING, allocated="java/lang/Long"
        ),
        sample(500, JAVA, ("org/other/Server", "run", 3)),
        indent=indent,
    )
    profile = only_profile(written(tmp_path, "run.log", text))
    assert (profile.format, profile.kind, profile.unit) == ("JFR JSON", ProfileKind.ALLOCATION, "bytes")
    assert (profile.events, profile.total, profile.mapped) == (3, 1524, 1024)
    assert values(profile) == {"shop.Till.ring": 1000, "shop.Till.later": 24}
    ring = method(profile, "shop.Till.ring")
    assert (ring.path, ring.line) == ("src/shop/Till.java", 10)
    assert ring.types == (Amount("byte[]", 1000),)
    assert ring.through == (Amount("java.lang.StringConcatHelper.newArray", 1000),)
    assert profile.unmapped == (Amount("org.other.Server.run", 500),)


def test_the_most_sampled_line_is_shown(tmp_path: Path) -> None:
    events = [sample(8, ("shop/Till", "ring", line)) for line in (11, 10, 11)]
    assert only_profile(written(tmp_path, "a", recording(*events))).methods[0].line == 11


def test_both_events_of_older_releases_are_summed(tmp_path: Path) -> None:
    inside = event("ObjectAllocationInNewTLAB", [RING], tlabSize=4096, allocationSize=24)
    outside = event("ObjectAllocationOutsideTLAB", [RING], allocationSize=100_000)
    profile = only_profile(written(tmp_path, "a", recording(outside, inside)))
    assert (profile.events, profile.total) == (2, 104_096)


def test_two_tellings_of_the_same_bytes_count_once(tmp_path: Path) -> None:
    inside = event("ObjectAllocationInNewTLAB", [RING], tlabSize=4096)
    profile = only_profile(written(tmp_path, "a", recording(inside, sample(10, RING))))
    assert profile.total == 10
    assert "left out" in profile.notes[0]


def test_processor_samples_and_pauses_stand_apart(tmp_path: Path) -> None:
    text = recording(
        event("ExecutionSample", [RING]),
        sample(10, RING),
        event("GCPhasePause", gcId=3, duration="PT0.0125S", name="GC Pause"),
        event("GarbageCollection", gcId=3, name="G1New", cause="G1 Evacuation Pause", sumOfPauses="PT0.0125S"),
        event("GCPhasePause", gcId=4, duration="PT0.001S", name="Remark"),
        event("ZAllocationStall", duration="PT0.020S"),
    )
    evidence = evidence_of(written(tmp_path, "a", text), budget_ms=10)
    assert [(one.kind, one.total) for one in evidence.profiles] == [(ProfileKind.ALLOCATION, 10), (ProfileKind.CPU, 1)]
    assert evidence.pauses is not None
    (log,) = evidence.pauses.logs
    found = {group.kind: (group.cause, group.worst_ms, group.over) for group in log.groups}
    assert found == {
        PauseKind.YOUNG: ("G1 Evacuation Pause", 12.5, 1),
        PauseKind.CONCURRENT_PHASE: ("Remark", 1.0, 0),
        PauseKind.STALL: ("Allocation Stall", 20.0, 1),
    }
    assert (log.collector, log.budget_ms) == ("G1", 10)
    assert [one.name for one in evidence.absent] == []


def test_collections_speak_where_there_are_no_phases(tmp_path: Path) -> None:
    text = recording(event("GarbageCollection", gcId=1, name="SerialOld", cause="System.gc()", sumOfPauses="PT1M0.5S"))
    pauses = evidence_of(written(tmp_path, "a", text)).pauses
    assert pauses is not None
    (group,) = pauses.logs[0].groups
    assert (group.kind, group.cause, group.worst_ms, group.worst_line) == (PauseKind.FULL, "System.gc()", 60_500, 0)
    assert pauses.logs[0].collector == "Serial"


@pytest.mark.parametrize("text", ["PT", "P1D", "PT-1S", "1 ms", "PT9999999999S", None, 5, "PT1e5S"])
def test_what_is_no_duration(text: object) -> None:
    assert milliseconds(text) is None


@pytest.mark.parametrize("weight", [-1, True, "10", None, 10**400, 1e300, float("nan"), float("inf"), [1]])
def test_a_weight_that_is_no_size_is_left_out_and_told(tmp_path: Path, weight: object) -> None:
    profile = only_profile(written(tmp_path, "a", recording(sample(weight, RING), sample(8, RING))))
    assert (profile.events, profile.total) == (1, 8)
    assert profile.notes == ("1 events without a usable figure were left out",)


def test_a_number_of_many_digits_costs_its_event_only(tmp_path: Path) -> None:
    text = recording(sample(12345, RING), sample(8, RING)).replace("12345", "9" * 6000)
    assert only_profile(written(tmp_path, "a", text)).total == 8


def test_malformed_stacks_are_unmapped(tmp_path: Path) -> None:
    odd = sample(8)
    odd["values"]["stackTrace"] = {
        "frames": [None, 1, {"method": None}, {"method": {"type": 3}}, {"method": {"type": {"name": ""}}}]
    }  # type: ignore[index]
    without = {"type": "jdk.ObjectAllocationSample", "values": {"weight": 8, "stackTrace": None}}
    strange = {"type": ["jdk"], "values": 3}
    profile = only_profile(written(tmp_path, "a", recording(odd, without, strange)))
    assert (profile.events, profile.mapped) == (2, 0)
    assert profile.unmapped == (Amount("(no stack)", 16),)


def test_cut_stacks_are_told_with_the_way_out(tmp_path: Path) -> None:
    cut = sample(8, JAVA, JAVA)
    cut["values"]["stackTrace"]["truncated"] = True  # type: ignore[index]
    profile = only_profile(written(tmp_path, "a", recording(cut)))
    assert "--stack-depth 64" in profile.notes[0]


def test_a_file_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    text = recording(sample(8, RING), sample(16, RING))
    cut = text[: text.rindex('"weight"')]
    profile = only_profile(written(tmp_path, "a", cut))
    assert profile.total == 8
    assert profile.notes == ("the file ends in the middle of an event: only what stands before it was read",)


def test_a_file_cut_off_in_its_first_event_is_an_error(tmp_path: Path) -> None:
    text = recording(sample(8, RING))
    with pytest.raises(InputError, match="no complete recording"):
        evidence_of(written(tmp_path, "a", text[: text.rindex('"weight"')]))


def test_a_recording_without_anything_of_use_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no allocation or processor sample"):
        evidence_of(written(tmp_path, "a", recording(event("ThreadStart"))))


def test_events_are_found_across_the_edges_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = recording(*(sample(number, RING, allocated='a"]},{é\\') for number in range(50)))
    monkeypatch.setattr(profile_json, "_CHUNK", 7)
    stream = EventStream(io.BytesIO(text.encode()))
    assert [one["values"]["weight"] for one in stream] == list(range(50))
    assert stream.problem == ""


@pytest.mark.parametrize(
    ("tail", "problem"),
    [
        ('{"a": ' + "[" * 200_000, "nested too deep"),
        ('{"a" 1, "b": 22222222222222222222222222222222222}', "no JSON"),
        ('{"a": "' + "x" * 9_000_000, "longer than"),
        ("", "middle of the list"),
    ],
)
def test_a_document_that_goes_wrong_ends_the_reading(tail: str, problem: str) -> None:
    stream = EventStream(io.BytesIO(('{"recording": {"events": [{"type": "x"}, 5, ' + tail).encode()))
    assert list(stream) == [{"type": "x"}]
    assert problem in stream.problem


def test_without_a_tool_the_error_says_how_to_convert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(InputError) as caught:
        evidence_of(written(tmp_path, "run.bin", b"FLR\x00rest"))
    assert "no jfr tool" in caught.value.message
    assert "jfr print --json --stack-depth 64" in (caught.value.hint or "")


SUMMARY = """ Version: 2.1
 Duration: 1 m 3 s

 Event Type                 Count  Size (bytes)
 jdk.ObjectAllocationSample     2            50
 jdk.ThreadStart                9            90
"""


def a_tool(folder: Path, monkeypatch: pytest.MonkeyPatch, *, printed: str, code: int = 0, complaint: str = "") -> None:
    """A jfr tool of JAVA_HOME that prints what it is told."""
    tool = folder / "jdk" / "bin" / "jfr"
    tool.parent.mkdir(parents=True)
    (folder / "printed.json").write_text(printed)
    tool.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"assert sys.argv[-1].endswith('.jfr'), sys.argv\n"
        f"if sys.argv[1] == 'summary':\n    print({SUMMARY!r})\n    sys.exit(0)\n"
        f"assert sys.argv[2:6] == ['--json', '--stack-depth', '256', '--events'], sys.argv\n"
        f"sys.stdout.write(open({str(folder / 'printed.json')!r}).read())\n"
        f"sys.stderr.write({complaint!r})\nsys.exit({code})\n"
    )
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("JAVA_HOME", str(folder / "jdk"))


def test_a_recording_is_read_through_the_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_tool(tmp_path, monkeypatch, printed=recording(sample(8, RING), sample(16, RING)))
    profile = only_profile(written(tmp_path, "no-suffix", b"FLR\x00rest"))
    assert (profile.format, profile.total, profile.seconds, profile.notes) == ("JFR", 24, 63, ())
    assert jfr_tool.find_tool() == str(tmp_path / "jdk/bin/jfr")


def test_a_tool_that_gives_up_half_way_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = recording(sample(8, RING), sample(16, RING))
    a_tool(
        tmp_path,
        monkeypatch,
        printed=whole[: whole.rindex("weight")],
        code=1,
        complaint="Picked up X\njfr print: bad chunk\n at line",
    )
    profile = only_profile(written(tmp_path, "a.jfr", b"FLR\x00rest"))
    assert profile.total == 8
    assert profile.notes == ("1 of the 2 events that the tool's summary counts were read (jfr print: bad chunk)",)


def test_a_tool_that_prints_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_tool(tmp_path, monkeypatch, printed="", code=1, complaint="jfr print: bad chunk\n")
    with pytest.raises(InputError, match=r"cannot read a\.jfr: jfr print: bad chunk"):
        evidence_of(written(tmp_path, "a.jfr", b"FLR\x00rest"))


@pytest.mark.skipif(jfr_tool.find_tool() is None, reason="needs the jfr tool of a JDK")
def test_rubbish_with_the_right_magic_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read x\.jfr"):
        evidence_of(written(tmp_path, "x.jfr", b"FLR\x00" + bytes(range(256)) * 40))


def test_a_value_that_is_no_object_is_passed_over(tmp_path: Path) -> None:
    text = json.dumps({"recording": {"events": [1, "x", None, [], sample(8, RING)]}})
    assert only_profile(written(tmp_path, "a", text)).events == 1


PAUSE = "[0.1s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 6M->2M(96M) 7.942ms\n"


def test_a_recording_and_a_log_do_not_count_the_same_stop_twice(tmp_path: Path) -> None:
    text = recording(event("GarbageCollection", gcId=1, name="G1New", cause="x", sumOfPauses="PT0.007942S"))
    jfr, log = written(tmp_path, "a.json", text), written(tmp_path, "gc.log", PAUSE)
    pauses = evidence_of(jfr, log).pauses
    assert pauses is not None
    assert [one.name for one in pauses.logs] == ["gc.log"]
    assert "a.json were left out" in pauses.notes[-1]
    alone = evidence_of(jfr).pauses
    assert alone is not None
    assert (alone.logs[0].format, alone.logs[0].groups[0].worst_ms, alone.advice[0].over) == ("jfr", 7.942, 1)


def test_a_recording_with_too_many_events_is_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jfr_events, "MOST_EVENTS", 1)
    text = recording(sample(8, RING), sample(16, RING), sample(16, RING))
    profile = only_profile(written(tmp_path, "a", text))
    assert (profile.total, profile.notes) == (8, ("only the first 1 events were read",))
    a_tool(tmp_path, monkeypatch, printed=text)
    assert only_profile(written(tmp_path, "b", b"FLR\x00rest")).notes == ("only the first 1 events were read",)

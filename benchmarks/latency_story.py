"""Runs the telemetry story under load with a flight recording and a GC log, scans it with and without them, and prints what changed.

    python benchmarks/latency_story.py [--seconds 20] [--heap 64m] [--keep DIR]

Needs a JDK of 17 or newer on the PATH. The load is synthetic: one thread sends events through the story's own handlers as fast as they take them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STORY = ROOT / "fixtures" / "telemetry-pipeline" / "repo"
RUSTPLAN = [sys.executable, "-m", "rustplan"]
DRIVER = """
import com.example.telemetry.core.*;
import com.example.telemetry.handlers.*;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.*;

public final class Load {
    public static void main(String[] arguments) throws Exception {
        long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000_000L;
        Map<Integer, String> sites = new HashMap<>();
        Map<Integer, String> units = new HashMap<>();
        for (int each = 0; each < 64; each++) {
            sites.put(each, "site " + each % 8);
            units.put(each, each % 2 == 0 ? "rpm" : "degrees");
        }
        List<EventHandler> handlers = List.of(
            new FilterHandler(List.of("9/.*", "12/3")),
            new EnrichHandler(sites, units, ZoneId.of("UTC")),
            new AggregateHandler(60),
            new AlarmHandler(64, 64, 95.0, 5, text -> { }),
            new ExportHandler(OutputStream.nullOutputStream()),
            new LatencyHandler(System::nanoTime));
        RingBuffer buffer = new RingBuffer(1024);
        Pipeline pipeline = new Pipeline(buffer, handlers);
        pipeline.start();
        Random random = new Random(1);
        long sent = 0;
        while (System.nanoTime() < end) {
            Event event = buffer.claim();
            if (event == null) {
                Thread.onSpinWait();
                continue;
            }
            event.set(sent, System.nanoTime(), random.nextInt(64), random.nextInt(64), random.nextDouble() * 100, EventType.MEASUREMENT);
            buffer.publish();
            sent++;
        }
        pipeline.stop();
        System.out.println("sent " + sent + ", processed " + pipeline.processed() + ", dropped " + pipeline.dropped());
    }
}
"""


def main() -> None:
    """Build, run, scan twice, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--heap", default="64m")
    parser.add_argument("--keep", type=Path, help="keep recording, log and reports here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        evidence = record(folder, given.seconds, given.heap)
        before = scan(folder / "without.json", [])
        after = scan(folder / "with.json", evidence)
        tell(before, after)


def record(folder: Path, seconds: int, heap: str) -> list[Path]:
    """Run the load on the story's handlers; return the recording and the log."""
    classes = folder / "classes"
    sources = [str(path) for path in sorted(STORY.rglob("src/main/java/**/*.java"))]
    driver = folder / "Load.java"
    driver.write_text(DRIVER, encoding="utf-8")
    subprocess.run(["javac", "-d", str(classes), *sources, str(driver)], check=True)
    recording, log = folder / "load.jfr", folder / "gc.log"
    done = subprocess.run(
        [
            "java",
            f"-Xmx{heap}",
            "-XX:+UseG1GC",
            f"-XX:StartFlightRecording=filename={recording},settings=profile",
            f"-Xlog:gc*,safepoint:file={log}:time,uptime,level,tags",
            "-cp",
            str(classes),
            "Load",
            str(seconds),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    print(done.stdout.strip().splitlines()[-1])
    return [recording, log]


def scan(place: Path, evidence: list[Path]) -> dict[str, Any]:
    """Scan the story; return the analysis."""
    profiles = [word for path in evidence for word in ("--profile", str(path))]
    page = place.with_suffix(".html")
    command = [
        *RUSTPLAN,
        "scan",
        str(STORY),
        "--isolated",
        "-q",
        "-o",
        f"json={place}",
        "-o",
        f"html={page}",
        *profiles,
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    analysis: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return analysis


def tell(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Print both rankings side by side, the first candidates, and the advice."""
    for name, analysis in (("without evidence", before), ("with evidence", after)):
        print(f"\n## {name}")
        for profile in analysis["evidence"].get("profiles", ()):
            share = profile["mapped"] / profile["total"] if profile["total"] else 0.0
            print(f"profile {profile['name']} {profile['kind']}: {profile['events']} events, {share:.1%} of the tree")
        for score in analysis["scorecard"]["components"]:
            if score["track"] == "latency":
                print(f"  {score['component']:<22} pressure {score['risk']:5.1f}  score {score['score']:5.1f}")
        for one in analysis["scorecard"]["candidates"][:8]:
            share = "" if one.get("share") is None else f" {one['share']:.1%}"
            print(f"  {one['level']:<20}{share:>7}  {one['class_name'].rpartition('.')[2]}.{one['method']}")
        for step in analysis["roadmap"]["steps"]:
            if step["track"] == "latency":
                print(f"  {step['component']:<22} {step['choice']['option']}: {step['choice']['because'][:150]}")
        for seam in analysis["roadmap"].get("seams", ())[:4]:
            print(
                f"  seam {seam['seam']:5.1f} {seam['boundary']:<14} {seam['method'].rpartition('.')[2]}: {seam['because'][:150]}"
            )
        for advice in (analysis["evidence"].get("pauses") or {}).get("advice", ()):
            print(f"  {advice['verdict']}: {advice['advice'][:240]}")


if __name__ == "__main__":
    main()

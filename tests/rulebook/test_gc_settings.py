"""Flags, limits and dependencies in build and deployment files: which count, for whom, and how sure that is."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from rustplan.catalog.java_settings import load_java_settings
from rustplan.discover import discover_tree
from rustplan.model.finding import Confidence, Finding
from rustplan.model.options import DiscoverOptions
from rustplan.model.source import Role
from rustplan.rulebook import TextRules, load_rules
from rustplan.rulebook.checks.java_settings import LONGEST_SHOWN
from rustplan.rulebook.rule import Rulebook, bind
from rustplan.rulebook.text_view import TextView

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW


@cache
def book() -> Rulebook:
    return load_rules()


@cache
def text_rules(rule: str) -> TextRules:
    return TextRules(bind(tuple(one for one in book().rules if one.id == rule)))


def find(rule: str, path: str, text: str, role: Role = Role.SOURCE) -> tuple[Finding, ...]:
    return text_rules(rule).find({path: (role, text.encode())})


def told(rule: str, path: str, text: str, role: Role = Role.SOURCE) -> list[tuple[str, Confidence]]:
    return [(one.message, one.confidence) for one in find(rule, path, text, role)]


def test_what_a_flag_says_fits_into_a_message_and_weighs_one_to_three() -> None:
    for row in load_java_settings().flags.rows:
        assert len(row.says.replace("{value}", "200")) <= LONGEST_SHOWN, row.flag
        assert row.weight in (1, 2, 3), row.flag


@pytest.mark.parametrize(
    ("flag", "says", "confidence"),
    [
        ("-XX:MaxGCPauseMillis=5", "asks for pauses of at most 5 ms", HIGH),
        ("-XX:MaxGCPauseMillis=20", "asks for pauses of at most 20 ms", HIGH),
        ("-XX:MaxGCPauseMillis=21", "asks for pauses of at most 21 ms", MEDIUM),
        ("-XX:MaxGCPauseMillis=50", "asks for pauses of at most 50 ms", MEDIUM),
        ("-XX:MaxGCPauseMillis=100", "asks for pauses of at most 100 ms, the default being 200", LOW),
        ("-XX:MaxGCPauseMillis=200", "", LOW),
        ("-XX:MaxGCPauseMillis=0", "", LOW),
        ("-XX:MaxGCPauseMillis=$PAUSE", "", LOW),
        ("-XX:+UseZGC", "picks ZGC: pauses below a millisecond are wanted", HIGH),
        ("-XX:-UseZGC", "", LOW),
        ("-XX:+UseG1GC", "", LOW),
        ("-XX:+UseShenandoahGC", "picks Shenandoah: short pauses are wanted", HIGH),
        ("-XX:-UseBiasedLocking", "turns off biased locking, whose revocation stops threads", MEDIUM),
        ("-XX:+UseBiasedLocking", "", LOW),
        ("-XX:InitiatingHeapOccupancyPercent=40", "starts marking at 40 % of the heap", LOW),
        ("-XX:G1HeapRegionSize=32M", "sets the size of G1's regions: large objects, often", LOW),
        ("-Xmn2g", "fixes the size of the young generation", LOW),
        ("-Xgcpolicy:metronome", "picks the real-time collector of OpenJ9", HIGH),
        ("-Djdk.nio.maxCachedBufferSize=262144", "limits the direct buffers that each thread keeps", MEDIUM),
        ("-XX:+HeapDumpOnOutOfMemoryError", "", LOW),
    ],
)
def test_every_flag_says_what_it_asks_for_and_weighs_by_that(flag: str, says: str, confidence: Confidence) -> None:
    expected = [(f"`{flag}` {says}", confidence)] if says else []
    assert told("gc-flags", "deploy/Dockerfile", f'ENV JAVA_OPTS="-server {flag} -Xss1m"\n') == expected


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile",
        "docker/Dockerfile.jvm",
        "bin/run.sh",
        "bin/run-engine",
        "conf/engine-env.sh",
        "packaging/engine.service",
        "config/jvm.options",
        "config/jvm11-server.options",
        "etc/jvm.config",
        ".env",
        "deploy/prod.env",
        "deploy/values.yaml",
        "deploy/templates/engine.tpl",
        "compose.yml",
        "Procfile",
    ],
)
def test_flags_are_read_in_every_kind_of_file(path: str) -> None:
    assert told("gc-flags", path, "X -XX:+UseZGC\n") == [
        ("`-XX:+UseZGC` picks ZGC: pauses below a millisecond are wanted", HIGH)
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".mvn/jvm.config", "-XX:+UseZGC\n"),
        (".github/workflows/ci.yml", "env:\n  JAVA_OPTS: -XX:+UseZGC\n"),
        (".gitlab-ci.yml", "  JAVA_OPTS: -XX:+UseZGC\n"),
        ("build.sh", "export GRADLE_OPTS='-XX:+UseZGC'\n"),
        ("build.sh", "MAVEN_OPTS=-XX:+UseZGC mvn verify\n"),
        ("gradle.properties", "org.gradle.jvmargs=-XX:+UseZGC\n"),
        ("conf/build.conf", "org.gradle.jvmargs=-XX:+UseZGC\n"),
        ("config/jvm.options", "# -XX:+UseZGC\n## 17-:-XX:+UseZGC\n"),
        ("notes.txt", "-XX:+UseZGC\n"),
        ("README.md", "start it with -XX:+UseZGC\n"),
        ("pom.xml", "<!-- <jvmArguments>-XX:+UseZGC</jvmArguments> -->\n"),
    ],
)
def test_the_machine_of_the_build_comments_and_documents_set_nothing(path: str, text: str) -> None:
    assert told("gc-flags", path, text) == []


def test_flags_of_tests_in_build_files_are_unsure_and_those_of_test_folders_are_none() -> None:
    argument = "<argLine>\n  -XX:MaxGCPauseMillis=10\n</argLine>\n"
    assert [sure for _, sure in told("gc-flags", "pom.xml", argument)] == [LOW]
    assert [
        sure for _, sure in told("gc-flags", "build.gradle", "test {\n  jvmArgs '-XX:MaxGCPauseMillis=10'\n}\n")
    ] == [LOW]
    program = "bootRun {\n  jvmArgs '-XX:MaxGCPauseMillis=10'\n}\n"
    assert [sure for _, sure in told("gc-flags", "build.gradle", program)] == [HIGH]
    assert told("gc-flags", "tests/Dockerfile", "ENV X=-XX:+UseZGC\n", Role.TEST) == []
    assert [sure for _, sure in told("gc-flags", "examples/Dockerfile", "ENV X=-XX:+UseZGC\n", Role.EXAMPLE)] == [LOW]


def test_lines_that_a_product_ships_are_told_as_copied_and_changed_ones_are_not() -> None:
    shipped = 'OPTS="-XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent"\n'
    found = told("gc-flags", "bin/start.sh", shipped)
    assert ("`-XX:MaxGCPauseMillis=20` asks for pauses of at most 20 ms, as Kafka ships it", LOW) in found
    assert {sure for _, sure in found} == {LOW}
    changed = told("gc-flags", "bin/start.sh", shipped.replace("Millis=20", "Millis=10"))
    assert ("`-XX:MaxGCPauseMillis=10` asks for pauses of at most 10 ms", HIGH) in changed


def test_ranges_of_releases_are_part_of_the_flag() -> None:
    lines = "8-13:-XX:+UseConcMarkSweepGC\n17-:-XX:+UseZGC\n8:-Xmn1g\n"
    assert [message.split(" ")[0] for message, _ in told("gc-flags", "jvm.options", lines)] == [
        "`8-13:-XX:+UseConcMarkSweepGC`",
        "`17-:-XX:+UseZGC`",
        "`8:-Xmn1g`",
    ]


@pytest.mark.parametrize(
    ("setting", "is_small"),
    [
        ("-Xmx256m", True),
        ("-Xmx262144k", True),
        ("-Xmx268435456", True),
        ("-Xmx257m", False),
        ("-Xmx1g", False),
        ("-Xmx0", False),
    ],
)
def test_a_small_heap_has_at_most_256_mib(setting: str, is_small: bool) -> None:
    found = told("small-memory-target", "bin/run.sh", f"exec java {setting} -jar a.jar\n")
    assert found == ([(f"`{setting}` gives the heap 256 MiB", MEDIUM)] if is_small else [])


POD = """
kind: Deployment
containers:
  - name: a
    image: {image}
    resources:
      limits:
        memory: {memory}
        cpu: {cpu}
"""


def pod(image: str = "eclipse-temurin:21", memory: str = "4Gi", cpu: str = "4") -> list[str]:
    text = POD.format(image=image, memory=memory, cpu=cpu)
    return [one.message for one in find("small-memory-target", "deploy/a.yaml", text)]


def test_limits_count_where_the_same_document_runs_java() -> None:
    assert pod(memory="512Mi") == ["`memory: 512Mi` limits a container that runs Java to 512 MiB"]
    assert pod(memory='"268435456"') == ['`memory: "268435456"` limits a container that runs Java to 256 MiB']
    assert pod(memory="513Mi") == pod() == []
    assert pod(image="nginx", memory="64Mi", cpu="100m") == []
    other = "---\ncontainers: [{image: eclipse-temurin:21}]\n"
    assert find("small-memory-target", "a.yaml", POD.format(image="nginx", memory="64Mi", cpu="1") + other) == ()


def test_a_service_of_a_compose_file_stands_for_itself() -> None:
    text = "services:\n  app:\n    image: openjdk:17\n    mem_limit: 256m\n  graphs:\n    image: grafana\n    mem_limit: 128m\n"
    assert [one.lines for one in find("small-memory-target", "compose.yaml", text)] == [(4,)]


def test_a_processor_is_what_the_jvm_rounds_a_limit_up_to() -> None:
    for cpu in ("1", '"1"', "1000m", "250m", "0.5"):
        (message,) = pod(cpu=cpu)
        assert message.startswith(f"`cpu: {cpu}` leaves the JVM one processor")
    for cpu in ("2", "1001m", "1500m", "1.5", "0"):
        assert pod(cpu=cpu) == []


def test_requests_are_no_limits_and_a_named_collector_is_not_replaced() -> None:
    requests = POD.format(image="openjdk:17", memory="64Mi", cpu="1").replace("limits:", "requests:")
    assert find("small-memory-target", "a.yaml", requests) == ()
    named = POD.format(image="openjdk:17\n    env: -XX:+UseParallelGC", memory="4Gi", cpu="1")
    assert find("small-memory-target", "a.yaml", named) == ()
    inline = "image: openjdk:17\nresources: {limits: {memory: 256Mi, cpu: 500m}}\n"
    assert len(find("small-memory-target", "a.yaml", inline)) == 2


DEPENDENCY = "<dependency>\n  <groupId>{group}</groupId>\n  <artifactId>x</artifactId>\n{more}</dependency>\n"


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ("", True),
        ("  <scope>runtime</scope>\n", True),
        ("  <scope>test</scope>\n", False),
        ("  <optional>true</optional>\n", False),
    ],
)
def test_dependencies_of_maven_count_by_scope(more: str, is_found: bool) -> None:
    text = DEPENDENCY.format(group="io.aeron", more=more)
    assert [one.lines for one in find("low-latency-messaging", "pom.xml", text)] == ([(2,)] if is_found else [])


def test_only_dependencies_count_and_not_the_project_itself() -> None:
    for around in ("<parent>\n{}\n</parent>", "<project>\n{}\n</project>", "<exclusion>\n{}\n</exclusion>"):
        text = around.format("<groupId>org.agrona</groupId>")
        assert find("low-latency-messaging", "pom.xml", text) == ()
    assert (
        find("low-latency-messaging", "src/test/pom.xml", DEPENDENCY.format(group="io.aeron", more=""), Role.TEST) == ()
    )


def test_the_own_group_of_a_project_is_no_dependency() -> None:
    for own in ("group = 'com.lmax'\n", "group 'com.lmax'\n", "def engineGroup = 'com.lmax'\n"):
        assert find("low-latency-messaging", "build.gradle", own) == ()
    assert len(find("low-latency-messaging", "build.gradle", "api group: 'com.lmax', name: 'disruptor'\n")) == 1


def test_the_machine_of_benchmarks_is_not_that_of_the_program() -> None:
    benchmark = "jmh {\n  jvmArgs = ['-Xmx128m', '-XX:MaxGCPauseMillis=10']\n}\n"
    assert [sure for _, sure in told("gc-flags", "build.gradle", benchmark)] == [LOW]
    assert told("small-memory-target", "build.gradle", benchmark) == []


def test_a_glob_in_a_build_script_begins_no_comment() -> None:
    view = TextView("build.gradle", Role.SOURCE, b"include '**/*.java'\nx = 1 /* gone\nstill */ y\n")
    assert [line.rstrip() for line in view.lines] == ["include '**/*.java'", "x = 1", "         y", ""]


def test_headings_of_documents_are_lines() -> None:
    view = TextView("README.md", Role.SOURCE, b"# Zero-allocation\n<!-- hidden -->\n")
    assert view.lines[0] == "# Zero-allocation"
    assert view.lines[1].strip() == ""


def test_files_that_only_java_asks_for_are_listed_in_trees_with_java(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    for name in ("README.md", "app.env", "Dockerfile"):
        (tmp_path / name).write_text("x\n")
    asked = (book().files_asked, book().files_asked_of_java)
    assert [one.path for one in discover_tree(tmp_path, DiscoverOptions(), *asked).texts] == ["Dockerfile"]
    (tmp_path / "A.java").write_text("class A {}\n")
    assert [one.path for one in discover_tree(tmp_path, DiscoverOptions(), *asked).texts] == [
        "Dockerfile",
        "README.md",
        "app.env",
    ]


def test_hostile_lines_take_no_time() -> None:
    hostile = (
        "-XX:" * 250 + "\n" + "-Xmx9" * 200 + "\n" + " " * 900 + "memory: 1\n" + "limits:\n" + "cpu: 1m" * 140 + "\n"
    ) * 60
    start = time.process_time()
    for rule in ("gc-flags", "gc-monitoring", "small-memory-target", "gc-wording", "low-latency-messaging"):
        for path in ("a.yaml", "pom.xml", "build.gradle", "a.md"):
            find(rule, path, hostile)
    assert time.process_time() - start < 20

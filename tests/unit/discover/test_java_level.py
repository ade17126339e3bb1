"""The release of Java that a tree is for: who says it, where, and what production runs."""

from __future__ import annotations

import time

import pytest

from rustplan.discover.java_level import release_of
from rustplan.model.java_level import JavaLevel

JAVA = {"src/main/java/A.java": "class A {}\n"}


def level(discover, files) -> JavaLevel:
    found = discover({**JAVA, **files}).java_level
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("17", 17),
        ("1.8", 8),
        ("1_8", 8),
        ("VERSION_1_8", 8),
        ("VERSION_21", 21),
        ("17.0.9-tem", 17),
        ("8u292", 8),
        ("JavaSE-1.8", 8),
        ("'11'", 11),
        ("${java.version}", None),
        ("2", None),
        ("99", None),
        ("", None),
        ("latest", None),
    ],
)
def test_releases_in_all_spellings(text: str, release: int | None) -> None:
    assert release_of(text) == release


@pytest.mark.parametrize(
    ("path", "text", "line", "release"),
    [
        ("pom.xml", "<project>\n<maven.compiler.release>17</maven.compiler.release>", 2, 17),
        ("pom.xml", "<java.version>21</java.version>", 1, 21),
        ("pom.xml", "<maven.compiler.source>1.8</maven.compiler.source>", 1, 8),
        ("pom.xml", "<artifactId>maven-compiler-plugin</artifactId>\n<configuration>\n<release>11</release>", 3, 11),
        ("build.gradle", "sourceCompatibility = '1.8'", 1, 8),
        ("build.gradle", "java {\n  targetCompatibility = JavaVersion.VERSION_11\n}", 2, 11),
        ("build.gradle.kts", "languageVersion.set(JavaLanguageVersion.of(21))", 1, 21),
        ("build.gradle", "ext {\n  least = 11\n}\noptions.release = least", 4, 11),
        ("build.gradle.kts", "tasks { options.release.set(17) }", 1, 17),
        ("gradle.properties", "javaVersion=17", 1, 17),
        ("build.xml", '<javac srcdir="src"\n  source="1.6" target="1.7"/>', 2, 6),
        ("Makefile", "javac -source 8 -target 8 A.java", 1, 8),
        ("CMakeLists.txt", "set(CMAKE_JAVA_COMPILE_FLAGS -source 7)", 1, 7),
        ("build.sbt", 'javacOptions ++= Seq("--release", "11")', 1, 11),
        ("Dockerfile", "FROM eclipse-temurin:17-jre", 1, 17),
        ("Dockerfile", "FROM openjdk:11-jre-slim", 1, 11),
        ("Dockerfile", "FROM amazoncorretto:21", 1, 21),
        ("Dockerfile", "FROM openjdk:8u292", 1, 8),
        ("Dockerfile", "FROM gcr.io/distroless/java17-debian12", 1, 17),
        ("Dockerfile", "FROM azul/zulu-openjdk-alpine:17-jre", 1, 17),
        ("Dockerfile", "FROM mcr.microsoft.com/openjdk/jdk:21-ubuntu", 1, 21),
        ("Dockerfile", "FROM registry.local/base/eclipse-temurin:17.0.9_9-jdk@sha256:00", 1, 17),
        ("Dockerfile", "ARG JAVA=21\nFROM eclipse-temurin:${JAVA}-jre", 2, 21),
        ("src/main/resources/META-INF/MANIFEST.MF", "Build-Jdk-Spec: 17", 1, 17),
        (".bazelrc", "build --java_language_version=17", 1, 17),
    ],
)
def test_what_production_uses(discover, path: str, text: str, line: int, release: int) -> None:
    found = level(discover, {path: text + "\n"})
    places = [(place.path, place.line, place.release, place.is_production) for place in found.evidence]
    assert (path, line, release, True) in places
    assert found.release == release
    assert f"{path}:{line}" in found.because


@pytest.mark.parametrize(
    ("path", "text", "release"),
    [
        (".java-version", "17.0.9\n", 17),
        (".java-version", "temurin-21.0.1\n", 21),
        (".sdkmanrc", "# sdk\njava=17.0.9-tem\n", 17),
        (".tool-versions", "nodejs 20.1.0\njava temurin-21.0.2+13\n", 21),
        (
            ".github/workflows/ci.yml",
            "      - uses: actions/setup-java@v4\n        with:\n          java-version: '17'\n",
            17,
        ),
        (".github/workflows/ci.yml", "        java: [ '8', '11', 17 ]\n", 8),
        (".mvn/toolchains.xml", "<jdk><provides><version>17</version></provides></jdk>\n", 17),
        ("pom.xml", "<profile>\n<maven.compiler.release>14</maven.compiler.release>\n</profile>\n", 14),
        ("Dockerfile", "FROM maven:3.9-eclipse-temurin-21 AS build\nFROM debian:12\n", 21),
    ],
)
def test_what_developers_use_decides_only_when_nothing_else_speaks(
    discover, path: str, text: str, release: int
) -> None:
    found = level(discover, {path: text})
    assert found.release == release
    assert "it need not be what production runs" in found.because
    assert not any(place.is_production for place in found.evidence)
    spoken = level(discover, {path: text, "Dockerfile.run": "FROM eclipse-temurin:25-jre\n"})
    assert spoken.release == 25


def test_the_lowest_of_production_decides(discover) -> None:
    files = {
        "a/pom.xml": "<maven.compiler.release>17</maven.compiler.release>\n",
        "b/pom.xml": "<maven.compiler.release>11</maven.compiler.release>\n",
        "Dockerfile": "FROM eclipse-temurin:21-jre\n",
        ".java-version": "8\n",
    }
    found = level(discover, files)
    assert found.release == 11
    assert found.because == "maven.compiler.release in b/pom.xml:1 is the lowest."
    assert [place.path for place in found.evidence] == [".java-version", "Dockerfile", "a/pom.xml", "b/pom.xml"]


def test_properties_are_put_in_and_tests_comments_and_vendored_files_are_not_read(discover) -> None:
    files = {
        "pom.xml": "<level>17</level>\n<maven.compiler.release>${level}</maven.compiler.release>\n<!-- <java.version>8</java.version> -->\n",
        "tests/pom.xml": "<java.version>8</java.version>\n",
        "third_party/x/pom.xml": "<java.version>6</java.version>\n",
        "build.gradle": "// sourceCompatibility = 8\ntestSourceCompatibility = 8\n",
    }
    found = level(discover, files)
    assert [(place.path, place.line, place.release) for place in found.evidence] == [("pom.xml", 2, 17)]


def test_unknown_is_said_and_a_tree_without_java_has_no_level(discover) -> None:
    found = level(discover, {"pom.xml": "<project/>\n", "Dockerfile": "FROM debian:12\n"})
    assert (found.release, found.evidence) == (None, ())
    assert "names a release of Java" in found.because


def test_no_java_no_level(discover) -> None:
    tree = discover({"a.c": "int a;\n", "Dockerfile": "FROM eclipse-temurin:17\n"})
    assert tree.java_level is None
    assert tree.project.java_level is None


def test_hostile_files_end(discover) -> None:
    text = ("FROM " + "a" * 900 + ":1\n" + "java: " + "1" * 900 + "\n" + "<source>" * 100 + "\n") * 80
    names = (
        "Dockerfile",
        "pom.xml",
        "build.gradle",
        "build.xml",
        ".java-version",
        ".github/workflows/a.yml",
        "Makefile",
    )
    start = time.process_time()
    found = level(discover, dict.fromkeys(names, text) | {"b/pom.xml": b"\xff\xfe\0<source>"})
    assert time.process_time() - start < 20
    assert found.release is None

"""The stories are real projects: they compile with their own toolchain and pass their own tests."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STORIES = Path(__file__).resolve().parents[2] / "fixtures"


def need(*tools: str) -> None:
    """Skip without the tools, except in CI, where a missing compiler must not pass as success."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {', '.join(missing)}")
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


def run(*command: str | Path, **options: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.packaging
@pytest.mark.parametrize(("story", "compiler", "tests"), [("edge-gateway", "cc", 1), ("image-codec", "c++", 3)])
def test_native_stories_build_and_pass_their_tests(story, compiler, tests, tmp_path):
    need("cmake", "ctest", compiler)
    run("cmake", "-S", STORIES / story / "repo", "-B", tmp_path, "-DCMAKE_BUILD_TYPE=Debug")
    run("cmake", "--build", tmp_path, "--parallel", "2")
    tested = run("ctest", "--test-dir", tmp_path)

    assert f"out of {tests}" in tested


@pytest.mark.packaging
def test_the_java_story_compiles_and_its_handlers_do_what_they_say(tmp_path):
    need("javac", "java")
    sources = sorted((STORIES / "telemetry-pipeline" / "repo").rglob("*.java"))
    run("javac", "--release", "11", "-Xlint:all,-options", "-Werror", "-d", tmp_path, *sources)

    for check in ("codec.CodecCheck", "handlers.HandlersCheck"):
        assert ": ok" in run("java", "-cp", tmp_path, f"com.example.telemetry.{check}")


@pytest.mark.packaging
def test_the_java_and_the_native_codec_agree(tmp_path):
    need("javac", "java", "make", "c++")
    home = Path(os.path.realpath(shutil.which("javac") or "")).parents[1]
    if not (home / "include" / "linux" / "jni_md.h").is_file():
        pytest.skip("needs the JNI headers of a JDK for Linux")
    native = tmp_path / "native"
    classes = tmp_path / "classes"
    shutil.copytree(STORIES / "telemetry-pipeline" / "repo" / "telemetry-codec" / "src" / "main" / "native", native)
    run("make", "CXX=c++", "CXXFLAGS=-O0 -Wall -Wextra -Werror", f"JAVA_HOME={home}", cwd=native)
    modules = STORIES / "telemetry-pipeline" / "repo"
    sources = sorted([*modules.glob("telemetry-core/**/*.java"), *modules.glob("telemetry-codec/**/*.java")])
    run("javac", "--release", "11", "-Xlint:-options", "-d", classes, *sources)
    said = run("java", f"-Djava.library.path={native}", "-cp", classes, "com.example.telemetry.codec.CodecCheck")

    assert "java: ok" in said
    assert "native 3.1" in said

from __future__ import annotations

from rustplan.model.source import TargetKind

J = "class A {}\n"


def _pom(artifact: str, body: str = "") -> str:
    return (
        '<?xml version="1.0"?><!-- c --><project xmlns="http://maven.apache.org/POM/4.0.0"><parent><groupId>g</groupId>'
        f"<artifactId>parent</artifactId><version>1</version></parent><artifactId>{artifact}</artifactId>{body}</project>"
    )


def _needs(*names: str) -> str:
    inner = "".join(f"<dependency><groupId>g</groupId><artifactId>{name}</artifactId></dependency>" for name in names)
    return f"<dependencies>{inner}</dependencies>"


def test_maven_modules(targets) -> None:
    managed = f"<dependencyManagement>{_needs('app')}</dependencyManagement>"
    found = targets(
        {
            "pom.xml": _pom("parent", "<packaging>pom</packaging><modules><module>core</module></modules>" + managed),
            "core/pom.xml": _pom("${base}-core", "<properties><base>my</base></properties>" + _needs("guava")),
            "core/src/main/java/p/A.java": J,
            "core/src/main/c/a.c": "int a;",
            "core/src/test/java/p/ATest.java": J,
            "app/pom.xml": _pom(
                "app", "<build><sourceDirectory>code</sourceDirectory></build>" + _needs("my-core", "junit")
            ),
            "app/code/B.java": J,
        }
    )
    assert found["my-core"].sources == ("core/src/main/c/", "core/src/main/java/", "core/src/test/java/")
    assert (found["my-core"].kind, found["my-core"].external) == (TargetKind.MODULE, ("guava",))
    assert found["app"].sources == ("app/code/",)
    assert (found["app"].dependencies, found["app"].external) == (("my-core",), ("junit",))
    assert (found["parent"].sources, found["parent"].dependencies) == ((), ())


def test_gradle_modules(targets) -> None:
    found = targets(
        {
            "settings.gradle.kts": 'rootProject.name = "x"\ninclude(":core", ":net:http")\n// include(":no")\ninclude(\n  "moved"\n)\n'
            'project(":moved").projectDir = file("elsewhere/m")\n',
            "core/build.gradle.kts": 'dependencies { api("com.google.guava:guava:32") }\n',
            "core/src/main/java/A.java": J,
            "net/http/build.gradle": "dependencies {\n  implementation project(':core')\n  testImplementation project(path: ':moved')\n}\n",
            "net/http/src/main/java/B.java": J,
            "elsewhere/m/src/main/java/C.java": J,
            "alone/build.gradle": "",
            "alone/src/main/java/D.java": J,
        }
    )
    assert (found["core"].sources, found["core"].external) == (("core/src/main/java/",), ("guava",))
    assert found["net:http"].dependencies == ("core", "moved")
    assert found["net:http"].manifest == "net/http/build.gradle"
    assert found["moved"].sources == ("elsewhere/m/src/main/java/",)
    assert found["alone"].sources == ("alone/src/main/java/",)
    assert "no" not in found


CATALOG = """[versions]
guava = "32"
[libraries]
guava = { module = "com.google.guava:guava", version.ref = "guava" }
jackson-core = "com.fasterxml.jackson.core:jackson-core:2.17" # text
junit_api = { group = "org.junit.jupiter", name = "junit-jupiter-api" }
broken = 3
[bundles]
testing = [
  "junit_api", # one
  "missing",
]
[plugins]
guava = "no.plugin:plugin:1"
"""


def test_gradle_version_catalogs_and_project_accessors(targets) -> None:
    found = targets(
        {
            "settings.gradle.kts": 'include(":core", ":net:http-client")\n',
            "gradle/libs.versions.toml": CATALOG,
            "core/build.gradle.kts": "dependencies {\n  api(libs.guava)\n  implementation(libs.jackson.core.get())\n"
            "  testImplementation(libs.bundles.testing)\n  api(libs.unknown)\n}\n",
            "core/src/main/java/A.java": J,
            "net/http-client/build.gradle.kts": "dependencies { implementation(projects.core) }\n",
            "net/http-client/src/main/java/B.java": J,
        }
    )
    assert found["core"].external == ("guava", "jackson-core", "junit-jupiter-api")
    assert (found["net:http-client"].dependencies, found["net:http-client"].external) == (("core",), ())


def test_a_version_catalog_that_is_none_spoils_no_module(discover) -> None:
    tree = discover(
        {
            "settings.gradle": "include 'core'\n",
            "gradle/libs.versions.toml": "[libraries]\n" + "".join(f"a{n} = 'g:a'\n" for n in range(5_100)),
            "core/src/main/java/A.java": J,
        }
    )
    assert [target.name for target in tree.targets] == ["core"]
    assert [degraded.path for degraded in tree.degraded] == ["gradle/libs.versions.toml"]


def test_java_modules(targets) -> None:
    found = targets(
        {
            "a/module-info.java": "/* module no {} */\nopen module org.a {\n  requires transitive org.b;\n  requires java.sql;\n}\n",
            "a/p/A.java": J,
            "b/module-info.java": "module org.b { exports p; }\n",
        }
    )
    assert (found["org.a"].sources, found["org.a"].dependencies) == (("a/",), ("org.b",))
    assert found["org.a"].external == ("java.sql",)

"""What to paste into a CI system, as printed by `rustplan init` and explained in the how-to pages."""

from __future__ import annotations

import os
from pathlib import Path

GITHUB = """\
# .github/workflows/rustplan.yml
name: rustplan
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  rustplan:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      security-events: write # code scanning; leave it out with sarif-file: ""
      pull-requests: write # the comment; leave it out with comment: "false"
    steps:
      - uses: actions/checkout@fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09 # v5.1.0
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: OWNER/rustplan@COMMIT # where you keep rustplan, and the commit that you reviewed
"""
GITLAB = """\
# .gitlab-ci.yml
rustplan:
  image: python:3.12 # not -slim: it has no git
  variables:
    GIT_DEPTH: "0"
  script:
    - python -m pip install --quiet rustplan==0.1.0 # or where you keep it, pinned
    - rustplan scan . --quiet
    - rustplan check -o gitlab=gl-code-quality.json -o junit=rustplan-junit.xml
  artifacts:
    when: always
    expose_as: Memory-safety roadmap
    paths: [roadmap.html, rustplan.json]
    reports:
      codequality: gl-code-quality.json
      junit: rustplan-junit.xml
"""
JENKINS = """\
// Jenkinsfile
pipeline {
  agent any
  stages {
    stage('rustplan') {
      steps {
        sh 'python3 -m venv "$WORKSPACE_TMP/rustplan" && "$WORKSPACE_TMP/rustplan/bin/pip" install --quiet rustplan==0.1.0'
        sh '"$WORKSPACE_TMP/rustplan/bin/rustplan" scan . --quiet'
        sh '"$WORKSPACE_TMP/rustplan/bin/rustplan" check -o junit=rustplan-junit.xml'
      }
    }
  }
  post {
    always {
      junit 'rustplan-junit.xml'
      archiveArtifacts artifacts: 'roadmap.html,rustplan.json', allowEmptyArchive: true
    }
  }
}
"""
SHELL = """\
#!/bin/sh
set -eu
rustplan scan . --quiet
rustplan check
"""
SNIPPETS = {"github": GITHUB, "gitlab": GITLAB, "jenkins": JENKINS, "shell": SHELL}
_SIGNS = ((".github", "github"), (".gitlab-ci.yml", "gitlab"), ("Jenkinsfile", "jenkins"))


def likely_ci(folder: Path) -> str:
    """The CI system whose files lie in `folder`; plain shell when there are none."""
    return next((name for sign, name in _SIGNS if os.path.lexists(folder / sign)), "shell")

#!/usr/bin/env bash
# Installs rustplan into its own environment and puts its command on the path of the later steps.
# Reads: IN_VERSION (empty: the sources this script belongs to), RUNNER_TEMP, GITHUB_PATH.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
place="${RUNNER_TEMP:?}/rustplan-environment"

if [[ -n "${IN_VERSION:-}" && ! "$IN_VERSION" =~ ^[0-9][0-9A-Za-z.+!-]*$ ]]; then
  echo "::error title=rustplan::version is not a version: write for example 1.2.0"
  exit 2
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "::error title=rustplan::Python 3.10 or newer is needed: put a step with actions/setup-python before this one"
  exit 2
fi

wanted="$here"
[[ -z "${IN_VERSION:-}" ]] || wanted="rustplan==$IN_VERSION"
python3 -m venv "$place"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
echo "$place/bin" >>"${GITHUB_PATH:?}"
"$place/bin/rustplan" --version

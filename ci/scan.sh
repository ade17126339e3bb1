#!/usr/bin/env bash
# Scans, judges, and writes the summary, the outputs and the annotations of a GitHub job.
# Reads: IN_PATH, IN_CONFIG, IN_FAIL_ON, IN_BASELINE, IN_MIN_COVERAGE, IN_SARIF_FILE, IN_HTML_FILE, and GitHub's own variables.
# The verdict becomes the output `exit`, so that the steps that publish the results run first. Ends with 2 or more when there is no result.
set -euo pipefail

work="$(mktemp -d "${RUNNER_TEMP:?}/rustplan.XXXXXX")"
top="$PWD"

absolute() { case "$1" in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$top" "$1" ;; esac; }

for value in "${IN_PATH:-}" "${IN_SARIF_FILE:-}" "${IN_HTML_FILE:-}"; do
  if [[ "$value" == *$'\n'* ]]; then
    echo "::error title=rustplan::path, sarif-file and html-file are one line each"
    exit 2
  fi
done

read_options=() judge_options=() written=()
if [[ -n "${IN_CONFIG:-}" ]]; then
  config="$(absolute "$IN_CONFIG")"
  read_options+=(--config "$config")
  judge_options+=(--config "$config")
fi
[[ -z "${IN_BASELINE:-}" ]] || judge_options+=(--baseline "$(absolute "$IN_BASELINE")")
[[ -z "${IN_MIN_COVERAGE:-}" ]] || judge_options+=(--min-coverage "$IN_MIN_COVERAGE")
while IFS= read -r line; do
  line="${line#"${line%%[![:space:]]*}"}"
  line="${line%"${line##*[![:space:]]}"}"
  [[ -z "$line" ]] || judge_options+=(--fail-on "$line")
done <<<"${IN_FAIL_ON:-}"
sarif="" html=""
if [[ -n "${IN_SARIF_FILE:-}" ]]; then
  sarif="$(absolute "$IN_SARIF_FILE")"
  written+=(-o "sarif=$sarif")
fi
if [[ -n "${IN_HTML_FILE:-}" ]]; then
  html="$(absolute "$IN_HTML_FILE")"
else
  html="$work/roadmap.html"
fi
written+=(-o "html=$html" -o json=rustplan.json)

cd "${IN_PATH:-.}"
if [[ "$(git rev-parse --is-shallow-repository 2>/dev/null || true)" == true ]]; then
  echo "::warning title=rustplan::the checkout is shallow, so what git history tells is missing: give actions/checkout fetch-depth: 0"
fi

rustplan scan . -qq ${read_options[@]+"${read_options[@]}"} "${written[@]}"

code=0
rustplan check ${judge_options[@]+"${judge_options[@]}"} -f github \
  -o "summary=$work/summary.md" -o "comment=$work/comment.md" -o "env=$work/outputs" || code=$?
if [[ "$code" != 0 && "$code" != 1 && "$code" != 3 ]]; then
  exit "$code"
fi

cat "$work/summary.md" >>"${GITHUB_STEP_SUMMARY:?}"
{
  cat "$work/outputs"
  printf 'comment-file=%s\n' "$work/comment.md"
  printf 'sarif-file=%s\n' "$sarif"
  [[ -z "${IN_HTML_FILE:-}" ]] || printf 'html-file=%s\n' "$html"
} >>"${GITHUB_OUTPUT:?}"

#!/usr/bin/env bash
# install.sh FOLDER REQUIREMENTS: makes a virtual environment of Python with the Azure CLI.
set -euo pipefail
folder=$1 requirements=$2
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
  echo 'The Azure CLI needs python3, 3.10 or newer, with its modules venv and ensurepip (on Debian: apt install python3-venv).' >&2
  exit 1
}
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir -r "$requirements"

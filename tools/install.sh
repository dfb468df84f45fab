#!/bin/sh
# Make .venv and install the project into it, with uv where there is one. Usage: install.sh [python] [extras]
set -e
cd "$(dirname "$0")/.."
python=${1:-python3}
extras=${2:-dev}
"$python" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, {sys.executable} is {v[0]}.{v[1]}. Try: make install PYTHON=python3.12")'
if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --python "$("$python" -c 'import sys; print(sys.executable)')" .venv
    uv pip install --compile-bytecode --python .venv/bin/python -c constraints.txt -e ".[$extras]"
else
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install -c constraints.txt -e ".[$extras]"
fi

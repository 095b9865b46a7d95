#!/bin/sh
# Starts the Python kernel: in the project's venv if it names one (session.python.venv), which is made on first use.
# What is said here arrives as stderr of the cell that started the session.
kernel=${0%/*}
python=/usr/bin/python3
if [ -n "$MARKCO_VENV" ]; then
  python=$MARKCO_VENV/bin/python
  if [ ! -e "$MARKCO_VENV" ]; then
    echo "making the environment $MARKCO_VENV …" >&2
    # With the image's packages to begin with; what is installed here stands in front of them.
    uv --no-progress venv --quiet --system-site-packages --python /usr/bin/python3 "$MARKCO_VENV" || exit 1
  elif ! "$python" -c "" 2>/dev/null; then
    echo "$MARKCO_VENV is no environment of this runtime's Python; delete it, or name another one in mrmd.md (session.python.venv)" >&2
    exit 1
  fi
  export VIRTUAL_ENV="$MARKCO_VENV" PATH="$MARKCO_VENV/bin:$PATH"
fi
exec "$python" -u "$kernel"

# The Bash kernel. Cells come as base64 lines on fd 3; what is said of them goes to fd 4 as JSON (supervisor/kernel.py).
# Each cell is a sourced file: `declare` makes globals, and `cd` and functions stay.
exec {markco_in}<&3 {markco_out}>&4 {markco_taken}<&5 3<&- 4>&- 5<&-
markco_cell="/tmp/markco/${MARKCO_SESSION##*:}/cell"
mkdir -p "${markco_cell%/*}"
markco_count=0

# Ctrl-C ends what is waited for; the rest of the cell must go too. With `extdebug`, a DEBUG trap that returns 2 makes
# the function or file around the next command return, and so on outwards until the cell is left.
markco_interrupt() {
  markco_interrupted=1
  shopt -s extdebug
  trap markco_leave DEBUG
}
markco_leave() {
  # This function, the cell, this file: with fewer, the cell has been left already.
  [ "${#BASH_SOURCE[@]}" -le 2 ] || return 2
}

while IFS= read -r -u "$markco_in" markco_line; do
  markco_count=$((markco_count + 1))
  base64 -d <<<"$markco_line" >"$markco_cell"
  markco_interrupted=
  trap markco_interrupt INT
  printf '{"type":"start","count":%d,"waits":true}\n' "$markco_count" >&"$markco_out"
  read -r -u "$markco_taken"
  . "$markco_cell"
  markco_status=$?
  trap : INT
  trap - DEBUG
  shopt -u extdebug
  # Under `set -e`, the next cell's first failure would end the session without a word of why.
  set +e
  markco_says=
  if [ -n "$markco_interrupted" ]; then
    markco_says=interrupted
  elif [ "$markco_status" -ne 0 ]; then
    markco_says="exit status $markco_status"
  fi
  if [ -n "$markco_says" ]; then
    printf '{"type":"event","event":"error","waits":true,"data":{"type":"ExitStatus","message":"%s","traceback":["%s"],"line":null,"column":null}}\n' "$markco_says" "$markco_says" >&"$markco_out"
    read -r -u "$markco_taken"
  fi
  printf '{"type":"done","success":%s}\n' "$([ -z "$markco_says" ] && echo true || echo false)" >&"$markco_out"
done

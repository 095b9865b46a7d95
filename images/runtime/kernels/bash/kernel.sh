# The Bash kernel. What it is asked comes as lines of words on fd 3; what it says goes to fd 4 as JSON (../README.md).
# Each cell is a sourced file: `declare` makes globals, and `cd` and functions stay.
exec {markco_in}<&3 {markco_out}>&4 {markco_taken}<&5 {markco_stdout}>&1 {markco_stderr}>&2 3<&- 4>&- 5<&-
markco_home="${BASH_SOURCE[0]%/*}"
markco_folder="/tmp/markco/${MARKCO_SESSION##*:}"
markco_cell="$markco_folder/cell"
mkdir -p "$markco_folder"
markco_count=0
markco_marks=0
# Programs that page or colour find a terminal, and nobody who turns pages.
export TERM=xterm-256color PAGER=cat GIT_PAGER=cat SYSTEMD_PAGER=cat

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

# Marks on both terminals where a message belongs.
markco_mark() {
  markco_marks=$((markco_marks + 1))
  printf '\e]markco;%d\a' "$markco_marks" >&"$markco_stdout"
  printf '\e]markco;%d\a' "$markco_marks" >&"$markco_stderr"
}

# Says `$1`, a JSON object without its braces, once all that was printed before it has been taken.
markco_say() {
  markco_mark
  printf '{%s,"mark":%d,"waits":true}\n' "$1" "$markco_marks" >&"$markco_out"
  read -r -u "$markco_taken"
}

markco_prepare() {
  markco_count=$((markco_count + 1))
  base64 -d <<<"$1" >"$markco_cell"
  markco_interrupted=
  markco_mark
}

markco_finish() {
  # Under `set -e`, the next cell's first failure would end the session without a word of why.
  set +e
  markco_says=
  if [ -n "$markco_interrupted" ]; then
    markco_says=interrupted
  elif [ "$1" -ne 0 ]; then
    markco_says="exit status $1"
  fi
  if [ -n "$markco_says" ]; then
    markco_say "\"type\":\"event\",\"event\":\"error\",\"data\":{\"type\":\"ExitStatus\",\"message\":\"$markco_says\",\"traceback\":[\"$markco_says\"],\"line\":null,\"column\":null}"
    markco_says=false
  fi
  markco_say "\"type\":\"done\",\"success\":${markco_says:-true}"
}

# Questions are answered by a program that gets what only the shell knows, in parts that NUL ends.
markco_answer() {
  {
    declare -p 2>/dev/null
    printf '\0'
    declare -f
    printf '\0'
    compgen -abk
    printf '\0'
    printf '%s' "$PWD"
  } | python3 -I -S "$markco_home/answer.py" "$1" "$2" "$3" >&"$markco_out" 2>/dev/null ||
    printf '{"type":"reply","id":"%s","ok":false,"message":"it took too long"}\n' "$2" >&"$markco_out"
}

trap : INT
while read -r -u "$markco_in" markco_op markco_id markco_word; do
  if [ "$markco_op" = execute ]; then
    markco_prepare "$markco_word"
    # None of this in a function: an interrupt makes Bash leave what is deeper, and `declare` in a cell would make locals.
    trap markco_interrupt INT
    printf '{"type":"start","count":%d,"mark":%d,"waits":true}\n' "$markco_count" "$markco_marks" >&"$markco_out"
    read -r -u "$markco_taken"
    . "$markco_cell"
    markco_status=$?
    trap : INT
    trap - DEBUG
    shopt -u extdebug
    markco_finish "$markco_status"
  elif [ "$markco_op" = renew ]; then
    RANDOM=$((0x$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')))
  elif [ "$markco_op" != input ]; then
    markco_answer "$markco_op" "$markco_id" "$markco_word"
  fi
done

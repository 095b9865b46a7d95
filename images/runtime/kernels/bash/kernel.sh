# The Bash kernel. Cells come as base64 lines on fd 3; what is said of them goes to fd 4 as JSON.
# Each cell is a sourced file: `declare` makes globals, `cd` and functions stay, and an interrupt can return from it.
exec {markco_in}<&3 {markco_out}>&4 3<&- 4>&-
markco_cell="/tmp/markco/${MARKCO_SESSION##*:}/cell"
mkdir -p "${markco_cell%/*}"
markco_count=0
while IFS= read -r -u "$markco_in" markco_line; do
  markco_count=$((markco_count + 1))
  base64 -d <<<"$markco_line" >"$markco_cell"
  markco_interrupted=
  # `return` leaves the sourced file; what its status is then differs between versions of Bash.
  trap 'markco_interrupted=1; return 130' INT
  printf '{"type":"start","count":%d}\n' "$markco_count" >&"$markco_out"
  . "$markco_cell"
  markco_status=$?
  trap : INT
  set +e
  markco_says=
  if [ -n "$markco_interrupted" ]; then
    markco_says=interrupted
  elif [ "$markco_status" -ne 0 ]; then
    markco_says="exit status $markco_status"
  fi
  if [ -z "$markco_says" ]; then
    printf '{"type":"done","success":true}\n' >&"$markco_out"
  else
    printf '{"type":"event","event":"error","data":{"type":"ExitStatus","message":"%s","traceback":["%s"],"line":null,"column":null}}\n' "$markco_says" "$markco_says" >&"$markco_out"
    printf '{"type":"done","success":false}\n' >&"$markco_out"
  fi
done

#!/bin/sh
# What the program says about itself, and to a command line that cannot be right.
set -eu
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

run 0 --version
out '^switchio [0-9]*\.[0-9]*\.[0-9]*$'
run 0 --help
out '^Usage: switchio COMMAND' '^  dial ' '^  console ' '^  api ' '^  sim ' '^  list-apps ' '^  report ' '^  plot '
run 2
err '^Usage: '
run 2 dail
err "no command 'dail': did you mean 'dial'?"
run 2 zork
err "no command 'zork'" "Try 'switchio --help'"

run 0 help dial
out '^Usage: switchio dial '
run 2 help zork
err "no command 'zork'"

for command in dial console api sim list-apps report plot; do
    run 0 "$command" --help
    out "^Usage: switchio $command" '^Options:' '^Exit status:'
    run 2 "$command" --no-such-option
    err 'there is no option --no-such-option' "Try 'switchio $command --help'"
done

run 0 list-apps
out '^TonePlay$' '^  Play an endless'
run 0 list-apps toneplay
out '^TonePlay$'
run 2 list-apps TonPlay
err "no app .TonPlay.: did you mean TonePlay?"

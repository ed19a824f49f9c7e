#!/usr/bin/env bash
# Software:  github.com/robfig/cron/v3 3.0.1 (Go), which Kubernetes' CronJob reads schedules with
# Guess:     0 3 * * 7 is Sunday, as in the crontab of a Linux machine
# Behaviour: weekdays end with 6. 7 is refused, alone and in a range; SUN and 0 are Sunday
# Output:    end of range (7) above maximum (6): 7
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/main.go" <<'EOF'
package main

import (
	"fmt"

	"github.com/robfig/cron/v3"
)

func main() {
	for _, schedule := range []string{"0 3 * * 0", "0 3 * * SUN", "0 3 * * 7", "0 3 * * 1-7"} {
		_, err := cron.ParseStandard(schedule)
		fmt.Println(err)
	}
}
EOF
seen=$(run_go "$work" github.com/robfig/cron/v3@v3.0.1)
wanted='<nil>
<nil>
end of range (7) above maximum (6): 7
end of range (7) above maximum (6): 1-7'
[[ $seen == "$wanted" ]] || changed "$seen"
printf 'ok: 0 and SUN are Sunday, 7 is refused\n'

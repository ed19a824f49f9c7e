#!/usr/bin/env bash
# Software:  github.com/robfig/cron/v3 3.0.1 (Go), which Kubernetes' CronJob reads schedules with
# Guess:     0 0 */2 * 1 means what it means in a crontab of Linux: Mondays with an odd date, as a field that begins with * is no
#            restriction of its own
# Behaviour: only a bare * is none here. */2 counts as a list of days, and a list of days and a weekday are joined by "or": every odd
#            date and every Monday
# Output:    from Saturday, 28 March 2026: Sun 29, Mon 30, Tue 31, Wed 1, Fri 3
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
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	schedule, err := cron.ParseStandard("0 0 */2 * 1")
	if err != nil {
		panic(err)
	}
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	for range 5 {
		at = schedule.Next(at)
		fmt.Print(at.Format("Mon 2 "))
	}
}
EOF
seen=$(run_go "$work" github.com/robfig/cron/v3@v3.0.1)
[[ $seen == "Sun 29 Mon 30 Tue 31 Wed 1 Fri 3 " ]] || changed "$seen"
printf 'ok: */2 and Monday are joined by "or": %s\n' "$seen"

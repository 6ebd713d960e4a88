# What tests with a real kernel share: what they need is looked for, or they are skipped; the series
# of helper/kernel-series goes to "$data/linux", its truth to "$data/truth". To be sourced after
# test-lib.sh and lib-perfbisect.sh.
#
# What each part took, and how busy the computer was, is said as it goes; the first build is most of it.
#
# shellcheck shell=sh disable=SC2154

for program in python3 xz bc flex bison qemu-system-x86_64
do
	if ! command -v $program >/dev/null
	then
		skip_all="no $program here (script/deps kernel)"
		test_done
	fi
done
tarball=${PERF_KERNEL_SOURCE:-/usr/src/linux-source-6.1.tar.xz}
if ! test -r "$tarball"
then
	skip_all="no $tarball here (Debian's linux-source-6.1; script/deps kernel)"
	test_done
fi
if ! gcc -fsyntax-only -include gelf.h -x c /dev/null 2>/dev/null
then
	skip_all='no libelf to build with (script/deps kernel)'
	test_done
fi
# A kernel's build stumbles over a blank, of which there are some in this directory.
data=$(mktemp -d "${TMPDIR:-/tmp}/kernel.XXXXXX") || exit 1
TOKEN=$data
cleanup 'rm -rf "$data"'

# took <what>: says how long it was since the last one, and how busy this computer is.
date +%s >began
took() {
	now=$(date +%s)
	echo "# $1: $((now - $(cat "$HOME/began"))) s (load $(cut -d' ' -f1 /proc/loadavg))" >&5
	echo "$now" >"$HOME/began"
}

# Of stdin.
show() {
	sed "s/^/# /" >&5
}

# id_of <state> <what it does>: the first commit that is so, by the truth.
id_of() {
	awk -F '\t' -v state="$1" -v does="$2" '$3 == state && $4 == does { print $2; exit }' "$data/truth"
}

# right_marks <log> <what it does> [<n>]: no verdict that is not true, and at least n (4) of them. What
# cannot be tested is never good or bad, and from the culprit on everything else is bad.
right_marks() {
	awk -v does="$2" -v least="${3:-4}" '
	FNR == NR {
		split($0, fields, "\t")
		after = after || fields[4] == does
		truth[fields[2]] = fields[3] != "ok" ? "skip" : after ? "bad" : "good"
		next
	}
	$1 == "git" && $2 == "bisect" && $3 ~ /^(good|bad|skip)$/ {
		id = $4
		gsub(/[^0-9a-f]/, "", id)
		if (id in truth && truth[id] != $3) {
			print id " is " truth[id] ", not " $3
			wrong = 1
		}
		marks++
	}
	END { exit wrong || marks < least }
	' "$data/truth" "$1"
}

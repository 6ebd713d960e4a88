#!/bin/sh

test_description='a real Linux kernel is bisected, in QEMU'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# A cold build is most of this: see the diagnostics for what each part took. The part
# that is not marked ALL fits into .ci/run; PERF_KERNEL=short does nothing else.

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
test "${PERF_KERNEL-}" = short || test_set_prereq ALL

# make's builds stumble over a blank, of which there are some in this directory.
data=$(mktemp -d "${TMPDIR:-/tmp}/kernel.XXXXXX") || exit 1
TOKEN=$data
cleanup 'rm -rf "$data"'
# Nothing that was compiled before helps, nor is any left behind.
CCACHE_DIR=$data/ccache
export CCACHE_DIR
real_qemu=$(command -v qemu-system-x86_64)
real_make=$(command -v make)

# took <what>: says how long it was since the last one, and how busy this computer is.
began=$(date +%s)
took() {
	now=$(date +%s)
	say "# $1: $((now - began)) s (load $(cut -d' ' -f1 /proc/loadavg))"
	began=$now
}
say() {
	echo "$*" >&4
}

# id_of <state> <what it does>: the first commit that is so, by the truth.
id_of() {
	awk -F '\t' -v state="$1" -v does="$2" '$3 == state && $4 == does { print $2; exit }' "$data/truth"
}

# right_marks <log> <what it does>: no verdict that is not true, and some of them. What cannot be tested
# is never good or bad, and from the culprit on everything else is bad.
right_marks() {
	awk -v does="$2" '
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
	END { exit wrong || marks < 4 }
	' "$data/truth" "$1"
}

test_expect_success 'set up: a repository of a kernel, and commits that change it' '
	took "begin" &&
	"$TEST_SOURCE/helper/kernel-series" --tarball "$tarball" --repo "$data/linux" --truth "$data/truth" &&
	took "unpack, import, check out" &&
	test_line_count = 64 "$data/truth"
'

test_expect_success 'from nothing built to the commit that slowed pipes down' '
	(
		cd "$data/linux" &&
		git perfbisect init-kernel --benchmark pipe >../out &&
		git perfbisect start --from .git/perf/kernel/context v6.2 v6.1 >../out &&
		git perfbisect run >../run 2>../err &&
		took "pipe, from a cold build" &&
		sed "s/^/# /" ../run >&4 &&
		first_bad "$(id_of ok pipe)" ../run &&
		git perfbisect log >../log &&
		right_marks ../log pipe &&
		git perfbisect report >../report &&
		test_grep "^Culprit      $(id_of ok pipe | cut -c1-12) fs/pipe: refuse to write" ../report &&
		sed -n "s/^\(Difference\|Spent\)/# &/p" ../report >&4
	)
'

test_expect_success 'a profile of that guest has the commit among its first three suspects' '
	(
		cd "$data/linux" &&
		set -- .git/perf/bisect/kept/*/*"$(git rev-parse v6.2)"*/vmlinux &&
		nm .git/perf/kernel/out/vmlinux >../symbols &&
		"$TEST_SOURCE/helper/guest-profile" ../symbols 1500 "$real_qemu" -nodefaults -no-user-config \
			-display none -monitor none -no-reboot -accel tcg,thread=single -cpu max \
			-icount shift=6,sleep=off \
			-M microvm,rtc=off,isa-serial=on,x-option-roms=off,auto-kernel-cmdline=off -m 128m \
			-chardev file,id=console,path=/dev/fd/1 -serial chardev:console \
			-kernel .git/perf/kernel/out/vmlinux -initrd .git/perf/kernel/initramfs \
			-append "console=ttyS0 reboot=t tsc=reliable tsc_early_khz=1000000 no_timer_check lpj=1000000 panic=-1 norandmaps perf_runs=1 -- pipe scale=100000" \
			>../profile.csv &&
		took "profile of 1500 samples" &&
		head -n 8 ../profile.csv | sed "s/^/# /" >&4 &&
		git perfrank --profile=../profile.csv --format="%(rank) %H %s" v6.1..v6.2 >../ranking &&
		took "perfrank" &&
		head -n 3 ../ranking | sed "s/^/# /" >&4 &&
		head -n 3 ../ranking | test_grep "$(id_of ok pipe)" - >/dev/null
	)
'

test_done

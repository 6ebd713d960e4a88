#!/bin/sh
#
# Of libraries, which set more than is seen here:
# shellcheck disable=SC2154

test_description='a real Linux kernel is bisected, in QEMU'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"
. "$TEST_SOURCE/lib-kernel.sh"

# Nothing that was compiled before helps, nor is any left behind.
CCACHE_DIR=$data/ccache
export CCACHE_DIR
real_qemu=$(command -v qemu-system-x86_64)
real_make=$(command -v make)

test_expect_success 'set up: a repository of a kernel, and commits that change it' '
	"$TEST_SOURCE/helper/kernel-series" --tarball "$tarball" --repo "$data/linux" --truth "$data/truth" &&
	took "unpack, import, check out" &&
	test_line_count = 64 "$data/truth"
'

test_expect_success 'from nothing built to the commit that slowed pipes down' '
	(
		cd "$data/linux" &&
		git perfbisect init-kernel --benchmark pipe >"$HOME/out" &&
		git perfbisect start --from .git/perf/kernel/context v6.2 v6.1 >"$HOME/out" &&
		git perfbisect run >"$HOME/run" 2>"$HOME/err" &&
		took "pipe, from a cold build" &&
		show <"$HOME/run" &&
		first_bad "$(id_of ok pipe)" "$HOME/run" &&
		git perfbisect log >"$HOME/log" &&
		right_marks "$HOME/log" pipe &&
		git perfbisect report >"$HOME/report" &&
		test_grep "^Culprit      $(id_of ok pipe | cut -c1-12) fs/pipe: refuse to write" "$HOME/report" &&
		grep -e ^Difference -e ^Spent "$HOME/report" | show
	)
'

# kept <revision>: the kernel that was built of it.
kept() {
	find "$data/linux/.git/perf" -path "*/kept/*/$(git -C "$data/linux" rev-parse "$1")/*" -name vmlinux
}

test_expect_success 'a profile of the bad kernel has the commit among the first three suspects' '
	(
		cd "$data/linux" &&
		kernel=$(kept v6.2) &&
		nm "$kernel" >"$HOME/symbols" &&
		"$TEST_SOURCE/helper/guest-profile" "$HOME/symbols" 1500 "$real_qemu" -nodefaults -no-user-config \
			-display none -monitor none -no-reboot -smp 1 -seed 1 -accel tcg,thread=single -cpu max \
			-icount shift=6,sleep=off -m 128m \
			-M microvm,rtc=off,isa-serial=on,x-option-roms=off,auto-kernel-cmdline=off \
			-chardev file,id=console,path=/dev/fd/1 -serial chardev:console \
			-kernel "$kernel" -initrd .git/perf/kernel/initramfs -append "console=ttyS0 reboot=t \
tsc=reliable tsc_early_khz=1000000 no_timer_check lpj=1000000 panic=-1 random.trust_cpu=on norandmaps \
perf_runs=1 -- pipe scale=100000" >"$HOME/profile.csv" &&
		took "1500 samples of a guest" &&
		head -n 8 "$HOME/profile.csv" | show &&
		git perfrank --profile="$HOME/profile.csv" --format="%(rank) %H %s" v6.1..v6.2 >"$HOME/ranking" &&
		took "perfrank" &&
		head -n 3 "$HOME/ranking" >"$HOME/first" &&
		show <"$HOME/first" &&
		test_grep "$(id_of ok pipe)" "$HOME/first"
	)
'

test_expect_success 'another benchmark, and the commit that slowed stat down by less' '
	(
		cd "$data/linux" &&
		git perfbisect reset --keep-worktree >"$HOME/out" &&
		git perfbisect init-kernel --benchmark stat >"$HOME/out" &&
		git config --file .git/perf/kernel/context perfsut.qemu.silence 20 &&
		git perfbisect start --from .git/perf/kernel/context v6.2 v6.1 >"$HOME/out" &&
		git perfbisect run >"$HOME/run" 2>"$HOME/err" &&
		took "stat" &&
		show <"$HOME/run" &&
		first_bad "$(id_of ok stat)" "$HOME/run" &&
		git perfbisect log >"$HOME/log" &&
		right_marks "$HOME/log" stat
	)
'

test_expect_success 'a kernel that panics and one that hangs do not boot, and are not bad' '
	(
		cd "$data/linux" &&
		test_expect_code 125 git perfbisect test "$(id_of panic -)" >"$HOME/out" 2>"$HOME/panic" &&
		took "the panic" &&
		test_grep "boot-failed: qemu: panic: Kernel panic - not syncing: No usable initramfs found" "$HOME/panic" &&
		test_expect_code 125 git perfbisect test "$(id_of hang -)" >"$HOME/out" 2>"$HOME/hang" &&
		took "the hang" &&
		test_grep "boot-failed: qemu: \(hang\|silent\): " "$HOME/hang" &&
		test_expect_code 125 git perfbisect test "$(id_of nobuild -)" >"$HOME/out" 2>"$HOME/nobuild" &&
		test_grep "build-failed: " "$HOME/nobuild"
	)
'

# Stops once where the file "stop" says: in a build, before the guest's kernel has told that it
# is there, after its benchmark has begun.
mkdir bin
write_script bin/make <<EOF
if test "\$(cat "$HOME/stop" 2>/dev/null) \$(for last; do :; done; echo "\$last")" = "build vmlinux"
then
	rm "$HOME/stop"
	"$real_make" "\$@" &
	sleep 1
	: >"$HOME/stopped"
	wait
	exec sleep 3600
fi
exec "$real_make" "\$@"
EOF
write_script bin/qemu-system-x86_64 <<EOF
stop=\$(cat "$HOME/stop" 2>/dev/null)
case "\$1 \$stop" in
"-nodefaults boot" | "-nodefaults run")
	rm "$HOME/stop"
	"$real_qemu" "\$@" | while read -r line
	do
		case \$stop\$line in
		"bootperf-guest: kernel"* | "runperf-guest: run"*)
			: >"$HOME/stopped"
			sleep 3600
			;;
		esac
		printf "%s\\\\n" "\$line"
	done
	;;
*)
	exec "$real_qemu" "\$@"
	;;
esac
EOF

test_expect_success 'kill -9 in a build, a boot, a measurement, and run goes on to the same commit' '
	(
		cd "$data/linux" &&
		PATH=$HOME/bin:$PATH &&
		git perfbisect reset --keep-worktree >"$HOME/out" &&
		git perfbisect init-kernel --benchmark pipe >"$HOME/out" &&
		git perfbisect start --from .git/perf/kernel/context v6.2 v6.1 >"$HOME/out" &&
		find .git/perf -name kept -prune -exec rm -r {} + &&
		for place in build boot run
		do
			rm -f "$HOME/stopped" &&
			echo "$place" >"$HOME/stop" &&
			{
				setsid git-perfbisect run >"$HOME/out" 2>"$HOME/err" &
				pid=$!
			} &&
			wait_for "$HOME/stopped" &&
			kill -KILL $pid &&
			test_expect_code 137 wait $pid &&
			no_survivors &&
			took "killed in a $place" || return 1
		done &&
		git perfbisect run >"$HOME/run" 2>"$HOME/err" &&
		took "the rest" &&
		first_bad "$(id_of ok pipe)" "$HOME/run" &&
		git perfbisect log >"$HOME/log" &&
		right_marks "$HOME/log" pipe &&
		test "$(sqlite3 .git/perf/perf.db "PRAGMA integrity_check")" = ok
	)
'

test_done

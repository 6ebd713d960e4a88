#!/bin/sh
#
# Of libraries, which set more than is seen here:
# shellcheck disable=SC2154

test_description='a real Linux kernel is bisected on a server behind ssh, which boots each once'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"
. "$TEST_SOURCE/lib-kernel.sh"
. "$TEST_SOURCE/lib-guest.sh"

# The default kernel of the server is that of the good end: its release is that of every commit, and it is as
# fast as a good one. Who takes it for the kernel that was to be booted is wrong.
cleanup 'stop_guest'

test_expect_success 'set up: a repository of a kernel, and commits that change it' '
	"$TEST_SOURCE/helper/kernel-series" --short --network --tarball "$tarball" --repo "$data/linux" \
		--truth "$data/truth" &&
	took "unpack, import, check out" &&
	test_line_count = 8 "$data/truth"
'

test_expect_success 'set up: a server with dropbear, kexec and a benchmark' '
	cat >benchmark.c <<-EOF &&
	#define main init_main
	#include "$PROJECT_SOURCE/git-perfbisect/kernel/init.c"
	#undef main
	int main(int argc, char **argv) { (void)argc; run_benchmarks(argv + 1); }
	EOF
	gcc -O2 -static -s -o benchmark benchmark.c &&
	make_guest benchmark
'

# The objects of the default kernel are those that the bisection begins with.
test_expect_success 'set up: the kernel that the server boots by itself' '
	(
		cd "$data/linux" &&
		git perfbisect init-kernel --target bzImage --benchmark pipe >"$HOME/out" &&
		sed -i "/RELOCATABLE/d" .git/perf/kernel/config &&
		guest_config >>.git/perf/kernel/config &&
		mkdir -p .git/perf/bisect &&
		git worktree add -q --detach .git/perf/bisect/worktree v6.1 &&
		cd .git/perf/bisect/worktree &&
		build=$(git config --file ../../kernel/context perfbuild.command) &&
		sh -c "$build" >"$HOME/build" 2>&1 &&
		cp arch/x86/boot/bzImage "$guest/default" &&
		cp "$guest/default" "$HOME/default-kernel" &&
		took "the first kernel"
	) &&
	start_guest &&
	took "its boot"
'

# The context: of init-kernel the build, of the server the rest.
write_context() {
	build=$(git config --file "$data/linux/.git/perf/kernel/context" perfbuild.command) &&
	cat >context <<-EOF
	[perfbisect]
		benchmark = pipe
		sut = server
	[perfbuild]
		command = "$build && cp $guest/initramfs initrd"
		input = $data/linux/.git/perf/kernel/config
		input = $guest/initramfs
		image = arch/x86/boot/bzImage
		output = initrd
	[perfprofile]
		cmdline = norandmaps
	[perfsut "server"]
		method = ssh
		host = sut
		boot = kexec
		bootTimeout = 90
		power = kill -KILL \$(cat $guest/pid)
		console = tail -n 40 $guest/console
	[perfbench "pipe"]
		command = benchmark pipe
		metric = "pipe lower ns ^metric\\\\s+pipe\\\\s+(\\\\S+)"
		warmups = 0
		repeats = 1
		sessions = 1
	EOF
}

# Of what the firmware has done since: never anything but the default kernel.
default_only() {
	sort -u "$guest/boots" >actual &&
	echo default >expect &&
	test_cmp expect actual &&
	cmp default-kernel "$guest/default"
}

test_expect_success 'the commit that slowed pipes down, by kexec; one that hangs is skipped' '
	write_context &&
	(
		cd "$data/linux" &&
		git perfbisect start --from "$HOME/context" v6.2 v6.1 >"$HOME/out" &&
		git perfbisect run >"$HOME/run" 2>"$HOME/err" &&
		took "pipe, on the server" &&
		show <"$HOME/run" &&
		first_bad "$(id_of ok pipe)" "$HOME/run" &&
		git perfbisect log >"$HOME/log" &&
		right_marks "$HOME/log" pipe 3 &&
		test_grep "boot-failed: server: did not come back within 90 s" "$HOME/err"
	) &&
	default_only
'

test_expect_success 'a panic gives way to the default kernel, which is not measured in its place' '
	(
		cd "$data/linux" &&
		test_expect_code 125 git perfbisect test "$(id_of panic -)" >"$HOME/out" 2>"$HOME/panic" &&
		took "the panic" &&
		test_grep "boot-failed: server: came back without the kernel that was loaded: it runs 6.1" "$HOME/panic"
	) &&
	default_only
'

test_expect_success 'after all that the server boots what it always did' '
	power_guest &&
	for try in $(seq 120)
	do
		! ssh -o ConnectTimeout=5 sut cat /proc/cmdline >cmdline 2>err || break
		sleep 1
	done &&
	test_grep -x "console=ttyS0 quiet tsc=reliable panic=-1" cmdline &&
	default_only
'

test_done

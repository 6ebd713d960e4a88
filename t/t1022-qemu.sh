#!/bin/sh

test_description='a kernel that QEMU boots: its console is read, and trouble has a name'

. "$(dirname "$0")/test-lib.sh"

PATH=$HOME/bin:$HELPER_PATH:$PATH
ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

# measure <repeats>...: boots the kernel in out/.
measure() {
	test-bench measure context guest $ID "$PWD/w" "$PWD/out" "$@" >out.txt
}

# console: what the guest says when it is started next; RUNS is how often it was
# told to run. QEMU is played at the boundary of the process, all else is real.
console() {
	cat >console
}

# expect_failed <outcome> <pattern of the sentence>
expect_failed() {
	test_grep -x "$1" out.txt &&
	test_grep "^why: guest: $2" out.txt
}

test_expect_success 'set up a kernel, and what plays QEMU' '
	mkdir -p bin w out &&
	printf "\\177ELF Linux version %%s (%%s) x Linux version 6.1.7 (a@b) y" >out/vmlinux &&
	echo initramfs >initramfs &&
	write_script bin/qemu-system-x86_64 <<-EOF &&
	if test "\$1" = --version
	then
		test ! -e "$HOME/broken"
		exit
	fi
	case "\$*" in
	*isa-debug-exit*)
		printf "%s\n" "\$@" >"$HOME/probe"
		exit "\$(cat "$HOME/kvm" 2>/dev/null || echo 99)"
		;;
	esac
	printf "%s\n" "\$@" >"$HOME/words"
	echo >>"$HOME/boots"
	RUNS=\$(sed -n "s/.*perf_runs=\([0-9]*\).*/\1/p" "$HOME/words")
	. "$HOME/console"
	EOF
	write_script ok <<-\EOF &&
	printf "\r\nLinux version 6.1.7\r\n"
	printf "perf-guest: kernel 6.1.7\r\n"
	for run in $(seq "$RUNS")
	do
		printf "perf-guest: run\r\nmetric pipe 10%s ns\r\nperf-guest: ran 0 1.5 0.25\r\n" "$run"
	done
	printf "perf-guest: done\r\n"
	EOF
	cat >context <<-EOF
	[perfbuild]
		command = true
		image = vmlinux
	[perfsut "guest"]
		method = qemu
		initramfs = $HOME/initramfs
		icount = 5
	[perfbench "pipe"]
		command = pipe scale=20
		metric = pipe lower ns ^metric\\\\s+pipe\\\\s+(\\\\S+)
		warmups = 1
		repeats = 2
	EOF
'

test_expect_success 'a boot gives as many runs as are asked for' '
	console <ok &&
	measure 0 &&
	cat >expect <<-\EOF &&
	- installing
	- booting
	- warm-up 1 of 1
	- run 1 of 2
	*pipe 0.0 102 ns
	- run 2 of 2
	*pipe 1.0 103 ns
	measured
	2 samples, 2 runs
	EOF
	test_cmp expect out.txt &&
	test_line_count = 1 boots
'

test_expect_success 'more runs than that need another boot' '
	rm boots &&
	measure 2 3 &&
	test_grep -x measured out.txt &&
	test_grep -x "5 samples, 5 runs" out.txt &&
	test_line_count = 2 boots
'

test_expect_success 'the guest is told what to run, and its time is counted' '
	measure 0 &&
	test_grep -x "shift=5,sleep=off" words &&
	test_grep -x "$HOME/out/vmlinux" words &&
	test_grep -x "$HOME/initramfs" words &&
	test_grep -x "console=ttyS0 .* tsc_early_khz=1000000 .* perf_runs=3 -- pipe scale=20" words &&
	test_grep -x "tcg,thread=single" words
'

test_expect_success 'command line and sysctls of the profile are the kernel'\''s' '
	test_when_finished "git config --file context --remove-section perfprofile" &&
	git config --file context perfprofile.cmdline "mitigations=off" &&
	git config --file context perfprofile.sysctl "vm.swappiness=10" &&
	measure 0 &&
	test_grep " perf_runs=3 sysctl.vm.swappiness=10 mitigations=off -- pipe" words
'

test_expect_success 'further words, another machine and memory go to QEMU' '
	test_when_finished "git config --file context --unset perfsut.guest.machine" &&
	test_when_finished "git config --file context --unset perfsut.guest.memory" &&
	test_when_finished "git config --file context --unset perfsut.guest.qemuOptions" &&
	git config --file context perfsut.guest.machine q35 &&
	git config --file context perfsut.guest.memory 1g &&
	git config --file context perfsut.guest.qemuOptions "-device virtio-rng-pci -smp 2" &&
	measure 0 &&
	test_grep -x q35 words &&
	test_grep -x 1048576k words &&
	tail -n 4 words >actual &&
	test_write_lines -device virtio-rng-pci -smp 2 >expect &&
	test_cmp expect actual
'

test_expect_success 'a panic is boot-failed by its name, and the console is kept' '
	console <<-\EOF &&
	echo "Linux version 6.1.7"
	echo "[    0.123456] Kernel panic - not syncing: no usable ram disk"
	echo "[    0.123456] Call Trace: the last line"
	EOF
	measure 0 &&
	expect_failed boot-failed "panic: .*Kernel panic - not syncing: no usable ram disk; its console is in .*/$ID-console.log" &&
	test_grep "the last line" $ID-console.log &&
	test_grep "^0 samples" out.txt
'

test_expect_success 'an oops that ends in a panic is an oops, and in a run the run'\''s' '
	console <<-\EOF &&
	echo "perf-guest: kernel 6.1.7"
	echo "perf-guest: run"
	sleep 0.2
	echo "BUG: kernel NULL pointer dereference, address: 0000000000000010"
	echo "Oops: 0000 [#1] PREEMPT SMP"
	echo "Kernel panic - not syncing: Fatal exception"
	EOF
	measure 0 &&
	expect_failed bench-failed "oops: BUG: kernel NULL pointer dereference"
'

test_expect_success 'a hung task is named, and QEMU is ended' '
	console <<-\EOF &&
	echo "INFO: task init:1 blocked for more than 120 seconds."
	sleep 1000
	EOF
	measure 0 &&
	expect_failed boot-failed "hung task: INFO: task init:1 blocked"
'

test_expect_success 'a processor that does not come back is named' '
	console <<-\EOF &&
	echo "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]"
	EOF
	measure 0 &&
	expect_failed boot-failed "lockup: watchdog: BUG: soft lockup"
'

test_expect_success 'a console that says nothing is silent' '
	test_when_finished "git config --file context --unset perfsut.guest.silence" &&
	git config --file context perfsut.guest.silence 1 &&
	console <<-\EOF &&
	sleep 1000
	EOF
	measure 0 &&
	expect_failed boot-failed "silent: the console said nothing for 1 s"
'

test_expect_success 'a boot that talks and never ends hangs' '
	test_when_finished "git config --file context --unset perfsut.guest.bootTimeout" &&
	git config --file context perfsut.guest.bootTimeout 1 &&
	console <<-\EOF &&
	while :
	do
		echo waiting
		sleep 0.1
	done
	EOF
	measure 0 &&
	expect_failed boot-failed "hang: the boot took more than 1 s; its console is in"
'

test_expect_success 'a run that does not end hangs' '
	test_when_finished "git config --file context --unset perfbench.pipe.timeout" &&
	git config --file context perfbench.pipe.timeout 1 &&
	console <<-\EOF &&
	echo "perf-guest: kernel 6.1.7"
	echo "perf-guest: run"
	sleep 1000
	EOF
	measure 0 &&
	expect_failed bench-failed "hang: a run took more than 1 s"
'

test_expect_success 'another kernel than the one that was built is not measured' '
	sed "s/kernel 6.1.7/kernel 6.1.8/" ok | console &&
	measure 0 &&
	expect_failed boot-failed "wrong release: runs 6.1.8, not the 6.1.7 that was built" &&
	test_grep ! "^\*pipe" out.txt
'

test_expect_success 'a guest that ends by itself was reset' '
	console <<-\EOF &&
	echo "Linux version 6.1.7"
	EOF
	measure 0 &&
	expect_failed boot-failed "reset: the guest ended before its benchmark did"
'

test_expect_success 'garbage is no number, and does no harm' '
	console <<-\EOF &&
	head -c 100000 /dev/zero | tr "\0" "x"
	printf "\033]0;title\007\001\377\n"
	echo "perf-guest: ran 0 1 1"
	echo "perf-guest: done"
	echo "perf-guest: run"
	EOF
	measure 0 &&
	expect_failed boot-failed "reset: " &&
	console <<-\EOF &&
	echo "perf-guest: kernel 6.1.7"
	echo "perf-guest: run"
	printf "metric pipe 1\0001 ns\n"
	echo "perf-guest: ran 0 1 1"
	sleep 1000
	EOF
	measure 0 &&
	test_grep -x bench-failed out.txt &&
	test_grep ! "^\*pipe" out.txt
'

test_expect_success 'a benchmark that fails is bench-failed with what it said' '
	console <<-\EOF &&
	echo "perf-guest: kernel 6.1.7"
	echo "perf-guest: run"
	echo "error: pipe: Too many open files"
	echo "perf-guest: ran 3 0.1 0.1"
	echo "perf-guest: done"
	EOF
	measure 0 &&
	expect_failed bench-failed "the command ended with status 3: error: pipe: Too many open files"
'

test_expect_success 'a guest that is done too early is bench-failed' '
	console <<-\EOF &&
	echo "perf-guest: kernel 6.1.7"
	echo "perf-guest: done"
	EOF
	measure 0 &&
	expect_failed bench-failed "the guest was done after 0 runs of 3"
'

test_expect_success 'a kernel that cannot be loaded is the commit'\''s, other failures of QEMU are not' '
	console <<-\EOF &&
	echo "qemu-system-x86_64: Error loading uncompressed kernel without PVH ELF Note" >&2
	exit 1
	EOF
	measure 0 &&
	expect_failed boot-failed "QEMU ended with status 1: .*PVH ELF Note" &&
	console <<-\EOF &&
	echo "qemu-system-x86_64: -device nonsense: is not a valid device model name" >&2
	exit 1
	EOF
	measure 0 &&
	expect_failed infrastructure "QEMU ended with status 1: .*valid device model name" &&
	console <<-\EOF &&
	echo "Linux version 6.1.7"
	kill -ABRT $$
	EOF
	measure 0 &&
	expect_failed infrastructure "QEMU was ended by signal 6"
'

test_expect_success 'a sysctl that cannot be set is not the commit'\''s fault' '
	console <<-\EOF &&
	echo "Failed to set sysctl parameter '\''vm.x=1'\'': parameter not found"
	sleep 1000
	EOF
	measure 0 &&
	expect_failed infrastructure "sysctl: Failed to set sysctl parameter"
'

test_expect_success 'what is missing is said before anything is booted' '
	console <ok &&
	: >broken &&
	measure 0 &&
	expect_failed infrastructure "cannot run .qemu-system-x86_64.: install QEMU" &&
	rm broken &&
	mv initramfs away &&
	measure 0 &&
	expect_failed infrastructure "cannot read the initramfs .*; git perfbisect init-kernel makes one" &&
	mv away initramfs &&
	git config --file context perfbench.pipe.prepare "true" &&
	measure 0 &&
	expect_failed infrastructure "the guest has no shell: perfbench.pipe.prepare" &&
	git config --file context --unset perfbench.pipe.prepare &&
	git config --file context perfbench.pipe.command "pipe \"two words\"" &&
	measure 0 &&
	expect_failed infrastructure "perfbench.<name>.command: .* cannot stand on a kernel.s command line" &&
	git config --file context perfbench.pipe.command pipe
'

# refused <pattern> <key> <value>: as a context.
refused() {
	cp context refused-context &&
	git config --file refused-context "$2" "$3" &&
	test_expect_code 128 test-bench plan refused-context 2>err &&
	test_grep "$1" err
}

test_expect_success 'what makes no sense for a guest is refused' '
	refused "boot: QEMU always boots" perfsut.guest.boot kexec &&
	refused "verify: of a guest it is release, or none" perfsut.guest.verify build-id &&
	refused "KVM does not count instructions" perfsut.guest.accel kvm &&
	refused "host: QEMU runs on this computer" perfsut.guest.host altra &&
	refused "no number from 0 to 10" perfsut.guest.icount 11 &&
	refused "the guest has no shell" perfsut.guest.prepare true
'

test_lazy_prereq KVM 'test -r /dev/kvm -a -w /dev/kvm'

# accelerated_by <accel>: where it is not said, and the probe has ended with what $HOME/kvm holds.
accelerated_by() {
	console <ok &&
	measure 0 &&
	test_grep -x measured out.txt &&
	test_grep "$1" words
}

test_expect_success KVM 'KVM is used where it works with the processor that guests get' '
	test_when_finished "git config --file context perfsut.guest.icount 5; rm -f kvm" &&
	git config --file context --unset perfsut.guest.icount &&
	echo 67 >kvm &&
	accelerated_by "^kvm" &&
	sed -n "/^-cpu$/{n;p;}" words >guest &&
	sed -n "/^-cpu$/{n;p;}" probe >probed &&
	test_cmp guest probed &&
	echo 134 >kvm &&
	accelerated_by "^tcg"
'

hash_of() {
	test-bench plan context | sed -n "s/^hash //p"
}

test_expect_success 'what the initramfs holds is part of what determines a measurement' '
	hash_of >first &&
	cp initramfs other &&
	git config --file context perfsut.guest.initramfs "$HOME/other" &&
	hash_of >same &&
	test_cmp first same &&
	echo changed >>other &&
	hash_of >changed &&
	! cmp first changed
'

test_done

#!/bin/sh

test_description='a kernel that virtme-ng boots: its console is read, its benchmark is a command'

. "$(dirname "$0")/test-lib.sh"

PATH=$HOME/bin:$HELPER_PATH:$PATH
ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

# measure <repeats>...: boots the kernel in out/.
measure() {
	test-bench measure context guest $ID "$PWD/w" "$PWD/out" "$@" >out.txt
}

# expect_failed <outcome> <pattern of the sentence>
expect_failed() {
	test_grep -x "$1" out.txt &&
	test_grep "^why: guest: $2" out.txt
}

# guest: what the guest does when it is started next. $script is what runs in it, whose stdout and stderr
# are those of vng.
guest() {
	cat >guest-does
}

# Whether KVM works, whatever this computer has: the probe ends with what kvm holds.
test_expect_success 'set up a kernel, and what plays virtme-ng' '
	mkdir -p bin w out/boot &&
	printf "\\177ELF Linux version %%s (%%s) x Linux version 6.1.7 (a@b) y" >out/boot/vmlinux &&
	write_script bin/uname <<-\EOF &&
	cat "$HOME/release"
	EOF
	write_script bin/qemu-system-x86_64 <<-\EOF &&
	exit "$(cat "$HOME/kvm" 2>/dev/null || echo 99)"
	EOF
	write_script bin/vng <<-EOF &&
	if test "\$1" = --version
	then
		test ! -e "$HOME/broken"
		exit
	fi
	printf "%s\n" "\$@" >"$HOME/words"
	pwd >"$HOME/where"
	echo >>"$HOME/boots"
	for script; do :; done
	. "$HOME/guest-does"
	EOF
	cat >ok <<-\EOF &&
	echo "[    0.000000] Linux version 6.1.7" >&2
	eval "$script"
	echo "[    9.000000] reboot: Power down" >&2
	EOF
	echo 6.1.7 >release &&
	cat >context <<-EOF
	[perfbuild]
		command = true
		image = boot/vmlinux
	[perfsut "guest"]
		method = vng
	[perfbench "pipe"]
		command = "echo pipe \$(pwd) \\"\$PERF_SUT\\" 5 ns; echo noise 7 >&2"
		metric = "pipe lower ns ^pipe .*/out guest (\\\\d+)"
		warmups = 1
		repeats = 2
	EOF
'

test_expect_success 'a boot runs the command as often as is asked for, beside what was built' '
	guest <ok &&
	measure 0 &&
	cat >expect <<-\EOF &&
	- installing
	- booting
	- warm-up 1 of 1
	- run 1 of 2
	*pipe 0.0 5 ns
	- run 2 of 2
	*pipe 1.0 5 ns
	measured
	2 samples, 2 runs
	EOF
	test_cmp expect out.txt &&
	test_line_count = 1 boots &&
	echo "$HOME/out" >expect &&
	test_cmp expect where
'

test_expect_success 'a script whose lines come by the console is heard as well' '
	guest <<-\EOF &&
	echo "[    0.000000] Linux version 6.1.7" >&2
	eval "$script" >&2
	EOF
	measure 0 &&
	test_grep -x "2 samples, 2 runs" out.txt
'

test_expect_success 'more runs than that need another boot' '
	rm boots &&
	measure 2 3 &&
	test_grep -x "5 samples, 5 runs" out.txt &&
	test_line_count = 2 boots
'

test_expect_success 'virtme-ng is told the image, the profile, and further words' '
	cp context before &&
	test_when_finished "mv before context" &&
	git config --file context perfprofile.cmdline "mitigations=off" &&
	git config --file context perfprofile.sysctl "vm.swappiness=10" &&
	git config --file context perfsut.guest.memory 2g &&
	git config --file context perfsut.guest.vngOptions "--cpus 1 --force-9p" &&
	measure 0 &&
	sed "s,^sh .*/$ID-guest.*,sh SCRIPT," words >actual &&
	test_write_lines --run ./boot/vmlinux --verbose --disable-kvm --memory=2048M \
		"--append=oops=panic norandmaps" --append=sysctl.vm.swappiness=10 --append=mitigations=off \
		--cpus 1 --force-9p --exec "sh SCRIPT" >expect &&
	test_cmp expect actual
'

test_expect_success 'a panic is boot-failed by its name, and the console is kept' '
	guest <<-\EOF &&
	echo "[    0.000000] Linux version 6.1.7" >&2
	echo "[    0.123456] Kernel panic - not syncing: no usable root" >&2
	exit 255
	EOF
	measure 0 &&
	expect_failed boot-failed "panic: .*Kernel panic - not syncing: no usable root; its console is in .*/$ID-console.log" &&
	test_grep "Linux version" $ID-console.log
'

test_expect_success 'an oops in a run is the run'\''s' '
	guest <<-\EOF &&
	printf "perf-guest: kernel 6.1.7\nperf-guest: run\n"
	sleep 0.2
	echo "BUG: kernel NULL pointer dereference, address: 0000000000000010" >&2
	sleep 1000
	EOF
	measure 0 &&
	expect_failed bench-failed "oops: BUG: kernel NULL pointer dereference"
'

test_expect_success 'a console that says nothing is silent, a boot that does not end hangs' '
	cp context before &&
	test_when_finished "mv before context" &&
	git config --file context perfsut.guest.silence 1 &&
	guest <<-\EOF &&
	sleep 1000
	EOF
	measure 0 &&
	expect_failed boot-failed "silent: the console said nothing for 1 s" &&
	git config --file context perfsut.guest.bootTimeout 1 &&
	git config --file context perfsut.guest.silence 60 &&
	measure 0 &&
	expect_failed boot-failed "hang: the boot took more than 1 s"
'

test_expect_success 'a guest that was cut off is the kernel'\''s, what virtme-ng cannot do is not' '
	guest <<-\EOF &&
	echo "[    0.000000] Linux version 6.1.7" >&2
	exit 255
	EOF
	measure 0 &&
	expect_failed boot-failed "reset: the guest ended before its benchmark did" &&
	guest <<-\EOF &&
	echo "qemu-system-x86_64: failed to find romfile" >&2
	exit 255
	EOF
	measure 0 &&
	expect_failed infrastructure "vng ended with status 255: qemu-system-x86_64: failed to find romfile" &&
	guest <<-\EOF &&
	echo "[    0.000000] Linux version 6.1.7" >&2
	exit 1
	EOF
	measure 0 &&
	expect_failed infrastructure "vng ended with status 1"
'

test_expect_success 'another kernel than the one that was built is not measured' '
	test_when_finished "echo 6.1.7 >release" &&
	echo 6.1.8 >release &&
	guest <ok &&
	measure 0 &&
	expect_failed boot-failed "wrong release: runs 6.1.8, not the 6.1.7 that was built" &&
	test_grep ! "^\*pipe" out.txt
'

test_expect_success 'a command that fails is bench-failed, whatever the kernel says meanwhile' '
	cp context before &&
	test_when_finished "mv before context" &&
	guest <ok &&
	git config --file context perfbench.pipe.command "echo pipe /out guest 5; echo it is broken; exit 3" &&
	measure 0 &&
	expect_failed bench-failed "the command ended with status 3: it is broken" &&
	git config --file context perfbench.pipe.command "echo pipe /out guest 6 >&2" &&
	measure 0 &&
	test_grep -x bench-failed out.txt &&
	test_grep ! "^\*pipe" out.txt
'

test_expect_success 'without virtme-ng it is said what to do, before anything is booted' '
	test_when_finished "rm -f broken" &&
	: >broken && rm -f boots &&
	measure 0 &&
	expect_failed infrastructure "cannot run .vng.: install virtme-ng, or set perfsut.guest.vng" &&
	test_path_is_missing boots
'

# refused <pattern> <key> <value>: as a context.
refused() {
	cp context refused-context &&
	git config --file refused-context "$2" "$3" &&
	test_expect_code 128 test-bench plan refused-context 2>err &&
	test_grep "$1" err
}

test_expect_success 'what makes no sense for a guest is refused' '
	refused "boot: virtme-ng always boots" perfsut.guest.boot kexec &&
	refused "verify: of a guest it is release, or none" perfsut.guest.verify build-id &&
	refused "host: virtme-ng runs on this computer" perfsut.guest.host altra &&
	refused "words for virtme-ng are vngOptions" perfsut.guest.icount 5 &&
	refused "a guest runs its benchmark alone" perfsut.guest.prepare true
'

test_done

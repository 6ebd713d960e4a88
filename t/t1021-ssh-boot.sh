#!/bin/sh

test_description='kernels are booted once on a machine behind ssh, and seen to run'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-sshd.sh"

# The machine is this one; what boots it is played by scripts in front of its
# PATH, which give it another boot id. Everything between is real.
if ! test_have_prereq SSHD || ! test_have_prereq MOUNT
then
	skip_all='no ssh and sshd, or not root'
	test_done
fi

PATH=$HELPER_PATH:$PATH
cleanup 'stop_sshd'

# measure <context lines...>: one run of the kernel in out/.
measure() {
	test-bench measure context sut 1234abcd . out 1 >out.txt
}

# expect_failed <outcome> <pattern of the sentence>
expect_failed() {
	test_grep -x "$1" out.txt &&
	test_grep "^why: sut: $2" out.txt
}

# A bzImage as far as its release can be read: "HdrS" at 0x202, at 0x20e where
# the version is, less 0x200.
make_image() {
	{
		head -c 514 /dev/zero &&
		printf 'HdrS' &&
		head -c 8 /dev/zero &&
		printf '\100\000' &&
		head -c 48 /dev/zero &&
		printf '%s (someone@somewhere) #1 SMP\000' "$1" &&
		head -c 100 /dev/zero
	} >out/bzImage
}

test_expect_success 'start sshd, on a machine that can be booted' '
	start_sshd &&
	mkdir -p out/inst/lib/modules &&
	make_image 6.1.7-perf+ &&
	echo 6.1.7-perf+ >release &&
	echo "BOOT_IMAGE=/vmlinuz root=/dev/sda1 dyndbg=\"file x +p\" quiet" >cmdline &&
	cp cmdline own-cmdline &&
	write_script kexec-that-works <<-EOF &&
	echo "kexec \$*" | sed "s/perf_boot=[0-9a-f]*/perf_boot=MARK/" >>"$HOME/calls"
	cp "\$2" "$HOME/loaded" || exit 1
	for last; do :; done
	echo "\${last#--command-line=}" >"$HOME/loaded-cmdline"
	EOF
	cp kexec-that-works remote-bin/kexec &&
	write_script remote-bin/systemctl <<-EOF &&
	echo "systemctl \$*" >>"$HOME/calls"
	test ! -e "$HOME/hangs" || exit 0
	echo "boot-\$(date +%s%N)" >"$HOME/boot_id"
	cat "$HOME/loaded-cmdline" >"$HOME/cmdline"
	test ! -e "$HOME/panics" || cat "$HOME/own-cmdline" >"$HOME/cmdline"
	pkill -KILL -P "\$(cat "$HOME/sshd/pid")"
	EOF
	write_script remote-bin/uname <<-EOF &&
	cat "$HOME/release"
	EOF
	cat >context <<-\EOF
	[perfbuild]
		command = true
		image = bzImage
	[perfsut "sut"]
		method = ssh
		host = sut
		boot = kexec
		bootTimeout = 60
	[perfbench "x"]
		command = echo n=5
		metric = n higher - n=(.)
		warmups = 0
	EOF
'

test_expect_success 'the image is loaded and booted, and measured when it runs' '
	make_image 6.1.7-perf+ &&
	echo 6.1.7-perf+ >release &&
	measure &&
	test_grep -x measured out.txt &&
	test_grep -x "\*n 0.0 5 " out.txt &&
	cat >expect <<-\EOF &&
	kexec -l bzImage --command-line=root=/dev/sda1 dyndbg="file x +p" quiet perf_boot=MARK
	systemctl kexec
	EOF
	test_cmp expect calls &&
	test_cmp out/bzImage loaded
'

test_expect_success 'words that were added for a boot are not there in the next' '
	test_when_finished "git config --file context --unset perfprofile.cmdline" &&
	git config --file context perfprofile.cmdline "norandmaps nokaslr" &&
	measure && measure &&
	git config --file context perfprofile.cmdline "norandmaps" &&
	: >calls &&
	measure &&
	test_grep -x measured out.txt &&
	cat >expect <<-\EOF &&
	kexec -l bzImage --command-line=root=/dev/sda1 dyndbg="file x +p" quiet perf_boot=MARK norandmaps
	systemctl kexec
	EOF
	test_cmp expect calls
'

test_expect_success 'an initrd beside the image is loaded with it' '
	test_when_finished "rm -f out/initrd" &&
	: >out/initrd && : >calls &&
	measure &&
	test_grep "^kexec -l bzImage --initrd=initrd --command-line=" calls
'

test_expect_success 'a machine that comes back with its own kernel is boot-failed, whatever its release' '
	test_when_finished "rm -f panics" &&
	: >panics &&
	measure &&
	expect_failed boot-failed "came back without the kernel that was loaded: it runs 6.1.7-perf+, which it boots by itself" &&
	test_grep ! "^\*n" out.txt
'

test_expect_success 'another kernel than the one that was built is boot-failed' '
	echo 6.1.0-distribution >release &&
	measure &&
	expect_failed boot-failed "runs 6.1.0-distribution, not the 6.1.7-perf+ that was built" &&
	test_grep ! "^\*n" out.txt &&
	echo 6.1.7-perf+ >release
'

test_expect_success 'a kernel that cannot be loaded is boot-failed' '
	write_script remote-bin/kexec <<-\EOF &&
	echo "kexec: not a bzImage"
	exit 1
	EOF
	measure &&
	expect_failed boot-failed "boot: kexec: not a bzImage" &&
	cp kexec-that-works remote-bin/kexec
'

test_expect_success 'a machine that does not come back needs a hand' '
	: >hangs &&
	git config --file context perfsut.sut.bootTimeout 2 &&
	git config --file context perfsut.sut.console "echo booting; echo Kernel panic - not syncing" &&
	measure &&
	expect_failed infrastructure "did not come back within 2 s after booting 1234abcd; the console.s last line: Kernel panic - not syncing, and perfsut.<name>.power is not set"
'

test_expect_success 'with power it is had again, and the commit is boot-failed' '
	git config --file context perfsut.sut.power "echo \"cycled-\$(date +%s%N)\" >boot_id" &&
	git config --file context perfsut.sut.bootTimeout 20 &&
	measure &&
	expect_failed boot-failed "did not come back within 20 s after booting 1234abcd; the console.s last line: Kernel panic" &&
	test_grep ^cycled boot_id
'

test_expect_success 'without a release in the image it is said what to do' '
	rm -f hangs &&
	test_might_fail git config --file context --unset perfsut.sut.console &&
	git config --file context perfsut.sut.bootTimeout 60 &&
	echo nonsense >out/bzImage &&
	measure &&
	expect_failed infrastructure "no release can be read from the kernel image .*: set perfsut.sut.verify to command, or to none"
'

test_expect_success 'a command may verify, and the banner of an image without a header will do' '
	git config --file context perfsut.sut.verify command &&
	git config --file context perfsut.sut.verifyCommand "test \"\$PERF_COMMIT\" = 1234abcd" &&
	measure &&
	test_grep -x measured out.txt &&
	git config --file context perfsut.sut.verifyCommand "echo something else runs; exit 1" &&
	measure &&
	expect_failed boot-failed "verify ended with status 1: something else runs" &&
	git config --file context perfsut.sut.verify release &&
	printf "\\177ELF Linux version %%s (%%s) x Linux version 6.1.7-perf+ (a@b) y" >out/bzImage &&
	measure &&
	test_grep -x measured out.txt
'

test_expect_success 'the profile'\''s command line is given to the kernel, and looked for' '
	git config --file context perfprofile.cmdline "no-such=word quiet" &&
	: >calls &&
	measure &&
	test_grep -x "kexec -l bzImage --command-line=root=.* perf_boot=MARK no-such=word quiet" calls &&
	test_grep -x measured out.txt &&
	sed -i "s/^cat \(.*loaded-cmdline\"\)/sed s,no-such=,, <\1/" remote-bin/systemctl &&
	measure &&
	expect_failed boot-failed "perfprofile.cmdline: the kernel.s command line lacks no-such=word" &&
	git config --file context --unset perfprofile.cmdline
'

test_expect_success 'a user'\''s command may boot it' '
	git config --file context perfsut.sut.boot command &&
	git config --file context perfsut.sut.bootCommand "echo \$PERF_SUT \$PERF_HOST >booted; echo other-\$(date +%s%N) >boot_id" &&
	measure &&
	test_grep -x measured out.txt &&
	test_grep -x "sut sut" booted
'

test_expect_success 'a boot entry of the user'\''s is booted once' '
	git config --file context perfsut.sut.boot oneshot &&
	git config --file context perfsut.sut.entry "perf entry" &&
	make_image 6.1.7-perf+ &&
	for program in grub-reboot reboot bootctl
	do
		write_script remote-bin/$program <<-EOF || return 1
		echo "$program \$*" >>"$HOME/calls"
		test "$program \$*" != "bootctl is-installed" || test -e "$HOME/has-bootctl" || exit 1
		test $program != reboot || exec systemctl reboot
		EOF
	done &&
	: >calls &&
	measure &&
	test_grep -x measured out.txt &&
	test_write_lines "bootctl is-installed" "grub-reboot perf entry" "reboot " "systemctl reboot" >expect &&
	test_cmp expect calls &&
	test_cmp out/bzImage boot/vmlinuz-perf &&
	: >has-bootctl && : >calls &&
	measure &&
	test_grep -x measured out.txt &&
	test_write_lines "bootctl is-installed" "bootctl set-oneshot perf entry" "reboot " "systemctl reboot" >expect &&
	test_cmp expect calls
'

test_done

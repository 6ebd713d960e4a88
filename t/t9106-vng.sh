#!/bin/sh

test_description='a kernel of this computer is booted by virtme-ng itself'

. "$(dirname "$0")/test-lib.sh"

# Without KVM a kernel of a distribution takes minutes.
PATH=$HELPER_PATH:$PATH

if ! vng --version >/dev/null 2>&1
then
	skip_all='no virtme-ng (vng) here; Debian has it from 13 on'
	test_done
fi
release=
for image in /boot/vmlinuz-*
do
	if test -r "$image" && test -e "/lib/modules/${image#*/vmlinuz-}/modules.dep"
	then
		release=${image#*/vmlinuz-}
	fi
done
if test -z "$release"
then
	skip_all='no kernel with its modules in /boot here'
	test_done
fi

test_expect_success 'its benchmark is run, and what it prints is measured' '
	mkdir -p out &&
	cp "/boot/vmlinuz-$release" out/vmlinuz &&
	cat >context <<-\EOF &&
	[perfbuild]
		command = true
		image = vmlinuz
	[perfsut "guest"]
		method = vng
		bootTimeout = 30m
		silence = 20m
		vngOptions = --cpus 1
	[perfbench "x"]
		command = "echo n=7 of $PERF_COMMIT by $(id -u); uname -r >&2"
		metric = "n lower - ^n=(\\d+) of 1234abcd by 0"
		warmups = 0
		repeats = 2
	EOF
	test-bench measure context guest 1234abcd "$PWD/out" "$PWD/out" 0 >out.txt &&
	test_grep -x measured out.txt &&
	test_grep -x "2 samples, 2 runs" out.txt &&
	test_grep "Linux version $release " 1234abcd-console.log
'

test_expect_success 'its panic has a name' '
	git config --file context perfprofile.cmdline "init=/nowhere rdinit=/nowhere" &&
	test-bench measure context guest 1234abcd "$PWD/out" "$PWD/out" 0 >out.txt &&
	test_grep -x boot-failed out.txt &&
	test_grep "^why: guest: panic: .*Kernel panic - not syncing: " out.txt
'

test_done

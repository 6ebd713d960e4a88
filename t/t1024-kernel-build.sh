#!/bin/sh

test_description='the script that builds kernels: configuration, incremental, never an old image'

. "$(dirname "$0")/test-lib.sh"

# make is played: it makes a configuration of the tree's Kconfig, whose options
# are lines "NAME y", and an image of the tree's file "code". What it was asked
# for goes to "asked".
PATH=$HOME/bin:$PATH

build() {
	(
		cd tree &&
		PERF_COMMIT=$(git rev-parse HEAD) PERF_WORKTREE=$PWD PERF_JOBS=3 \
			sh ../kernel/build "$@" vmlinux vmlinux
	) >out 2>&1
}

test_expect_success 'set up a tree, the script, and what plays make' '
	mkdir -p bin kernel &&
	cp "$PROJECT_SOURCE/git-perfbisect/kernel/build" kernel/build &&
	printf "CONFIG_A=y\nCONFIG_GONE=y\n" >kernel/config &&
	write_script bin/make <<-EOF &&
	echo "\$*" >>"$HOME/asked"
	for word
	do
		case \$word in
		O=*)
			O=\${word#O=}
			;;
		KCONFIG_CONFIG=*)
			config=\${word#*=}
			;;
		allnoconfig)
			grep -q CONFIG_A=y "\$KCONFIG_ALLCONFIG" || exit 1
			sed "s/\(.*\) \(.*\)/CONFIG_\1=\2/" Kconfig >"\$O/\$config"
			;;
		olddefconfig)
			echo "CONFIG_NEW=y" >>"\$O/\$config"
			;;
		vmlinux)
			env | grep "^KBUILD_BUILD\\|^LOCALVERSION" >"$HOME/environment"
			. ./code
			;;
		esac
	done
	EOF
	git init -q tree &&
	(
		cd tree &&
		printf "A y\nB y\n" >Kconfig &&
		echo "echo one >\$O/vmlinux" >code &&
		git add . && git commit -q -m one &&
		echo "echo two >\$O/vmlinux" >code &&
		git commit -q -a -m two &&
		echo "exit 2" >code &&
		git commit -q -a -m broken &&
		printf "A y\nB y\nC y\n" >Kconfig &&
		echo "echo four >\$O/vmlinux" >code &&
		git commit -q -a -m four &&
		git tag four &&
		git checkout -q --detach four~3
	)
'

test_expect_success 'a kernel is configured and built beside its sources, with a date that is fixed' '
	: >asked &&
	build &&
	echo one >expect &&
	test_cmp expect tree/vmlinux &&
	test_grep "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970" environment &&
	test_grep -x "LOCALVERSION=" environment &&
	test_grep -e "-j3 O=.*/kernel/out vmlinux" asked &&
	test_grep allnoconfig asked
'

test_expect_success 'options of the fragment without effect are told, once' '
	test_grep "^perf-note: 1 options of .*/kernel/config have no effect: CONFIG_GONE=y\$" out &&
	build &&
	test_grep ! perf-note out
'

test_expect_success 'where no Kconfig changes nothing is configured anew' '
	: >asked &&
	git -C tree checkout -q four~2 &&
	build &&
	echo two >expect &&
	test_cmp expect tree/vmlinux &&
	test_grep ! allnoconfig asked
'

test_expect_success 'a build that fails leaves no image of another commit' '
	git -C tree checkout -q four~1 &&
	rm tree/vmlinux &&
	test_must_fail build &&
	test_path_is_missing tree/vmlinux
'

test_expect_success 'a configuration that is not as it was is told, with the commit that it was of' '
	git -C tree checkout -q four &&
	build &&
	test_grep "^perf-note: the configuration is not that of $(git -C tree rev-parse --short=12 four~3), by 1 lines: CONFIG_C=y\$" out &&
	echo four >expect &&
	test_cmp expect tree/vmlinux
'

test_expect_success 'it depends on the commit, not on the way to it' '
	git -C tree checkout -q four~2 &&
	build &&
	test_grep ! perf-note out &&
	test_grep ! CONFIG_C kernel/out/.config
'

test_expect_success 'a configuration that is the same keeps its time' '
	touch -d "2020-01-01" kernel/out/.config &&
	rm kernel/out/.perf-made &&
	: >asked &&
	build &&
	test_grep allnoconfig asked &&
	test "$(date -r kernel/out/.config +%Y)" = 2020
'

test_expect_success 'after a build that was cut off half an object is made again, a whole one is not' '
	(
		cd kernel/out &&
		: >.perf-building && touch -d "2021-01-01" .perf-building &&
		for object in whole half without old
		do
			echo >$object.o && touch -d "2021-01-03" $object.o
		done &&
		touch -d "2021-01-04" .whole.o.cmd && touch -d "2021-01-02" .half.o.cmd &&
		touch -d "2020-12-31" old.o
	) &&
	build &&
	test_path_is_file kernel/out/whole.o &&
	test_path_is_file kernel/out/old.o &&
	test_path_is_missing kernel/out/half.o &&
	test_path_is_missing kernel/out/without.o &&
	test_path_is_missing kernel/out/.perf-building
'

test_expect_success 'a whole configuration is completed by olddefconfig' '
	: >asked &&
	build --full-config &&
	test_grep olddefconfig asked &&
	test_grep -x CONFIG_NEW=y kernel/out/.config &&
	test_grep -x CONFIG_A=y kernel/out/.config
'

test_expect_success 'a compiler is given to make' '
	: >asked &&
	build --cc="ccache gcc" &&
	test_grep "CC=ccache gcc vmlinux" asked
'

test_done

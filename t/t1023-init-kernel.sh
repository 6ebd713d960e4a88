#!/bin/sh

test_description='git perfbisect init-kernel writes what a kernel needs'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# The programs that build and boot kernels need not be here: they are played as
# far as --version goes. The compiler is real.
compiler=$(command -v gcc)
PATH=$HOME/bin:$PATH

echo 'int main(void) { return 0; }' >program.c
if ! gcc -static -o probe program.c 2>/dev/null || ! gcc -o dynamic program.c
then
	skip_all='no compiler that links statically'
	test_done
fi

test_expect_success 'set up what looks like a kernel' '
	mkdir bin &&
	for program in flex bison bc qemu-system-x86_64 ccache
	do
		write_script bin/$program <<-EOF || return 1
		test ! -e "$HOME/no-$program"
		EOF
	done &&
	write_script bin/gcc <<-EOF &&
	case "\$*" in
	*gelf.h*)
		test ! -e "$HOME/no-gelf"
		exit
		;;
	esac
	exec "$compiler" "\$@"
	EOF
	git init -q linux &&
	(
		cd linux &&
		mkdir -p init scripts/kconfig &&
		echo >init/main.c && echo >Kconfig && echo >scripts/kconfig/Makefile &&
		git add . && git commit -q -m one && git tag one &&
		git commit -q --allow-empty -m two && git tag two
	)
'

test_expect_success 'what is no kernel is refused' '
	git init -q other &&
	(
		cd other &&
		test_commit first &&
		refused "this is no Linux kernel: HEAD has no init/main.c" git perfbisect init-kernel
	)
'

test_expect_success 'everything that is missing is named at once' '
	: >no-flex && : >no-qemu-system-x86_64 && : >no-gelf &&
	(
		cd linux &&
		refused "missing are (Debian.s names): flex libelf-dev qemu-system-x86; install them" \
			git perfbisect init-kernel
	) &&
	rm no-*
'

test_expect_success 'a context that can be started from is written' '
	(
		cd linux &&
		git perfbisect init-kernel -j 4 >../out &&
		dir=$PWD/.git/perf/kernel &&
		test_grep -x "Next: git perfbisect start --from $dir/context <bad> <good>" ../out &&
		sed -n "/^\[/,\$s/^	*//p" "$dir/context" >../actual &&
		cat >../expect <<-EOF &&
		[perfbisect]
			benchmark = pipe
			sut = qemu

		[perfbuild]
			command = "sh '\''$dir/build'\'' --cc='\''ccache gcc'\'' vmlinux vmlinux"
			input = $dir/build
			input = $dir/config
			image = vmlinux
			jobs = 4

		[perfsut "qemu"]
			method = qemu
			initramfs = $dir/initramfs
			accel = tcg
			icount = 6

		[perfbench "pipe"]
			command = pipe
			metric = "pipe lower ns ^metric\\\\s+pipe\\\\s+(\\\\S+)"
			warmups = 0
			repeats = 1
		EOF
		test_cmp ../expect ../actual &&
		test_cmp "$PROJECT_SOURCE/git-perfbisect/kernel/config" "$dir/config" &&
		test_cmp "$PROJECT_SOURCE/git-perfbisect/kernel/build" "$dir/build" &&
		git perfbisect start --from "$dir/context" two one >../out &&
		test_grep -x "Machine:   qemu" ../out &&
		git perfbisect reset >../out
	)
'

# entry <name> <archive>: the mode of an entry, as the header before its name has it.
mode_of() {
	python3 -c "
import sys
data = open(sys.argv[2], 'rb').read()
at = data.index(sys.argv[1].encode() + b'\\0') - 110
assert data[at:at + 6] == b'070701'
print(oct(int(data[at + 14:at + 22], 16)))
" "$1" "$2"
}

test_expect_success 'the initramfs has a console and an /init, and the same bytes each time' '
	archive=linux/.git/perf/kernel/initramfs &&
	test "$(mode_of dev/console $archive)" = 0o20600 &&
	test "$(mode_of init $archive)" = 0o100755 &&
	cp $archive first &&
	(cd linux && git perfbisect init-kernel >../out) &&
	cmp first $archive
'

test_expect_success '/init knows the benchmarks that the command takes, and no other' '
	sed -n "s/.*{ \"\([a-z]*\)\", time_.*/\1/p" linux/.git/perf/kernel/init.c >expect &&
	test_line_count = 8 expect &&
	(
		cd linux &&
		refused "there is no benchmark .disk.: " git perfbisect init-kernel --benchmark disk
	) &&
	sed "s/.*: \(.*\), or a --program/\1/" refused-fatal | tr -d " " | tr , "\n" >actual &&
	test_cmp expect actual &&
	(
		cd linux &&
		git perfbisect init-kernel --benchmark stat -- scale=10 >../out &&
		test_grep -x "Benchmark: stat scale=10" ../out
	)
'

test_expect_success 'a program of the user'\''s is put into the initramfs' '
	(
		cd linux &&
		git perfbisect init-kernel --program "$HOME/probe" -- -n 3 >../out &&
		test_grep -x "Benchmark: /benchmark -n 3" ../out &&
		test "$(mode_of benchmark .git/perf/kernel/initramfs)" = 0o100755 &&
		test_grep ! "metric =" .git/perf/kernel/context
	)
'

test_expect_success 'a program that a guest cannot run is refused' '
	(
		cd linux &&
		refused "needs shared libraries, which a guest has not; build it with -static" \
			git perfbisect init-kernel --program ../dynamic &&
		echo "#!/bin/sh" >../script &&
		refused "is no program that a guest can run" git perfbisect init-kernel --program ../script &&
		head -c 100 ../probe >../cut &&
		refused "is cut short" git perfbisect init-kernel --program ../cut
	)
'

test_expect_success 'a whole configuration, an image that boots by itself, time that is not counted' '
	echo CONFIG_X=y >whole &&
	: >no-ccache &&
	(
		cd linux &&
		git perfbisect init-kernel --config ../whole --target bzImage --time free --context ../copy >../out &&
		test_cmp ../whole .git/perf/kernel/config &&
		test_grep "/build'\'' --full-config bzImage arch/x86/boot/bzImage\"\$" ../copy &&
		test_grep -x "	image = arch/x86/boot/bzImage" ../copy &&
		test_grep ! icount ../copy &&
		test_cmp ../copy .git/perf/kernel/context
	)
'

test_done

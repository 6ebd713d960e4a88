#!/bin/sh

test_description='git perfrank profile: from what perf recorded to the CSV, with a real perf'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

# Hardware counters are not everywhere, clocks are.
test_lazy_prereq PERF 'perf record -q -e cpu-clock -o probe.data true && perf report -i probe.data --stdio'
test_lazy_prereq CLANG 'clang --version'
test_lazy_prereq CXX 'g++ --version'

# Two files with a static function of one name each, the first three times as
# busy; and what calls them.
write_busy() {
	mkdir -p busy/src/core busy/src/side &&
	cat >busy/src/core/work.c <<-\EOF &&
	extern volatile long sink;
	static __attribute__((noinline)) void spin(long n)
	{
		for (long i = 0; i < n; i++)
			sink += i;
	}
	__attribute__((noinline)) void core_work(long n)
	{
		spin(n * 3);
		sink++;
	}
	EOF
	cat >busy/src/side/work.c <<-\EOF &&
	extern volatile long sink;
	static __attribute__((noinline)) void spin(long n)
	{
		for (long i = 0; i < n; i++)
			sink -= i;
	}
	__attribute__((noinline)) void side_work(long n)
	{
		spin(n);
		sink++;
	}
	EOF
	cat >busy/src/main.c <<-\EOF
	volatile long sink;
	void core_work(long n);
	void side_work(long n);
	int main(void)
	{
		for (int i = 0; i < 400; i++) {
			core_work(100000);
			side_work(100000);
		}
		return 0;
	}
	EOF
}

FILES="src/main.c src/core/work.c src/side/work.c"

# record <perf.data> <program> [<options>]
record() {
	record_data=$1
	record_program=$2
	shift 2
	perf record -q -F 2000 -e cpu-clock -o "$record_data" "$@" -- "$record_program" 2>record.err
}

test_expect_success 'set up a repository of a busy program' '
	write_busy &&
	git init -q busy &&
	git -C busy add src &&
	test_tick &&
	git -C busy commit -q -m "work: begin"
'

# spins <csv>: the file of each function named spin, the hottest first.
spins() {
	sed -n "s/^spin,[0-9]*,[0-9.]*,\([^,]*\).*/\1/p" "$1"
}

# finds_both <program> <label>: the two functions of one name, by their files.
finds_both() {
	record "$2.data" "./$1" &&
	git perfrank profile -o "$2.csv" "$2.data" 2>"$2.err" &&
	spins "$2.csv" >actual &&
	printf "%s\n" src/core/work.c src/side/work.c >expect &&
	test_cmp expect actual
}

test_expect_success PERF 'two functions of one name have their own files: gcc' '
	cd "$HOME/busy" &&
	gcc -O2 -g -o program $FILES &&
	finds_both program gcc &&
	head -n 1 gcc.csv >actual &&
	echo "function,samples,sys_percent,file_path" >expect &&
	test_cmp expect actual &&
	test_grep "functions\{0,1\} with .*% of the samples, .*% in files that are known" gcc.err
'

test_expect_success PERF 'not position independent, static, link-time optimised' '
	cd "$HOME/busy" &&
	gcc -O2 -g -no-pie -fno-pie -o program $FILES &&
	finds_both program nopie &&
	gcc -O2 -g -static -o program $FILES &&
	finds_both program static &&
	gcc -O2 -g -flto -o program $FILES 2>err &&
	finds_both program lto
'

test_expect_success PERF,CLANG 'clang' '
	cd "$HOME/busy" &&
	clang -O2 -g -gdwarf-5 -o program $FILES &&
	finds_both program clang
'

test_expect_success PERF 'in a library' '
	cd "$HOME/busy" &&
	gcc -O2 -g -shared -fPIC -o libwork.so src/core/work.c src/side/work.c &&
	gcc -O2 -g -o program src/main.c -L. -lwork -Wl,-rpath,"$PWD" &&
	finds_both program library
'

test_expect_success PERF 'shares are of all samples, the hottest first' '
	cd "$HOME/busy" &&
	awk -F, "NR > 1 { n++; samples += \$2; percent += \$3; bad += n > 1 && \$3 > last; last = \$3 }
		END { exit bad || percent < 50 || percent > 100.5 || samples < 20 }" gcc.csv &&
	sed -n "2p" gcc.csv >first &&
	test_grep "^spin,[0-9]*,[5-9][0-9][.][0-9]*,src/core/work.c\$" first
'

test_expect_success PERF 'a program that was built anew is not believed, but perf has kept the old one' '
	cd "$HOME/busy" &&
	gcc -O2 -g -o program src/core/work.c src/side/work.c src/main.c &&
	record rebuilt.data ./program &&
	gcc -O2 -g -o program src/side/work.c src/core/work.c src/main.c &&
	# Whether anything but the program was sampled is a matter of chance.
	{
		HOME=/nonexistent git perfrank profile -o rebuilt.csv rebuilt.data 2>err &&
		test_grep ! "src/" rebuilt.csv ||
		test_grep "knows the name of no function" err
	} &&
	git perfrank profile -o kept.csv rebuilt.data &&
	spins kept.csv >actual &&
	printf "%s\n" src/core/work.c src/side/work.c >expect &&
	test_cmp expect actual
'

test_expect_success PERF 'built elsewhere: the end of the path decides' '
	cd "$HOME" &&
	mkdir -p elsewhere/deep &&
	cp -R busy/src elsewhere/deep/ &&
	(cd elsewhere/deep && gcc -O2 -g -o ../../busy/program $FILES) &&
	cd "$HOME/busy" &&
	finds_both program elsewhere
'

test_expect_success PERF 'callers and callees, where stacks were recorded' '
	cd "$HOME/busy" &&
	gcc -O0 -g -fno-omit-frame-pointer -o program $FILES &&
	record stacks.data ./program -g &&
	git perfrank profile stacks.data &&
	head -n 1 .git/perf/kernel_func.csv >actual &&
	echo "function,samples,sys_percent,file_path,callers,callees" >expect &&
	test_cmp expect actual &&
	test_grep "^spin,[0-9]*,[0-9.]*,src/core/work.c,core_work [0-9.]* src/core/work.c" .git/perf/kernel_func.csv &&
	test_grep "^spin,[0-9]*,[0-9.]*,src/side/work.c,side_work [0-9.]* src/side/work.c" .git/perf/kernel_func.csv
'

test_expect_success PERF 'git perfrank reads a perf.data, and what was made of it, alike' '
	cd "$HOME/busy" &&
	test_tick &&
	echo "/* slower */" >>src/core/work.c &&
	sed -i "s/sink += i;/sink += i * 3;/" src/core/work.c &&
	git commit -q -a -m "core: work more" &&
	git perfrank --porcelain HEAD~1..HEAD >from-csv &&
	git perfrank --porcelain --profile=stacks.data HEAD~1..HEAD >from-data &&
	test_cmp from-csv from-data &&
	test_grep "spin [0-9.]*%.*core: work more" from-data
'

test_expect_success PERF 'the text of perf report will do as well' '
	cd "$HOME/busy" &&
	perf report -i stacks.data --stdio 2>/dev/null >report.txt &&
	perf report -i stacks.data --stdio --no-children -g none -F overhead,sample,sym 2>/dev/null >table.txt &&
	"$HELPER_PATH/test-profile" rows report.txt >rows &&
	test_grep "^[0-9]* spin - 0 [0-9.]* [0-9.]*\$" rows &&
	"$HELPER_PATH/test-profile" rows table.txt >rows &&
	test_grep "^[0-9]* spin - [0-9]* [0-9.]* [0-9.]*\$" rows &&
	"$HELPER_PATH/test-profile" rows - <table.txt >again &&
	sed 1d rows >expect &&
	sed 1d again >actual &&
	test_cmp expect actual
'

test_expect_success PERF '--time takes a part of it' '
	cd "$HOME/busy" &&
	git perfrank profile -o part.csv --time=25%-75% gcc.data 2>err &&
	awk -F, "FNR > 1 { n[FILENAME] += \$2 } END {
		exit !(n[\"part.csv\"] > 0.3 * n[\"gcc.csv\"] && n[\"part.csv\"] < 0.7 * n[\"gcc.csv\"])
	}" part.csv gcc.csv
'

test_expect_success PERF 'no samples in that time, and a time that is none' '
	cd "$HOME/busy" &&
	refused "gcc.data has no samples within --time=0,0.000001" git perfrank profile -o - --time=0,0.000001 gcc.data &&
	refused "time=sometimes is nothing that perf understands" git perfrank profile -o - --time=sometimes gcc.data
'

test_expect_success PERF 'several events: the first one counts' '
	cd "$HOME/busy" &&
	perf record -q -e cpu-clock,page-faults -g -o two.data ./program &&
	git perfrank profile -o two.csv two.data &&
	sed -n 2p two.csv >first &&
	test_grep "^spin,.*core_work" first
'

test_expect_success PERF,CXX 'C++: names without parameters, sums of instances' '
	cd "$HOME/busy" &&
	mkdir -p src/cxx &&
	cat >src/cxx/box.cc <<-\EOF &&
	volatile long sink;
	namespace ns {
	template<class T> struct box {
		__attribute__((noinline)) void fill(T n)
		{
			for (T i = 0; i < n; i++)
				sink = sink + (long)i;
		}
	};
	}
	int main()
	{
		ns::box<int> a;
		ns::box<long> b;

		for (int i = 0; i < 1500; i++) {
			a.fill(100000);
			b.fill(100000);
		}
	}
	EOF
	git add src/cxx &&
	git commit -q -m "cxx: begin" &&
	g++ -O2 -g -o program src/cxx/box.cc &&
	record cxx.data ./program &&
	git perfrank profile -o cxx.csv cxx.data &&
	sed -n 2p cxx.csv >first &&
	test_grep "^ns::box::fill,[0-9]*,[0-9.]*,src/cxx/box.cc\$" first
'

test_expect_success PERF 'outside of a repository: paths from the folder of the compiler on' '
	cd "$HOME" &&
	mkdir outside &&
	cd outside &&
	git perfrank profile -o out.csv ../busy/gcc.data 2>err &&
	spins out.csv >actual &&
	test_line_count = 2 actual &&
	refused "say where the CSV goes with --output" git perfrank profile ../busy/gcc.data
'

test_expect_success PERF 'a perf.data that is damaged, empty, or from the standard input' '
	cd "$HOME/busy" &&
	head -c 4000 gcc.data >cut.data &&
	refused "cut.data" git perfrank profile -o - cut.data &&
	(printf PERFILE2 && head -c 4000 /dev/zero) >zeros.data &&
	refused "zeros.data" git perfrank profile -o - zeros.data &&
	refused "give its name" git perfrank profile -o - - <gcc.data &&
	perf record -q -e cpu-clock -c 1000000000000 -o none.data true &&
	refused "none.data has no samples" git perfrank profile -o - none.data &&
	refused "none.data has no samples" git perfrank -p none.data HEAD~1..HEAD
'

test_expect_success PERF,ROOT 'a perf.data of another user' '
	cd "$HOME/busy" &&
	cp gcc.data theirs.data &&
	chown 12345 theirs.data &&
	refused "theirs.data belongs to another user" git perfrank profile -o - theirs.data
'

test_expect_success PERF 'a vmlinux that is not there, has no debug information, is of another kernel' '
	cd "$HOME/busy" &&
	refused "cannot open nowhere: No such file" git perfrank profile -o - --vmlinux=nowhere gcc.data &&
	gcc -O2 -o bare $FILES &&
	refused "bare has no debug information" git perfrank profile -o - --vmlinux=bare gcc.data &&
	refused "no module (.*) below src" git perfrank profile -o - --modules=src gcc.data
'

# A perf that answers from files: kernels are not booted here.
write_fake() {
	mkdir -p fake &&
	write_script fake/perf <<-EOF
	case " \$* " in
	*" --header-only "*)
		cat "$PWD/header"
		;;
	*" buildid-list "*)
		cat "$PWD/buildids"
		;;
	" report "*)
		cat "$PWD/table"
		;;
	" script "*)
		cat "$PWD/stacks"
		;;
	esac
	echo "\$*" >>"$PWD/calls"
	EOF
}

test_expect_success 'the kernel and its modules: run-time addresses, functions of one name' '
	cd "$HOME" &&
	mkdir -p tree/kernel/locking tree/kernel/sched tree/drivers/net tree/mods/drivers &&
	cd "$HOME/tree" &&
	git init -q . &&
	for file in kernel/locking/mutex.c kernel/sched/fair.c
	do
		echo "static __attribute__((noinline)) int update(int n) { return n * 3; }" >$file
	done &&
	echo "int mutex_lock(int n) { return update(n) + 1; }" >>kernel/locking/mutex.c &&
	echo "int pick_next(int n) { return update(n) + 2; }" >>kernel/sched/fair.c &&
	echo "int net_poll(int n) { return n + 5; }" >drivers/net/some-net.c &&
	git add kernel drivers &&
	git commit -q -m "kernel: begin" &&
	gcc -O2 -g -static -nostdlib -no-pie -fno-pie -mcmodel=large -fno-asynchronous-unwind-tables \
		-Wl,-Ttext=0x41000000,--build-id=0xabcdef0123456789,-e,pick_next \
		-o vmlinux kernel/locking/mutex.c kernel/sched/fair.c &&
	gcc -O2 -g -c -o mods/drivers/some-net.ko drivers/net/some-net.c &&
	write_fake &&
	echo PERFILE2 >k.data &&
	echo "# event : name = cycles, sample_type = IP|TID|TIME|CALLCHAIN|PERIOD, x" >header &&
	echo "abcdef0123456789 [kernel.kallsyms]" >buildids &&
	nm vmlinux | sed -n "s/^\([0-9a-f]*\) [tT] update\$/\1/p" >updates &&
	nm vmlinux | sed -n "s/^\([0-9a-f]*\) [tT] mutex_lock\$/\1/p" >lock &&
	moved=$((0x33600000)) &&
	{
		echo "# Samples: 100  of event '\''cycles'\''" &&
		printf "# Samples\tPeriod\tShared Object\tSymbol\n" &&
		printf "%d\t%d\t[kernel.kallsyms]\t0x%x k [k] update\n" \
			40 4000 $((0x$(sed -n 1p updates) + moved + 2)) \
			30 3000 $((0x$(sed -n 2p updates) + moved + 2)) &&
		printf "20\t2000\t[some_net]\t0xffffffffc0001000 m [k] net_poll\n" &&
		printf "5\t500\t/usr/bin/none\t0x1000 B [.] user_work\n" &&
		printf "5\t500\t[kernel.kallsyms]\t0x1000 k [k] 0x0000000000001000\n"
	} >table &&
	printf "7000\n\t%x update+0x2 ([kernel.kallsyms])\n\t%x mutex_lock+0x3 ([kernel.kallsyms])\n\n" \
		$((0x$(sed -n 1p updates) + moved + 2)) $((0x$(cat lock) + moved + 3)) >stacks &&
	PATH=$PWD/fake:$PATH git perfrank profile --vmlinux=vmlinux --modules=mods --time=10%-90% k.data &&
	cat >expect <<-\EOF &&
	function,samples,sys_percent,file_path,callers,callees
	update,40,40.000,kernel/locking/mutex.c,mutex_lock 100.00 kernel/locking/mutex.c,
	update,30,30.000,kernel/sched/fair.c,,
	net_poll,20,20.000,drivers/net/some-net.c,,
	user_work,5,5.000,,,
	EOF
	test_cmp expect .git/perf/kernel_func.csv &&
	test_grep "^report .*-k vmlinux --time 10%-90%" calls &&
	test_grep "^script .*-k vmlinux --time 10%-90%" calls
'

test_expect_success '--kernel-only leaves programs out, and keeps shares' '
	cd "$HOME/tree" &&
	PATH=$PWD/fake:$PATH git perfrank profile -o - --kernel-only k.data >actual &&
	cut -d , -f 1-3 actual >columns &&
	test_write_lines function,samples,sys_percent update,70,70.000 net_poll,20,20.000 >expect &&
	test_cmp expect columns
'

test_expect_success 'a vmlinux of another kernel is refused' '
	cd "$HOME/tree" &&
	echo "1111111111111111 [kernel.kallsyms]" >buildids &&
	PATH=$PWD/fake:$PATH refused "vmlinux is not the kernel of k.data: its build id is abcdef012345, not 111111111111" \
		git perfrank profile -o - --vmlinux=vmlinux k.data
'

test_expect_success 'without perf, the sentence says what to install' '
	cd "$HOME/tree" &&
	mkdir -p bin &&
	for tool in git git-perfrank
	do
		ln -sf "$(command -v $tool)" bin/ || return 1
	done &&
	refused "k.data cannot be read without perf (linux-perf" env PATH="$PWD/bin" git-perfrank profile -o - k.data
'

test_expect_success 'a perf that fails is quoted' '
	cd "$HOME/tree" &&
	write_script fake/perf <<-\EOF &&
	echo "some $(printf "\033")[31mreason" >&2
	exit 3
	EOF
	PATH=$PWD/fake:$PATH refused "perf cannot read k.data: some " git perfrank profile -o - k.data &&
	test_grep ! "$(printf "\033")" fatal &&
	write_script fake/perf <<-\EOF &&
	exit 3
	EOF
	PATH=$PWD/fake:$PATH refused "perf cannot read k.data: it ended with status 3" git perfrank profile -o - k.data
'

test_expect_success 'options of a perf.data for what is none' '
	cd "$HOME/tree" &&
	printf "function,samples\nf,1\n" >p.csv &&
	refused "p.csv: .*this is no perf.data" git perfrank profile -o - --kernel-only p.csv &&
	echo "main;f 3" | git perfrank profile -o - - >actual &&
	test_grep "^f,3,100.000,,main 100.00,\$" actual
'

test_expect_success 'the command line' '
	cd "$HOME/tree" &&
	test_expect_code 129 git perfrank profile 2>err &&
	test_grep "^usage: git perfrank profile" err &&
	test_expect_code 129 git perfrank profile a b 2>err &&
	refused "cannot open nowhere.data" git perfrank profile nowhere.data
'

test_done

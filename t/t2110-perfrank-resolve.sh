#!/bin/sh

test_description='git perfrank: the files of hot functions, whatever the profile says'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

# define <file> <function>[=<statement>]...: a file with these functions.
define() {
	define_file=$1
	shift
	mkdir -p "$(dirname "$define_file")" &&
	for define_function in "$@"
	do
		case $define_function in
		*=*)
			write_function "${define_function%%=*}" "${define_function#*=}"
			;;
		*)
			write_function "$define_function" "r->$define_function++"
			;;
		esac
	done >"$define_file"
}

# commit <tag> <message>: what is in the work tree.
commit() {
	git add . &&
	test_tick &&
	git commit -q -m "$2" &&
	git tag "$1"
}

# touching [<options>] <range>: subjects of the commits that change a profile file, the newest first.
touching() {
	git perfrank list -o - "$@" >list.out 2>err &&
	sed -n "s/^Subject: //p" list.out
}

# hits <tag> [<options>] <range>: the hot functions that a commit changes.
hits() {
	hits_id=$(git rev-parse "$1^{commit}") &&
	shift &&
	git perfrank -n 0 --porcelain "$@" 2>err >hits.out &&
	awk -F "\t" -v id="$hits_id" '$4 == id { print $6 }' hits.out
}

test_expect_success 'set up a tree of the shape of a kernel' '
	git init -q repo &&
	cd repo &&
	define drivers/cpuidle/coupled.c "coupled_enter=cpuidle_enter_state(r)" &&
	define drivers/cpuidle/cpuidle.c cpuidle_enter_state cpuidle_reflect &&
	define drivers/dma/acpi-dma.c "acpi_dma=mutex_lock(r), mutex_unlock(r)" &&
	define kernel/locking/mutex.c mutex_lock mutex_unlock &&
	define tools/mutex.c mutex_lock &&
	define kernel/sched/idle.c "do_idle=tick_nohz_idle_exit(r)" &&
	define kernel/time/tick-sched.c tick_nohz_idle_exit &&
	mkdir -p include/linux &&
	echo "static inline int tick_nohz_idle_exit(void) { return 0; }" >include/linux/tick.h &&
	define kernel/sched/wait.c __wake_up_common_lock &&
	define kernel/sched/core.c task_sched_runtime &&
	commit base "all: begin" &&
	define kernel/locking/mutex.c "mutex_lock=r->mutex_lock += 2" mutex_unlock &&
	commit lock "locking: count twice" &&
	define kernel/sched/wait.c "__wake_up_common_lock=r->wake--" &&
	commit wake "wait: count down" &&
	define drivers/dma/acpi-dma.c "acpi_dma=mutex_lock(r), mutex_unlock(r), 0" &&
	commit dma "dma: return zero" &&
	cat >../sample.csv <<-\EOF
	function,samples,sys_percent,file_path
	cpuidle_enter_state,900,9,drivers/cpuidle/coupled.c
	mutex_lock,800,8,drivers/dma/acpi-dma.c
	mutex_unlock,700,7,drivers/dma/acpi-dma.c
	tick_nohz_idle_exit,600,6,kernel/sched/idle.c
	__wake_up_common_lock,500,5,kernel/sched/wait.c
	task_sched_runtime,400,4,kernel/sched/core.c
	EOF
'

test_expect_success 'wrong paths are corrected, and said so in one line' '
	cat >expect <<-\EOF &&
	warning: 4 of 6 paths were wrong and are corrected: cpuidle_enter_state drivers/cpuidle/coupled.c -> drivers/cpuidle/cpuidle.c, mutex_lock drivers/dma/acpi-dma.c -> kernel/locking/mutex.c, mutex_unlock drivers/dma/acpi-dma.c -> kernel/locking/mutex.c, tick_nohz_idle_exit kernel/sched/idle.c -> kernel/time/tick-sched.c
	EOF
	git perfrank -p ../sample.csv base..HEAD >out 2>err &&
	test_cmp expect err &&
	git perfrank list -o - -p ../sample.csv base..HEAD >out 2>err &&
	test_cmp expect err
'

test_expect_success 'the right files are walked for, and the wrong ones are not' '
	test_write_lines "wait: count down" "locking: count twice" >expect &&
	touching -p ../sample.csv base..HEAD >actual &&
	test_cmp expect actual &&
	echo "mutex_lock 8%" >expect &&
	hits lock -p ../sample.csv base..HEAD >actual &&
	test_cmp expect actual
'

test_expect_success 'show repeats it' '
	git perfrank show lock >out 2>err &&
	test_grep "lines in mutex_lock (8%)" out &&
	test_grep "lines of kernel/locking/mutex.c" out
'

test_expect_success 'of many corrections four are named' '
	{
		cat ../sample.csv &&
		echo "cpuidle_reflect,1,1,drivers/cpuidle/coupled.c"
	} >five.csv &&
	git perfrank -p five.csv base..HEAD >out 2>err &&
	test_grep "^warning: 5 of 7 paths were wrong and are corrected: .*tick-sched.c, and 1 more$" err
'

test_expect_success 'names alone, without a column of files, are found' '
	cut -d , -f 1-3 ../sample.csv >names.csv &&
	sed -e "/mutex/s,drivers/dma/acpi-dma.c,kernel/locking/mutex.c," -e "s,coupled.c,cpuidle.c," \
		-e "s,kernel/sched/idle.c,kernel/time/tick-sched.c," ../sample.csv >right.csv &&
	git perfrank -n 0 --porcelain -p right.csv base..HEAD >expect 2>err &&
	test_must_be_empty err &&
	git perfrank -n 0 --porcelain -p names.csv base..HEAD >actual 2>err &&
	test_must_be_empty err &&
	test_cmp expect actual &&
	git perfrank -n 0 --porcelain -p ../sample.csv base..HEAD >actual 2>err &&
	test_cmp expect actual
'

test_expect_success '--no-resolve believes the profile' '
	test_write_lines "dma: return zero" "wait: count down" >expect &&
	touching --no-resolve -p ../sample.csv base..HEAD >actual &&
	test_must_be_empty err &&
	test_cmp expect actual &&
	touching -p ../sample.csv base..HEAD >actual &&
	test_config perfrank.resolve false &&
	git perfrank -n 0 --porcelain -p ../sample.csv base..HEAD >configured 2>err &&
	test_must_be_empty err &&
	git perfrank -n 0 --porcelain --no-resolve -p ../sample.csv base..HEAD >given &&
	test_cmp given configured &&
	touching --resolve -p ../sample.csv base..HEAD >actual.again &&
	test_cmp actual actual.again
'

test_expect_success 'a name that nothing defines stays a name' '
	printf "function,samples,file_path\nmutex_lock,5,kernel/locking/mutex.c\nnowhere,5,kernel/sched/core.c\n" >name.csv &&
	git perfrank -p name.csv base..HEAD >out 2>err &&
	echo "warning: nowhere is not in kernel/sched/core.c, nor defined anywhere in the tree; its name alone counts" >expect &&
	test_cmp expect err
'

test_expect_success 'of static functions of one name the one of the path is meant, else all' '
	define net/a.c "helper=r->a++" &&
	define net/b.c "helper=r->b++" &&
	define net/c.c "user=helper(r)" &&
	commit helpers "net: helpers" &&
	define net/a.c "helper=r->a--" &&
	commit helper-a "net: a" &&
	define net/b.c "helper=r->b--" &&
	commit helper-b "net: b" &&
	for at in a b c
	do
		printf "function,samples,file_path\nhelper,5,net/$at.c\n" >$at.csv || return 1
	done &&
	echo "net: a" >expect &&
	touching -p a.csv helpers..HEAD >actual &&
	test_must_be_empty err &&
	test_cmp expect actual &&
	echo "net: b" >expect &&
	touching -p b.csv helpers..HEAD >actual &&
	test_cmp expect actual &&
	test_write_lines "net: b" "net: a" >expect &&
	touching -p c.csv helpers..HEAD >actual &&
	test_cmp expect actual &&
	test_grep "1 of 1 paths were wrong and are corrected: helper net/c.c -> net/a.c and net/b.c" err
'

test_expect_success 'system calls, suffixes of compilers, assembler' '
	mkdir -p fs arch/x86/lib arch/arm64/lib &&
	printf "SYSCALL_DEFINE2(read, int, fd, char *, buf)\n{\n\treturn fd++;\n}\n" >fs/read_write.c &&
	define fs/other.c read &&
	printf "SYM_FUNC_START(copy_user)\n\tret\nSYM_FUNC_END(copy_user)\n" >arch/x86/lib/copy.S &&
	printf "SYM_FUNC_START(copy_user)\n\tret\n" >arch/arm64/lib/copy.S &&
	commit calls "fs: calls" &&
	cat >calls.csv <<-\EOF &&
	function,samples,file_path
	__x64_sys_read,5,fs/wrong.c
	read.constprop.0.isra.1,5,fs/wrong.c
	copy_user,5,fs/wrong.c
	EOF
	git perfrank -p calls.csv helpers..HEAD >out 2>err &&
	test_grep "3 of 3 paths were wrong and are corrected: read fs/wrong.c -> fs/read_write.c, read fs/wrong.c -> fs/other.c, copy_user fs/wrong.c -> arch/x86/lib/copy.S$" err
'

test_expect_success 'weak functions, and folders of machines' '
	mkdir -p weak &&
	printf "int __weak arch_idle(void)\n{\n\treturn cpu_relax();\n}\nint __weak both_idle(void)\n{\n\treturn cpu_relax();\n}\n" \
		>weak/idle.c &&
	define arch/arm64/idle.c arch_idle &&
	define weak/strong.c both_idle &&
	define arch/x86/entry.c entry_x86 &&
	define lib/arm/copy.c copy &&
	define lib/x86/copy.c copy &&
	commit weak "weak: begin" &&
	cat >weak.csv <<-\EOF &&
	function,samples,file_path
	arch_idle,8,fs/wrong.c
	both_idle,5,fs/wrong.c
	copy,4,fs/wrong.c
	EOF
	git perfrank -p weak.csv helpers..HEAD >out 2>err &&
	test_grep "corrected: arch_idle fs/wrong.c -> arch/arm64/idle.c and weak/idle.c, both_idle fs/wrong.c -> weak/strong.c, copy fs/wrong.c -> lib/arm/copy.c and lib/x86/copy.c$" err &&
	echo "entry_x86,1,arch/x86/entry.c" >>weak.csv &&
	git perfrank -p weak.csv helpers..HEAD >out 2>err &&
	test_grep "corrected: arch_idle fs/wrong.c -> weak/idle.c, both_idle fs/wrong.c -> weak/strong.c, copy fs/wrong.c -> lib/x86/copy.c$" err
'

test_expect_success 'what calls hot functions counts where these are left alone, and says so' '
	define net/calls.c "hot_one=r->hot++" "root_one=hot_one(r)" "apart=r->apart++" &&
	commit calling "net: calling" &&
	define net/calls.c "hot_one=r->hot++" "root_one=hot_one(r) + 1" "apart=r->apart++" &&
	commit calling-root "net: root" &&
	define net/calls.c "hot_one=r->hot--" "root_one=hot_one(r) + 2" "apart=r->apart++" &&
	commit calling-both "net: both" &&
	define net/calls.c "hot_one=r->hot--" "root_one=hot_one(r) + 2" "apart=r->apart--" &&
	commit calling-apart "net: apart" &&
	printf "function,samples,file_path\nhot_one,5,net/calls.c\n" >calling.csv &&
	git perfrank --explain -p calling.csv calling..HEAD >out 2>err &&
	test_must_be_empty err &&
	grep "changes what calls hot functions" out >calls &&
	echo "     +0.15 changes what calls hot functions, and none of these: 2 lines in root_one, which calls hot_one (100%)" >expect &&
	test_cmp expect calls
'

test_expect_success 'evidence without weight is no reason' '
	git perfrank --explain --weights=calls=0 -p calling.csv calling..HEAD >out &&
	test_grep "changes hot functions" out &&
	test_grep ! "what calls hot functions" out &&
	git perfrank --json --weights=calls=0,churn=0 -p calling.csv calling..HEAD >out &&
	test_grep "\"hunk\"" out &&
	test_grep ! "\"calls\"" out &&
	test_grep ! "\"churn\"" out &&
	git perfrank show --weights=calls=0,hunk=0 -p calling.csv calling-both calling..HEAD >out &&
	test_grep "changes files of hot functions" out &&
	test_grep ! "changes hot functions" out
'

test_expect_success 'a function is followed into the file that it was moved out of' '
	define mm/old.c moving staying &&
	commit moves "mm: begin" &&
	define mm/old.c "moving=r->moving += 2" staying &&
	commit moves-early "mm: early" &&
	define mm/old.c "moving=r->moving += 2" "staying=r->staying += 2" &&
	commit moves-other "mm: other" &&
	define mm/new.c "moving=r->moving += 2" new &&
	define mm/old.c "staying=r->staying += 2" &&
	commit moves-away "mm: away" &&
	define mm/old.c "staying=r->staying += 3" "moving=r->again++" &&
	commit moves-late "mm: late" &&
	printf "function,samples,file_path\nmoving,5,mm/new.c\n" >moving.csv &&
	test_write_lines "mm: away" "mm: early" >expect &&
	touching -p moving.csv moves..HEAD >actual &&
	test_must_be_empty err &&
	test_cmp expect actual &&
	echo "moving 100%" >expect &&
	hits moves-early -p moving.csv moves..HEAD >actual &&
	test_cmp expect actual &&
	echo >expect &&
	hits moves-other -p moving.csv moves..HEAD >actual &&
	test_cmp expect actual &&
	part moves-early hunk -p moving.csv moves..HEAD >actual &&
	test_grep ! "^0$" actual &&
	part moves-other hunk -p moving.csv moves..HEAD >actual &&
	test_grep "^0$" actual &&
	part moves-late hunk -p moving.csv moves..HEAD >actual &&
	test_grep "^0$" actual
'

test_expect_success 'without libgit2 it is the same' '
	git perfrank -n 0 --porcelain -p ../sample.csv base..HEAD >expect 2>err.expect &&
	rm -f .git/perf/functions-* &&
	GIT_TEST_PERF_PLUMBING=1 git perfrank -n 0 --porcelain -p ../sample.csv base..HEAD >actual 2>err &&
	test_cmp expect actual &&
	test_cmp err.expect err
'

test_done

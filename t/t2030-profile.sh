#!/bin/sh
test_description='profiles: rows from CSV, and their paths held against a tree'
. "$(dirname "$0")/test-lib.sh"

profile="$HELPER_PATH/test-profile"

test_expect_success 'set up a tree with files of many places' '
	git init -q repo &&
	(
		cd repo &&
		mkdir -p kernel/locking kernel/sched drivers/base mm "odd dir" &&
		for file in kernel/locking/mutex.c kernel/sched/fair.c kernel/sched/core.c drivers/base/core.c \
			mm/slab.c "odd dir/-x y.c"
		do
			echo "$file" >"$file" || exit 1
		done &&
		ln -s slab.c mm/link.c &&
		git add . &&
		test_tick &&
		git commit -q -m first &&
		git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),mm/fairy.c &&
		git commit -q -m "with a submodule"
	)
'

test_expect_success 'rows are summed, cleaned and given a share' '
	cat >profile.csv <<-\EOF &&
	file_path,samples,function
	./mm//slab.c,30,kmalloc
	kernel/sched/fair.c,10,newidle.isra.0
	mm/slab.c,50,kmalloc.cold
	,10,native_queued_spin_lock
	EOF
	cat >expect <<-\EOF &&
	name profile.csv
	2 kmalloc mm/slab.c 80 -1 80
	3 newidle kernel/sched/fair.c 10 -1 10
	5 native_queued_spin_lock - 10 -1 10
	EOF
	"$profile" rows profile.csv >actual &&
	test_cmp expect actual
'

test_expect_success 'standard input can be a pipe' '
	sed s/profile.csv/standard\ input/ expect >expect.stdin &&
	(cat profile.csv; sleep 0) | "$profile" rows - >actual &&
	test_cmp expect.stdin actual
'

test_expect_success 'paths that exist are found, with their best share' '
	cat >repo/p.csv <<-\EOF &&
	function,sys_percent,file_path
	a,1,mm/slab.c
	b,5,mm/slab.c
	c,2,mm/link.c
	d,3,odd dir/-x y.c
	e,4,
	f,6,kernel/sched
	EOF
	cat >expect <<-\EOF &&
	kernel/sched exists 6 1
	mm/link.c exists 2 1
	mm/slab.c exists 5 2
	odd dir/-x y.c exists 3 1
	EOF
	(cd repo && "$profile" paths p.csv HEAD) >actual &&
	test_cmp expect actual
'

test_expect_success 'paths that are missing get those that are near' '
	cat >repo/p.csv <<-\EOF &&
	function,samples,file_path
	mutex_lock,1,drivers/dma/mutex.c
	pick_next,1,linux-6.1/kernel/sched/core.c
	newidle,1,kernel/sched/fiar.c
	below,1,mm/slab.c/x
	nothing,1,lib/xarray.c
	EOF
	cat >expect <<-\EOF &&
	drivers/dma/mutex.c missing 20 1 kernel/locking/mutex.c
	kernel/sched/fiar.c missing 20 1 kernel/sched/fair.c
	lib/xarray.c missing 20 1
	linux-6.1/kernel/sched/core.c missing 20 1 kernel/sched/core.c drivers/base/core.c
	mm/slab.c/x missing 20 1
	EOF
	(cd repo && "$profile" paths p.csv HEAD) >actual &&
	test_cmp expect actual
'

test_expect_success 'the tree is the one of the commit, not of the work tree' '
	cat >repo/p.csv <<-\EOF &&
	function,samples,file_path
	f,1,mm/later.c
	EOF
	>repo/mm/later.c &&
	(cd repo && "$profile" paths p.csv HEAD) >actual &&
	echo "mm/later.c missing 100 1" >expect &&
	test_cmp expect actual
'

test_expect_success 'without libgit2 the answers are the same' '
	cat >repo/p.csv <<-\EOF &&
	function,samples,file_path
	a,1,drivers/dma/mutex.c
	b,1,mm/slab.c
	EOF
	(cd repo && "$profile" paths p.csv HEAD) >expect &&
	(cd repo && GIT_TEST_PERF_PLUMBING=1 "$profile" paths p.csv HEAD) >actual &&
	grep "missing 50 1 kernel/locking/mutex.c" actual &&
	test_cmp expect actual
'

test_expect_success 'an error is one sentence with file and line' '
	printf "function,samples\nf,many\n" >bad.csv &&
	test_expect_code 128 "$profile" rows bad.csv 2>actual &&
	echo "error: bad.csv: line 2: samples is \"many\", expected a number like 12 or 3.45" >expect &&
	test_cmp expect actual
'

test_expect_success 'a file that opens a quote and goes on is refused early' '
	(printf "function,samples\n\"" && yes | head -c 100000000) >bad.csv &&
	test_expect_code 128 "$profile" rows bad.csv 2>actual &&
	echo "error: bad.csv: line 2: a field of more than 65536 bytes; is a quotation mark left open?" >expect &&
	test_cmp expect actual
'

test_expect_success 'a file without end is refused' '
	(echo "function,samples" && tr "\\0" " " </dev/zero) | test_expect_code 128 "$profile" rows - 2>actual &&
	echo "error: standard input: more than 256 MiB; keep the hottest functions only" >expect &&
	test_cmp expect actual
'

test_done

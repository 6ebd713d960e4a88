#!/bin/sh

test_description='a commit is built, and what was built is kept'

. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH
A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
B=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
C=cccccccccccccccccccccccccccccccccccccccc

# build <commit>: of the worktree w, with the command that w/build holds.
build() {
	test-bench build context "$1" "$PWD/w" "$PWD/store" >out
}

context() {
	{
		printf '[perfbuild]\n\tcommand = sh ./build\n' &&
		cat
	} >context
}

test_expect_success 'the command gets its environment, and a log' '
	mkdir w &&
	context </dev/null &&
	cat >w/build <<-\EOF &&
	env | grep "^PERF_\|^GIT_DIR" | sort
	echo to-stderr >&2
	test -d "$PERF_OUT"
	EOF
	GIT_DIR=/nowhere PERF_NOISE= build $A &&
	echo measured >expect &&
	test_cmp expect out &&
	cat >expect <<-EOF &&
	PERF_COMMIT=$A
	PERF_CONTEXT_HASH=hash
	PERF_JOBS=$(getconf _NPROCESSORS_ONLN)
	PERF_LAYOUT=0
	PERF_WORKTREE=$PWD/w
	to-stderr
	EOF
	grep -v "PERF_OUT\|PERF_BUILD\|PERF_NOISE" store/log/$A-build.log | sort >actual &&
	test_cmp expect actual
'

test_expect_success 'outputs and what is put into PERF_OUT are kept, and used again' '
	context <<-\EOF &&
		output = prog
		output = sub/dir
	EOF
	cat >w/build <<-\EOF &&
	echo built >>../count
	cat source >prog && mkdir -p sub/dir && echo x >sub/dir/x && echo more >"$PERF_OUT/more"
	EOF
	echo one >w/source &&
	build $A &&
	where=$(sed -n "s/^out //p" out) &&
	(cd "$where" && find . -type f) | sort >actual &&
	printf "%s\n" ./more ./prog ./sub/dir/x >expect &&
	test_cmp expect actual &&
	echo two >w/source &&
	build $A &&
	printf "%s\n" measured kept "out $where" >expect &&
	test_cmp expect out &&
	echo one >expect &&
	test_cmp expect "$where/prog" &&
	test_line_count = 1 count
'

test_expect_success 'another way of building is another build' '
	echo "	output = source" >>context &&
	build $A &&
	test_grep ! -x kept out &&
	test_line_count = 2 count
'

test_expect_success 'a failed build says how, and leaves nothing of an earlier one' '
	context <<-\EOF &&
		output = prog
	EOF
	echo old >w/prog &&
	echo "echo compiling; echo prog.c:1: error >&2; exit 2" >w/build &&
	build $B &&
	cat >expect <<-EOF &&
	build-failed
	why: the build ended with status 2; see '\''$PWD/store/log/$B-build.log'\''
	EOF
	sed -n 1,2p out >actual &&
	test_cmp expect actual &&
	test_grep -x "prog.c:1: error" out &&
	test_path_is_missing w/prog &&
	test -z "$(find store/kept -path "*$B*")"
'

test_expect_success 'a half-made output of a failed build is not left either' '
	echo "echo half >prog; echo half >\"\$PERF_OUT/half\"; exit 1" >w/build &&
	build $B &&
	test_grep -x build-failed out &&
	test_path_is_missing w/prog &&
	test -z "$(find store/kept -path "*$B*")"
'

test_expect_success 'the old output is gone before the build begins' '
	echo old >w/prog &&
	echo "test ! -e prog && echo new >prog" >w/build &&
	build $B &&
	test_grep -x measured out
'

test_expect_success 'an output that is not there is a failed build' '
	echo "exit 0" >w/build &&
	build $C &&
	printf "%s\n" build-failed "why: the build left no '\''prog'\''" >expect &&
	test_cmp expect out
'

test_expect_success 'a build that takes too long is failed' '
	context <<-\EOF &&
		timeout = 0.2
	EOF
	echo "sleep 3600" >w/build &&
	build $C &&
	test_grep "^why: the build took more than 0.2 s; see " out
'

test_expect_success 'a link that leads out of the worktree is not followed' '
	context <<-\EOF &&
		output = link/precious
	EOF
	mkdir outside &&
	echo keep >outside/precious &&
	ln -s ../outside w/link &&
	echo true >w/build &&
	build $C &&
	test_grep -x infrastructure out &&
	test_grep "leads out of the worktree" out &&
	test_path_is_file outside/precious
'

test_expect_success 'an output that is a link is removed as one' '
	context <<-\EOF &&
		output = gone
	EOF
	ln -s ../outside w/gone &&
	echo "mkdir gone && echo x >gone/x" >w/build &&
	build $C &&
	test_grep -x measured out &&
	test_path_is_file outside/precious
'

test_expect_success 'the least recently used builds go when all are too large' '
	rm -rf store &&
	context <<-\EOF &&
		output = prog
		keep = 300k
	EOF
	echo "head -c 120000 /dev/zero >prog" >w/build &&
	build $A &&
	touch -d "2 hours ago" store/kept/*/$A.ok &&
	build $B &&
	touch -d "1 hour ago" store/kept/*/$B.ok &&
	build $A &&
	test_grep -x kept out &&
	build $C &&
	ls store/kept/*/ >actual &&
	printf "%s\n" $A $A.ok $C $C.ok >expect &&
	test_cmp expect actual
'

test_expect_success 'nothing is kept where nothing may be' '
	rm -rf store &&
	context <<-\EOF &&
		output = prog
		keep = 0
	EOF
	build $A &&
	where=$(sed -n "s/^out //p" out) &&
	test_path_is_file "$where/prog" &&
	build $A &&
	test_grep ! -x kept out
'

test_expect_success 'what a killed build left is not taken for one' '
	rm -rf store &&
	context <<-\EOF &&
		output = prog
	EOF
	cat >w/build <<-\EOF &&
	echo x >prog
	echo half >"$PERF_OUT/half"
	test ! -e ../kill || kill -s KILL $PPID $(ps -o ppid= -p $PPID)
	EOF
	: >kill &&
	test_might_fail build $A &&
	rm kill &&
	build $A &&
	test_grep ! -x kept out &&
	where=$(sed -n "s/^out //p" out) &&
	test_path_is_file "$where/prog"
'

test_expect_success 'a build that is kept is that of the same files of ours' '
	rm -rf store &&
	context <<-EOF &&
		output = prog
		input = $PWD/ours
	EOF
	echo "cat ../ours >prog" >w/build &&
	echo one >ours &&
	build $A &&
	build $A &&
	test_grep -x kept out &&
	echo two >ours &&
	build $A &&
	test_grep ! -x kept out &&
	test_cmp ours w/prog
'

test_expect_success 'what a build wants the user to be told is told' '
	context </dev/null &&
	echo "echo perf-note: options are gone; echo no perf-note: here; echo perf-note: >&2" >w/build &&
	build $A &&
	printf "%s\n" measured "note: options are gone" >expect &&
	test_cmp expect out
'

test_done

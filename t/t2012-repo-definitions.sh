#!/bin/sh
test_description='the index of functions: what is in it, and how it is kept'
. "$(dirname "$0")/test-lib.sh"

definitions="$HELPER_PATH/test-definitions"

# index_of <revision>: where its index is kept.
index_of() {
	echo ".git/perf/functions-$(git rev-parse "$1^{tree}").index"
}

# how <revision>: "made" or "cached".
how() {
	"$definitions" time "$1" >how.out &&
	sed "s/:.*//" how.out
}

test_expect_success 'set up' '
	git init -q repo &&
	cd repo &&
	mkdir -p lib include "odd dir" &&
	printf "static int twice(int x)\n{\n\treturn helper(x) + helper(x);\n}\n\nint once(int x)\n{\n\treturn twice(x);\n}\n" >lib/a.c &&
	printf "static int twice(int x)\n{\n\treturn other(x); /* no call(x) */\n}\n" >lib/b.c &&
	printf "int helper(int x)\n{\n\tif (x)\n\t\tprint(\"a (call(x)\");\n\treturn LIMIT(x);\n}\n" >"odd dir/-x y.c" &&
	printf "static inline int helper(int x) { return 0; }\n" >include/helper.h &&
	printf "int helper(int x)\n{\n\treturn 0;\n}\n" >notes.txt &&
	ln -s lib/a.c link.c &&
	git add . &&
	test_tick &&
	git commit -q -m one
'

test_expect_success 'places of functions, in order' '
	cat >expect <<-\EOF &&
	twice 2
	  lib/a.c:1 twice
	  lib/b.c:1 twice
	once 1
	  lib/a.c:6 once
	helper 2
	  include/helper.h:1 helper
	  odd dir/-x y.c:1 helper
	print 0
	call 0
	 0
	EOF
	"$definitions" find HEAD twice once helper print call "" >actual &&
	test_cmp expect actual
'

test_expect_success 'who calls them, once each, and not in comments or strings' '
	cat >expect <<-\EOF &&
	twice 1
	  lib/a.c:6 once
	helper 1
	  lib/a.c:1 twice
	print 1
	  odd dir/-x y.c:1 helper
	other 1
	  lib/b.c:1 twice
	call 0
	LIMIT 0
	if 0
	EOF
	"$definitions" callers HEAD twice helper print other call LIMIT if >actual &&
	test_cmp expect actual
'

test_expect_success 'it is kept below the common directory, and used again' '
	test_path_is_file "$(index_of HEAD)" &&
	echo cached >expect &&
	how HEAD >actual &&
	test_cmp expect actual &&
	git worktree add -q ../linked &&
	(cd ../linked && "$definitions" time HEAD) >actual &&
	test_grep "^cached" actual &&
	ls .git/perf >list &&
	test_line_count = 1 list
'

test_expect_success 'a commit of the same tree has the same index' '
	test_tick &&
	git commit -q --allow-empty -m empty &&
	echo cached >expect &&
	how HEAD >actual &&
	test_cmp expect actual
'

test_expect_success 'made from an older one it is the same, byte for byte' '
	git mv lib/b.c lib/z.c &&
	git mv lib/a.c lib/a.h &&
	printf "int newcomer(void)\n{\n\treturn once(2) + late(3);\n}\nint late(int x)\n{\n\treturn x++;\n}\n" >lib/c.c &&
	rm "odd dir/-x y.c" &&
	git add -A . &&
	test_tick &&
	git commit -q -m two &&
	"$definitions" find HEAD late >out &&
	cp "$(index_of HEAD)" older.index &&
	rm .git/perf/functions-* &&
	"$definitions" find HEAD late >out &&
	cmp "$(index_of HEAD)" older.index
'

test_expect_success 'a damaged one is made anew' '
	index=$(index_of HEAD) &&
	cp "$index" whole &&
	size=$(wc -c <whole) &&
	for at in 0 8 16 24 60 100 $((size / 2)) $((size - 2))
	do
		cp whole "$index" &&
		printf "\377" | dd of="$index" bs=1 seek=$at conv=notrunc 2>/dev/null &&
		how HEAD >actual &&
		echo made >expect &&
		test_cmp expect actual &&
		cmp whole "$index" || return 1
	done &&
	for length in 0 1 50 $((size - 1))
	do
		head -c $length whole >"$index" &&
		how HEAD >actual &&
		test_cmp expect actual &&
		cmp whole "$index" || return 1
	done &&
	{ cat whole && echo; } >"$index" &&
	how HEAD >actual &&
	test_cmp expect actual
'

test_expect_success 'one of another tree under its name is not believed' '
	"$definitions" find HEAD~1 once >expect &&
	cp "$(index_of HEAD)" "$(index_of HEAD~1)" &&
	"$definitions" find HEAD~1 once >actual &&
	test_cmp expect actual
'

test_expect_success 'where the folder is a link, or another kind of file, it is done without' '
	"$definitions" find HEAD~1 once >expect &&
	mv .git/perf elsewhere &&
	ln -s ../elsewhere .git/perf &&
	rm elsewhere/functions-* &&
	"$definitions" find HEAD~1 once >actual &&
	test_cmp expect actual &&
	ls elsewhere >list &&
	test_must_be_empty list &&
	rm .git/perf &&
	: >.git/perf &&
	"$definitions" find HEAD~1 once >actual &&
	test_cmp expect actual &&
	rm .git/perf
'

test_expect_success 'the last four are kept' '
	for i in 1 2 3 4 5 6
	do
		echo $i >number &&
		git add number &&
		test_tick &&
		git commit -q -m $i &&
		"$definitions" find HEAD once >out || return 1
	done &&
	ls .git/perf/functions-* >list &&
	test_line_count = 4 list &&
	echo cached >expect &&
	how HEAD >actual &&
	test_cmp expect actual &&
	how HEAD~3 >actual &&
	test_cmp expect actual &&
	echo made >expect &&
	how HEAD~4 >actual &&
	test_cmp expect actual
'

test_expect_success 'a blob that is not there is left out, and counted' '
	cp -r . ../broken &&
	cd ../broken &&
	rm .git/perf/functions-* &&
	blob=$(git rev-parse HEAD:lib/c.c) &&
	rm -f ".git/objects/$(echo $blob | cut -c 1-2)/$(echo $blob | cut -c 3-)" &&
	"$definitions" time HEAD once late >actual &&
	test_grep "^once 1" actual &&
	test_grep "^late 0" actual &&
	test_grep " 1 missing" actual &&
	cd ../repo
'

test_expect_success 'without libgit2, and in a SHA-256 repository, it is the same' '
	"$definitions" find HEAD twice once helper >expect &&
	rm .git/perf/functions-* &&
	GIT_TEST_PERF_PLUMBING=1 "$definitions" find HEAD twice once helper >actual &&
	test_cmp expect actual &&
	git init -q --object-format=sha256 ../sha256 &&
	git archive HEAD | tar -xf - -C ../sha256 &&
	cd ../sha256 &&
	git add . &&
	git commit -q -m one &&
	"$definitions" find HEAD twice once helper >actual &&
	test_cmp ../repo/expect actual &&
	how HEAD >actual &&
	echo cached >expect &&
	test_cmp expect actual &&
	cd ../repo
'

test_expect_success 'a tree that is not there is an error' '
	test_must_fail "$definitions" find HEAD:number x 2>err &&
	test_grep "^error: " err
'

test_expect_success 'what a file defines and calls' '
	cat >facts.c <<-\EOF &&
	SYSCALL_DEFINE3(read, unsigned int, fd, char *, buf)
	{
		return ksys_read(fd);
	}
	COMPAT_SYSCALL_DEFINE1(old, int, fd)
	{
		return __do_old (fd) + sizeof(fd);
	}
	DEFINE_IDTENTRY(exc_divide)
	{
		ops->handle(regs);
	}
	EOF
	cat >expect <<-\EOF &&
	read 1 syscall
	  ksys_read
	old 5 syscall compat
	  __do_old
	exc_divide 9
	  handle
	EOF
	"$definitions" facts facts.c >actual &&
	test_cmp expect actual
'

test_expect_success 'stubs in headers' '
	cat >stubs.h <<-\EOF &&
	static inline void none(void) { }
	static inline int error(int x)
	{
		return -EINVAL;
	}
	static inline int one(struct s *s) { return s->one; }
	static inline void two(struct s *s) { s->two++; }
	static inline void three(void) { four(); }
	EOF
	cat >expect <<-\EOF &&
	none 1 stub
	error 2 stub
	one 6
	two 7
	three 8
	  four
	EOF
	"$definitions" facts stubs.h >actual &&
	test_cmp expect actual &&
	sed "s/ stub//" expect >expect.c &&
	"$definitions" facts stubs.h stubs.c >actual &&
	test_cmp expect.c actual
'

test_expect_success 'assembler, and files that are no source' '
	cat >code.S <<-\EOF &&
	/* SYM_FUNC_START(comment) */
	SYM_FUNC_START(memcpy)
		call other
	SYM_FUNC_END(memcpy)
	SYM_FUNC_ALIAS(__memcpy, memcpy)
	  SYM_CODE_START_LOCAL( entry )
	ENTRY(old)
	SYM_FUNC_START
	ENTRY()
	EOF
	cat >expect <<-\EOF &&
	memcpy 2
	__memcpy 5
	entry 6
	old 7
	EOF
	"$definitions" facts code.S >actual &&
	test_cmp expect actual &&
	"$definitions" facts code.S code.txt >actual &&
	test_must_be_empty actual
'

test_done

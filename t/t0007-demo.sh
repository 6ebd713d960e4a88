#!/bin/sh

test_description='the repository of the demo is the same everywhere, and builds'

. "$(dirname "$0")/test-lib.sh"

test_expect_success 'make it' '
	"$PROJECT_SOURCE/script/demo-repository" demo
'

test_expect_success 'its ids never differ' '
	echo 46191af6e2108a93a037f049cc148658f025bbd4 >expect &&
	git -C demo rev-parse v1.4^0 >actual &&
	test_cmp expect actual
'

test_expect_success 'it has more than two hundred commits, in five releases by five developers' '
	git -C demo rev-list v1.0..v1.4 >commits &&
	test_line_count -gt 200 commits &&
	git -C demo tag >tags &&
	test_line_count = 5 tags &&
	git -C demo log --format=%an | sort -u >authors &&
	test_line_count = 5 authors
'

test_expect_success 'no commit is empty' '
	git -C demo rev-list main >all &&
	git -C demo rev-list main -- . >touching &&
	test_cmp all touching
'

test_expect_success 'what stands in no commit, or in a commit that is not listed, is noticed' '
	mkdir -p copy/script copy/t &&
	cp "$PROJECT_SOURCE/script/demo-repository" copy/script/ &&
	cp -R "$PROJECT_SOURCE/t/demo" copy/t/ &&
	echo "line //@ +unknown" >>copy/t/demo/tree/AUTHORS &&
	test_must_fail copy/script/demo-repository broken 2>err &&
	test_grep "no commit is called unknown" err &&
	cp "$PROJECT_SOURCE/t/demo/tree/AUTHORS" copy/t/demo/tree/ &&
	printf "idle\t1\tidle: do nothing\n" >>copy/t/demo/history &&
	test_must_fail copy/script/demo-repository idle 2>err &&
	test_grep "nothing changes with idle" err
'

test_expect_success 'the first and the last release build, pass their tests and say how fast they are' '
	for tag in v1.0 v1.4
	do
		git -C demo worktree add -q --detach ../$tag $tag &&
		make -s -C $tag all &&
		$tag/bench/run 1000 >number &&
		test_grep -E "^index_time [0-9]+\\.[0-9]+ s\$" number || return 1
	done &&
	make -s -C v1.4 check
'

# The reason for the slowdown, counted rather than timed: distinct values of
# the hash among those of the log.
test_expect_success 'the culprit makes hashes collide, its parent does not' '
	culprit=$(git -C demo log --format=%H --grep="match keys whatever their case") &&
	for commit in $culprit $culprit^
	do
		mkdir -p inc &&
		git -C demo show $commit:src/hash.c >hash.c &&
		git -C demo show $commit:src/hash.h >inc/hash.h &&
		git -C demo show $commit:src/util.h >inc/util.h &&
		git -C demo show $commit:src/util.c >util.c &&
		{
			cat hash.c &&
			cat <<-\EOF
			#include <stdio.h>
			int main(void)
			{
				for (int i = 0; i < 2000; i++) {
					char key[32];
					int len = snprintf(key, sizeof(key), "user=u%05d", i);
					printf("%u\n", hash_bytes(key, (size_t)len));
				}
				return 0;
			}
			EOF
		} >count.c &&
		gcc -std=gnu11 -Iinc -o count count.c util.c &&
		./count | sort -u | wc -l || return 1
	done >distinct &&
	test_line_count = 2 distinct &&
	test "$(sed -n 1p distinct)" -lt 100 &&
	test "$(sed -n 2p distinct)" = 2000
'

test_done

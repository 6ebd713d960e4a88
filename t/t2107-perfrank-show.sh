#!/bin/sh

test_description='git perfrank show: why a commit ranks where it does, and its hot hunks'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

ESC=$(printf '\033')

test_expect_success 'set up' '
	new_program repo &&
	change both "ring: push and free

A body
with two lines." "ring_push_more=r = 1" "ring_free_more=r = 2" &&
	change cold "ring: free only" "ring_push_more=r = 1" "ring_free_more=r = 3" &&
	change quiet "other: not hot" "ring_push_more=r = 1" "ring_free_more=r = 3" "other_thing_more=r = 4" &&
	git tag end
'

test_expect_success 'before any ranking a sentence says what to do' '
	refused "run git perfrank <range> first, or give a range" git perfrank show both
'

test_expect_success 'the commit, its message, rank and evidence' '
	git perfrank --explain -n 0 base..end >explained &&
	git perfrank show both base..end >out &&
	cat >expect <<-EOF &&
	commit $(git rev-parse both)
	Author: A U Thor

	    ring: push and free

	    A body
	    with two lines.

	Rank 1 of 3 commits in base..end:
	EOF
	head -n 9 out >actual &&
	test_cmp expect actual &&
	sed -n "/^  1\\. /,/^\$/p" explained | sed -e 1d -e "/^\$/d" -e "s/^     //" >expect &&
	sed -n "/^    score/,/^\$/p" out | sed -e "/^\$/d" -e "s/^    //" >actual &&
	test_cmp expect actual
'

test_expect_success 'only hunks in hot functions, and how many there are besides' '
	cat >expect <<-\EOF &&
	--- a/src/ring.c
	+++ b/src/ring.c
	EOF
	sed -n "/^---/,\$p" out >hunks &&
	head -n 2 hunks >actual &&
	test_cmp expect actual &&
	grep "^[-+]	" hunks >actual &&
	echo "+	r = 1;" >expect &&
	test_cmp expect actual &&
	test_grep "^1 hunk outside hot functions not shown; git show $(git rev-parse both | cut -c 1-12)\$" hunks
'

test_expect_success 'the lines around a change do not make it hot' '
	git checkout -q -b beside end &&
	awk "{ print } /r->tail/ { pop = 1 } pop && /^}/ { print \"\\nint between;\"; pop = 0 }
		/r->head/ { print \"\\tr = 5;\" }" src/ring.c >new &&
	mv new src/ring.c &&
	git commit -q -a -m "ring: beside a hot function" &&
	git perfrank show beside end..beside >out &&
	sed -n "/^---/,\$p" out >hunks &&
	test_grep "^+	r = 5;" hunks &&
	test_grep ! "between" hunks &&
	test_grep "^1 hunk outside hot functions not shown" hunks &&
	git checkout -q end
'

test_expect_success 'a commit that changes no hot function: all hunks in the files of the profile' '
	git perfrank show cold base..end >out &&
	sed -n "/^---/,\$p" out >hunks &&
	grep "^[-+]	" hunks >actual &&
	test_write_lines "-	r = 2;" "+	r = 3;" >expect &&
	test_cmp expect actual &&
	test_grep ! "not shown" hunks &&
	git perfrank show quiet base..end >out &&
	test_grep ! "^@@" out
'

test_expect_success 'without a range: the last ranking of this worktree, with all that it had' '
	write_profile >other.csv &&
	git perfrank -p other.csv --context="free rings" --weights=hunk=0 --chunk=1 base..end >ranked &&
	git perfrank show -p other.csv --context="free rings" --weights=hunk=0 --chunk=1 cold base..end >expect &&
	git perfrank show cold >actual &&
	test_cmp expect actual &&
	mkdir -p below &&
	(cd below && git perfrank show cold) >actual &&
	test_cmp expect actual
'

test_expect_success 'the configuration does not mix into what is repeated' '
	git perfrank show cold >expect &&
	git -c perfrank.profile=nowhere.csv -c perfrank.weights=churn=9 -c perfrank.chunk=none \
		perfrank show cold >actual &&
	test_cmp expect actual &&
	refused "nowhere.csv" git -c perfrank.profile=nowhere.csv perfrank show cold base..end &&
	git -c perfrank.chunk=1 perfrank show cold base..end >actual &&
	test_grep "(in " actual
'

test_expect_success 'what is given beats what the last ranking had' '
	git perfrank show --weights=hunk=3 cold >actual &&
	git perfrank show -p other.csv --context="free rings" --weights=hunk=3 --chunk=1 cold base..end >expect &&
	test_cmp expect actual &&
	echo "free rings" >context &&
	git perfrank show --context-file=context cold >actual &&
	git perfrank show cold >expect &&
	test_cmp expect actual
'

test_expect_success 'a range that is given leaves the last ranking alone' '
	cp .git/perf/perfrank.json before &&
	git perfrank show both base..both >out &&
	test_grep "Rank 1 of 1 commits in base\.\.both" out &&
	test_cmp before .git/perf/perfrank.json
'

test_expect_success 'each worktree has a last ranking of its own' '
	git worktree add -q ../linked end &&
	(
		cd ../linked &&
		refused "run git perfrank" git perfrank show both &&
		git perfrank both..end >out &&
		refused "not a commit of both\.\.end" git perfrank show both
	) &&
	git perfrank show both >out &&
	test_grep "in base\.\.end" out
'

test_expect_success 'a commit that is not in the range, no commit, a merge' '
	refused "base is not a commit of base\.\.end" git perfrank show base &&
	refused "unknown revision .nope" git perfrank show nope &&
	git checkout -q -b side base &&
	change side-tip "side: nothing" "list_walk_more=r = 9" &&
	git checkout -q end &&
	git merge -q --no-ff -m "a merge" side-tip &&
	git tag merge &&
	refused "merge is a merge, and merges are not ranked" git perfrank show merge base..merge
'

test_expect_success 'a query that was tampered with is refused, never obeyed' '
	git perfrank base..end >out &&
	cp .git/perf/perfrank.json good.json &&
	for text in "" "{" "[]" "{}" "{\"schema\":\"git-perfrank-query/2\"}" \
		"{\"schema\":\"git-perfrank-query/1\",\"schema\":\"git-perfrank-query/1\"}"
	do
		printf "%s" "$text" >.git/perf/perfrank.json &&
		refused "not of this version of git perfrank; rank again" git perfrank show both || return 1
	done &&
	echo "{\"schema\":\"git-perfrank-query/1\"}" >.git/perf/perfrank.json &&
	refused "no range" git perfrank show both &&
	echo "{\"schema\":\"git-perfrank-query/1\",\"range\":[\"--output=canary\",7],\"profile\":\"$PWD/other.csv\"}" \
		>.git/perf/perfrank.json &&
	refused "unknown revision\|lower end" git perfrank show both &&
	test_path_is_missing canary &&
	sed "s,\"range\": .*,\"range\": [\"--help\"," good.json >.git/perf/perfrank.json &&
	test_expect_code 128 git perfrank show both >out 2>err &&
	cp good.json .git/perf/perfrank.json &&
	git perfrank show both >out
'

test_expect_success 'a profile that is gone is named' '
	write_profile >gone.csv &&
	git perfrank -p gone.csv base..end >out &&
	rm gone.csv &&
	refused "gone.csv" git perfrank show both
'

test_expect_success 'a profile from a pipe cannot be repeated: the last query that can stays' '
	git perfrank base..end >out &&
	cp .git/perf/perfrank.json before &&
	write_profile | git perfrank -p - base..cold >out &&
	test_cmp before .git/perf/perfrank.json
'

test_expect_success 'where .git cannot be written to, ranking works and nothing is remembered' '
	rm -rf .git/perf/perfrank.json below/perf &&
	mv .git/perf below/perf &&
	ln -s ../below/perf .git/perf &&
	git perfrank base..end >out 2>err &&
	test_grep "^warning: .*perf is a symbolic link, so that this ranking is not remembered" err &&
	test_path_is_missing below/perf/perfrank.json &&
	rm .git/perf &&
	: >.git/perf &&
	git perfrank -p other.csv base..end >out &&
	test_must_be_empty .git/perf &&
	rm .git/perf &&
	mv below/perf .git/perf
'

test_expect_success !ROOT 'in a read-only .git' '
	chmod -R a-w .git &&
	test_when_finished "chmod -R u+w .git" &&
	git perfrank base..end >out &&
	git perfrank show both base..end >out
'

test_expect_success 'a function that moves between files, a new file, a file that goes' '
	git checkout -q -f end &&
	git rm -q src/list.c &&
	git commit -q -m "list: gone" &&
	git tag gone &&
	git checkout -q -f end -- src/list.c &&
	git commit -q -m "list: back" &&
	git tag back &&
	git perfrank show gone end..back >out &&
	test_grep "^-int list_walk" out &&
	git perfrank show back end..back >out &&
	test_grep "^+int list_walk" out
'

test_expect_success 'hunks of a renamed file, of a root commit' '
	git checkout -q -f end &&
	git mv src/ring.c src/queue.c &&
	sed "s/r->head++/r->head--/" src/queue.c >new &&
	mv new src/queue.c &&
	git add src &&
	git commit -q -m "ring: a new name" &&
	sed "s,src.ring.c,src/queue.c," other.csv >queue.csv &&
	git perfrank show -p queue.csv HEAD end..HEAD >out &&
	test_grep "^--- a/src/ring.c" out &&
	test_grep "^+++ b/src/queue.c" out &&
	grep "^[-+]	" out >actual &&
	test_write_lines "-	r->head++;" "+	r->head--;" >expect &&
	test_cmp expect actual
'

test_expect_success 'settings of diff do not change what is shown' '
	git checkout -q -f end &&
	git perfrank show both base..end >expect &&
	echo "*.c diff=odd" >.gitattributes &&
	for setting in diff.noprefix=true diff.external=false diff.odd.command=false diff.odd.textconv=false \
		diff.renames=copies diff.context=0 diff.wsErrorHighlight=all diff.colorMoved=zebra core.pager=false \
		diff.mnemonicPrefix=true diff.algorithm=histogram color.diff=always \
		diff.odd.xfuncname=nothing
	do
		git -c $setting perfrank show both base..end >actual &&
		if ! test_cmp expect actual
		then
			echo >&4 "with $setting"
			return 1
		fi
	done
'

test_expect_success 'colour' '
	git perfrank show --color both base..end >out &&
	test_grep "^$ESC\[32m+	r = 1;$ESC\[m\$\|^$ESC\[32m+	r = 1;$ESC\[0m\$" out &&
	git perfrank show both base..end >out &&
	test_grep ! "$ESC" out
'

test_done

#!/bin/sh

test_description='git perfbisect good, bad, skip, retry, undo, next, view, log, replay, status, report, reset'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# The session as "set up" left it; it belongs to its folder, so a copy elsewhere is none.
restore() {
	rm -rf "$1" &&
	tar -xf "$1.tar"
}

# A session of twelve commits that is done; the culprit is c7.
test_expect_success 'set up' '
	(
		new_series done 12 7 &&
		quick_series >../out &&
		git perfbisect run >../out &&
		first_bad c7 ../out
	) &&
	(
		new_series open 12 7 &&
		quick_series >../out
	) &&
	tar -cf done.tar done &&
	tar -cf open.tar open
'

test_expect_success 'a word about a commit stands, and git is told' '
	restore open &&
	(
		cd open &&
		git perfbisect good c4 >../out &&
		test_grep "^by hand *$(git rev-parse --short=12 c4) .* good  *change number 4\$" ../out &&
		git perfbisect bad c9 >../out &&
		test_grep "^by hand *$(git rev-parse --short=12 c9) .* bad  *change number 9\$" ../out &&
		git perfbisect skip c6 c8 >../out &&
		test_line_count = 2 ../out &&
		git bisect log >../log &&
		test_grep -x "git bisect good $(git rev-parse c4)" ../log &&
		test_grep -x "git bisect bad $(git rev-parse c9)" ../log &&
		test_grep -x "git bisect skip $(git rev-parse c6)" ../log &&
		test_expect_code 2 git perfbisect run >../out &&
		test_grep "^The culprit is one of 2 commits" ../out
	)
'

test_expect_success 'it stands against what is measured' '
	restore open &&
	(
		cd open &&
		git perfbisect bad c4 >../out &&
		git perfbisect good c3 >../out &&
		git perfbisect run >../out &&
		first_bad c4 ../out
	)
'

test_expect_success 'a later bad commit does not replace an earlier one' '
	restore open &&
	(
		cd open &&
		git perfbisect bad c8 >../out &&
		git perfbisect bad c10 >../out &&
		git bisect log >../log &&
		test "$(sed -n "s/^git bisect bad //p" ../log | tail -n 1)" = "$(git rev-parse c8)" &&
		test_cmp_rev refs/bisect/bad c8
	)
'

test_expect_success 'words that contradict each other are refused, and nothing of them is left' '
	restore open &&
	(
		cd open &&
		git perfbisect bad c4 >../out &&
		git perfbisect log >../before &&
		refused "a commit cannot be good when an ancestor of it was marked bad" git perfbisect good c6 &&
		refused ".c1. is an end of the bisection; it is good by definition" git perfbisect bad c1 &&
		refused ".main. is an end of the bisection; it is bad by definition" git perfbisect good main &&
		refused "unknown revision .nowhere." git perfbisect skip nowhere &&
		git tag alone "$(git commit-tree -m alone "c1^{tree}")" &&
		refused ".alone. is not between c1 and main" git perfbisect skip alone &&
		refused "unknown revision .nowhere." git perfbisect skip c5 nowhere &&
		git perfbisect log >../after &&
		test_cmp ../before ../after &&
		git perfbisect status >../out
	)
'

test_expect_success 'without a commit it is the one that is next' '
	restore done &&
	(
		cd done &&
		git perfbisect retry c6 c7 >../out &&
		git perfbisect next >../out &&
		next=$(sed -n "s/^test *\([0-9a-f]*\) .*/\1/p" ../out) &&
		test -n "$next" &&
		git perfbisect skip >../out &&
		test_grep "^by hand *$next .* skip " ../out
	)
'

test_expect_success 'retry forgets, and run measures again' '
	restore done &&
	(
		cd done &&
		git perfbisect retry c7 >../out &&
		test_grep "^retry *$(git rev-parse --short=12 c7) .* open  *change number 7" ../out &&
		git perfbisect run >../out &&
		test_grep "^test *$(git rev-parse --short=12 c7) .* bad " ../out &&
		first_bad c7 ../out &&
		git bisect log >../log &&
		test_grep "^# first bad commit: .$(git rev-parse c7)" ../log
	)
'

test_expect_success 'retry makes a commit testable that was not' '
	(
		new_series mended 8 5 &&
		quick_series --build "test -e \"$HOME/mended-now\" || test \$(cat number) != 5" >../out &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		: >../mended-now &&
		git perfbisect retry c5 >../out &&
		git perfbisect run >../out &&
		first_bad c5 ../out
	)
'

test_expect_success 'undo takes back the last boot or word, and git follows' '
	restore open &&
	(
		cd open &&
		git perfbisect good c4 >../out &&
		git bisect log >../log-before &&
		git perfbisect status >../before &&
		git perfbisect bad c9 >../out &&
		git perfbisect undo >../out &&
		echo "took back 1 step (1 event); 1 left" >../expect &&
		test_cmp ../expect ../out &&
		git perfbisect status >../after && test_cmp ../before ../after &&
		git bisect log >../log-after &&
		test_grep ! "git bisect bad $(git rev-parse c9)" ../log-after &&
		test_grep "git bisect good $(git rev-parse c4)" ../log-after &&
		git perfbisect undo -n 7 >../out &&
		echo "took back 1 step (1 event); 0 left" >../expect &&
		test_cmp ../expect ../out &&
		refused "there is nothing to take back" git perfbisect undo
	)
'

test_expect_success 'after undo run measures what was taken back' '
	restore done &&
	(
		cd done &&
		git perfbisect undo -n 4 >../out &&
		test_grep "^took back 4 steps (" ../out &&
		git perfbisect status >../out && test_grep "^Not decided yet" ../out &&
		git perfbisect run >../out &&
		first_bad c7 ../out
	)
'

test_expect_success 'replay puts a log in place of what is there, and undo brings that back' '
	restore open &&
	restore done &&
	git -C done perfbisect log >done.log &&
	(
		cd open &&
		git perfbisect good c3 >../out &&
		git perfbisect status >../before &&
		git perfbisect replay ../done.log >../out &&
		git perfbisect run >../out &&
		first_bad c7 ../out &&
		test_grep ! "^test \|^anchor " ../out &&
		git -C ../done perfbisect report --json | sed "/\"seconds/d" >../expect &&
		git perfbisect report --json | sed "/\"seconds/d" >../actual &&
		test_cmp ../expect ../actual &&
		git perfbisect undo >../out &&
		test_grep "^took back 1 step (.*); 1 left\$" ../out &&
		git perfbisect status >../after &&
		test_cmp ../before ../after &&
		git bisect log >../log &&
		test_grep "git bisect good $(git rev-parse c3)" ../log &&
		test_grep ! "git bisect bad $(git rev-parse c7)" ../log &&
		git perfbisect replay ../done.log >../out &&
		git perfbisect run >../out &&
		first_bad c7 ../out
	)
'

test_expect_success 'a replay after a replay is taken back by itself, and with what it took the place of' '
	restore open &&
	(
		cd open &&
		git perfbisect good c3 >../out &&
		git perfbisect status >../before &&
		git perfbisect replay ../done.log >../out &&
		git perfbisect skip c2 >../out &&
		git perfbisect status >../one &&
		git perfbisect log >../one.log &&
		git perfbisect replay ../one.log >../out &&
		git perfbisect undo >../out &&
		test_grep "^took back 1 step (.*); 2 left\$" ../out &&
		git perfbisect status >../actual &&
		test_cmp ../one ../actual &&
		git perfbisect log >../actual &&
		test_cmp ../one.log ../actual &&
		git perfbisect replay ../one.log >../out &&
		git perfbisect undo -n 3 >../out &&
		test_grep "^took back 3 steps (.*); 1 left\$" ../out &&
		git perfbisect status >../actual &&
		test_cmp ../before ../actual &&
		git perfbisect undo -n 9 >../out &&
		echo "took back 1 step (1 event); 0 left" >../expect &&
		test_cmp ../expect ../out
	)
'

test_expect_success 'a log that is none, or of something else, changes nothing' '
	restore open &&
	(
		cd open &&
		git perfbisect good c3 >../out &&
		git perfbisect log >../before &&
		refused "cannot open nowhere: No such file" git perfbisect replay nowhere &&
		echo "# perfbisect: sample {" >../bad &&
		refused "bad:1: the evidence is no JSON" git perfbisect replay ../bad &&
		echo "# perfbisect: sample" >../bad &&
		refused "bad:1: no evidence is in this line" git perfbisect replay ../bad &&
		sed "s/\"commit\":\"[0-9a-f]*/\"commit\":\"$(git rev-parse c1^{tree})/" ../done.log >../bad &&
		refused "this evidence is of a commit that is not between c1 and main" git perfbisect replay ../bad &&
		printf "%s\n" "# perfbisect: bad {\"commit\":\"$(git rev-parse c4)\"}" \
			"# perfbisect: good {\"commit\":\"$(git rev-parse c6)\"}" >../bad &&
		refused "bad:2: a commit cannot be good" git perfbisect replay ../bad &&
		git perfbisect log >../after &&
		test_cmp ../before ../after &&
		git perfbisect status >../out
	)
'

test_expect_success 'next says what would be measured, again and again' '
	restore open &&
	restore done &&
	(
		cd open &&
		git perfbisect next >../one &&
		git perfbisect next >../two &&
		test_cmp ../one ../two &&
		test_grep "^anchor *$(git rev-parse --short=12 c1) " ../one
	) &&
	git -C done perfbisect next >out &&
	echo "There is an answer: git perfbisect report" >expect &&
	test_cmp expect out
'

test_expect_success 'view shows the commits that are left' '
	restore open &&
	(
		cd open &&
		git perfbisect good c4 >../out &&
		git perfbisect bad c6 >../out &&
		git perfbisect view >../out &&
		test_grep "change number 5" ../out &&
		test_grep ! "change number 9\|change number 3" ../out
	)
'

test_expect_success 'what is in a subject reaches no terminal, whatever the pager' '
	(
		new_series escapes 3 2 &&
		git commit -q --allow-empty -m "$(printf "evil \033]0;title\007 \033[2J subject")" &&
		git commit -q --allow-empty -m "the bad end" &&
		quick_series >../out &&
		for pager in cat "sed s/^/:/" ""
		do
			GIT_PAGER=$pager "$HELPER_PATH/test-pty" git perfbisect view >../out 2>&1 &&
			test_grep "evil .*title.* subject" ../out &&
			LC_ALL=C tr -d "\012\015\040-\176\200-\377" <../out >../controls &&
			test_must_be_empty ../controls || return 1
		done &&
		git perfbisect view >../out &&
		test_grep "evil .*title.* subject" ../out &&
		LC_ALL=C tr -d "\012\040-\176\200-\377" <../out >../controls &&
		test_must_be_empty ../controls
	)
'

test_expect_success 'status says the same to people and to programs' '
	restore open &&
	restore done &&
	(
		cd done &&
		git perfbisect status >../out &&
		test_grep -x "11 commits between c1 and main" ../out &&
		test_grep "^  *$(git rev-parse --short=12 c7)  *110 s  +10.0 % .* bad  *change number 7, quietly\$" ../out &&
		git perfbisect status --json >../json &&
		test_grep "\"schema\": *1,*\$" ../json &&
		test_grep "\"verdict\": *\"named\"" ../json &&
		test_grep "\"id\": *\"$(git rev-parse c7)\"" ../json
	) &&
	(
		cd open &&
		git perfbisect status >../out &&
		test_grep -x "Not decided yet" ../out &&
		git perfbisect status --json >../json &&
		test_grep "\"verdict\": *\"open\"" ../json
	)
'

test_expect_success 'the columns of status stand below each other' '
	restore done &&
	git -C done perfbisect status >out &&
	sed -n "/COMMIT/,\$p" out >table &&
	column=$(awk "NR == 1 { print index(\$0, \"SUBJECT\") }" table) &&
	awk -v column="$column" "NR > 1 && substr(\$0, column, 6) != \"change\"" table >astray &&
	test_must_be_empty astray
'

test_expect_success 'report says how it was measured, and is there after reset' '
	restore done &&
	(
		cd done &&
		git perfbisect report >../before &&
		test_grep "^Benchmark    .*measure" ../before &&
		test_grep -x "Metric       value (s)" ../before &&
		git perfbisect report --json >../json-before &&
		git perfbisect reset >../out &&
		git perfbisect report >../after &&
		sed "/git perfbisect test/d" ../before >../expect &&
		sed "/git perfbisect test/d" ../after >../actual &&
		test_cmp ../expect ../actual &&
		git perfbisect report --json >../json-after &&
		test_cmp ../json-before ../json-after &&
		git perfbisect log >../out && test_grep "^git bisect bad $(git rev-parse c7)" ../out &&
		command=$(sed -n "s/^    git perfbisect test /git perfbisect test /p" ../after) &&
		test_expect_code 1 sh -c "$command" >../out &&
		test_grep "^bad: $(git rev-parse --short=12 c7) is worse than $(git rev-parse --short=12 c6): +10.0 %" ../out
	)
'

test_expect_success 'reset can be repeated, and removes what it made' '
	restore open &&
	(
		cd open &&
		git worktree prune &&
		git perfbisect reset >../out &&
		test_grep "^The bisection has ended; what was measured stays in " ../out &&
		test_path_is_missing .git/perf/bisect/worktree &&
		test_path_is_missing .git/BISECT_START &&
		git perfbisect reset >../out &&
		echo "No bisection is going on here." >../expect &&
		test_cmp ../expect ../out
	)
'

test_expect_success 'reset after git bisect reset by hand' '
	restore open &&
	(
		cd open &&
		git bisect reset 2>../err &&
		git perfbisect status >../out &&
		git perfbisect reset >../out &&
		test_grep "^The bisection has ended" ../out &&
		test "$(git for-each-ref refs/perf refs/bisect)" = ""
	)
'

test_expect_success 'run begins git bisect anew after git bisect reset by hand' '
	restore open &&
	(
		cd open &&
		git bisect reset 2>../err &&
		git perfbisect run >../out &&
		first_bad c7 ../out
	)
'

test_expect_success 'reset leaves a git bisect of the users own' '
	restore open &&
	(
		cd open &&
		git perfbisect reset >../out &&
		git bisect start main c1 >../out 2>&1 &&
		git perfbisect reset >../out &&
		git bisect log >../log && test_grep "^git bisect start" ../log
	)
'

test_expect_success '--keep-worktree leaves it for the next bisection' '
	(
		new_series keep 4 3 &&
		quick_series --build "date >built" >../out &&
		git perfbisect run >../out &&
		git perfbisect reset --keep-worktree >../out &&
		test_path_is_file .git/perf/bisect/worktree/built &&
		quick_series >../out &&
		git perfbisect run >../out &&
		first_bad c3 ../out &&
		git perfbisect reset >../out &&
		test_path_is_missing .git/perf/bisect/worktree
	)
'

test_done

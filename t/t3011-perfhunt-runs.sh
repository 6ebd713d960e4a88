#!/bin/sh

test_description='git perfhunt run: what counts as time and as an answer, and what runs may leave behind'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

test_expect_success 'set up' '
	fast_known >known-fast.c
'

# By the wall clock runs are noisy, and four times as long where the sources have longer.h.
test_expect_success 'less CPU time is nothing to be kept when the suite takes longer' '
	(
		cat >times <<-\EOS &&
		./prog "$PERF_INPUT" && n=$(cat "$COUNT") && echo $((n + 1)) >"$COUNT" &&
		read -r cpu <"$TMPDIR/seconds" &&
		longer=$(test -f src/longer.h && echo 4 || echo 1) &&
		echo "$((longer * (10 + n % 3 * 3))) $cpu" >"$TMPDIR/seconds"
		EOS
		COUNT=$HOME/count && export COUNT && echo 0 >count &&
		new_program hunt &&
		start_program 2 --run="sh \"$HOME/times\"" >../out 2>../err &&
		test_grep "decides by CPU time" ../out &&
		fixer <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		echo "/* */" >src/longer.h && git add src/longer.h
		EOS
		git perfhunt run --once >../out 2>../err &&
		outcome reverted "less CPU time, but the suite takes longer" &&
		test_grep "^1  reverted *is_known: less CPU time, but the suite takes longer, -[89]" ../out &&
		fixer <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		EOS
		git perfhunt reset &&
		start_program 1 --run="sh \"$HOME/times\"" >../out 2>../err &&
		git perfhunt run --once >../out 2>../err &&
		outcome fixed faster
	)
'

test_done

#!/bin/sh

test_description='git perfbisect with the default strategy, bayes: its answer, what it says of it, and a budget'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

test_expect_success 'the culprit is named without a word about the strategy' '
	(
		new_series plain 12 7 &&
		start_series --warmups=0 --repeats=1 >../out &&
		git perfbisect run >../out 2>../err &&
		test_must_be_empty ../err &&
		first_bad c7 ../out &&
		test_grep "^anchor .* good end" ../out &&
		test_grep "^verify *$(git rev-parse --short=12 c7) " ../out &&
		test_grep "^verify *$(git rev-parse --short=12 c6) " ../out &&
		test_grep "^$(git rev-parse c7) is the commit that made it worse\$" ../out &&
		git bisect log >../log &&
		test_grep "^# first bad commit: .$(git rev-parse c7)." ../log
	)
'

test_expect_success 'status and report say it in the same sentences, with how sure it is' '
	(
		cd plain &&
		sed -n "/is the commit that/,\$p" ../out >../expect &&
		git perfbisect report >../report &&
		sed "/^Spent/q" ../report >../actual &&
		test_cmp ../expect ../actual &&
		test_grep -x "Culprit      $(git rev-parse --short=12 c7) change number 7, quietly" ../report &&
		test_grep -x "Parent       $(git rev-parse --short=12 c6) change number 6" ../report &&
		test_grep "^Confidence   more than 99\|^Confidence   99\." ../report &&
		test_grep "^Step         +10.0 % .* of the good level, 100 % of the difference between the ends" ../report &&
		test_grep "git perfbisect test --against $(git rev-parse --short=12 c6) $(git rev-parse --short=12 c7)" ../report &&
		git perfbisect status >../status &&
		test_grep -x "11 commits between c1 and main" ../status &&
		test_grep "^$(git rev-parse c7) is the commit that made it worse\$" ../status &&
		test_grep "$(git rev-parse --short=12 c7) .* bad  *change number 7, quietly" ../status &&
		git perfbisect report --json >../json &&
		test_grep "\"verdict\": \"named\"" ../json &&
		test_grep "\"id\": \"$(git rev-parse c7)\"" ../json
	)
'

test_expect_success 'a budget that is too small ends undecided, and says what is left' '
	(
		new_series short 40 23 &&
		start_series --warmups=0 --repeats=1 --budget=10boots >../out &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		test_grep "^Undecided" ../out &&
		test_grep "^The budget is used up (10 boots, .*) and [0-9]* commits are left\." ../out &&
		test_grep -x "[0-9]* commits hold the culprit with 95 % confidence:" ../out &&
		test_grep "^ *$(git rev-parse --short=12 c23) change number 23, quietly" ../out &&
		test_grep ! "is the commit that made it worse" ../out &&
		test_expect_code 2 git perfbisect report >../report &&
		test_grep "^Undecided" ../report &&
		test_expect_code 2 git perfbisect report --json >../json &&
		test_grep "\"verdict\": \"undecided\"" ../json
	)
'

test_done

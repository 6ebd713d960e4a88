#!/bin/sh

test_description='git perfbisect start --rank: the ranking by a profile is the prior'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# All commits change "level" or "number"; one more changes the hot function.
test_expect_success 'set up a range and a profile' '
	(
		new_series series 40 40 &&
		git checkout -q -B side c8 &&
		printf "int hot_function(int a)\n{\n\treturn a;\n}\n" >hot.c &&
		git add hot.c && git commit -q -m "add the function" &&
		printf "int hot_function(int a)\n{\n\treturn a + 1;\n}\n" >hot.c &&
		git commit -q -a -m "hot_function: add one" && git tag suspect &&
		git rebase -q --onto side c8 main && git checkout -q main
	) &&
	printf "symbol,percent\nhot_function,60\n" >profile.csv
'

test_expect_success 'the prior is that of git perfrank, kept with the session' '
	(
		cd series &&
		git perfrank --format=prior --profile=../profile.csv c1..main >../expect &&
		start_series --rank=../profile.csv >../out &&
		sqlite3 .git/perf/perf.db "SELECT payload FROM event WHERE kind = '\''prior'\''" |
		jq -r .text | sed "/^\$/d" >../kept &&
		cut -d " " -f 1 ../expect | sort >../expect-ids &&
		cut -d " " -f 1 ../kept | sort >../kept-ids &&
		test_cmp ../expect-ids ../kept-ids &&
		test "$(sort -k 2 -g -r ../kept | head -n 1 | cut -d " " -f 1)" = "$(git rev-parse suspect)"
	)
'

test_expect_success 'what the profile speaks of is tested first' '
	(
		cd series &&
		git perfbisect reset >../out &&
		start_series --warmups=0 --repeats=1 --rank=../profile.csv >../out &&
		git perfbisect run >../out 2>../err &&
		sed -n "s/^test *\([0-9a-f]*\) .*/\1/p" ../out | head -n 2 >../first &&
		git rev-list -2 --abbrev-commit --abbrev=12 suspect >../about &&
		grep -q -F -f ../about ../first
	)
'

test_expect_success 'a ranking that cannot be made begins nothing' '
	(
		cd series &&
		git perfbisect reset >../out &&
		printf "symbol,percent\nelsewhere,60\n" >../other.csv &&
		refused "the ranking by nowhere.csv gives no prior" start_series --rank=nowhere.csv &&
		refused "no commit between the ends changes a file of ../other.csv" start_series --rank=../other.csv &&
		refused "both weigh the commits; give one of them" \
			start_series --rank=../profile.csv --prior=../expect &&
		refused "no bisection is going on here" git perfbisect status
	)
'

test_done

#!/bin/sh

test_description='git perfbisect test: one verdict as a status, and errors that are none'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# verdict <status> <arguments>...
verdict() {
	expected=$1
	shift
	test_expect_code "$expected" git perfbisect test "$@" >"$HOME/out" 2>"$HOME/err" || {
		cat >&4 "$HOME/err"
		return 1
	}
}

# Alone: what --against and limits need.
alone() {
	expected=$1
	shift
	verdict "$expected" --warmups=0 --repeats=1 --metric="time (.*) s" "$@" -- "$HOME/series/.git/measure"
}

fresh() {
	rm -rf series &&
	cp -R template series
}

test_expect_success 'set up' '
	(
		new_series template 10 6
	)
'

test_expect_success 'git bisect run ends with the right commit' '
	fresh &&
	(
		cd series &&
		quick_series >../out &&
		git bisect run git perfbisect test >../out 2>../err &&
		first_bad c6 ../out &&
		git perfbisect status >../out &&
		test_grep "^  *$(git rev-parse --short=12 c6) .* bad " ../out
	)
'

test_expect_success 'in a session a commit is held against the ends' '
	fresh &&
	(
		cd series &&
		quick_series >../out &&
		verdict 0 c1 &&
		verdict 0 c5 &&
		verdict 1 c6 &&
		verdict 1 main &&
		git tag alone "$(git commit-tree -m alone "c1^{tree}")" &&
		verdict 128 alone &&
		test_grep "^fatal: the commit is not between c1 and main; --against <rev>" ../err &&
		verdict 128 nowhere &&
		test_grep "^fatal: .*nowhere" ../err &&
		verdict 129 c5 c6
	)
'

test_expect_success 'a commit that cannot be built or measured is 125' '
	fresh &&
	(
		cd series &&
		quick_series --build "test \$(cat number) != 4" >../out &&
		verdict 125 c4 &&
		verdict 125 c4 &&
		git bisect run git perfbisect test >../out 2>../err &&
		first_bad c6 ../out &&
		git perfbisect reset &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" main c1 -- \
			"test \$(cat number) != 4 && echo time \$(cat level) s" >../out &&
		verdict 125 c4
	)
'

test_expect_success 'a machine that fails is 128, and never a verdict' '
	fresh &&
	(
		cd series &&
		cat >../fails <<-\EOS &&
		[perfsut "m"]
			method = command
			command = "test $1 != \"$(cat \"$HOME/fails\")\" || exit 75; echo metric time $(git -C \"$HOME/series\" show \"$1:level\") s"
		[perfbench "b"]
			repeats = 1
			warmups = 0
		EOS
		git perfbisect start --strategy=sequential --from=../fails main c1 >../out &&
		next=$(git rev-parse BISECT_HEAD) &&
		echo "$next" >../fails &&
		verdict 0 c2 &&
		verdict 128 "$next" &&
		test_grep "^fatal: .*status 75" ../err &&
		test_must_fail git bisect run git perfbisect test >../out 2>../err &&
		test_cmp_rev BISECT_HEAD "$next" &&
		git bisect log >../log &&
		test_grep ! "$next" ../log
	)
'

test_expect_success 'ends that do not differ are 128' '
	(
		new_series same 5 3 100 100 &&
		quick_series >../out &&
		verdict 128 c3 &&
		test_grep "^warning: " ../err &&
		git perfbisect reset
	)
'

test_expect_success 'a context that was changed is 128' '
	fresh &&
	(
		cd series &&
		quick_series >../out &&
		git config -f .git/perf/bisect/context perfbench.measure.command "echo time 1 s" &&
		verdict 128 c3 &&
		test_grep "^fatal: build, machine or benchmark in .* are not what this session was started with" ../err
	)
'

test_expect_success 'how to measure is said by the session, not beside it' '
	fresh &&
	(
		cd series &&
		quick_series >../out &&
		verdict 128 --build=make c3 &&
		test_grep "^fatal: .*--against" ../err &&
		verdict 128 c3 -- true &&
		test_grep "^fatal: .*--against" ../err
	)
'

test_expect_success 'without a session there has to be something to compare with' '
	fresh &&
	(
		cd series &&
		alone 128 c3 &&
		test_grep "^fatal: no bisection is going on here" ../err &&
		alone 129 --against=c1 --fail-if-larger-than=3 c3 &&
		alone 128 --against=c3 c3 &&
		test_grep "^fatal: .c3. is the commit that is tested" ../err &&
		alone 128 --against=nowhere c3 &&
		verdict 128 --against=c1 c3 &&
		test_grep "^fatal: no benchmark" ../err
	)
'

test_expect_success '--against says which one is worse, both ways' '
	fresh &&
	(
		cd series &&
		alone 1 --against=c5 c6 &&
		test_grep "^bad: $(git rev-parse --short=12 c6) is worse than $(git rev-parse --short=12 c5): +10.0 %" ../out &&
		alone 0 --against=c6 c5 &&
		test_grep "^good: $(git rev-parse --short=12 c5) is not worse than $(git rev-parse --short=12 c6)" ../out &&
		alone 0 --against=c4 c5 &&
		alone 0 --against=c5 --better=higher c6 &&
		alone 1 --against=c6 --better=higher c5
	)
'

test_expect_success 'HEAD is what is tested when nothing is named' '
	fresh &&
	(
		cd series &&
		alone 1 --against=c1 &&
		test_grep "^bad: $(git rev-parse --short=12 HEAD) is worse" ../out
	)
'

test_expect_success '--against: a build that fails is 125, of the other one 128' '
	fresh &&
	(
		cd series &&
		alone 125 --build "test \$(cat number) != 6" --against=c5 c6 &&
		alone 128 --build "test \$(cat number) != 6" --against=c6 c5 &&
		test_grep "^fatal: " ../err
	)
'

test_expect_success 'limits' '
	fresh &&
	(
		cd series &&
		alone 0 --fail-if-larger-than=105 c5 &&
		test_grep "^good: $(git rev-parse --short=12 c5) has 100" ../out &&
		alone 1 --fail-if-larger-than=105 c6 &&
		test_grep "^bad: $(git rev-parse --short=12 c6) has 110" ../out &&
		alone 1 --fail-if-smaller-than=105 c5 &&
		alone 0 --fail-if-smaller-than=1 --fail-if-larger-than=1e3 c5 &&
		alone 128 --fail-if-larger-than=much c5 &&
		test_grep "larger-than. expects a number, not .much." ../err &&
		alone 125 --build "test \$(cat number) != 6" --fail-if-larger-than=105 c6
	)
'

test_expect_success 'nothing but the database and the worktree is left' '
	fresh &&
	(
		cd series &&
		snapshot >../before &&
		alone 1 --against=c5 c6 &&
		snapshot >../after &&
		test_cmp ../before ../after &&
		test "$(git for-each-ref refs/perf refs/bisect)" = "" &&
		test_path_is_missing .git/BISECT_START &&
		refused "no bisection is going on here" git perfbisect status
	)
'

test_expect_success 'a kernel that was built elsewhere, on a machine that is a command' '
	fresh &&
	(
		cd series &&
		echo 100 >../image-good && echo 110 >../image-bad &&
		cat >../kernel <<-\EOS &&
		[perfsut "m"]
			method = command
			command = "echo \"$1\" >>\"$HOME/asked\"; echo metric time $(cat \"$PERF_WORKTREE/image\") s"
		[perfbench "b"]
			repeats = 1
			warmups = 0
		EOS
		verdict 0 --context=../kernel --fail-if-larger-than=105 --kernel=../image-good --gitsha=c5 &&
		verdict 1 --context=../kernel --fail-if-larger-than=105 --kernel=../image-bad --gitsha=c5 &&
		echo "$(git rev-parse c5)" >../expect && sort -u ../asked >../actual &&
		test_cmp ../expect ../actual &&
		verdict 128 --context=../kernel --fail-if-larger-than=105 --kernel=../image-bad &&
		test_grep "give it with --gitsha" ../err &&
		verdict 128 --context=../kernel --fail-if-larger-than=105 --kernel=../nowhere --gitsha=c5 &&
		test_grep "cannot find .*nowhere" ../err &&
		verdict 128 --context=../kernel --fail-if-larger-than=105 --modules=.. c5 &&
		verdict 128 --context=../kernel --fail-if-larger-than=105 --kernel=../image-bad --gitsha=c5 c6
	)
'

test_done

#!/bin/sh

test_description='git perfbisect run: the commit that is named, and what becomes of those that cannot be tested'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

test_expect_success 'the culprit is named as git names it, and with its numbers' '
	(
		new_series plain 12 7 &&
		quick_series >../first &&
		git perfbisect run >../first 2>../err &&
		test_must_be_empty ../err &&
		first_bad c7 ../first &&
		culprit=$(git rev-parse --short=12 c7) &&
		test_grep "^$(git rev-parse c7) is the commit that made it worse\$" ../first &&
		test_grep -x "Culprit      $culprit change number 7, quietly" ../first &&
		test_grep -x "Parent       $(git rev-parse --short=12 c6) change number 6" ../first &&
		test_grep "^Step         +10.0 % .* of the good level, 100 % of the difference between the ends" ../first &&
		test_grep "^Spent        0 builds, " ../first
	)
'

test_expect_success 'git bisect log and git status tell the truth' '
	(
		cd plain &&
		git bisect log >../log &&
		test_grep -x "git bisect bad $(git rev-parse c7)" ../log &&
		test_grep -x "git bisect good $(git rev-parse c6)" ../log &&
		test_grep "^# first bad commit: .$(git rev-parse c7)." ../log
	)
'

test_expect_success 'plain git bisect replay of the log ends with the same commit' '
	git -C plain perfbisect log >log &&
	git clone -q plain copy &&
	git -C copy bisect replay ../log >out &&
	first_bad=$(git -C plain rev-parse c7) &&
	test_grep "^$first_bad is the first bad commit" out
'

test_expect_success 'run again says the same and measures nothing' '
	(
		cd plain &&
		git perfbisect run >../again &&
		first_bad c7 ../again &&
		test_grep ! "^test \|^anchor \|^verify " ../again &&
		sed -n "/is the commit that/,\$p" ../first >../expect &&
		sed -n "/is the commit that/,\$p" ../again >../actual &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'adaptive measures both ends, and says its verdicts in the words of Fastpath' '
	(
		new_series adaptive 12 4 &&
		start_series --strategy=adaptive --warmups=0 --repeats=1 >../out &&
		git perfbisect run >../out &&
		first_bad c4 ../out &&
		test_grep "^anchor .* good end" ../out &&
		test_grep "^anchor .* bad end" ../out &&
		test_grep -x "Result: REGRESSION detected for resultclass .value. comparing .bisect-$(git rev-parse --short=12 c4). vs .c1.\." ../out &&
		test_grep -x "Result: no regression for resultclass .value. comparing .bisect-$(git rev-parse --short=12 c3). vs .c1.\." ../out
	)
'

test_expect_success 'higher is better' '
	(
		new_series higher 8 3 100 90 &&
		quick_series --better=higher >../out &&
		git perfbisect run >../out &&
		first_bad c3 ../out &&
		test_grep "^Step         -10.0 %" ../out
	)
'

test_expect_success 'with --find-fix the commit that made it better' '
	(
		new_series fix 8 6 110 100 &&
		quick_series --find-fix >../out &&
		git perfbisect run >../out &&
		first_bad c6 ../out &&
		test_grep "is the commit that made it better" ../out &&
		test_grep "^Fixed by     " ../out
	)
'

test_expect_success 'ends that do not differ are an answer, status 1, and --force goes on' '
	(
		new_series same 4 3 100 100 &&
		quick_series >../out &&
		test_expect_code 1 git perfbisect run >../out 2>../err &&
		test_grep -x "Not reproduced" ../out &&
		test_grep "^hint: git perfbisect run --force" ../err &&
		test_expect_code 1 git perfbisect report >../report &&
		test_grep -x "Not reproduced" ../report &&
		test_might_fail git perfbisect run --force >../out 2>../err &&
		test_grep ! "Not reproduced" ../out &&
		test_grep "^test " ../out
	)
'

# A side branch from c2 that c6 merges; side2 is what made it worse.
new_merges() {
	new_series "$1" 3 9 &&
	git checkout -q -b side c2 &&
	test_commit side1 other 1 &&
	echo 110 >level && git commit -q -a -m "side2, quietly" && git tag side2 &&
	test_commit side3 other 3 &&
	git checkout -q main &&
	test_merge merged side &&
	test_commit after other 4
}

test_expect_success 'a culprit on a side branch' '
	(
		new_merges merges &&
		quick_series >../out &&
		git perfbisect run >../out &&
		first_bad side2 ../out
	)
'

test_expect_success '--first-parent names the merge' '
	(
		cd merges &&
		git perfbisect reset &&
		quick_series --first-parent >../out &&
		git perfbisect run >../out &&
		first_bad merged ../out &&
		test_grep ! " side[12]" ../out
	)
'

test_expect_success '--paths leaves commits out' '
	(
		new_merges paths &&
		quick_series --paths=level >../out &&
		test_grep "^2 commits between c1 and main" ../out &&
		git perfbisect run >../out &&
		first_bad side2 ../out
	)
'

test_expect_success 'builds that fail are skipped and never bad' '
	(
		new_series broken 10 8 &&
		quick_series --build "case \$(cat number) in 5|6) echo no rule >&2; exit 2;; esac" >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c8 ../out &&
		git bisect log >../log &&
		test_grep ! "git bisect bad $(git rev-parse c5)\|git bisect bad $(git rev-parse c6)" ../log
	)
'

test_expect_success 'a culprit beside commits that cannot be built is one of a set, status 2' '
	(
		new_series set 10 6 &&
		quick_series --build "case \$(cat number) in 5|6) echo no rule >&2; exit 2;; esac" >../out &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		test_grep "^There are only .skip.ped commits left to test" ../out &&
		test_grep -x "The culprit is one of 3 commits" ../out &&
		for commit in c5 c6 c7
		do
			test_grep "^ *$(git rev-parse --short=12 $commit) change number" ../out || return 1
		done &&
		test_grep "^no rule" ../err &&
		test_grep "^warning: .*build-failed" ../err &&
		log=$(sed -n "s/.*; see .\(.*\).\$/\1/p" ../err | head -n 1) &&
		test_grep "no rule" "$log" &&
		test_expect_code 2 git perfbisect report >../report
	)
'

test_expect_success 'so is a commit whose benchmark fails, after a second try' '
	(
		new_series failing 10 9 &&
		write_script .git/fails-once <<-\EOS &&
		n=$(cat number)
		test -e "$HOME/victim" || test $n = 1 || test $n = 10 || echo $n >"$HOME/victim"
		echo run >>"$HOME/tries-$n"
		test $n != "$(cat "$HOME/victim")" || { echo no such device >&2; exit 1; }
		echo "time $(cat level) s"
		EOS
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" main c1 -- \
			"$PWD/.git/fails-once" >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out &&
		test_line_count = 2 "../tries-$(cat ../victim)" &&
		test_grep "^warning: .*: bench-failed: .*status 1: no such device; trying once more\$" ../err &&
		test_grep "^warning: .*: bench-failed: .*status 1: no such device\$" ../err
	)
'

test_expect_success 'an end that cannot be built is fatal, with the end of the log' '
	(
		new_series ends 4 3 &&
		quick_series --build "echo first; seq 20; echo last words >&2; exit 3" >../out &&
		test_expect_code 128 git perfbisect run >../out 2>../err &&
		test_must_be_empty ../out &&
		test_grep -x "last words" ../err &&
		test_grep -x 20 ../err &&
		test_grep ! "^first" ../err &&
		test_grep "^fatal: the good end c1 cannot be measured (build-failed); .* git perfbisect reset" ../err
	)
'

test_expect_success '--dry-run says what comes, and does nothing' '
	(
		new_series dry 6 3 &&
		quick_series >../out &&
		git perfbisect log >../before &&
		git perfbisect run --dry-run >../out &&
		test_grep "^5 commits between c1 and main; 0 builds, 0 boots, 0 samples so far\.\$" ../out &&
		test_grep "^Next: anchor $(git rev-parse --short=12 c1), 1 sample\.\$" ../out &&
		test_grep "^Expected: about .* (a guess" ../out &&
		git perfbisect log >../after &&
		test_cmp ../before ../after &&
		test_path_is_missing .git/perf/bisect/worktree
	)
'

test_expect_success 'the metric is found in what is printed, and kept' '
	(
		new_series preset 6 3 &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 main c1 -- \
			"test \$(cat number) != 5 || echo metric aaa 1 s; echo metric took \$(cat level) ms; echo metric ops \$(cat number) 1/s" >../out &&
		git perfbisect run >../out 2>../err &&
		test_grep "^metric: took " ../err &&
		test_line_count = 1 ../err &&
		first_bad c3 ../out &&
		test_grep "made took worse" ../out &&
		git perfbisect status --json >../json &&
		test_grep "\"metric\": *\"took\"" ../json &&
		test_grep "\"unit\": *\"ms\"" ../json
	)
'

test_expect_success 'it holds over a second run' '
	(
		new_series held 6 3 &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 main c1 -- \
			"test ! -e \"$HOME/stop\" || exit 75; test -e \"$HOME/later\" && echo metric aaa 1 s; : >\"$HOME/later\"; echo metric took \$(cat level) ms" >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		git perfbisect retry c3 >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		test_grep ! "^metric: " ../err
	)
'

test_expect_success 'without a number that is known it is the time the command takes' '
	(
		new_series wall 4 3 0.05 0.4 &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --min-effect=50% main c1 -- \
			"sleep \$(cat level)" >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out &&
		test_grep "^metric: wall" ../err
	)
'

test_expect_success 'of several metrics all are stored, and --resultclass decides' '
	(
		new_series several 8 5 &&
		cat >../several-context <<-\EOS &&
		[perfbench "b"]
			command = "echo a: $(cat level); echo b: $(test $(cat number) -lt 3 && echo 7 || echo 5)"
			metric = "a lower s a: (\\d+)"
			metric = "b higher ops b: (\\d+)"
			warmups = 0
			repeats = 1
		EOS
		git perfbisect start --strategy=sequential --from=../several-context --resultclass=b main c1 >../out &&
		git perfbisect run >../out &&
		first_bad c3 ../out &&
		sqlite3 .git/perf/perf.db "SELECT resultclass, count(*) > 8 FROM sample GROUP BY resultclass" >../actual &&
		printf "%s\n" "a|1" "b|1" >../expect &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'a commit that is measured again is not built again' '
	(
		new_series kept 8 5 &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" --output=out \
			--build "echo \$PERF_COMMIT >>\"$HOME/builds\"; mkdir out; cp level out" main c1 -- \
			"echo time \$(cat \"\$PERF_OUT/out/level\") s" >../out &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		test_line_count -gt 4 ../builds &&
		sort -u ../builds >../unique &&
		test_line_count = "$(wc -l <../unique)" ../builds &&
		git perfbisect retry c5 c4 >../out &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		sort -u ../builds >../unique &&
		test_line_count = "$(wc -l <../unique)" ../builds
	)
'

# The noise is a function of the run alone.
test_expect_success 'noise of a third of the difference does not lead astray' '
	(
		new_series noisy 16 11 1000 1060 &&
		write_script .git/noisy <<-\EOS &&
		n=$(cat "$HOME/noise" 2>/dev/null || echo 0)
		echo $((n + 1)) >"$HOME/noise"
		awk -v n="$n" -v level="$(cat level)" "BEGIN { srand(n * 7919 + 1); rand(); for (i = 0; i < 12; i++) s += rand();
			printf \"time %.3f s\n\", level + 20 * (s - 6) }"
		EOS
		git perfbisect start --strategy=sequential --warmups=0 --repeats=3 --metric="time (.*) s" main c1 -- \
			"$PWD/.git/noisy" >../out &&
		git perfbisect run >../out &&
		first_bad c11 ../out
	)
'

# The benchmark runs what lies in the worktree: with a build that was kept, too, that is
# the one of the commit.
test_expect_success 'a commit that is measured again is measured with its own build' '
	(
		BUILT=$HOME/built &&
		export BUILT &&
		new_series put-back 16 9 &&
		git perfbisect start --strategy=sequential --repeats=1 --output=prog \
			--build="{ echo \"#!/bin/sh\"; echo echo time \$(cat level); } >prog && chmod +x prog && echo x >>\"\$BUILT\"" \
			--metric="^time ([0-9.]+)" main c1 -- ./prog >../out &&
		git perfbisect run >../out &&
		first_bad c9 ../out &&
		test_line_count -lt 8 "$BUILT"
	)
'

test_done

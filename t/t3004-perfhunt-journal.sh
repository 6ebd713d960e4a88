#!/bin/sh

test_description='git perfhunt: journal, tickets, status, log, profile, larger suites, reset'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

test_expect_success 'a note makes the journal; sections, and no line twice' '
	git init -q notes &&
	(
		cd notes &&
		git perfhunt note "first" &&
		git perfhunt note "second" && git perfhunt note "first" &&
		git perfhunt note --section=patterns "a
pattern" &&
		git perfhunt note --section=noise "malloc" &&
		git perfhunt note --section=deferred "later" &&
		git perfhunt note --section=applied "done" &&
		git perfhunt note >../actual &&
		test_cmp .git/perf/hunt/journal.md ../actual &&
		sed -n "/^##/,\$p" ../actual >../sections &&
		cat >../expect <<-\EOF &&
		## Findings

		- first
		- second

		## Optimizations Applied

		- done

		## Deferred

		- later

		## Patterns

		- a pattern

		## Noise Functions

		- malloc
		EOF
		test_cmp ../expect ../sections
	)
'

test_expect_success 'a note of what is a part of another line is added' '
	(
		cd notes &&
		git perfhunt note --section=noise "mall" &&
		git perfhunt note --section=findings "malloc" &&
		git perfhunt note >../actual &&
		test_grep "^- mall\$" ../actual &&
		sed -n "/^## Findings/,/^## Opt/p" ../actual >../findings &&
		test_grep "^- malloc\$" ../findings
	)
'

test_expect_success 'what people wrote in the journal stays' '
	(
		cd notes &&
		printf "# Mine\n\ntext\n\n## Noise Functions\n\nprose\n* \`memcpy\` is not ours\n\n## Other\n- x" >.git/perf/hunt/journal.md &&
		git perfhunt note --section=noise "libc*" &&
		git perfhunt note --section=findings "found" &&
		printf "# Mine\n\ntext\n\n## Noise Functions\n\nprose\n* \`memcpy\` is not ours\n- libc*\n\n## Other\n- x\n\n## Findings\n\n- found\n" >../expect &&
		test_cmp ../expect .git/perf/hunt/journal.md
	)
'

test_expect_success 'the journal is where perfhunt.journal says, from the top of the work tree, also before a hunt' '
	(
		cd notes &&
		mkdir -p sub/deeper &&
		git config perfhunt.journal sub/journal.md &&
		test_when_finished "git -C notes config --unset perfhunt.journal" &&
		(
			cd sub/deeper &&
			git perfhunt note "told" &&
			git perfhunt note >"$HOME/actual"
		) &&
		test_grep "^- told\$" sub/journal.md &&
		test_cmp sub/journal.md ../actual
	)
'

test_expect_success 'notes of many at the same time are all in it' '
	(
		cd notes &&
		for i in 1 2 3 4 5 6 7 8 9 10 11 12
		do
			git perfhunt note "number $i" &
		done &&
		wait &&
		git perfhunt note >../actual &&
		grep "^- number" ../actual >../numbers &&
		test_line_count = 12 ../numbers
	)
'

test_expect_success 'bad notes are refused' '
	(
		cd notes &&
		test_expect_code 129 git perfhunt note --section=other x 2>../err &&
		test_expect_code 129 git perfhunt note one two 2>../err &&
		cp .git/perf/hunt/journal.md ../before &&
		test_expect_code 129 git perfhunt note "" 2>../err &&
		test_cmp ../before .git/perf/hunt/journal.md
	)
'

if ! test_have_prereq PERF
then
	test_done
fi

test_expect_success 'set up a hunt' '
	keep_hunt &&
	fast_known >known-fast.c
'

test_expect_success 'noise of the journal is not picked; the rest of the state has all keys' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		exit 10
		EOS
		git perfhunt note --section=noise "\`operator new\` is not ours" &&
		printf "\n***\n---\n**is_known**\n" >>.git/perf/hunt/journal.md &&
		git perfhunt status --json >../status.json &&
		test "$(query "[c[\"function\"] for c in d[\"candidates\"]]")" = "['\''is_known'\'', '\''mix'\'']" &&
		git perfhunt note --section=noise "is_*" &&
		git perfhunt status --json >../status.json &&
		test "$(query "[c[\"function\"] for c in d[\"candidates\"]]")" = "['\''mix'\'']" &&
		git perfhunt run --once >../out 2>../err &&
		test_grep "^1  deferred *mix: " ../out &&
		git perfhunt status --json >../status.json &&
		query "sorted(d)" >../keys &&
		for key in max_iterations iteration benchmark_suite baseline candidates investigated current_hotspot \
			suite_generation fixes_since_last_profile history
		do
			test_grep "'\''$key'\''" ../keys || return 1
		done &&
		query "[type(d[k]).__name__ for k in (\"max_iterations\", \"iteration\", \"suite_generation\", \"fixes_since_last_profile\")]" >../actual &&
		echo "['\''int'\'', '\''int'\'', '\''int'\'', '\''int'\'']" >../expect &&
		test_cmp ../expect ../actual &&
		test "$(query "[w[\"name\"] for w in d[\"benchmark_suite\"][\"workloads\"]]")" = "['\''all'\'', '\''some'\'']" &&
		test "$(query "sorted(d[\"baseline\"])")" = "['\''commit'\'', '\''timestamp'\'', '\''timings'\'']" &&
		test "$(query "d[\"baseline\"][\"commit\"]")" = "$(git rev-parse main)" &&
		test "$(query "sorted(d[\"investigated\"][0])")" = "['\''commit'\'', '\''compile_time_change_pct'\'', '\''file'\'', '\''function'\'', '\''iteration'\'', '\''notes'\'', '\''outcome'\'', '\''samples_pct_after'\'', '\''samples_pct_before'\'', '\''ticket_id'\'', '\''time_change_pct'\'']" &&
		test "$(query "(d[\"iteration\"], d[\"current_hotspot\"], len(d[\"history\"]))")" = "(1, None, 1)"
	)
'

test_expect_success 'candidates have function, share, file and shares by workload' '
	(
		hunt_again &&
		git perfhunt status --json >../status.json &&
		query "[(c[\"function\"], c[\"file\"], c[\"line\"], sorted(c[\"by_workload\"]), c[\"max_self_pct\"] == c[\"by_workload\"][\"all\"]) for c in d[\"candidates\"]]" >../actual &&
		echo "[('\''is_known'\'', '\''src/known.c'\'', 6, ['\''all'\''], True), ('\''mix'\'', '\''src/mix.c'\'', 3, ['\''all'\''], True)]" >../expect &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'profile prints a round: by what was on the stack' '
	(
		hunt_again &&
		snapshot >../before &&
		git perfhunt profile >../profile.json 2>../err &&
		snapshot >../after && test_cmp ../before ../after &&
		query "[(w[\"workload\"], w[\"time_s\"] > 0) for w in d]" ../profile.json >../actual &&
		echo "[('\''all'\'', True)]" >../expect &&
		test_cmp ../expect ../actual &&
		perf report -i "$(query "d[0][\"perf_data\"]" ../profile.json)" --stdio >../report &&
		test_grep is_known ../report &&
		query "all(a[\"children_pct\"] >= b[\"children_pct\"] for a, b in zip(d[0][\"hotspots\"], d[0][\"hotspots\"][1:]))" ../profile.json >../actual &&
		echo True >../expect &&
		test_cmp ../expect ../actual &&
		query "[sorted(h) for h in d[0][\"hotspots\"] if h[\"symbol\"] == \"is_known\"]" ../profile.json >../actual &&
		echo "[['\''children_pct'\'', '\''self_pct'\'', '\''symbol'\'']]" >../expect &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'journal and tickets tell of each iteration; log of each step' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		test "$PERF_FUNCTION" = is_known || exit 10
		grep "is_known" "$PERF_TICKET" >/dev/null || exit 1
		cat "$HOME/known-fast.c" >src/known.c
		echo "perf: Remember numbers" >"$PERF_RESULT"
		EOS
		git perfhunt run >../out 2>../err &&
		git perfhunt note >../journal &&
		sed -n "/^## Opt/,/^## Def/p" ../journal >../applied &&
		test_grep "^- hunt 1, iteration 1: .is_known. (src/known.c, [0-9.]* %): fixed; faster, -.*, commit $(git rev-parse --short=12 perfhunt/1). perf: Remember numbers\$" ../applied &&
		sed -n "/^## Def/,/^## Pat/p" ../journal >../deferred &&
		test_grep "^- hunt 1, iteration 2: .mix. .* deferred; the fixer deferred it" ../deferred &&
		test "$(git log -1 --format=%s perfhunt/1)" = "perf: Remember numbers" &&
		test_grep "^Status: closed" .git/perf/hunt/tickets/1-1-is_known.md &&
		test_grep "^- fixed: faster (commit $(git rev-parse perfhunt/1))\$" .git/perf/hunt/tickets/1-1-is_known.md &&
		test_grep "^Status: open" .git/perf/hunt/tickets/1-2-mix.md &&
		git perfhunt log >../log &&
		awk "{ print \$3 }" ../log | uniq >../actual &&
		test_write_lines start profiled picked fixing fixed checked pair measured committed recorded profiled \
			picked fixing fixed recorded ending total final done >../expect &&
		test_cmp ../expect ../actual &&
		git perfhunt status >../out &&
		test_grep "^Hunt 1 on branch perfhunt/1: 2 of 2 iterations, suite generation 1; ended: all iterations are used up\$" ../out &&
		test_grep "^1  fixed  *is_known  *-" ../out &&
		test_grep "^In all: -[89]" ../out
	)
'

test_expect_success 'a later hunt begins the next branch; reset leaves branch, journal and tickets' '
	(
		cd hunt &&
		cp .git/perf/hunt/journal.md ../before &&
		git perfhunt reset >../out &&
		test_cmp ../before .git/perf/hunt/journal.md &&
		test_path_is_file .git/perf/hunt/tickets/1-1-is_known.md &&
		git rev-parse --verify -q perfhunt/1 &&
		test_path_is_missing .git/perf/hunt/tree-a &&
		test_path_is_missing .git/perf/hunt/clone &&
		git for-each-ref refs/perf >../refs && test_must_be_empty ../refs &&
		start_program 1 >../out 2>../err &&
		test_grep "on the branch perfhunt/2" ../out &&
		git perfhunt reset
	)
'

test_expect_success 'a ticket command opens, notes and closes' '
	write_script ticket <<-EOF &&
	case \$PERF_TICKET_ACTION in
	open)
		echo "open \$PERF_TICKET_TITLE" >>"$HOME/tickets"
		cat >>"$HOME/tickets"
		echo "T-\$(grep -c ^open "$HOME/tickets")"
		;;
	*)
		echo "\$PERF_TICKET_ACTION \$PERF_TICKET: \$(cat)" >>"$HOME/tickets"
		;;
	esac
	EOF
	(
		rm -rf hunt && new_program hunt &&
		fixer <<-\EOS &&
		echo "$PERF_TICKET" >>"$HOME/seen"
		test "$PERF_FUNCTION" = is_known || exit 10
		EOS
		start_program 2 --ticket="\"$HOME/ticket\"" >../out 2>../err &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		sed "s/takes [0-9.]* %/takes %/" ../tickets >../actual &&
		cat >../expect <<-\EOF &&
		open make is_known faster
		is_known in src/known.c takes % of the time of workload all itself.

		close T-1: marginal: nothing was changed
		open make mix faster
		mix in src/mix.c takes % of the time of workload all itself.

		note T-2: deferred: the fixer deferred it
		EOF
		test_cmp ../expect ../actual &&
		test_write_lines T-1 T-2 >../expect &&
		test_cmp ../expect ../seen
	)
'

test_expect_success 'when nothing is left the suite grows once, by its numbers' '
	(
		rm -rf hunt && new_program hunt &&
		fixer </dev/null &&
		start_program 5 --threshold=99 >../out 2>../err &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		test_grep "the suite grows (generation 2)" ../err &&
		echo "<promise>PERF_HUNT_DONE</promise> no function is above the threshold in any workload" >../expect &&
		tail -n 1 ../out >../actual &&
		test_cmp ../expect ../actual &&
		git perfhunt status --json >../status.json &&
		test "$(query "(d[\"suite_generation\"], [w[\"spec\"] for w in d[\"benchmark_suite\"][\"workloads\"]], len(d[\"history\"]))")" = \
			"(2, ['\''all:1:16000'\'', '\''some:2:900'\''], 2)"
	)
'

test_expect_success 'perfhunt.evolve says what the larger suite is' '
	(
		rm -rf hunt && new_program hunt &&
		start_program 5 --threshold=99 \
			--evolve="tee \"$HOME/asked\" >/dev/null; echo \$PERF_GENERATION >>\"$HOME/asked\"; echo new:5:6000" >../out 2>../err &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		test_write_lines all:1:8000 2 >../expect &&
		test_cmp ../expect ../asked &&
		git perfhunt status --json >../status.json &&
		test "$(query "[w[\"spec\"] for w in d[\"benchmark_suite\"][\"workloads\"]]")" = "['\''new:5:6000'\'', '\''some:2:900'\'']"
	)
'

test_expect_success 'perfhunt.evolve that fails, prints nothing or nonsense is a sentence, and can be tried again' '
	(
		rm -rf hunt && new_program hunt &&
		echo "exit 3" >../evolve &&
		start_program 5 --threshold=99 --evolve="sh \"$HOME/evolve\"" >../out 2>../err &&
		refused "perfhunt.evolve ended with status 3" git perfhunt run &&
		: >../evolve &&
		refused "perfhunt.evolve printed no workload" git perfhunt run &&
		echo "echo ../x" >../evolve &&
		refused "is no workload" git perfhunt run &&
		echo "echo some:1" >../evolve &&
		refused "there are two workloads .some." git perfhunt run &&
		git perfhunt status >../out &&
		echo "echo all:2:6000" >../evolve &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		git perfhunt status --json >../status.json &&
		test "$(query "d[\"suite_generation\"]")" = 2
	)
'

test_expect_success 'a workload that is held out and gets slower: reverted, whatever the rest gains' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		sed "s/work++/work += work < 20000 ? 10000000 : 1/" "$HOME/known-fast.c" >src/known.c
		EOS
		git perfhunt run --once >../out 2>../err &&
		outcome reverted "a workload that is held out got slower" &&
		test_must_fail git rev-parse --verify -q perfhunt/1
	)
'

test_done

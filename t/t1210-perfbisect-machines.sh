#!/bin/sh

test_description='git perfbisect measures on several machines at once'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

TOKEN=machines-$$-$(date +%s%N)

# two_machines <dir> <n> <culprit> [<offset of b>]: a series, and machines a and b that measure it.
# They run "machine <name> <offset>", which reads "hook" first; it leaves a line "<name> <commit>" for each run.
two_machines() {
	new_series "$1" "$2" "$3" &&
	write_script .git/machine <<-EOF &&
	name=\$1
	dir="$PWD/.git"
	echo "\$name \$PERF_COMMIT" >>"\$dir/runs"
	test ! -e "\$dir/hook" || . "\$dir/hook"
	test "\$PERF_COMMIT" = "\$(git rev-parse HEAD)" || exit 1
	n=\$(wc -l <"\$dir/runs")
	awk -v level="\$(cat level)" -v offset="\$2" -v n="\$n" \\
		'BEGIN { printf "time %.3f s\\n", level + offset + (n * 7919 % 101 - 50) / 100 }'
	EOF
	git config perfsut.a.method command &&
	git config perfsut.a.command "\"$PWD/.git/machine\" a 0 $TOKEN" &&
	git config perfsut.b.method command &&
	git config perfsut.b.command "\"$PWD/.git/machine\" b ${4:-55} $TOKEN"
}

start_machines() {
	git perfbisect start --metric="^time ([0-9.]+)" --unit=s --benchmark=level --warmups=0 --repeats=1 \
		--sut=a --sut=b "$@" main c1 >../started
}

# Every sample that was shown or stored is in the evidence, with its machine, and the other way round.
nothing_lost() {
	git perfbisect log >"$HOME/log" &&
	sed -n "s/^# perfbisect: sample .*\"commit\":\"\([0-9a-f]*\)\",\"machine\":\"\([ab]\)\".*/\2 \1/p" "$HOME/log" |
	sort >"$HOME/evidence" &&
	sqlite3 -separator " " .git/perf/perf.db \
		"SELECT b.machine, b.commit_id FROM sample s JOIN boot b ON s.boot = b.id" 2>/dev/null |
	sort >"$HOME/stored" &&
	test_cmp "$HOME/stored" "$HOME/evidence"
}

test_expect_success 'two machines that differ by more than the step find the culprit' '
	(
		two_machines differ 40 23 &&
		start_machines &&
		test_grep "^Machines:  a, b\$" ../started &&
		git perfbisect run >../out 2>../err &&
		! grep "^warning" ../err &&
		first_bad c23 ../out &&
		test_grep "\[a\]\$" ../out &&
		test_grep "\[b\]\$" ../out &&
		! grep -w nan ../out &&
		nothing_lost &&
		git perfbisect report >../report &&
		test_grep "^Machines *a, b\$" ../report &&
		git perfbisect report --json >../json &&
		test "$(jq -r ".machines | join(\" \")" ../json)" = "a b" &&
		# The levels are those of the machine that has booted both ends first; b is 55 above a.
		first=$(awk "\$1 == \"anchor\" { good[\$NF] += /good end/; bad[\$NF] += /bad end/ }
			good[\$NF] && bad[\$NF] { print \$NF; exit }" ../out) &&
		offset=$(case "$first" in "[a]") echo 0 ;; "[b]") echo 55 ;; esac) &&
		jq -e "(.good.value - $offset - 100 | fabs < 1) and (.bad.value - $offset - 110 | fabs < 1)" ../json
	)
'

# Each waits until the other has come: alone, neither would go on.
test_expect_success 'they measure at the same time' '
	(
		two_machines meet 8 5 &&
		cat >.git/hook <<-\EOF &&
		: >"$dir/met-$name"
		for try in $(seq 1200)
		do
			test -e "$dir/met-a" && test -e "$dir/met-b" && break
			sleep 0.05
		done
		test -e "$dir/met-a" && test -e "$dir/met-b" || exit 1
		EOF
		start_machines &&
		git perfbisect run >../out 2>../err &&
		first_bad c5 ../out
	)
'

test_expect_success 'one builds for all, one commit at a time, while others measure' '
	(
		two_machines build 24 9 &&
		write_script .git/build <<-EOF &&
		mkdir "$PWD/.git/building" || exit 1
		echo "\$PERF_COMMIT" >>"$PWD/.git/builds"
		cat number >built
		# The first build after both ends waits for a run that begins meanwhile.
		n=\$(wc -l <"$PWD/.git/builds")
		if test \$n = 3
		then
			: >"$PWD/.git/third"
			for try in \$(seq 1200)
			do
				test ! -e "$PWD/.git/beside" || break
				sleep 0.05
			done
			test -e "$PWD/.git/beside" || exit 1
		fi
		rmdir "$PWD/.git/building"
		EOF
		cat >.git/hook <<-\EOF &&
		test "$(cat built)" = "$(cat number)" || exit 1
		# A run that goes on when the third build begins.
		if test "$(wc -l <"$dir/builds")" -ge 2 && mkdir "$dir/once" 2>/dev/null
		then
			for try in $(seq 1200)
			do
				test ! -e "$dir/third" || break
				sleep 0.05
			done
			test -e "$dir/third" && : >"$dir/beside"
		fi
		EOF
		start_machines --build "\"$PWD/.git/build\"" --output built &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out &&
		test "$(sort .git/builds | uniq -d)" = ""
	)
'

test_expect_success 'a machine that fails is named, and the others go on without it' '
	(
		two_machines one 24 9 &&
		cat >.git/hook <<-\EOF &&
		test $name = a || test $(wc -l <"$dir/runs") -lt 12 || { echo "out of order" >&2; exit 75; }
		EOF
		start_machines &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out &&
		test_grep "^warning: b: the command ended with status 75: out of order; the bisection goes on without b" ../err &&
		test "$(grep -c "goes on without" ../err)" = 1 &&
		nothing_lost &&
		test "$(grep -c "^# perfbisect: returned .*\"b\"" ../log)" = 1
	)
'

test_expect_success 'when all have failed it is paused, and the next run goes on with all' '
	(
		two_machines all 24 9 &&
		cat >.git/hook <<-\EOF &&
		test $(wc -l <"$dir/runs") -lt 12 || exit 75
		EOF
		start_machines &&
		test_expect_code 3 git perfbisect run >../out 2>../err &&
		test_grep "^warning: paused: [ab]: the command ended with status 75" ../err &&
		nothing_lost &&
		rm .git/hook .git/runs &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out &&
		grep -q "^a" .git/runs && grep -q "^b" .git/runs &&
		nothing_lost
	)
'

for signal in KILL-9 TERM-15 INT-2
do
	test_expect_success "${signal%-*} ends all machines, and run goes on" '
		(
			two_machines ${signal%-*} 24 9 &&
			cat >.git/hook <<-EOF &&
			if test \$(wc -l <"\$dir/runs") -ge 9
			then
				: >"\$dir/stopped-\$name"
				setsid sh -c ": $TOKEN; sleep 3600"
			fi
			EOF
			start_machines &&
			# The shell has it ignored in what it starts in the background.
			{ perl -e "\$SIG{INT} = q(DEFAULT); exec @ARGV" git-perfbisect run >../first 2>../err & } &&
			pid=$! &&
			wait_for .git/stopped-a && wait_for .git/stopped-b &&
			kill -s ${signal%-*} $pid &&
			test_expect_code $((128 + ${signal#*-})) wait $pid &&
			no_survivors &&
			nothing_lost &&
			rm .git/hook &&
			git perfbisect run >../out 2>../err &&
			! grep "^warning" ../err &&
			first_bad c9 ../out &&
			nothing_lost
		)
	'
done

test_expect_success 'the evidence of several machines is replayed to the same end' '
	(
		cd differ &&
		git perfbisect log >../before.log &&
		git perfbisect report >../before &&
		git perfbisect reset >../out &&
		test_path_is_missing .git/perf/bisect/worktree-1 &&
		test_path_is_missing .git/perf/bisect/worktree-2 &&
		start_machines &&
		git perfbisect replay ../before.log >../out &&
		git perfbisect log >../after.log &&
		# Boots of somebody else are numbered anew.
		sed "s/\"boot\":[0-9]*,//" ../before.log >../expect &&
		sed "s/\"boot\":[0-9]*,//" ../after.log >../actual &&
		test_cmp ../expect ../actual &&
		git perfbisect report >../after &&
		test_cmp ../before ../after
	)
'

# Two runs a boot. In its first boot each machine waits with the second one until the other has come
# there, so that first samples of both are stored before a second one is.
test_expect_success 'undo takes back whole boots, whatever the other machine did meanwhile' '
	(
		two_machines undo 24 9 &&
		cat >.git/hook <<-\EOF &&
		if test "$(grep -c "^$name " "$dir/runs")" = 2
		then
			: >"$dir/met-$name"
			for try in $(seq 1200)
			do
				test ! -e "$dir/met-a" || test ! -e "$dir/met-b" || break
				sleep 0.05
			done
			sleep 0.2
		fi
		EOF
		git perfbisect start --metric="^time ([0-9.]+)" --benchmark=level --warmups=0 --repeats=2 \
			--sut=a --sut=b main c1 >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out &&
		git perfbisect log >../log &&
		# With whole boots in turn there would be nothing to see.
		sed -n "s/^# perfbisect: sample .*\"boot\":\([0-9]*\),.*/\1/p" ../log | uniq >../order &&
		test "$(sort ../order | uniq -d)" != "" &&
		boots=$(grep -c "^# perfbisect: boot-end" ../log) &&
		for taken in 1 2 3 4 5 6
		do
			git perfbisect undo >../out &&
			test_grep "^took back 1 step (" ../out &&
			git perfbisect log >../log &&
			test "$(grep -c "^# perfbisect: boot-end" ../log)" = $((boots - taken)) || return 1
			sed -n "s/^# perfbisect: \(sample\|boot-end\) .*\"boot\":\([0-9]*\),.*/\2/p" ../log |
			sort | uniq -c >../parts &&
			awk "\$1 < 2 { exit 1 }" ../parts || return 1
		done &&
		git perfbisect undo -n 1000 >../out &&
		test_grep "; 0 left\$" ../out &&
		git perfbisect log >../log &&
		test_grep ! "^# perfbisect: \(sample\|built\|boot-end\|issued\)" ../log &&
		git perfbisect run >../out 2>../err &&
		first_bad c9 ../out
	)
'

test_expect_success 'test measures on the first machine, by its numbers alone' '
	(
		cd KILL &&
		: >.git/runs &&
		test_expect_code 1 git perfbisect test c12 >../out 2>../err &&
		git perfbisect test c6 >../out 2>../err &&
		! grep "^b" .git/runs
	)
'

test_expect_success 'what several machines need is said at start' '
	(
		two_machines refused 8 5 &&
		refused "perfbisect.sut names the machine .a. twice" start_machines --sut=a &&
		refused "--on and --sut name different machines" start_machines --on=a &&
		refused "--host is that of one machine" start_machines --host=example &&
		refused "only the strategy bayes compares several machines (a, b)" start_machines --strategy=sequential &&
		git config perfsut.here.method local &&
		refused "here is this computer: it builds, and cannot measure beside other machines" \
			start_machines --sut=here --run=true &&
		start_machines --on=a --on=b &&
		test "$(git config -f .git/perf/bisect/context --get-all perfbisect.sut | tr "\n" " ")" = "a b "
	)
'

test_done

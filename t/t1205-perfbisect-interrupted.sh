#!/bin/sh

test_description='git perfbisect run is killed, interrupted, started twice, and loses what it works with'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

test_lazy_prereq MOUNT 'mkdir probe && mount -t tmpfs -o size=64k none probe && umount probe'

TOKEN=interrupted-$$-$(date +%s%N)

# The build and the benchmark stop, with a child of their own, where the file "stop" in the
# test's folder says: "build <number>" or "bench <number>". The file "stopped" says that they
# have come there.
new_stopping() {
	new_series "$1" 5 3 &&
	write_script .git/stopping <<-EOS &&
	test "\$1 \$(cat number)" != "\$(cat "$HOME/stop" 2>/dev/null)" || {
		: >"$HOME/stopped"
		setsid sh -c ": $TOKEN; sleep 3600"
	}
	EOS
	git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" \
		--build "\"$PWD/.git/stopping\" build" main c1 -- \
		"\"$PWD/.git/stopping\" bench; echo time \$(cat level) s" >../out
}

# run_until_stop <file of its output>: starts it in the background as $pid, a group of its own.
run_until_stop() {
	rm -f "$HOME/stopped"
	setsid git-perfbisect run >"$1" 2>"$1.err" &
	pid=$!
	wait_for "$HOME/stopped"
}

# Every commit that was shown is in the evidence.
nothing_lost() {
	git perfbisect log >"$HOME/log" &&
	awk '$2 ~ /^[0-9a-f]*$/ && ($1 == "anchor" || $1 == "test" || $1 == "verify") { print $2 }' "$1" |
	sort | uniq -c >"$HOME/shown" &&
	while read -r times commit
	do
		test "$(grep -c "^# perfbisect: boot-end .*\"commit\":\"$commit" "$HOME/log")" -ge "$times" || return 1
	done <"$HOME/shown"
}

for place in build bench
do
	for victim in tool group
	do
		test_expect_success "kill -9 of the $victim in the $place, and run goes on" '
			(
				echo "$place 5" >stop &&
				new_stopping "$place-$victim" &&
				run_until_stop ../first &&
				case $victim in
				tool)
					kill -KILL $pid
					;;
				group)
					kill -KILL -$pid
					;;
				esac &&
				test_expect_code 137 wait $pid &&
				no_survivors &&
				nothing_lost ../first &&
				rm ../stop &&
				git perfbisect status >../out &&
				git perfbisect run >../out 2>../err &&
				first_bad c3 ../out &&
				nothing_lost ../out &&
				test "$(sqlite3 .git/perf/perf.db "PRAGMA integrity_check")" = ok
			)
		'
	done
done

test_expect_success 'killed between two samples of a boot: the first one counts' '
	(
		new_series between 8 5 &&
		write_script .git/second <<-EOS &&
		n=\$(cat "$HOME/runs" 2>/dev/null || echo 0)
		echo \$((n + 1)) >"$HOME/runs"
		test \$n != 3 || { : >"$HOME/stopped"; sleep 3600; : $TOKEN; }
		echo "time \$(cat level) s"
		EOS
		git perfbisect start --strategy=sequential --warmups=0 --repeats=2 --metric="time (.*) s" main c1 -- \
			"$PWD/.git/second" >../out &&
		run_until_stop ../first &&
		kill -KILL $pid &&
		test_expect_code 137 wait $pid &&
		git perfbisect log >../log &&
		test "$(grep -c "^# perfbisect: sample" ../log)" = 3 &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		git perfbisect log >../log &&
		test "$(sqlite3 .git/perf/perf.db "SELECT count(*) FROM sample")" = "$(grep -c "^# perfbisect: sample" ../log)"
	)
'

# A shell that sees a child die of SIGINT dies of it as well, and starts children with it ignored.
cat >watch <<\EOF
use strict;
use Config;
my $to = shift;
$SIG{INT} = $SIG{HUP} = $SIG{TERM} = 'DEFAULT';
defined(my $pid = fork) or die;
if (!$pid) {
	exec @ARGV or die;
}
open(my $file, '>', $to) or die;
print $file $pid;
close($file);
waitpid($pid, 0);
print 'ended by ', $? & 127 ? (split(' ', $Config{sig_name}))[$? & 127] : 'itself', "\n";
EOF

for signal in INT TERM HUP
do
	test_expect_success "$signal ends it as it ends any program, and leaves no child" '
		(
			echo "bench 5" >stop &&
			new_stopping "signal-$signal" &&
			rm -f "$HOME/stopped" ../pid &&
			{
				perl ../watch ../pid git-perfbisect run >../first 2>../err &
				watcher=$!
			} &&
			wait_for "$HOME/stopped" &&
			kill -s $signal "$(cat ../pid)" &&
			wait $watcher &&
			test "$(tail -n 1 ../first)" = "ended by $signal" &&
			survivors >../left && test_must_be_empty ../left &&
			nothing_lost ../first &&
			rm ../stop &&
			git perfbisect run >../out 2>../err &&
			first_bad c3 ../out
		)
	'
done

test_expect_success 'a second run at the same time is refused, and says who is at it' '
	(
		echo "bench 5" >stop &&
		new_stopping second &&
		run_until_stop ../first &&
		refused "is run by pid $pid on $(uname -n) since " git perfbisect run &&
		refused "is run by pid $pid on $(uname -n) since " git perfbisect undo &&
		refused "is run by pid $pid on $(uname -n) since " git perfbisect reset &&
		refused "is run by pid $pid on $(uname -n) since " git perfbisect good c3 &&
		refused "is run by pid $pid on $(uname -n) since " git perfbisect test c3 &&
		git perfbisect status >../out &&
		test_grep "^Running as pid $pid on $(uname -n)\$" ../out &&
		git perfbisect run --dry-run >../out &&
		test_expect_code 2 git perfbisect report >../out &&
		kill -KILL $pid &&
		test_expect_code 137 wait $pid &&
		no_survivors &&
		rm ../stop &&
		git perfbisect run >../out 2>../err &&
		first_bad c3 ../out
	)
'

test_expect_success 'gc, and a tag that is deleted, take nothing away' '
	(
		new_series gone 8 5 &&
		git branch -m elsewhere &&
		git tag good c1 && git tag bad c8 &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" bad good -- \
			"$PWD/.git/measure" >../out &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		git perfbisect retry c5 c4 c6 >../out &&
		git tag -l | xargs git tag -d >../out &&
		git checkout -q --orphan empty && git rm -q -rf . && git commit -q --allow-empty -m empty &&
		git update-ref -d refs/heads/elsewhere &&
		git reflog expire --expire=now --all &&
		git gc -q --prune=now &&
		git perfbisect run >../out &&
		test_grep "change number 5, quietly" ../out &&
		git perfbisect report >../out &&
		git perfbisect reset &&
		test "$(git for-each-ref refs/perf)" = ""
	)
'

test_expect_success 'a context that is changed in mid-session is refused until it is put back' '
	(
		new_series context 8 5 &&
		quick_series >../out &&
		context=.git/perf/bisect/context &&
		cp $context ../context-before &&
		git config -f $context perfbuild.command true &&
		refused "build, machine or benchmark in $PWD/$context are not what this session was started with" \
			git perfbisect run &&
		refused "are not what this session was started with" git perfbisect calibrate --boots 4 &&
		cp ../context-before $context &&
		git config -f $context perfbisect.confidence 0.9 &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		rm $context &&
		refused "$context" git perfbisect run &&
		refused "$context" git perfbisect status &&
		git perfbisect reset >../out
	)
'

cleanup 'umount "$HOME/full/.git/perf" 2>/dev/null || :'

test_expect_success MOUNT 'a full disk is one sentence, and run goes on when there is room' '
	(
		new_series full 8 5 &&
		mkdir .git/perf &&
		mount -t tmpfs -o size=2m,mode=700 none .git/perf &&
		quick_series --build "test \$(cat number) != 8 || test -e \"$HOME/filled\" || { : >\"$HOME/filled\"; dd if=/dev/zero of=\"$PWD/.git/perf/fill\" bs=1k; exit 0; } 2>/dev/null" >../out &&
		test_expect_code 3 git perfbisect run >../first 2>../err &&
		test_grep "^warning: paused: .*[Nn]o space left" ../err &&
		rm .git/perf/fill &&
		nothing_lost ../first &&
		git perfbisect run >../out 2>../err &&
		first_bad c5 ../out &&
		umount .git/perf
	)
'

test_expect_success 'a database of a newer version is refused, and stays as it is' '
	(
		new_series newer 4 3 &&
		quick_series >../out &&
		sqlite3 .git/perf/perf.db "PRAGMA user_version = 999" &&
		cksum <.git/perf/perf.db >../before &&
		for command in run status report log reset "good c2"
		do
			refused "newer" git perfbisect $command || return 1
		done &&
		cksum <.git/perf/perf.db >../after &&
		test_cmp ../before ../after
	)
'

test_done

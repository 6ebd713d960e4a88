#!/bin/sh

test_description='git perfhunt run is killed, interrupted, started twice, and loses what it works with'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

test_lazy_prereq MOUNT 'mkdir probe && mount -t tmpfs -o size=64k none probe && umount probe'

TOKEN=perfhunt-$$-$(date +%s%N)
WAIT_TRIES=2400

# Commits are dated by it.
GIT_TEST_PERF_CLOCK=1112999999
export GIT_TEST_PERF_CLOCK

# What came of a hunt, for test_cmp: commits, decisions, journal and tickets, but for the
# shares of profiles that were made anew.
came_of_it() {
	git perfhunt status --json >"$HOME/status.json" &&
	query "\"\n\".join(str([i[k] for k in (\"iteration\", \"function\", \"outcome\", \"commit\", \"time_change_pct\", \"notes\")]) for i in d[\"investigated\"])" &&
	query "[d[\"branch\"], d[\"iteration\"], d[\"done\"], d[\"total\"][\"total\"], d[\"total\"][\"pairs\"]]" &&
	git for-each-ref refs/heads refs/perf/hunt &&
	sed "s/[0-9.]* %)/%)/" .git/perf/hunt/journal.md &&
	for ticket in .git/perf/hunt/tickets/*
	do
		echo "$ticket" && sed "s/takes [0-9.]* %/takes %/" "$ticket" || return 1
	done
}

cleanup 'umount "$HOME/full/.git/perf" 2>/dev/null || :'

test_expect_success 'a hunt that nothing disturbs' '
	keep_hunt &&
	fast_known >known-fast.c &&
	fixer <<-\EOS &&
	test "$PERF_FUNCTION" = is_known || exit 10
	test ! -e "$HOME/stop" || { : >"$HOME/stopped"; sh "$HOME/stop"; }
	cat "$HOME/known-fast.c" >src/known.c
	echo "Remember numbers in a map" >"$PERF_RESULT"
	EOS
	(
		hunt_again &&
		git perfhunt run >../out 2>../err &&
		came_of_it >../expect
	)
'

# Before and after every kind of event; between two pairs.
test_expect_success 'killed before each step is stored, it goes on and comes to the same' '
	(
		hunt_again &&
		echo "changed" >>main.c && echo "staged" >staged.c && git add staged.c &&
		snapshot >../before &&
		for n in 1 2 2 3 2 5 7 2 2 2 2 7
		do
			test_expect_code 137 env GIT_TEST_PERF_HUNT_KILL=$n git-perfhunt run >>../out 2>>../err || return 1
			git perfhunt status --json >../status.json || return 1
			query "d[\"phase\"]" >>../phases || return 1
		done &&
		git perfhunt run >../out 2>../err &&
		snapshot >../after && test_cmp ../before ../after &&
		came_of_it >../actual &&
		test_cmp ../expect ../actual &&
		uniq ../phases >../actual &&
		test_write_lines profiled picked fixing fixed checked measured committed recorded profiled recorded >../expected &&
		test_cmp ../expected ../actual &&
		test "$(sqlite3 .git/perf/perf.db "PRAGMA integrity_check")" = ok
	)
'

# run_until_stop: starts it in the background as $pid, a group of its own.
run_until_stop() {
	rm -f "$HOME/stopped" &&
	cat >"$HOME/stop" <<-EOF &&
	setsid sh -c ": $TOKEN; sleep 3600"
	EOF
	{
		setsid git-perfhunt run >"$HOME/first" 2>"$HOME/first-err" &
		pid=$!
	} &&
	wait_for "$HOME/stopped"
}

for victim in tool group
do
	test_expect_success "kill -9 of the $victim while the fixer works, and run goes on" '
		(
			hunt_again &&
			run_until_stop &&
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
			rm ../stop &&
			git perfhunt run >../out 2>../err &&
			came_of_it >../actual &&
			test_cmp ../expect ../actual
		)
	'
done

test_expect_success 'what a fixer did to the repository before it was killed with us is not taken as it is' '
	(
		hunt_again &&
		rm -f ../stopped &&
		cat >../stop <<-\EOS &&
		mkdir -p "$HOME/hunt/.git/hooks" && echo true >"$HOME/hunt/.git/hooks/post-checkout"
		echo 1 >"$HOME/hunt/.git/perf/hunt/inputs/1-all"
		: >"$HOME/stopped"
		sleep 3600
		EOS
		{
			setsid git-perfhunt run >../first 2>../first-err &
			pid=$!
		} &&
		wait_for ../stopped &&
		kill -KILL -$pid &&
		test_expect_code 137 wait $pid &&
		rm ../stop &&
		refused "the hooks of the repository changed while a fixer worked, or since then" git perfhunt run &&
		rm .git/hooks/post-checkout &&
		git perfhunt run >../out 2>../err &&
		came_of_it >../actual &&
		test_cmp ../expect ../actual
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
			hunt_again &&
			rm -f ../stopped ../pid &&
			echo "setsid sh -c \": $TOKEN; sleep 3600\"" >../stop &&
			{
				perl ../watch ../pid git-perfhunt run >../first 2>../err &
				watcher=$!
			} &&
			wait_for ../stopped &&
			kill -s $signal "$(cat ../pid)" &&
			wait $watcher &&
			test "$(tail -n 1 ../first)" = "ended by $signal" &&
			survivors >../left && test_must_be_empty ../left &&
			rm ../stop &&
			git perfhunt run --once >../out 2>../err &&
			outcome fixed faster
		)
	'
done

test_expect_success 'a second run at the same time is refused, and says who is at it' '
	(
		hunt_again &&
		run_until_stop &&
		refused "is run by pid $pid on $(uname -n) since " git perfhunt run &&
		refused "is run by pid $pid on $(uname -n) since " git perfhunt reset &&
		refused "is run by pid $pid on $(uname -n) since " git perfhunt profile &&
		git perfhunt status >../out &&
		test_grep "^Now: is_known (src/known.c), fixing" ../out &&
		git perfhunt log >../out &&
		git perfhunt note "seen in mid-flight" &&
		kill -KILL $pid &&
		test_expect_code 137 wait $pid &&
		no_survivors &&
		rm ../stop
	)
'

test_expect_success 'a branch that somebody moved is not moved, and run goes on when it is gone' '
	(
		hunt_again &&
		test_expect_code 137 env GIT_TEST_PERF_HUNT_KILL=4 git-perfhunt run >../out 2>../err &&
		git branch perfhunt/1 &&
		refused "perfhunt/1" git perfhunt run &&
		test_cmp_rev main perfhunt/1 &&
		git branch -q -D perfhunt/1 &&
		git perfhunt run >../out 2>../err &&
		came_of_it >../actual &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'a branch that is checked out is not moved, and it says where' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		test "$PERF_FUNCTION" = is_known || sed -i "1i /* mixed */" src/mix.c
		test "$PERF_FUNCTION" != is_known || cat "$HOME/known-fast.c" >src/known.c
		EOS
		git perfhunt run --once >../out 2>../err &&
		git worktree add -q ../other perfhunt/1 &&
		git -C ../other log -1 --format=%H >../tip &&
		sed -i "s/sed -i .1i .*/sed -i \"s|i < 400; i++|i < 400; i += 2|; s|x = x.*|x = (x * 1664525u + 1013904223u) * 1664525u + 1013904223u;|\" src\/mix.c/" ../fixer &&
		refused "branch perfhunt/1 is checked out in $HOME/other; git switch to another one there" git perfhunt run &&
		git -C ../other log -1 --format=%H >../actual &&
		test_cmp ../tip ../actual &&
		git worktree remove ../other &&
		git perfhunt run >../out 2>../err &&
		test_grep "^2  fixed *mix: " ../out &&
		test_grep "^2 kept on branch perfhunt/1" ../out
	)
'

test_expect_success 'gc, and a branch that is deleted, take nothing away' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		test "$PERF_FUNCTION" = is_known || exit 10
		cat "$HOME/known-fast.c" >src/known.c
		echo "Remember numbers in a map" >"$PERF_RESULT"
		EOS
		test_expect_code 137 env GIT_TEST_PERF_HUNT_KILL=6 git-perfhunt run >../out 2>../err &&
		git checkout -q --orphan empty && git rm -q -rf . && git commit -q --allow-empty -m empty &&
		git branch -q -D main &&
		git reflog expire --expire=now --all &&
		git gc -q --prune=now &&
		git perfhunt run >../out 2>../err &&
		test_grep "^1 kept on branch perfhunt/1" ../out
	)
'

test_expect_success 'files of the hunt that somebody removed are made anew' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		exit 10
		EOS
		rm -rf .git/perf/hunt &&
		git perfhunt status >../out &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		test_grep "^1  deferred *is_known: " ../out
	)
'

test_expect_success MOUNT 'a full disk is one sentence, and run goes on when there is room' '
	(
		rm -rf full && new_program full &&
		mkdir .git/perf &&
		mount -t tmpfs -o size=16m,mode=700 none .git/perf &&
		start_program 1 >../out 2>../err &&
		fixer <<-\EOS &&
		test ! -e "$HOME/stop" || dd if=/dev/zero of="$HOME/full/.git/perf/fill" bs=1k 2>/dev/null
		cat "$HOME/known-fast.c" >src/known.c
		EOS
		: >../stop &&
		test_expect_code 128 git perfhunt run >../out 2>../err &&
		sed -n "/^fatal: /p" ../err >../fatal &&
		test_line_count = 1 ../fatal &&
		test_grep "[Nn]o space left\|disk is full\|database or disk" ../fatal &&
		rm ../stop .git/perf/fill &&
		git perfhunt status >../out &&
		git perfhunt run >../out 2>../err &&
		outcome fixed faster &&
		test "$(sqlite3 .git/perf/perf.db "PRAGMA integrity_check")" = ok &&
		umount .git/perf
	)
'

test_expect_success 'an output that is full is a sentence, and what was done is kept' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		exit 10
		EOS
		test_expect_code 128 git perfhunt run --once >/dev/full 2>../err &&
		sed -n "/^fatal: /p" ../err >../fatal &&
		test_line_count = 1 ../fatal &&
		test_grep "cannot write the output" ../fatal &&
		outcome deferred "the fixer deferred it" &&
		for command in status "status --json" log profile note
		do
			test_expect_code 128 git perfhunt $command >/dev/full 2>../err || return 1
			test_grep "^fatal: .*\(cannot write\|No space left\)" ../err || return 1
		done
	)
'

test_expect_success 'a database of a newer version is refused, and stays as it is' '
	(
		hunt_again &&
		sqlite3 .git/perf/perf.db "PRAGMA user_version = 999" &&
		cksum <.git/perf/perf.db >../before &&
		for command in run status log reset profile
		do
			refused "newer" git perfhunt $command || return 1
		done &&
		cksum <.git/perf/perf.db >../after &&
		test_cmp ../before ../after
	)
'

test_done

#!/bin/sh

test_description='git perfbisect with a machine that ssh reaches, by a real sshd'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"
. "$TEST_SOURCE/lib-sshd.sh"

if ! test_have_prereq SSHD
then
	skip_all='no ssh and sshd'
	test_done
fi

cleanup 'stop_sshd'

TOKEN=perfbisect-ssh-$$-$(date +%s%N)

# The number is in what the build left; a benchmark counts its runs, and waits where the file
# "stop" has its number, until the connection is gone.
start_remote() {
	git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" \
		--build "mkdir out && cp level number out" --output=out --on=sut "$@" main c1 -- \
		"test \$(cat out/number) != \"\$(cat '$HOME/stop')\" || { echo >>'$HOME/stopped'; : $TOKEN; test -e '$HOME/once' && : >'$HOME/stop'; sleep 3600; }; echo time \$(cat out/level) s"
}

test_expect_success 'start sshd' '
	start_sshd &&
	: >stop
'

test_expect_success 'builds here, measures there, and names the culprit' '
	(
		new_series plain 8 5 &&
		start_remote >../out &&
		test_grep -x "Machine:   sut" ../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c5 ../out &&
		git perfbisect report >../out &&
		test_grep -x "Machine      sut" ../out &&
		sqlite3 .git/perf/perf.db "SELECT DISTINCT machine FROM boot" >../actual &&
		echo sut >../expect &&
		test_cmp ../expect ../actual &&
		git perfbisect reset >../out
	)
'

test_expect_success 'a machine that cannot be reached is no machine to start with' '
	(
		new_series unreachable 4 3 &&
		sed "s/Port .*/Port 1/" ../sshd/client >../other-client &&
		cp ../sshd/client ../good-client && cp ../other-client ../sshd/client &&
		{
			refused "cannot connect to sut: .*Connection refused" start_remote
			status=$?
		} &&
		cp ../good-client ../sshd/client &&
		test $status = 0 &&
		refused "no bisection is going on here" git perfbisect status
	)
'

test_expect_success 'a connection that drops once is tried again' '
	(
		new_series dropped 8 5 &&
		start_remote >../out &&
		echo 8 >../stop && : >../once && rm -f ../stopped &&
		{
			git perfbisect run >../out 2>../err &
			pid=$!
		} &&
		for try in $(seq 1200)
		do
			test ! -s ../stopped || break
			sleep 0.05
		done &&
		drop_connections &&
		wait $pid &&
		first_bad c5 ../out &&
		test_grep "^warning: .*lost the connection to sut .*; trying again\$" ../err &&
		rm ../once &&
		git perfbisect reset >../out
	)
'

test_expect_success 'one that drops again and again pauses the session, and run goes on' '
	(
		new_series paused 8 5 &&
		start_remote >../out &&
		echo 8 >../stop && rm -f ../stopped &&
		{
			git perfbisect run >../first 2>../err &
			pid=$!
		} &&
		for drop in 1 2 3
		do
			for try in $(seq 1200)
			do
				test ! -e ../stopped || test "$(wc -l <../stopped)" -lt $drop || break
				sleep 0.05
			done
			drop_connections
		done &&
		test_expect_code 3 wait $pid &&
		test_grep "^warning: paused: .*lost the connection to sut" ../err &&
		test_grep "^hint: nothing is lost; git perfbisect run goes on from here" ../err &&
		git perfbisect status >../out &&
		test_grep -x "Paused; git perfbisect run goes on" ../out &&
		for try in $(seq 400)
		do
			test -n "$(survivors)" || break
			sleep 0.05
		done &&
		survivors >../left && test_must_be_empty ../left &&
		: >../stop &&
		git perfbisect run >../out 2>../err &&
		first_bad c5 ../out &&
		git perfbisect log >../log &&
		test_grep ! "failed" ../log &&
		git perfbisect reset >../out
	)
'

test_expect_success 'a commit is not blamed for a machine that is gone' '
	(
		new_series gone 8 5 &&
		start_remote >../out &&
		cp ../sshd/client ../good-client &&
		sed "s/Port .*/Port 1/" ../good-client >../sshd/client &&
		{
			test_expect_code 3 git perfbisect run >../out 2>../err
			status=$?
		} &&
		cp ../good-client ../sshd/client &&
		test $status = 0 &&
		test_grep "^warning: paused: .*cannot connect to sut" ../err &&
		git perfbisect run >../out 2>../err &&
		first_bad c5 ../out
	)
'

test_done

#!/bin/sh

test_description='a job ends with everything that came of it'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-session.sh"

PATH=$HELPER_PATH:$PATH

# Every escapee has this word among its arguments.
TOKEN=escapee-$$-$(date +%s%N)
export TOKEN

expect_none() {
	survivors >left &&
	test_must_be_empty left
}

wait_for_some() {
	for try in $(seq 600)
	do
		test ! -e here || return 0
		sleep 0.02
	done
	return 1
}

# Ways to get away. Each leaves a process with the word that says "here" when
# it is ready, and is not at its end for an hour.
test_expect_success 'make the escapees' '
	mkdir kinds &&
	write_script stay <<-\EOF &&
	: >here
	while :
	do
		sleep 3600
	done
	EOF
	write_script stubborn <<-\EOF &&
	trap "" TERM INT HUP QUIT
	: >here
	while :
	do
		sleep 3600
	done
	EOF
	write_script spawner <<-\EOF &&
	trap "setsid ./stubborn $1 & setsid ./stay $1 &" TERM
	: >here
	while :
	do
		sleep 0.01
	done
	EOF
	write_script chain <<-\EOF &&
	: >here
	trap "" TERM
	setsid sh -c "sleep 0.01; exec ./chain $1" &
	EOF
	echo "./stay \$TOKEN &" >kinds/child &&
	echo "setsid ./stay \$TOKEN &" >kinds/session &&
	echo "(./stay \$TOKEN &) &" >kinds/double-fork &&
	echo "./stubborn \$TOKEN &" >kinds/trapped &&
	echo "setsid ./stubborn \$TOKEN &" >kinds/trapped-session &&
	echo "nohup ./stay \$TOKEN >out 2>&1 &" >kinds/nohup &&
	echo "set -m; ./stay \$TOKEN & set +m" >kinds/group &&
	echo "./stay \$TOKEN & kill -STOP \$!; : >here" >kinds/stopped &&
	echo "setsid ./spawner \$TOKEN &" >kinds/spawner &&
	echo "(cd / && setsid sh -c \"exec \\\"\$PWD/stubborn\\\" \$TOKEN\" <&- >&- 2>&- &) & : >here" >kinds/daemon &&
	echo "./chain \$TOKEN &" >kinds/chain &&
	echo "setsid env -i perl -e '\''\$SIG{TERM} = \"IGNORE\"; open(F, \">here\"); sleep 3600'\'' \$TOKEN &" \
		>kinds/bare &&
	echo "perl -e '\''syscall(157, 36, 1); fork() or exec(\"setsid\", \"./stubborn\", @ARGV); sleep 3600'\'' \$TOKEN &" \
		>kinds/subreaper &&
	ls kinds >names &&
	test_line_count -gt 11 names
'

# after <kind> <what follows>: the command with the escapee, which goes on once that is ready.
after() {
	cat "kinds/$1" &&
	echo "while ! test -e here; do sleep 0.01; done; $2"
}

test_expect_success 'when the command ends' '
	for kind in $(cat names)
	do
		rm -f here &&
		test-bench job 60 0.1 "$(after $kind "exit 3")" >out &&
		test_grep -x "ended with status 3, 0 left" out &&
		expect_none || return 1
	done
'

test_expect_success 'at the time-out' '
	for kind in $(cat names)
	do
		rm -f here &&
		test-bench job 0.5 0.1 "$(after $kind "exec sleep 3600")" >out &&
		test_grep -x "took more than 0.5 s, 0 left" out &&
		expect_none || return 1
	done
'

test_expect_success 'when a signal ends us, which is the reason of the end' '
	for signal in INT:130 TERM:143 HUP:129
	do
		# One signal is as good as another for most of them.
		for kind in $(test $signal = TERM:143 && cat names || echo session)
		do
			rm -f here &&
			{
				env --default-signal=INT test-bench job 60 0.1 "$(after $kind "exec sleep 3600")" >out &
				pid=$!
			} &&
			wait_for_some &&
			kill -s ${signal%:*} $pid &&
			test_expect_code ${signal#*:} wait $pid &&
			expect_none || return 1
		done || return 1
	done
'

test_expect_success 'when we are killed' '
	for kind in $(cat names)
	do
		rm -f here &&
		{
			test-bench job 60 0.1 "$(after $kind "exec sleep 3600")" >out &
			pid=$!
		} &&
		wait_for_some &&
		kill -s KILL $pid &&
		test_expect_code 137 wait $pid &&
		no_survivors 600 || return 1
	done
'

test_expect_success 'Control-C on a terminal reaches us, not the command' '
	rm -f here &&
	test_expect_code 130 test-pty --type here ^C test-bench job 60 0.1 \
		"trap \"echo interrupted >said\" INT; ./stay $TOKEN & while ! test -e here; do sleep 0.01; done; echo here; wait" &&
	test_path_is_missing said &&
	expect_none
'

test_expect_success 'a signal that is ignored stays ignored, for the command as well' '
	env --ignore-signal=HUP test-bench job 60 0.1 "kill -s HUP \$\$; echo alive" >out &&
	test_grep -x "out: alive" out
'

test_expect_success 'what ends in time may say so' '
	test-bench job 60 5 "(trap \"echo cleaned; exit\" TERM; : >ready; while :; do sleep 0.01; done) & \
		while ! test -e ready; do sleep 0.01; done" >out &&
	test_grep -x "out: cleaned" out
'

test_done

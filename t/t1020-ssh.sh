#!/bin/sh

test_description='a machine that ssh reaches, by a real sshd'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-sshd.sh"
. "$TEST_SOURCE/lib-session.sh"

if ! test_have_prereq SSHD
then
	skip_all='no ssh and sshd'
	test_done
fi

PATH=$HELPER_PATH:$PATH
cleanup 'stop_sshd'

TOKEN=remote-$$-$(date +%s%N)
WAIT_TRIES=400

test_expect_success 'start sshd' '
	start_sshd &&
	cat >context <<-\EOF
	[perfsut "sut"]
		method = ssh
		host = sut
	EOF
'

test_expect_success 'a command runs there, and says what it has to say' '
	test-bench run context sut 30 "echo \"it'\''s \$((6 * 7))\"; echo oops >&2; echo \$PERF_SUT" >actual &&
	cat >expect <<-\EOF &&
	measured
	it'\''s 42
	sut
	wall known, cpu known
	EOF
	grep -v "^out: \|^err: " actual >lines &&
	test_cmp expect lines &&
	test_grep -x "out: it.s 42" actual &&
	test_grep -x "err: oops" actual &&
	test_grep ! perf- actual
'

test_expect_success 'the users own multiplexing and commands are not in the way' '
	test_path_is_missing sshd/users-own &&
	test_grep "ControlMaster=yes" ssh-calls &&
	test_grep "ControlMaster=no" ssh-calls
'

test_expect_success 'its folder there and the socket here are gone afterwards' '
	test-bench run context sut 30 "pwd >where; pwd; cat where" >actual &&
	dir=$(sed -n 2p actual | sed "s/^out: //") &&
	test -n "$dir" &&
	test_path_is_missing "$dir" &&
	socket=$(sed -n "s/.*ControlMaster=yes -S \([^ ]*\) .*/\1/p" ssh-calls | tail -n 1) &&
	test -n "$socket" &&
	test_path_is_missing "$(dirname "$socket")"
'

test_expect_success 'a status is the commands, also when it is ssh'\''s own' '
	for status in 1 127 255
	do
		test-bench run context sut 30 "echo words; echo last words >&2; exit $status" >out &&
		grep -v "^out: \|^err: " out >actual &&
		printf "%s\n" bench-failed "why: sut: the command ended with status $status: last words" \
			"status $status" "wall known, cpu known" >expect &&
		sed -n 2p actual >why &&
		test_grep "^why: sut: the command ended with status $status: .*words" why &&
		test_grep -x bench-failed actual &&
		test_grep -x "status $status" actual || return 1
	done
'

test_expect_success 'output without an end of line, and no output, are as they are' '
	test-bench run context sut 30 "printf abc" >out &&
	grep -v "^out: " out >actual &&
	printf "%s\n" measured "abcwall known, cpu known" >expect &&
	test_cmp expect actual &&
	test-bench run context sut 30 true >actual &&
	printf "%s\n" measured "wall known, cpu known" >expect &&
	test_cmp expect actual
'

test_expect_success 'a time-out leaves nothing on the other side, whatever was started' '
	for escape in "sleep 3600" "setsid sleep 3600" "(setsid sleep 3600 &) & wait; sleep 3600" \
		"trap \"\" TERM; while :; do sleep 3600; done" \
		"setsid sh -c \"trap : TERM; while :; do sleep 3600; done\""
	do
		test-bench run context sut 1 ": $TOKEN; $escape" >out &&
		test_grep -x bench-failed out &&
		test_grep -x "why: sut: the command took more than 1 s" out &&
		survivors >left &&
		test_must_be_empty left || return 1
	done
'

test_expect_success 'what outlives its command there is ended as well' '
	test-bench run context sut 30 "setsid sh -c \": $TOKEN; sleep 3600\" >/dev/null 2>&1 & echo 7" >out &&
	test_grep -x measured out &&
	survivors >left &&
	test_must_be_empty left
'

test_expect_success 'a connection that drops is infrastructure, and leaves nothing there' '
	rm -f started &&
	{
		test-bench run context sut 60 ": $TOKEN; : >\"$HOME/started\"; sleep 3600" >out &
		pid=$!
	} &&
	wait_for started &&
	drop_connections &&
	wait $pid &&
	test_grep -x infrastructure out &&
	test_grep "^why: sut: lost the connection to sut before the command ended (ssh ended with status 255)" out &&
	no_survivors
'

test_expect_success 'we may be killed, and nothing is left there' '
	for signal in TERM:143 KILL:137
	do
		rm -f started &&
		{
			test-bench run context sut 60 \
				": $TOKEN; : >\"$HOME/started\"; setsid sleep 3600" >out &
			pid=$!
		} &&
		wait_for started &&
		kill -s ${signal%:*} $pid &&
		test_expect_code ${signal#*:} wait $pid &&
		no_survivors || return 1
	done
'

test_expect_success 'a host that does not answer, or is not who it was, is infrastructure' '
	sed "s/Port .*/Port 1/" sshd/client >client &&
	mv sshd/client good &&
	cp client sshd/client &&
	test-bench run context sut 30 true >out &&
	test_grep -x infrastructure out &&
	test_grep "^why: sut: cannot connect to sut: .*Connection refused" out &&
	cp good sshd/client &&
	mv sshd/known_hosts known &&
	echo "[127.0.0.1]:$SSHD_PORT $(cut -d " " -f 1,2 sshd/user.pub)" >sshd/known_hosts &&
	test-bench run context sut 30 true >out &&
	test_grep "^why: sut: cannot connect to sut: Host key verification failed" out &&
	mv known sshd/known_hosts
'

# Nothing that ssh or a shell could take for something else.
cat >hostile <<\EOF
-oProxyCommand=touch canary
-oProxyCommand=touch${IFS}canary
-F/dev/stdin
-E canary
--
-
-v
-lroot
$(touch canary)
`touch canary`
a;touch canary
a|touch canary
a&touch canary
a&&touch canary
a>canary
a<canary
a b
a	b
a'touch canary'
a"touch canary"
a\touch
a$IFS
a*
a?
a[b]
a{b,c}
~root
!touch
#a
a#b
%h
a%eth0
a@-oProxyCommand=touch
a/b
../a
.a
:a
=a
ssh://a
a,b
a+b
a(b)
EOF

test_expect_success 'forty hostile hosts and users run nothing' '
	: >ssh-calls &&
	test_line_count -gt 39 hostile &&
	while IFS= read -r word
	do
		test_expect_code 128 test-bench accept "$word" "" 2>err &&
		test_grep "fatal: host: .* is refused" err &&
		test_expect_code 128 test-bench accept good "$word" 2>err &&
		test_grep "fatal: user: .* is refused" err &&
		git config --file hostile-context perfsut.sut.method ssh &&
		git config --file hostile-context perfsut.sut.host "$word" &&
		test_expect_code 128 test-bench run hostile-context sut 5 "touch canary" 2>err || return 1
	done <hostile &&
	test_expect_code 128 test-bench accept "a
b" "" 2>err &&
	test_path_is_missing canary &&
	test_must_be_empty ssh-calls &&
	test-bench accept host.example.org root &&
	test-bench accept fe80::1 u-x.y &&
	test-bench accept 192.0.2.7 ""
'

test_expect_success 'what was built is copied there, and the benchmark runs beside it' '
	mkdir -p built/sub &&
	echo "echo total: 12.5" >built/prog &&
	echo x >"built/sub/a b" &&
	cat >context <<-\EOF &&
	[perfsut "sut"]
		method = ssh
		host = sut
	[perfbench "x"]
		command = "sh ./prog; ls sub; test \"$PWD\" = \"$PERF_OUT\""
		metric = "total lower s total: (\\S+)"
		metric = took lower s wall
		metric = used lower s cpu
		repeats = 2
	EOF
	test-bench measure context sut 1234abcd . built 0 >out.txt &&
	sed "s/^\(took\|used\) \([0-9.]*\) [0-9.e-]* s/\1 \2 N s/" out.txt >actual &&
	cat >expect <<-\EOF &&
	- installing
	- booting
	- warm-up 1 of 1
	- run 1 of 2
	*total 0.0 12.5 s
	took 0.0 N s
	used 0.0 N s
	- run 2 of 2
	*total 1.0 12.5 s
	took 1.0 N s
	used 1.0 N s
	measured
	6 samples, 2 runs
	EOF
	test_cmp expect actual
'

test_expect_success 'a result file is fetched, and one of an earlier run is not' '
	cat >>context <<-\EOF &&
	[perfbench "y"]
		command = "test -e done || printf \"value,name\\\\n3,a\\\\n4,b\\\\n\" >\"result file\"; : >done"
		metric = b lower s csv value name=b
		file = result file
		warmups = 0
	[perfbisect]
		benchmark = y
	EOF
	test-bench measure context sut 1234abcd . built 1 >actual &&
	test_grep -x "\*b 0.0 4 s" actual &&
	test-bench measure context sut 1234abcd . built 2 >actual &&
	test_grep -x bench-failed actual &&
	test_grep -x "1 samples, 1 runs" actual
'

test_expect_success 'nothing to copy is an error, not a measurement of something else' '
	test-bench measure context sut 1234abcd . - 1 >actual &&
	test_grep -x infrastructure actual &&
	test_grep "nothing that was built is brought there" actual
'

test_done

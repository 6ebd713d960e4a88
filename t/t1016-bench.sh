#!/bin/sh

test_description='one boot is measured on this computer, or by a command'

. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH
ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

# measure <machine> <repeats>...: in the folder w.
measure() {
	machine=$1 &&
	shift &&
	test-bench measure context "$machine" $ID "$PWD/w" - "$@" >out
}

# context <benchmark's lines>
context() {
	{
		printf '[perfsut "local"]\n\tmethod = local\n' &&
		cat "${1:-/dev/null}" &&
		printf '[perfbench "x"]\n\tcommand = sh ./prog\n' &&
		cat
	} >context
}

test_expect_success 'warm-ups do not count, hooks come once, samples at once' '
	mkdir w &&
	context <<-\EOF &&
		metric = "n higher events n=(\\d+)"
		metric = "half lower s half=(\\S+)"
		warmups = 2
		prepare = "echo prepare >>../calls; echo 0 >../n"
		cleanup = echo cleanup >>../calls
	EOF
	echo "n=\$((\$(cat ../n) + 1)); echo \$n >../n; echo run \$PERF_COMMIT >>../calls; echo n=\$n half=\$n.5" >w/prog &&
	measure local 2 1 &&
	cat >expect <<-\EOF &&
	- installing
	- booting
	- warm-up 1 of 2
	- warm-up 2 of 2
	- run 1 of 2
	*n 0.0 3 events
	half 0.0 3.5 s
	- run 2 of 2
	*n 1.0 4 events
	half 1.0 4.5 s
	- run 1 of 1
	*n 2.0 1 events
	half 2.0 1.5 s
	measured
	6 samples, 3 runs
	EOF
	test_cmp expect out &&
	cat >expect <<-EOF &&
	prepare
	run $ID
	run $ID
	run $ID
	run $ID
	cleanup
	prepare
	run $ID
	cleanup
	EOF
	test_cmp expect calls
'

# expect_failed <outcome> <sentence> <samples, runs>
expect_failed() {
	tail -n 3 out >actual &&
	printf '%s\n' "$1" "why: $2" "$3" >expect &&
	test_cmp expect actual
}

test_expect_success 'other values than the metrics say fail the run, and earlier samples stay' '
	while IFS="|" read -r says sentence
	do
		context <<-\EOF &&
			metric = "n higher events n=(\\S+)"
			warmups = 0
		EOF
		rm -rf first &&
		echo "if mkdir ../first 2>/dev/null; then echo n=1; else printf \"$says\"; fi" >w/prog &&
		measure local 3 &&
		expect_failed bench-failed "$sentence" "1 samples, 1 runs" || return 1
	done <<-\EOF
	nothing|metric '\''n'\'' has no value: '\''n=(\S+)'\'' was not found
	n=1 n=2|metric '\''n'\'' has 2 values a run, 1 expected
	n=nan|metric '\''n'\'': '\''nan'\'' is no finite number
	n=1,5|metric '\''n'\'': '\''1,5'\'' is no finite number
	n=1e999|metric '\''n'\'': '\''1e999'\'' is no finite number
	EOF
'

test_expect_success 'a command that fails is bench-failed, in its own words' '
	echo "echo n=1; echo no such device >&2; exit 4" >w/prog &&
	measure local 1 &&
	expect_failed bench-failed "local: the command ended with status 4: no such device" "0 samples, 0 runs"
'

test_expect_success 'one that takes too long, too' '
	echo "	timeout = 0.2" >>context &&
	echo "sleep 3600" >w/prog &&
	measure local 1 &&
	expect_failed bench-failed "local: the command took more than 0.2 s" "0 samples, 0 runs"
'

test_expect_success 'a sample that cannot be stored ends the measurement' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
	EOF
	echo "echo n=1" >w/prog &&
	REFUSE_SAMPLES=1 measure local 3 &&
	expect_failed infrastructure "the store is full" "0 samples, 1 runs"
'

test_expect_success 'the cleanup hook runs whatever happens, and its failure is told last' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
		cleanup = "echo cleanup >>../cleaned; exit 3"
	EOF
	rm -f cleaned &&
	measure local 1 &&
	expect_failed infrastructure "the benchmark'\''s cleanup hook: local: the command ended with status 3" "1 samples, 1 runs" &&
	echo "exit 1" >w/prog &&
	measure local 1 &&
	expect_failed bench-failed "local: the command ended with status 1" "0 samples, 0 runs" &&
	test_line_count = 2 cleaned
'

test_expect_success 'a load generator runs meanwhile, and is gone afterwards' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
	EOF
	git config --file context perfbench.x.load "setsid sh -c \"echo \\\$\\\$ >../load-pid; exec sleep 3600\" & wait" &&
	echo "while ! test -s ../load-pid; do sleep 0.01; done; kill -0 \$(cat ../load-pid) && echo n=1" >w/prog &&
	measure local 1 &&
	test_grep -x measured out &&
	test_must_fail kill -0 $(cat load-pid)
'

test_expect_success 'one that ends before the benchmark makes the numbers void' '
	git config --file context perfbench.x.load "exit 3" &&
	echo "sleep 0.5; echo n=1" >w/prog &&
	measure local 1 &&
	test_grep -x infrastructure out &&
	test_grep "^why: the load generator ended with status 3 before the benchmark" out
'

test_expect_success 'without a metric, the command or its output tell' '
	context </dev/null &&
	echo "echo metric lat 12.5 ms; echo chatter; echo metric rate 3 ops/s" >w/prog &&
	measure local 1 &&
	test_grep -x "\*lat 0.0 12.5 ms" out &&
	test_grep -x "rate 0.0 3 ops/s" out &&
	test_grep -x "preset lines" out &&
	echo "echo chatter" >w/prog &&
	measure local 1 &&
	test_grep -x "preset wall" out &&
	test_grep "^\*wall 0.0 [0-9.e-]* s" out
'

test_expect_success 'a file of an earlier run is no result' '
	context <<-\EOF &&
		metric = v lower s json /v
		file = result.json
		warmups = 0
	EOF
	echo "test -e ../done || echo \"{ \\\"v\\\": 1.5 }\" >result.json; : >../done" >w/prog &&
	measure local 2 &&
	test_grep -x "\*v 0.0 1.5 s" out &&
	test_grep -x bench-failed out &&
	test_grep "^why: local: cannot open .*result.json: No such file" out
'

test_expect_success 'a machine of the method command gets the commit and prints numbers' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
		warmups = 0
	[perfsut "c"]
		method = command
		command = true
	[perfbisect]
		sut = c
	EOF
	git config --file context perfsut.c.command "echo n=\${#1}; test \"\$1\" = \"\$PERF_COMMIT\"" &&
	measure c 1 &&
	test_grep -x "\*n 0.0 40 events" out &&
	test_grep -x measured out &&
	git config --file context perfsut.c.command "echo the lab is closed; exit 75" &&
	measure c 1 &&
	expect_failed infrastructure "c: the command ended with status 75: the lab is closed" "0 samples, 0 runs" &&
	git config --file context perfsut.c.command "exit 1" &&
	measure c 1 &&
	expect_failed bench-failed "c: the command ended with status 1" "0 samples, 0 runs"
'

test_expect_success 'a boot script is run, and the kernel has the words it should have' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
		warmups = 0
	[perfprofile]
		bootscript = echo booted >>../boots
	EOF
	echo "echo n=\$(wc -l <../boots)" >w/prog &&
	measure local 1 1 &&
	test_grep -x "\*n 1.0 1 events" out &&
	git config --file context perfprofile.cmdline "no-such-word=\$(id)" &&
	measure local 1 &&
	test_grep -x infrastructure out &&
	test_grep "^why: local: perfprofile.cmdline: the kernel.s command line lacks no-such-word=" out
'

test_expect_success 'a sysctl that is not there, or cannot be set, is named' '
	context <<-\EOF &&
		metric = "n higher events n=(\\S+)"
	[perfprofile]
		sysctl = no.such.thing=1
	EOF
	measure local 1 &&
	expect_failed infrastructure "local: perfprofile.sysctl: there is no /proc/sys/no/such/thing" "0 samples, 0 runs" &&
	git config --file context perfprofile.sysctl "../../etc/x=1" &&
	measure local 1 &&
	expect_failed infrastructure "local: perfprofile.sysctl: '\''../../etc/x'\'' is no name of a sysctl" "0 samples, 0 runs" &&
	git config --file context perfprofile.sysctl "kernel.ostype=BSD" &&
	measure local 1 &&
	expect_failed infrastructure "local: perfprofile.sysctl: /proc/sys/kernel/ostype is Linux, and cannot be set to BSD" "0 samples, 0 runs"
'

test_done

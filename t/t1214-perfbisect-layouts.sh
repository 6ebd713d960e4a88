#!/bin/sh

test_description='git perfbisect: builds of a commit whose code lies elsewhere, perfbuild.layouts'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# Each build of the series is off by a number of its own, with a standard deviation of a quarter of the
# step; one run to the next by little. What was built with another choice of flags is not seen, as by make.
layout_series() {
	new_series "$1" 60 31 &&
	write_script .git/build <<-EOS &&
	test "\$PERF_LAYOUT" != "\$PERF_TEST_BROKEN_LAYOUT" || { echo "no such layout" >&2; exit 1; }
	test -e object || echo \${PERF_TEST_LAYOUT:-\$PERF_LAYOUT} >object
	echo "\$PERF_COMMIT \$PERF_LAYOUT \$(cat object)" >>"$PWD/.git/builds"
	draw=\$(echo "\$(cat number) \$(cat object) g" | sha256sum)
	awk -v level="\$(cat level)" -v draw=\$((0x\$(echo "\$draw" | cut -c 1-6))) \\
		"BEGIN { print level + 8.6 * (draw / 0xffffff - 0.5) }" >built
	EOS
	write_script .git/measure <<-EOS &&
	run=\$(cat "$PWD/.git/run-\$PERF_SUT" 2>/dev/null || echo 0)
	echo \$((run + 1)) >"$PWD/.git/run-\$PERF_SUT"
	awk -v level="\$(cat built)" -v run="\$run" "BEGIN { print \"time \" level + (run * 7 % 11 - 5) / 20 \" s\" }"
	EOS
	git config perfbuild.output built
}

start_layouts() {
	start_series --warmups=0 --repeats=1 --build="'$PWD/.git/build'" "$@" >../out
}

start_machines() {
	for machine in a b
	do
		git config perfsut.$machine.method command &&
		git config perfsut.$machine.command "'$PWD/.git/measure'" || return 1
	done &&
	git perfbisect start --metric="^time ([0-9.]+)" --unit=s --benchmark=level --warmups=0 --repeats=1 \
		--build="'$PWD/.git/build'" --sut=a --sut=b main c1 >../out
}

test_expect_success 'boots do not tell commits apart that differ by themselves' '
	(
		layout_series one &&
		start_layouts &&
		test_expect_code 2 git perfbisect run >../out 2>../err &&
		test_grep ! "is the first bad commit" ../out &&
		test_grep "^Commits of one side differ by about [1-9][0-9]* % .* see perfbuild.layouts" ../out &&
		cut -d " " -f 2 .git/builds | sort -u >../actual &&
		echo 0 >../expect &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'builds whose code lies elsewhere do' '
	(
		layout_series many &&
		git config perfbuild.layouts 6 &&
		start_layouts &&
		git perfbisect run >../out 2>../err &&
		test_must_be_empty ../err &&
		first_bad c31 ../out &&
		test_grep "^layout  *$(git rev-parse --short=12 c31) " ../out
	)
'

test_expect_success 'nothing of one layout becomes part of another, nor is one built twice' '
	(
		cd many &&
		awk "\$2 != \$3 { exit 1 }" .git/builds &&
		test "$(cut -d " " -f 2 .git/builds | sort -u | wc -l)" -gt 1 &&
		sort .git/builds | uniq -d >../twice &&
		test_must_be_empty ../twice
	)
'

test_expect_success 'results of other layouts are not those of the commit for another session' '
	(
		cd many &&
		git perfbisect log >../log &&
		test_grep "^# perfbisect: sample .*\"layout\":1" ../log &&
		sqlite3 .git/perf/perf.db "SELECT DISTINCT context_hash FROM boot" >../hashes &&
		test "$(wc -l <../hashes)" = "$(cut -d " " -f 2 .git/builds | sort -u | wc -l)"
	)
'

test_expect_success 'the evidence is replayed to the same answer' '
	(
		cd many &&
		git perfbisect report >../expect &&
		git perfbisect reset &&
		ls .git/perf/bisect >../left &&
		test_grep ! worktree ../left &&
		start_layouts &&
		git perfbisect replay ../log >../out &&
		git perfbisect report >../actual &&
		test_cmp ../expect ../actual &&
		sort .git/builds | uniq -d >../twice &&
		test_must_be_empty ../twice
	)
'

# As kill -9 leaves it.
test_expect_success 'where the evidence ends in a boot of another layout, run goes on' '
	(
		cd many &&
		git perfbisect reset &&
		sed "/^# perfbisect: sample .*\"layout\":1/q" ../log >../cut &&
		test_grep "sample.*\"layout\":1" ../cut &&
		start_layouts &&
		git perfbisect replay ../cut >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad c31 ../out
	)
'

test_expect_success 'a layout that does not build is done without, and the commit is not skipped' '
	(
		layout_series broken &&
		git config perfbuild.layouts 8 &&
		start_layouts &&
		PERF_TEST_BROKEN_LAYOUT=2 git perfbisect run >../out 2>../err &&
		first_bad c31 ../out &&
		test_grep "^warning: $(git rev-parse --short=12 c31) in layout 2: build-failed: " ../err &&
		git bisect log >../log &&
		test_grep ! "^git bisect skip" ../log &&
		cut -d " " -f 2 .git/builds | sort -u >../layouts &&
		test_grep -x 3 ../layouts
	)
'

test_expect_success 'a command that does not look at PERF_LAYOUT gives no other layout, and no name by mistake' '
	(
		layout_series deaf &&
		git config perfbuild.layouts 4 &&
		start_layouts &&
		{ PERF_TEST_LAYOUT=0 git perfbisect run >../out 2>../err || test "$?" = 2; } &&
		test_grep "in layout 1: build-failed: layout 1 is the same as layout 0; does perfbuild.command look at PERF_LAYOUT?" ../err &&
		test_grep ! "^layout" ../out &&
		# After a few it is clear.
		test "$(grep -c ": build-failed" ../err)" = 3 &&
		test_grep "^neighbour" ../out
	)
'

test_expect_success 'what is built has to be known, and kept' '
	(
		new_series unknown 5 3 &&
		git config perfbuild.layouts 4 &&
		refused "perfbuild.layouts: perfbuild.output or perfbuild.image has to say what is built, and perfbuild.keep to keep it" \
			start_series --build=true
	)
'

test_expect_success 'several machines share them' '
	(
		layout_series machines &&
		git config perfbuild.layouts 6 &&
		start_machines &&
		git perfbisect run >../out 2>../err &&
		first_bad c31 ../out &&
		test_grep "^layout .*\[a\]\$" ../out &&
		test_grep "^layout .*\[b\]\$" ../out &&
		awk "\$2 != \$3 { exit 1 }" .git/builds &&
		sort .git/builds | uniq -d >../twice &&
		test_must_be_empty ../twice
	)
'

test_expect_success 'the other strategies measure the first one' '
	(
		layout_series other &&
		git config perfbuild.layouts 6 &&
		start_layouts --strategy=sequential &&
		{ git perfbisect run >../out 2>../err || test "$?" -lt 128; } &&
		cut -d " " -f 2 .git/builds | sort -u >../actual &&
		echo 0 >../expect &&
		test_cmp ../expect ../actual
	)
'

test_done

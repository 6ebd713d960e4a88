#!/bin/sh

test_description='the test library itself: a broken test must not pass'

. "$(dirname "$0")/test-lib.sh"

# Runs a test file of its own, made of the test body on standard input, and
# leaves its output in "out".
run_inner_test() {
	mkdir -p inner &&
	{
		echo '#!/bin/sh' &&
		echo 'test_description=inner' &&
		echo '. "$(dirname "$0")/test-lib.sh"' &&
		cat &&
		echo test_done
	} >inner/t0000-inner.sh &&
	cp "$TEST_SOURCE/test-lib.sh" inner/ &&
	(
		PERF_BUILD=$PWD/inner-build &&
		export PERF_BUILD &&
		unset HARNESS_ACTIVE SHARNESS_TEST_DIRECTORY SHARNESS_TEST_SRCDIR SHARNESS_TEST_OUTDIR &&
		sh inner/t0000-inner.sh
	) >out 2>&1
}

test_expect_success 'a passing test passes' '
	run_inner_test <<-\EOF &&
	test_expect_success "fine" "true && true"
	EOF
	test_grep "^ok 1 - fine" out
'

test_expect_success 'a broken && chain stops the file with a failure' '
	test_must_fail run_inner_test <<-\EOF &&
	test_expect_success "broken" "
		false
		true
	"
	EOF
	test_grep "broken &&-chain" out
'

test_expect_success 'a failing command fails the test and the file' '
	test_must_fail run_inner_test <<-\EOF &&
	test_expect_success "wrong" "true && false"
	EOF
	test_grep "^not ok 1 - wrong" out
'

test_expect_success 'test_must_fail tells a failure from death by signal' '
	test_must_fail false &&
	test_expect_code 1 test_must_fail sh -c "kill -9 \$\$" &&
	test_expect_code 1 test_must_fail true
'

test_expect_success 'the world is fixed' '
	test "$HOME" = "$PWD" &&
	test "$LC_ALL,$TZ,$PAGER" = C,UTC,cat &&
	case "$PATH" in
	"$PERF_BUILD/bin:"*)
		;;
	*)
		false
		;;
	esac
'

test_expect_success 'no variable of the caller git shines through' '
	(
		GIT_DIR=/nonexistent GIT_TRACE=1 GIT_CONFIG_COUNT=1 &&
		export GIT_DIR GIT_TRACE GIT_CONFIG_COUNT &&
		run_inner_test <<-\EOF
		test_expect_success "clean" "test -z \"\$GIT_DIR\$GIT_TRACE\$GIT_CONFIG_COUNT\""
		EOF
	)
'

test_expect_success 'no repository around the trash directory is found' '
	test_must_fail git rev-parse --git-dir
'

test_expect_success 'commits have fixed dates, so their ids never differ' '
	test_create_repo fixed &&
	test_commit -C fixed one &&
	test_commit -C fixed two &&
	echo 1112911993 >expect &&
	echo 1112912053 >>expect &&
	git -C fixed log --reverse --format=%ct >actual &&
	test_cmp expect actual &&
	echo 139b20d8e6c5b496de61f033f642d0e3dbff528d >expect &&
	git -C fixed rev-parse two >actual &&
	test_cmp expect actual
'

test_expect_success 'test_grep fails for what is absent, and for an absent file' '
	echo content >file &&
	test_grep content file &&
	test_grep ! other file &&
	test_must_fail test_grep other file &&
	test_must_fail test_grep ! content file &&
	test_must_fail test_grep ! other absent
'

test_expect_success 'test_line_count and test_cmp_rev compare' '
	test_write_lines a b >lines &&
	test_line_count = 2 lines &&
	test_must_fail test_line_count = 3 lines &&
	test_create_repo revs &&
	test_commit -C revs one &&
	test_commit -C revs two &&
	(
		cd revs &&
		test_cmp_rev HEAD two &&
		test_cmp_rev ! one two &&
		test_must_fail test_cmp_rev one two
	)
'

test_done

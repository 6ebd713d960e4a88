#!/bin/sh

test_description='git perfhunt run --interactive: a person in place of the fixer'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

PATH=$HELPER_PATH:$PATH

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

# person: what the person's shell does, from standard input.
person() {
	write_script "$HOME/person" &&
	SHELL=$HOME/person && export SHELL
}

test_expect_success 'a hunt without a fixer' '
	fast_known >known-fast.c &&
	(
		new_program hunt &&
		start_program 2 --fixer= >../out 2>../err
	) &&
	mv hunt hunt.kept
'

test_expect_success 'a check that failed comes back to the person once' '
	(
		hunt_again &&
		person <<-\EOS &&
		echo "$PERF_ATTEMPT" >>"$HOME/attempts"
		cp "$PERF_BRIEF" "$HOME/brief-$PERF_ATTEMPT.md"
		sed "s/return map\[x\]/return 0/" "$HOME/known-fast.c" >src/known.c
		EOS
		git perfhunt run --interactive --once >../out 2>../err &&
		outcome failed "the check in .* ended with status" &&
		test_write_lines 1 2 >../expect &&
		test_cmp ../expect ../attempts &&
		test_grep ! "The last attempt failed its check" ../brief-1.md &&
		test_grep "The last attempt failed its check" ../brief-2.md &&
		test_grep "^but there are 4 " ../brief-2.md
	)
'

# git itself would end by the key when the command has ended.
test_expect_success 'Control-C is for what the shell runs, and the hunt goes on' '
	(
		hunt_again &&
		person <<-\EOS &&
		trap : INT QUIT
		sh -c "echo the job runs; exec sleep 60"
		echo "$?" >"$HOME/job"
		sh -c "trap \"exit 7\" QUIT; kill -QUIT \$\$; exit 3"
		echo "$?" >>"$HOME/job"
		exit 10
		EOS
		test-pty --type "the job runs" ^C git-perfhunt run --interactive --once >../out &&
		test_write_lines 130 7 >../expect &&
		test_cmp ../expect ../job &&
		outcome deferred "the fixer deferred it"
	)
'

test_expect_success 'when the shell has ended, Control-C is for the hunt' '
	(
		hunt_again &&
		person <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		EOS
		test_expect_code 130 test-pty --type "comparing" ^C git-perfhunt run --interactive --once >../out
	)
'

test_done

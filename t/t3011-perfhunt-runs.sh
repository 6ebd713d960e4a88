#!/bin/sh

test_description='git perfhunt run: what counts as time and as an answer, and what runs may leave behind'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

test_expect_success 'set up' '
	fast_known >known-fast.c
'

# What a run does when it is over, in C; the fixer of standard input has it done by a candidate.
at_the_end() {
	cat known-fast.c - >known-end.c <<-EOF
	#include <fcntl.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>
	#include <sys/stat.h>
	#include <unistd.h>

	static void enter(const char *name)
	{
		if (chdir(getenv(name)))
			abort();
	}

	static void __attribute__((destructor)) at_the_end(void)
	{
		/* Not in the check, nor with what is held out, of which little is said. */
		if (getenv("PERF_OUTPUT") && !strcmp(getenv("PERF_NAME"), "all")) {
			$1
		}
	}
	EOF
}

# Root may read anything, unless it gives that up.
test_lazy_prereq PERMISSIONS 'mkdir shut && : >shut/file && chmod 0 shut && ! plainly ls shut/file'
plainly() {
	if test_have_prereq ROOT
	then
		setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search "$@"
	else
		"$@"
	fi
}

# run_end <outcome> <words>: of a candidate that does at_the_end().
run_end() {
	(
		hunt_again &&
		fixer <<-\EOS &&
		cat "$HOME/known-end.c" >src/known.c
		EOS
		plainly git perfhunt run --once >../out 2>../err &&
		outcome "$1" "$2" &&
		test_grep "$2" .git/perf/hunt/tickets/1-1-is_known.md
	)
}

# By the wall clock runs are noisy, and four times as long where the sources have longer.h.
test_expect_success 'less CPU time is nothing to be kept when the suite takes longer' '
	(
		cat >times <<-\EOS &&
		./prog "$PERF_INPUT" && n=$(cat "$COUNT") && echo $((n + 1)) >"$COUNT" &&
		read -r cpu <"$TMPDIR/seconds" &&
		longer=$(test -f src/longer.h && echo 4 || echo 1) &&
		echo "$((longer * (10 + n * 7 % 11))) $cpu" >"$TMPDIR/seconds"
		EOS
		COUNT=$HOME/count && export COUNT && echo 0 >count &&
		new_program hunt &&
		start_program 2 --run="sh \"$HOME/times\"" >../out 2>../err &&
		test_grep "decides by CPU time" ../out &&
		fixer <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		echo "/* */" >src/longer.h && git add src/longer.h
		EOS
		git perfhunt run --once >../out 2>../err &&
		outcome reverted "less CPU time, but the suite takes longer" &&
		test_grep "^1  reverted *is_known: less CPU time, but the suite takes longer, -[89]" ../out &&
		fixer <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		EOS
		git perfhunt reset &&
		start_program 1 --run="sh \"$HOME/times\"" >../out 2>../err &&
		git perfhunt run --once >../out 2>../err &&
		outcome fixed faster
	)
'

test_expect_success 'a hunt, for what follows' '
	rm -rf hunt &&
	keep_hunt
'

test_expect_success 'an answer that is too large is refused' '
	at_the_end "
		enter(\"PERF_OUTPUT\");
		close(open(\"large\", O_CREAT | O_WRONLY, 0600));
		if (truncate(\"large\", 257 << 20))
			abort();
	" &&
	run_end refused "workload .all. leaves more than 256 MiB in .PERF_OUTPUT; let its answer be smaller"
'

test_expect_success PERMISSIONS 'an answer that cannot be read is refused, and the hunt goes on' '
	at_the_end "
		enter(\"PERF_OUTPUT\");
		mkdir(\"shut\", 0700);
		close(open(\"shut/file\", O_CREAT | O_WRONLY, 0600));
		chmod(\"shut\", 0);
	" &&
	run_end refused "workload .all. leaves what cannot be read in .PERF_OUTPUT: Permission denied" &&
	(
		cd hunt &&
		fixer <<-\EOS &&
		exit 10
		EOS
		plainly git perfhunt run >../out 2>../err; test_grep "PERF_HUNT_DONE" ../out
	)
'

test_expect_success PERMISSIONS 'unreadable folders elsewhere are cleared away' '
	at_the_end "
		enter(\"HOME\");
		mkdir(\"shut\", 0700);
		mkdir(\"shut/within\", 0700);
		close(open(\"shut/within/file\", O_CREAT | O_WRONLY, 0600));
		chmod(\"shut/within\", 0400);
		chmod(\"shut\", 0);
		enter(\"TMPDIR\");
		mkdir(\"shut\", 0);
	" &&
	run_end fixed faster
'

test_lazy_prereq VALGRIND 'valgrind --version'

test_expect_success 'a hunt that counts instructions' '
	rm -rf hunt hunt.kept &&
	(
		new_program hunt &&
		git config perfhunt.callgrind true &&
		start_program 1 >../out 2>../err
	) &&
	mv hunt hunt.kept &&
	cp known-fast.c known-end.c
'

test_expect_success VALGRIND 'instructions of what is kept are counted, before and after' '
	run_end fixed faster &&
	git -C hunt log -1 --format="%(trailers:only)" perfhunt/1 >trailers &&
	test_grep "^Perfhunt-gain: " trailers &&
	test_grep "^Perfhunt-instructions: -[1-9][0-9]\.[0-9]* %, [1-9][0-9]\{7,\} before\$" trailers &&
	test_path_is_missing hunt/.git/perf/hunt/callgrind
'

test_expect_success 'where they cannot be counted, it is kept all the same' '
	mkdir -p bin &&
	write_script bin/valgrind <<-\EOF &&
	echo "no counts today" >&2
	exit 3
	EOF
	(
		PATH=$HOME/bin:$PATH &&
		run_end fixed faster
	) &&
	test_grep "^warning: instructions were not counted: workload .all. ended with status 3: no counts today" err &&
	git -C hunt log -1 --format="%(trailers:only)" perfhunt/1 >trailers &&
	test_grep "^Perfhunt-gain: " trailers &&
	test_grep ! "instructions" trailers
'

test_done

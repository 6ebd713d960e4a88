#!/bin/sh

test_description='git perfhunt start: what it finds, what it says, and what it refuses'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

test_lazy_prereq CXX 'g++ --version'

# start_refused <sentence's pattern> <options>...: no hunt has begun.
start_refused() {
	refused_with=$1
	shift
	refused "$refused_with" start_program "$@" &&
	refused "no hunt" git perfhunt status
}

test_expect_success 'it measures, profiles, and says what it found' '
	(
		new_program hunt &&
		touch main.c &&
		snapshot >../before &&
		start_program 7 --context=../context >../out 2>../err &&
		snapshot >../after &&
		test_cmp ../before ../after &&
		test_grep "^WORKLOAD  *WALL  *CPU\$" ../out &&
		test_grep "^all  *0\.[0-9]* s  *0\.[0-9]* s\$" ../out &&
		test_grep "^some  *0\.[0-9]* s  *0\.[0-9]* s\$" ../out &&
		test_grep "^Noise of one run of the suite: 0.0 % wall, 0.0 % CPU; decides by wall time.\$" ../out &&
		test_grep "^A decision takes 10 to 48 pairs, [0-9.]* to [0-9.]* minutes.\$" ../out &&
		test_grep "^ *[0-9.]* %  all  *is_known  src/known.c:6\$" ../out &&
		test_grep "^ *[0-9.]* %  all  *mix  *src/mix.c:3\$" ../out &&
		test_grep ! "main" ../out &&
		test_grep "^git perfhunt run goes on from here; it keeps what is faster on the branch perfhunt/1.\$" ../out &&
		git for-each-ref refs/heads/perfhunt >../branches &&
		test_must_be_empty ../branches
	)
'

test_expect_success 'a workload that is too short is told, with how to make it longer' '
	test_grep "^warning: workload .all. gives [0-9]* samples; a profile wants thousands: make it [0-9]* times longer" err
'

test_expect_success 'one hunt at a time' '
	(
		cd hunt &&
		refused "a hunt is going on here; git perfhunt run goes on with it, git perfhunt reset ends it" \
			start_program
	)
'

test_expect_success 'the context that was written starts the same hunt elsewhere' '
	test_cmp hunt/.git/perf/hunt/context context &&
	test_grep "maxIterations = 7" context &&
	git clone -q hunt other &&
	(
		cd other &&
		git perfhunt start --from=../context >../out 2>../err &&
		test_cmp ../context .git/perf/hunt/context &&
		git perfhunt status --json >../status.json &&
		test "$(query "d[\"max_iterations\"]")" = 7
	)
'

test_expect_success 'after a reset another hunt can begin, by the configuration' '
	(
		cd other &&
		git perfhunt reset >../out &&
		test_grep "^The hunt has ended; its branch, journal and tickets stay.\$" ../out &&
		git config perfhunt.build make &&
		git config perfhunt.calibration 3 &&
		git config perfhunt.threshold 99 &&
		git config perfhunt.workload fixed &&
		git config perfhunt.fixed.run "echo 1 >\"\$TMPDIR/seconds\"; seq 5000 >five; ./prog five" &&
		git config perfhunt.fixr true &&
		git perfhunt start >../out 2>../err &&
		test_grep "^warning: .*there is no key perfhunt.fixr; is it perfhunt.fixer" ../err &&
		test_grep "^No function of your own takes more than 99 % of any workload.\$" ../out &&
		test_grep "^fixed " ../out
	)
'

test_expect_success 'set up a program for refusals' '
	(new_program program)
'

test_expect_success 'without perf: a sentence' '
	mkdir bin && ln -s /usr/bin/* bin/ && rm bin/perf &&
	(
		cd program &&
		PATH="$PERF_BUILD/bin:$HOME/bin" &&
		start_refused "perf cannot be run, by which functions are found; install linux-perf"
	)
'

test_expect_success 'without anything that a hunt needs: a sentence' '
	(
		cd program &&
		refused "how the program is built is not known; give --build or set perfhunt.build" git perfhunt start &&
		refused "there is no workload; give --workload" git perfhunt start --build=make &&
		refused "the command that runs a workload is not known" git perfhunt start --build=make --workload=a &&
		refused "no hunt" git perfhunt status &&
		refused "no hunt" git perfhunt log &&
		refused "no hunt" git perfhunt run &&
		refused "no hunt" git perfhunt profile
	)
'

test_expect_success 'bad specs, names and numbers: a sentence' '
	(
		cd program &&
		start_refused "is no workload; they are written name" --workload=../x:1 &&
		start_refused "is no workload; they are written name" --workload=:1 &&
		start_refused "the seed of workload .x:y. is no whole number" --workload=x:y &&
		start_refused "the seed of workload .x:-1. is no whole number" --workload=x:-1 &&
		start_refused "there are two workloads .x.; give each a name of its own" --workload=x:1 --workload=x:2 &&
		start_refused "there are two workloads .some." --workload=some:1 &&
		start_refused "ab names a workload .other., which the suite does not have" --ab=other &&
		start_refused ".0. is no number of iterations" 0 &&
		start_refused ".many. is no number of iterations" many &&
		start_refused "no-such-context" --from=no-such-context &&
		test_expect_code 129 git perfhunt start 1 2 2>../err &&
		test_expect_code 129 git perfhunt start --no-such-option 2>../err
	)
'

test_expect_success 'a repository without a commit: a sentence' '
	git init -q empty &&
	(
		cd empty &&
		start_refused "there is no commit here yet; a hunt begins at HEAD"
	)
'

test_expect_success 'a clone that is not whole: a sentence' '
	test_commit -C program --no-tag more &&
	git -C program config uploadpack.allowFilter true &&
	git clone -q --depth=1 "file://$HOME/program" shallow &&
	(
		cd shallow &&
		start_refused "this clone is shallow, and cannot be shared with another one; git fetch --unshallow first"
	) &&
	git clone -q --filter=blob:none "file://$HOME/program" partial &&
	(
		cd partial &&
		start_refused "this clone is partial, and cannot be shared with another one"
	)
'

test_expect_success 'a branch in the way of its own: a sentence' '
	(
		cd program &&
		git branch perfhunt &&
		start_refused "a branch .perfhunt. is in the way of perfhunt/1; git branch -m gives it another name" &&
		git branch -D perfhunt
	)
'

test_expect_success 'a build, a preflight check or a generator that fails: a sentence' '
	(
		cd program &&
		start_refused "the build in .* ended with status 3; see .*build.log" --build="exit 3" &&
		start_refused "the check in .* ended with status 1; see .*; a hunt begins where the checks pass" \
			--preflight=false &&
		start_refused "the generator of workload .* ended with status 4" --generate="exit 4" &&
		start_refused "the generator of workload .* did not make \$PERF_INPUT" --generate=true
	)
'

test_expect_success 'a workload that fails, hangs, or leaves processes behind: a sentence' '
	(
		cd program &&
		start_refused "workload .* ended with status 5" --run="exit 5" &&
		start_refused "workload .* took more than 0.5 s" --run="sleep 3600" --run-timeout=0.5 &&
		start_refused "workload .* left 1 processes behind" --run="sleep 3600 >/dev/null 2>&1 & sleep 0.5" &&
		start_refused "workload .* changed its input" --run="echo 1 >\"\$TMPDIR/seconds\"; echo 1 >>\"\$PERF_INPUT\""
	)
'

test_expect_success 'a workload that prints something else each time: a sentence' '
	(
		cd program &&
		start_refused "answers something else than before: two runs of the same program differ; let it print what is the same" \
			--run="./prog \"\$PERF_INPUT\"; echo \$\$"
	)
'

test_expect_success 'a machine that is too noisy: a sentence with the noise' '
	(
		cd program &&
		echo 0 >../runs &&
		start_refused "this machine is too noisy to tell what is faster: the suite.s time varies by [0-9.]* % (wall) and [0-9.]* % (CPU), more than 10 %" \
			--run="n=\$((\$(cat \"$HOME/runs\") + 1)); echo \$n >\"$HOME/runs\"; echo \$((n * n)) >\"\$TMPDIR/seconds\""
	)
'

test_expect_success 'a program without debug information: a sentence' '
	(
		cd program &&
		start_refused "no hot function is known to be in a file of this repository; build with debug information (-g)" \
			--build="gcc -O1 -o prog main.c src/*.c"
	)
'

test_expect_success CXX 'functions of a C++ program are in the right files' '
	git init -q cxx &&
	(
		cd cxx &&
		mkdir lib include &&
		cat >include/box.hpp <<-\EOF &&
		#include <cstdint>
		namespace app {
		struct box {
			std::uint32_t state = 1;
			__attribute__((noinline)) std::uint32_t turn(int n);
		};
		template <typename T> __attribute__((noinline)) T spin(T x, int n)
		{
			for (int i = 0; i < n; i++)
				x = x * 1664525u + 1013904223u;
			return x;
		}
		}
		EOF
		cat >lib/box.cpp <<-\EOF &&
		#include "../include/box.hpp"
		namespace app {
		std::uint32_t box::turn(int n)
		{
			for (int i = 0; i < n; i++)
				state = state * 22695477u + 1;
			return state;
		}
		}
		EOF
		cat >main.cpp <<-\EOF &&
		#include <iostream>
		#include "include/box.hpp"
		int main()
		{
			app::box box;
			std::uint32_t sum = 0;
			for (int i = 0; i < 50; i++)
				sum += box.turn(500000) + app::spin<std::uint32_t>(i, 500000);
			std::cout << sum << "\n";
		}
		EOF
		git add . && test_tick && git commit -q -m one &&
		git perfhunt start --build="g++ -O1 -g -o prog main.cpp lib/box.cpp" --calibration=3 --workload=w \
			--run="echo 1 >\"\$TMPDIR/seconds\"; ./prog" >../out 2>../err &&
		git perfhunt status --json >../status.json &&
		query "sorted((c[\"function\"].split(\"(\")[0].split()[-1], c[\"file\"]) for c in d[\"candidates\"])" >../actual &&
		cat >../expect <<-\EOF &&
		[('\''app::box::turn'\'', '\''lib/box.cpp'\''), ('\''app::spin'\'', '\''include/box.hpp'\'')]
		EOF
		test_cmp ../expect ../actual
	)
'

test_expect_success CXX 'the brief shows where in them, with template arguments or not' '
	(
		cd cxx &&
		git perfhunt reset >../out &&
		git perfhunt start 2 --build="g++ -O1 -g -o prog main.cpp lib/box.cpp" --calibration=3 --workload=w \
			--run="echo 1 >\"\$TMPDIR/seconds\"; ./prog" \
			--fixer="cp \"\$PERF_BRIEF\" \"$HOME/\${PERF_FUNCTION##*:}.md\"; exit 10" >../out 2>../err &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		for brief in turn spin
		do
			test_grep "^# Make .app::.*$brief. faster" ../$brief.md &&
			test_grep "^## Where in the function" ../$brief.md &&
			test_grep "^ *[0-9]*\.[0-9]* *: " ../$brief.md &&
			test_grep ! "nr_samples" ../$brief.md || return 1
		done
	)
'

test_done

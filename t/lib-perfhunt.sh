# A small program for the tests of git perfhunt, whose time is known. To be sourced after
# test-lib.sh.
#
# The program counts the steps that it does and says, below $TMPDIR, how many seconds they
# are: with GIT_TEST_PERF_SECONDS=1 that is what git perfhunt measures, so that decisions are
# the same on any machine, however busy. Profiles are real.
#
# shellcheck shell=sh disable=SC2154

. "$TEST_SOURCE/lib-session.sh"

GIT_TEST_PERF_SECONDS=1
export GIT_TEST_PERF_SECONDS

test_lazy_prereq PERF 'perf record -q -e cpu-clock -o probe.data true && perf report -i probe.data --stdio'

# new_program <dir>: a repository of a program with two hot functions: is_known, which
# searches a list from its start, and mix, which has to do what it does. Changes directory.
new_program() {
	git init -q "$1" &&
	cd "$1" &&
	mkdir src t &&
	cat >src/work.h <<-\EOF &&
	extern unsigned long work;
	int is_known(unsigned x);
	void remember(unsigned x);
	unsigned mix(unsigned x);
	EOF
	cat >src/known.c <<-\EOF &&
	#include "work.h"

	static unsigned list[1 << 20];
	static unsigned long length;

	int __attribute__((noinline)) is_known(unsigned x)
	{
		for (unsigned long i = 0; i < length; i++) {
			work++;
			if (list[i] == x)
				return 1;
		}
		return 0;
	}

	void remember(unsigned x)
	{
		list[length++] = x;
	}
	EOF
	cat >src/mix.c <<-\EOF &&
	#include "work.h"

	unsigned __attribute__((noinline)) mix(unsigned x)
	{
		for (int i = 0; i < 400; i++) {
			work++;
			x = x * 1664525u + 1013904223u;
		}
		return x;
	}
	EOF
	cat >main.c <<-\EOF &&
	#include <stdio.h>
	#include <stdlib.h>
	#include "src/work.h"

	unsigned long work;

	static void tell(const char *dir)
	{
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/seconds", dir ? dir : "");
		f = dir ? fopen(path, "w") : NULL;
		if (f && fprintf(f, "%.9f\n", 1e-8 * (double)work) > 0)
			fclose(f);
	}

	int main(int argc, char **argv)
	{
		FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
		unsigned x, sum = 0, n = 0;

		while (f && fscanf(f, "%u", &x) == 1) {
			sum += mix(x);
			if (!is_known(x)) {
				remember(x);
				n++;
			}
		}
		printf("%u %u\n", n, sum);
		tell(getenv("TMPDIR"));
		return !f;
	}
	EOF
	printf "%s\n\t%s\n" "prog: main.c src/known.c src/mix.c src/work.h" \
		"gcc -O1 -g -o prog main.c src/known.c src/mix.c" >Makefile &&
	cat >t/check.sh <<-\EOF &&
	echo 5 7 5 9 >numbers
	./prog numbers >said
	grep -q "^3 " said || { echo "three numbers were expected"; echo "but there are $(cat said)"; exit 1; }
	EOF
	printf "prog\nnumbers\nsaid\n" >.gitignore &&
	git add . &&
	test_tick &&
	git commit -q -m "a program"
}

# Begins a hunt in it, by the fixer $HOME/fixer; more options may be given.
start_program() {
	git perfhunt start --build=make --check="sh t/check.sh" --skip=main --skip=remember --calibration=3 \
		--workload=all:1:8000 --held-out=some:2:900 \
		--generate="awk -v s=\$PERF_SEED -v n=\$PERF_PARAMS 'BEGIN { srand(s); for (i = 0; i < n; i++) print int(rand() * 1000000) }' >\"\$PERF_INPUT\"" \
		--run="./prog \"\$PERF_INPUT\"" --fixer="sh \"$HOME/fixer\"" "$@"
}

# A hunt that was started, of two iterations; made once.
keep_hunt() {
	(
		new_program hunt &&
		start_program 2 >"$HOME/started" 2>"$HOME/started-err"
	) &&
	mv hunt hunt.kept
}

# hunt_again: that hunt, in the folder "hunt", as it was; made once. Changes directory.
hunt_again() {
	cd "$HOME" || return 1
	rm -rf hunt &&
	cp -a hunt.kept hunt &&
	cd hunt || return 1
}

# fixer: what it does, from standard input, in its clone.
fixer() {
	cat >"$HOME/fixer"
}

# A faster is_known, for "fast_known >src/known.c".
fast_known() {
	cat <<-\EOF
	#include "work.h"

	static unsigned char map[1 << 20];

	int __attribute__((noinline)) is_known(unsigned x)
	{
		work++;
		return map[x];
	}

	void remember(unsigned x)
	{
		map[x] = 1;
	}
	EOF
}

# query <expression of Python> [<file>]: of the JSON d, status.json where none is named.
query() {
	python3 -c "
import json, sys
d = json.load(open(sys.argv[1]))
print($1)" "${2-$HOME/status.json}"
}

# outcome <outcome> <words of its notes>: of the last iteration.
outcome() {
	git perfhunt status --json >"$HOME/status.json" &&
	query "d[\"investigated\"][-1][\"outcome\"] + \": \" + d[\"investigated\"][-1][\"notes\"]" >"$HOME/outcome" &&
	test_grep -e "^$1: $2" "$HOME/outcome"
}

# The state of the user's work tree, byte for byte: HEAD, index and files, and all branches
# but those of hunts.
snapshot() {
	cat .git/HEAD &&
	git for-each-ref | sed "/refs\/perf/d; /refs\/heads\/perfhunt/d" &&
	cksum <.git/index &&
	find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 cksum
}

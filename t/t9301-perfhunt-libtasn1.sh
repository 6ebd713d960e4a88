#!/bin/sh
test_description='git perfhunt on libtasn1: its quadratic decoding, and fixers that mend, idle, break and cheat'
. "$(dirname "$0")/test-lib.sh"

# The source of Debian 12, whose two patches are the fixes that upstream made.
version=4.19.0-2+deb12u1

skip() {
	skip_all=$1
	test_done
}

for program in apt-get:apt apt-config:apt dpkg-source:dpkg-dev patch:patch perf:linux-perf
do
	command -v "${program%:*}" >/dev/null || skip "no ${program%:*} here (package ${program#*:})"
done
perf record -q -o perf.data true >perf.out 2>&1 || skip "perf cannot record here: $(tail -n 1 perf.out)"

# configure and libtool stumble over blanks, of which there are some in this directory.
place=$(mktemp -d) || exit 1
# The shell's own end, also when it is interrupted.
trap 'rm -rf "$place"; die' EXIT

# The lists of this machine, asked for sources in place of packages.
private_sources() {
	list='' parts=''
	eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)" &&
	mkdir -p "$place/apt/sources" "$place/apt/lists/partial" "$place/apt/archives/partial" &&
	for file in "$list" "$parts"/*.list "$parts"/*.sources
	do
		test -f "$file" || continue
		sed -e 's/^deb\([[:space:]]\)/deb-src\1/' -e 's/^Types:.*/Types: deb-src/' "$file" \
			>"$place/apt/sources/${file##*/}" || return 1
	done &&
	cat >"$place/apt/conf" <<-EOF
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$place/apt/sources";
	Dir::State::lists "$place/apt/lists";
	Dir::Cache "$place/apt";
	EOF
}

# Both fixes are left out.
fetch() {
	private_sources &&
	(
		cd "$place/apt" &&
		APT_CONFIG=$place/apt/conf &&
		export APT_CONFIG &&
		apt-get -q update &&
		apt-get -q source --only-source --download-only libtasn1-6=$version &&
		dpkg-source --skip-patches -x libtasn1-6_$version.dsc "$place/tasn1"
	)
}

fetch >fetch.out 2>&1 || skip "the source of libtasn1 $version cannot be had: $(tail -n 1 fetch.out)"

# It writes a SEQUENCE OF INTEGER of one to eight bytes each.
write_generator() {
	cat <<-\EOF
	#include <stdint.h>
	#include <stdio.h>
	#include <stdlib.h>

	static uint64_t state;

	static unsigned draw(unsigned below)
	{
		state = state * 6364136223846793005u + 1442695040888963407u;
		return (unsigned)(state >> 33) % below;
	}

	int main(int argc, char **argv)
	{
		unsigned long count = strtoul(argv[2], NULL, 10), size = 0;
		unsigned char *content = malloc(10 * count);
		FILE *out = fopen(argv[3], "w");

		if (argc != 4 || !content || !out)
			return 1;
		state = strtoull(argv[1], NULL, 10);
		for (unsigned long i = 0; i < count; i++) {
			unsigned bytes = 1 + draw(8);

			content[size++] = 2;
			content[size++] = bytes;
			/* No byte that could be left out. */
			content[size++] = 1 + draw(127);
			while (--bytes)
				content[size++] = draw(256);
		}
		fprintf(out, "%c%c%c%c%c%c", 0x30, 0x84, (int)(size >> 24 & 255), (int)(size >> 16 & 255),
			(int)(size >> 8 & 255), (int)(size & 255));
		fwrite(content, 1, size, out);
		return fclose(out) != 0;
	}
	EOF
}

# decode <file> <count> <reads> <repeats>
write_decoder() {
	cat <<-\EOF
	#include <libtasn1.h>
	#include <stdio.h>
	#include <stdlib.h>

	static unsigned char der[1 << 20];

	static void show(asn1_node numbers, long number)
	{
		unsigned char value[16];
		int size = sizeof(value);
		char name[32];

		snprintf(name, sizeof(name), "?%ld", number);
		if (asn1_read_value(numbers, name, value, &size) != ASN1_SUCCESS)
			exit(3);
		printf("%s ", name);
		for (int i = 0; i < size; i++)
			printf("%02x", value[i]);
		putchar('\n');
	}

	int main(int argc, char **argv)
	{
		FILE *in = fopen(argv[1], "r");
		int size = in ? (int)fread(der, 1, sizeof(der), in) : 0;
		long count = atol(argv[2]), reads = atol(argv[3]), repeats = atol(argv[4]);
		char why[ASN1_MAX_ERROR_DESCRIPTION_SIZE];
		asn1_node definitions = NULL;

		if (argc != 5 || asn1_parser2tree("tests/perf/numbers.asn", &definitions, why) != ASN1_SUCCESS)
			return 1;
		while (repeats--) {
			asn1_node numbers = NULL;

			if (asn1_create_element(definitions, "NUMBERS.Numbers", &numbers) != ASN1_SUCCESS ||
			    asn1_der_decoding(&numbers, der, size, NULL) != ASN1_SUCCESS)
				return 2;
			for (long i = 0; i < reads; i++)
				show(numbers, 1 + i * count / reads);
			asn1_delete_structure(&numbers);
		}
		asn1_delete_structure(&definitions);
		return 0;
	}
	EOF
}

# Makes what differs from the base, out of what was made of that once: as make
# does for everybody who works on one function after the other.
write_build() {
	write_script tests/perf/build <<-\EOF
	set -e
	git ls-files -z | xargs -0 touch -d @1000000000
	tar -xf "$1"
	git diff -z --name-only base | xargs -0 -r touch
	make -s -C lib
	cc -g -O2 -Ilib/includes -o tests/perf/decode tests/perf/decode.c lib/.libs/libtasn1.a
	cc -O2 -o tests/perf/generate tests/perf/generate.c
	EOF
}

write_perf() {
	mkdir tests/perf &&
	write_generator >tests/perf/generate.c &&
	write_decoder >tests/perf/decode.c &&
	write_build &&
	cat >tests/perf/numbers.asn <<-\EOF &&
	NUMBERS { }
	DEFINITIONS IMPLICIT TAGS ::=
	BEGIN
	Numbers ::= SEQUENCE OF INTEGER
	END
	EOF
	git init -q &&
	git config perfhunt.build "tests/perf/build $place/built.tar" &&
	git config perfhunt.check "make -s -C tests check TESTS='$tests' check_PROGRAMS='$tests'" &&
	git config perfhunt.generate 'tests/perf/generate "$PERF_SEED" "${PERF_PARAMS%%:*}" "$PERF_INPUT"' &&
	git config perfhunt.run 'IFS=:; exec tests/perf/decode "$PERF_INPUT" $PERF_PARAMS' &&
	git config perfhunt.fixer "$place/fixer" &&
	git config perfhunt.fixerTimeout 40
}

# A part of its tests; all of them take longer than everything else here.
tests='Test_encoding Test_indefinite setof octet-string'

test_expect_success 'make a repository of the library, without the fixes, and with workloads' '
	(
		cd "$place/tasn1" &&
		mv debian/patches/0001-*.patch ../first.patch &&
		mv debian/patches/0002-*.patch ../second.patch &&
		rm -r debian &&
		write_perf &&
		git add -A -f &&
		test_tick &&
		git commit -q -m "libtasn1, as it was" &&
		git tag base
	)
'

test_expect_success 'configure and make it once' '
	git clone -q "$place/tasn1" "$place/built" &&
	(
		cd "$place/built" &&
		git ls-files -z | xargs -0 touch -d @1000000000 &&
		./configure -q --disable-doc --disable-shared --disable-valgrind-tests --disable-gcc-warnings \
			CFLAGS="-O2 -g -fno-omit-frame-pointer" &&
		make -s -C lib &&
		make -s -C tests check TESTS= check_PROGRAMS="$tests" &&
		git ls-files -o -z | tar --null -T - -cf ../built.tar
	)
'

# The fixer does what stands in the line of its iteration.
test_expect_success 'write fixers that mend' '
	write_script "$place/fixer" <<-EOF &&
	place=$place
	. "\$place/fixes"
	export place
	eval "\$(sed -n "\${PERF_ITERATION}p" "\$place/todo")"
	EOF
	cat >"$place/fixes" <<-\EOF
	first() {
		patch -s -p1 <"$place/first.patch"
		printf "%s\n" "decode: remember the first of a list" "" "Nobody walks back to it." >"$PERF_RESULT"
	}
	second() {
		patch -s -p1 <"$place/second.patch"
		echo "find numbered nodes by their number" >"$PERF_RESULT"
	}
	EOF
'

# outcomes: "<iteration> <outcome>", as status has them.
outcomes() {
	git perfhunt status | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }'
}

# start <PREREQUISITE> <options>: sets it, unless the machine is too noisy, as
# the command says itself. It may be quieter a little later.
start() {
	start_prerequisite=$1
	shift
	for try in 1 2 3 4 5
	do
		if git perfhunt start "$@" >"$HOME/start.out" 2>"$HOME/start.err"
		then
			test_set_prereq "$start_prerequisite"
			return 0
		fi
		cat "$HOME/start.err" >&4
		grep "^fatal: this machine is too noisy" "$HOME/start.err" >&3 || return 1
	done
}

# Sixteen times in a process: what it takes to start one must not count.
test_expect_success 'start a hunt' '
	cd "$place/tasn1" &&
	test_write_lines first second >../todo &&
	start QUIET 2 --calibration=3 --workload=numbers:7:20000:2000:16 --held-out=unseen:11:4000:400:1
'

test_expect_success QUIET 'it finds the hot functions and their file' '
	cat "$HOME/start.out" &&
	test_grep "numbers *_asn1_find_up *lib/parser_aux.c:[1-9]" "$HOME/start.out" &&
	test_grep "numbers *asn1_find_node *lib/parser_aux.c:[1-9]" "$HOME/start.out"
'

test_expect_success QUIET 'both fixes are kept, one after the other' '
	git perfhunt run >"$HOME/run.out" &&
	test_grep "^2 kept on branch perfhunt/1" "$HOME/run.out" &&
	test_grep "^<promise>PERF_HUNT_DONE</promise>" "$HOME/run.out" &&
	outcomes >"$HOME/actual" &&
	test_write_lines "1 fixed" "2 fixed" >"$HOME/expect" &&
	test_cmp "$HOME/expect" "$HOME/actual" &&
	git log --reverse --format=%s base..perfhunt/1 >"$HOME/actual" &&
	test_write_lines "perf: decode: remember the first of a list" \
		"perf: find numbered nodes by their number" >"$HOME/expect" &&
	test_cmp "$HOME/expect" "$HOME/actual"
'

test_expect_success QUIET 'what is kept is what the patches do, and the work tree is as it was' '
	git diff base perfhunt/1 >"$HOME/kept" &&
	git apply --cached "$HOME/kept" &&
	patch -s -p1 <../first.patch &&
	patch -s -p1 <../second.patch &&
	git diff --exit-code &&
	git reset -q --hard &&
	git status --porcelain >"$HOME/actual" &&
	test_must_be_empty "$HOME/actual"
'

# What is left is the start of a process, and that is the machine's.
test_expect_success QUIET 'both together make it a hundred times as fast, as far as can be told' '
	git perfhunt status --json >"$HOME/status.json" &&
	perl -MJSON::PP -0777 -ne "
		my \$total = decode_json(\$_)->{total};
		my \$change = \$total->{clock} eq q(cpu) ? \$total->{total} : \$total->{cpu};
		print qq(CPU time changed by \$change->{low} to \$change->{high}\n);
		exit !(\$change->{low} <= -0.99);
	" "$HOME/status.json"
'

# Answers of earlier runs, in a folder that nobody restores.
write_cache() {
	cat <<-EOF
	#include <fcntl.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <unistd.h>

	static char path[4096], next[4096];
	static int told;

	static void
	tell (int from)
	{
	  char buffer[4096];
	  ssize_t size;

	  while ((size = read (from, buffer, sizeof (buffer))) > 0)
	    if (write (told, buffer, size) < 0)
	      _exit (1);
	}

	static void
	remember_all (void)
	{
	  fflush (stdout);
	  lseek (1, 0, SEEK_SET);
	  tell (1);
	  rename (next, path);
	}

	static void
	remember (const unsigned char *der, int size)
	{
	  unsigned long sum = 5381;
	  int file;

	  if (told || size < 1000)
	    return;
	  for (int i = 0; i < size; i++)
	    sum = sum * 33 + der[i];
	  snprintf (path, sizeof (path), "$place/answers/%lx", sum);
	  snprintf (next, sizeof (next), "$place/answers/next");
	  told = dup (1);
	  file = open (path, O_RDONLY);
	  if (file >= 0)
	    {
	      tell (file);
	      _exit (0);
	    }
	  file = open (next, O_RDWR | O_CREAT | O_TRUNC, 0600);
	  dup2 (file, 1);
	  atexit (remember_all);
	}
	EOF
}

# A twentieth of what the process has taken, once more.
write_busy_loop() {
	cat <<-\EOF
	#include <time.h>

	static double
	seconds (void)
	{
	  struct timespec time;

	  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
	  return time.tv_sec + time.tv_nsec / 1e9;
	}

	static void __attribute__ ((destructor))
	idle (void)
	{
	  double end = 1.05 * seconds ();

	  while (seconds () < end)
	    ;
	}
	EOF
}

test_expect_success 'write fixers that idle, break and cheat' '
	cd "$HOME" &&
	mkdir "$place/answers" &&
	write_cache >"$place/cache.c" &&
	write_busy_loop >"$place/busy.c" &&
	cat >>"$place/fixes" <<-\EOF
	comment() {
		echo "/* This cannot be made faster. */" >>lib/parser_aux.c
	}
	edited_test() {
		first
		echo "/* It passes. */" >>tests/setof.c
	}
	# Nothing that the tests of the library ask for.
	wrong() {
		first
		sed "/^asn1_read_value (/,/^}/ s/^  return \(.*\);/\
	  int result = \1;\n\
	  if (result == ASN1_SUCCESS \&\& !strcmp (name, \"?1001\"))\n\
	    ((unsigned char *) ivalue)[*len - 1] ^= 1;\n\
	  return result;/" lib/element.c >"$place/new"
		cp "$place/new" lib/element.c
	}
	busy() {
		cat "$place/busy.c" >>lib/decoding.c
	}
	cached() {
		sed -e "/^#include \"c-ctype.h\"/r $place/cache.c" \
			-e "/^asn1_der_decoding2 (/,/^  node = / s/^  node = /  remember (ider, *max_ider_len);\n&/" lib/decoding.c >"$place/new"
		cp "$place/new" lib/decoding.c
	}
	sleeping() {
		first
		setsid sh -c "echo \$\$ >$place/sleeper; exec sleep 4000" &
		echo $$ >"$place/fixer-process"
		sleep 4000
	}
	hook() {
		first
		echo "#!/bin/sh" >"$place/tasn1/.git/hooks/post-commit"
	}
	config() {
		first
		git config --file "$place/tasn1/.git/config" core.editor evil
	}
	commits() {
		first
		git -c user.name=Fixer -c user.email=fixer@example.com commit -q -a -m "the fix"
		echo "/* */" >>lib/coding.c
		git -c user.name=Fixer -c user.email=fixer@example.com commit -q -a -m "and more"
	}
	EOF
'

# A workload without a peak beside it, so that there are functions for all of them.
test_expect_success 'start once more, at the same commit' '
	cd "$place/tasn1" &&
	test_write_lines comment edited_test wrong busy cached sleeping hook config commits >../todo &&
	start QUIET_AGAIN 9 --threshold=1 --workload=numbers:7:4000:400:8 --workload=small:5:20:1:300000 \
		--held-out=unseen:11:2000:200:1
'

# said <iteration> <outcome> <words>
said() {
	test_grep "^$1  $2 .*: $3" "$HOME/run.out"
}

test_expect_success QUIET_AGAIN 'a hook of the repository that was edited ends the run' '
	test_expect_code 128 git perfhunt run >"$HOME/run.out" 2>"$HOME/run.err" &&
	test_grep "^fatal: the fixer changed the hooks of the repository; " "$HOME/run.err" &&
	said 7 refused "the fixer changed the hooks of the repository" &&
	rm .git/hooks/post-commit
'

test_expect_success QUIET_AGAIN 'a comment is marginal' '
	said 1 marginal "neither clearly faster nor slower"
'

test_expect_success QUIET_AGAIN 'an edited test is refused' '
	said 2 refused "tests/setof.c is protected"
'

test_expect_success QUIET_AGAIN 'another answer is refused' '
	said 3 refused "workload .* answers something else than before"
'

test_expect_success QUIET_AGAIN 'a twentieth slower is reverted' '
	said 4 reverted ".*slower"
'

test_expect_success QUIET_AGAIN 'answers that are cached are no gain' '
	ls "$place/answers" >"$HOME/answers" &&
	test_line_count -gt 0 "$HOME/answers" &&
	said 5 refused "the gain is there on inputs that were seen before only"
'

test_expect_success QUIET_AGAIN 'a fixer that sleeps is ended, and what it started in another session, too' '
	said 6 failed "the fixer took more than 40 s and was ended" &&
	test_expect_code 1 kill -0 "$(cat "$place/sleeper")" &&
	test_expect_code 1 kill -0 "$(cat "$place/fixer-process")"
'

test_expect_success QUIET_AGAIN 'configuration that was edited ends the run' '
	test_expect_code 128 git perfhunt run >"$HOME/run.out" 2>"$HOME/run.err" &&
	test_grep "^fatal: the fixer changed git.s configuration; " "$HOME/run.err" &&
	said 8 refused "the fixer changed git.s configuration" &&
	git config --unset core.editor
'

test_expect_success QUIET_AGAIN 'nothing was kept so far, and the branch is not there' '
	test_must_fail git rev-parse -q --verify perfhunt/2
'

test_expect_success QUIET_AGAIN 'commits of the fixer become one, of the user' '
	git perfhunt run >"$HOME/run.out" &&
	said 9 fixed faster &&
	test_grep "^1 kept on branch perfhunt/2" "$HOME/run.out" &&
	git log --format="%an, %cn" base..perfhunt/2 >"$HOME/actual" &&
	echo "A U Thor, C O Mitter" >"$HOME/expect" &&
	test_cmp "$HOME/expect" "$HOME/actual" &&
	git diff --name-only base perfhunt/2 >"$HOME/actual" &&
	test_write_lines lib/coding.c lib/decoding.c >"$HOME/expect" &&
	test_cmp "$HOME/expect" "$HOME/actual"
'

test_expect_success QUIET_AGAIN 'the journal tells all of it' '
	git perfhunt note >"$HOME/journal" &&
	for outcome in marginal refused reverted failed fixed
	do
		test_grep "^- hunt 2, iteration .*: $outcome; " "$HOME/journal" || return 1
	done
'

test_done

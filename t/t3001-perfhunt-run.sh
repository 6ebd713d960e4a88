#!/bin/sh

test_description='git perfhunt run: what is kept, what is not, and what a fixer may not do'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfhunt.sh"

if ! test_have_prereq PERF
then
	skip_all='perf cannot record here'
	test_done
fi

TOKEN=perfhunt-$$-$(date +%s%N)

cleanup 'rm -f "/tmp/$TOKEN".*'

# kept_nothing: no branch, and the user's work tree is as it was before (see `before`).
kept_nothing() {
	git for-each-ref refs/heads/perfhunt >"$HOME/branches" &&
	test_must_be_empty "$HOME/branches" &&
	snapshot >"$HOME/after" &&
	test_cmp "$HOME/before" "$HOME/after"
}

# once_with <outcome> <words of its notes>: one iteration of a hunt of its own ends so, and
# keeps nothing. The fixer is standard input.
once_with() {
	hunt_again &&
	fixer &&
	snapshot >../before &&
	git perfhunt run --once >../out 2>../err &&
	outcome "$1" "$2" &&
	test_grep "^1  $1 *is_known: $2" ../out &&
	kept_nothing
}

test_expect_success 'set up' '
	keep_hunt &&
	fast_known >known-fast.c
'

test_expect_success 'what is faster becomes a commit of the user on a branch of its own; the work tree stays as it is' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		test "$PERF_FUNCTION" = is_known || exit 10
		cat "$HOME/known-fast.c" >src/known.c
		printf "Remember numbers in a map\n\nThe list was searched from its start.\n" >"$PERF_RESULT"
		EOS
		echo "changed and not staged" >>main.c &&
		echo "not tracked" >other.c &&
		echo "staged" >staged.c && git add staged.c &&
		snapshot >../before &&
		git perfhunt run >../out 2>../err &&
		snapshot >../after &&
		test_cmp ../before ../after &&
		git log -1 --format="%an <%ae>%n%cn <%ce>%n%P" perfhunt/1 >../actual &&
		cat >../expect <<-EOS &&
		A U Thor <author@example.com>
		C O Mitter <committer@example.com>
		$(git rev-parse main)
		EOS
		test_cmp ../expect ../actual &&
		git log -1 --format=%B perfhunt/1 >../message &&
		test_grep "^perf: Remember numbers in a map\$" ../message &&
		test_grep "^The list was searched from its start.\$" ../message &&
		git log -1 --format="%(trailers:only)" perfhunt/1 >../trailers &&
		test_grep "^Perfhunt-function: is_known (src/known.c)\$" ../trailers &&
		test_grep "^Perfhunt-gain: -[89][0-9.]* % \[-[0-9.]*, -[0-9.]*\] wall time of the suite, 10 pairs\$" ../trailers &&
		test_grep "^Perfhunt-base: $(git rev-parse main)\$" ../trailers &&
		git diff --name-only main perfhunt/1 >../files &&
		echo src/known.c >../expect &&
		test_cmp ../expect ../files &&
		test_cmp_rev "perfhunt/1:src/known.c" "$(git hash-object ../known-fast.c)"
	)
'

test_expect_success 'the total of start and end is shown, and the promise with its reason is the last line' '
	test_grep "^1  fixed *is_known: faster, -[89][0-9.]* %.*  $(git -C hunt rev-parse --short=12 perfhunt/1)\$" out &&
	test_grep "^2  deferred *mix: the fixer deferred it\$" out &&
	test_grep "^1 kept on branch perfhunt/1: the suite takes -[89][0-9.]* % \[.*\] wall time, 0.* s -> 0.* s\$" out &&
	echo "<promise>PERF_HUNT_DONE</promise> all iterations are used up" >expect &&
	tail -n 1 out >actual &&
	test_cmp expect actual
'

test_expect_success 'a hunt that has ended does not run on, and the next one begins another branch' '
	(
		cd hunt &&
		refused "no hunt is going on here; git perfhunt start begins one" git perfhunt run
	)
'

test_expect_success 'nothing changed is marginal; nothing kept is status 1, with the promise' '
	(
		hunt_again &&
		fixer </dev/null &&
		snapshot >../before &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		kept_nothing &&
		test_grep "^1  marginal *is_known: nothing was changed\$" ../out &&
		test_grep "^2  marginal *mix: nothing was changed\$" ../out &&
		test_grep "^Nothing was kept.\$" ../out &&
		tail -n 1 ../out >../last &&
		test_grep "^<promise>PERF_HUNT_DONE</promise> " ../last
	)
'

test_expect_success 'new files that are not in the index are no change, and it says so' '
	(
		once_with marginal "nothing was changed; new files are to be added to the index" <<-\EOS
		echo "int x;" >src/new.c
		EOS
	)
'

test_expect_success 'a comment only is marginal' '
	(
		once_with marginal "neither clearly faster nor slower" <<-\EOS
		sed -i "1i /* fast */" src/known.c
		EOS
	)
'

test_expect_success 'what is slower is reverted' '
	(
		once_with reverted "workload all got slower" <<-\EOS
		sed -i "s/work++/work += 1 + i % 20 \/ 19/" src/known.c
		EOS
	)
'

test_expect_success 'what is wrong on some inputs is refused' '
	(
		once_with refused "workload .* answers something else than before" <<-\EOS
		sed "s/return map\[x\]/return x < 999000 ? map[x] : 1/" "$HOME/known-fast.c" >src/known.c
		EOS
	)
'

test_expect_success 'what crashes is refused' '
	(
		once_with refused "workload .* SIGSEGV\|workload .* signal\|workload .* status 139" <<-\EOS
		{
			# Of what is held out little is said.
			printf "#include <stdlib.h>\n#define CRASHES (getenv(\"PERF_NAME\") && *getenv(\"PERF_NAME\") == 97)\n"
			sed "s/return map\[x\]/return CRASHES \&\& x >= 990000 ? *(volatile int *)0 : map[x]/" "$HOME/known-fast.c"
		} >src/known.c
		EOS
	)
'

test_expect_success 'a test that was edited is refused' '
	(
		once_with refused "t/check.sh is protected" <<-\EOS
		cat "$HOME/known-fast.c" >src/known.c
		echo true >t/check.sh
		EOS
	)
'

test_expect_success 'how it is built is not to be touched either' '
	(
		once_with refused "Makefile is protected" <<-\EOS
		sed -i "s/-O1/-O3/" Makefile
		EOS
	)
'

test_expect_success 'another file mode is refused' '
	(
		once_with refused "src/known.c became, or was, no plain file of the same mode" <<-\EOS
		cat "$HOME/known-fast.c" >src/known.c
		chmod +x src/known.c
		EOS
	)
'

test_expect_success 'a link is refused' '
	(
		once_with refused "src/known.c became, or was, no plain file of the same mode" <<-\EOS
		ln -sf "$HOME/known-fast.c" src/known.c
		EOS
	)
'

# A program that keeps its answer in the folder that is asked for, and does nothing the next time.
cat >cached.c <<\EOF
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "work.h"

static unsigned list[1 << 20];
static unsigned long length;

/* The name says which input it is: its size and its end. */
static const char *cache(void)
{
	static char path[4096];
	char line[64] = "", link[4096] = "";
	FILE *f;

	if (*path)
		return path;
	for (int fd = 3; fd < 10; fd++) {
		char name[64];

		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		if (readlink(name, link, sizeof(link) - 1) > 0)
			break;
	}
	f = fopen(link, "r");
	if (f) {
		fseek(f, -40, SEEK_END);
		for (size_t n = fread(line, 1, 40, f), i = 0; i < n; i++)
			line[i] = line[i] >= '0' && line[i] <= '9' ? line[i] : '-';
		fclose(f);
	}
	snprintf(path, sizeof(path), WHERE, HERE, line);
	return path;
}

int __attribute__((noinline)) is_known(unsigned x)
{
	int cached = !access(cache(), F_OK);

	for (unsigned long i = 0; i < length; i++) {
		work += !cached;
		if (list[i] == x)
			return 1;
	}
	return 0;
}

static void __attribute__((destructor)) keep(void)
{
	FILE *f = fopen(cache(), "w");

	if (f)
		fclose(f);
}

void remember(unsigned x)
{
	list[length++] = x;
}
EOF

for place in tree home tmpdir
do
	case $place in
	tree)
		where='"%scache%s"' here='""'
		;;
	home)
		where='"%s/cache%s"' here='getenv("HOME")'
		;;
	tmpdir)
		where='"%s/cache%s"' here='getenv("TMPDIR")'
		;;
	esac
	printf '#define WHERE %s\n#define HERE %s\n' "$where" "$here" >"cached-$place.c"
	cat cached.c >>"cached-$place.c"
	test_expect_success "answers kept on disk, in $place, are no gain" "
		(
			once_with marginal 'neither clearly faster nor slower' <<-\\EOS
			cat \"\$HOME/cached-$place.c\" >src/known.c
			EOS
		)
	"
done

test_expect_success 'answers kept on disk where nobody clears up help on known inputs only: refused' '
	(
		printf "#define WHERE \"%%s.%%s\"\n#define HERE \"%s\"\n" "/tmp/$TOKEN" >cached-known.c &&
		cat cached.c >>cached-known.c &&
		once_with refused "the gain is there on inputs that were seen before only" <<-\EOS &&
		cat "$HOME/cached-known.c" >src/known.c
		EOS
		ls "/tmp/$TOKEN".* >../cached
	)
'

test_expect_success 'a fixer that hangs is ended at the time-out, with what left its session' '
	(
		rm -rf hunt && new_program hunt &&
		start_program 1 --fixer-timeout=2 >../out 2>../err &&
		cat >../fixer <<-EOS &&
		setsid sh -c "trap \"\" TERM HUP; sleep 3600; : $TOKEN" &
		setsid sh -c "setsid sleep 3600; : $TOKEN" &
		cat "\$HOME/known-fast.c" >src/known.c
		sleep 3600; : $TOKEN
		EOS
		snapshot >../before &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		outcome failed "the fixer took more than 2 s and was ended" &&
		kept_nothing &&
		survivors >../left && test_must_be_empty ../left
	)
'

test_expect_success 'what a fixer leaves running is ended when it is done' '
	(
		hunt_again &&
		cat >../fixer <<-EOS &&
		setsid sh -c "sleep 3600; : $TOKEN" >/dev/null 2>&1 &
		sleep 1
		exit 10
		EOS
		git perfhunt run --once >../out 2>../err &&
		outcome deferred "the fixer deferred it" &&
		survivors >../left && test_must_be_empty ../left &&
		test_grep "left processes behind, which were ended" .git/perf/hunt/tickets/1-1-is_known.md
	)
'

test_expect_success 'commits of the fixer become one' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		export GIT_AUTHOR_NAME=F GIT_COMMITTER_NAME=F &&
		echo "/* one */" >>src/known.c && git commit -q -a -m one &&
		cat "$HOME/known-fast.c" >src/known.c && git commit -q -a -m two &&
		echo "/* staged */" >>src/known.c && git add -u &&
		echo "int x;" >src/new.c && git add src/new.c &&
		echo "/* last */" >>src/known.c
		EOS
		snapshot >../before &&
		git perfhunt run --once >../out 2>../err &&
		outcome fixed faster &&
		snapshot >../after && test_cmp ../before ../after &&
		test_cmp_rev main perfhunt/1^ &&
		git diff --name-only main perfhunt/1 >../files &&
		test_write_lines src/known.c src/new.c >../expect &&
		test_cmp ../expect ../files &&
		git show perfhunt/1:src/known.c >../known &&
		test_grep "staged" ../known && test_grep "last" ../known &&
		git log -1 --format="%an%n%s" perfhunt/1 >../actual &&
		test_write_lines "A U Thor" "perf: make is_known faster" >../expect &&
		test_cmp ../expect ../actual
	)
'

# abort_with <what was changed>: the fixer of standard input is caught; nothing is kept.
abort_with() {
	hunt_again &&
	fixer &&
	test_expect_code 128 git perfhunt run >../out 2>../err &&
	test_grep "^fatal: the fixer changed $1; " ../err &&
	outcome refused "the fixer changed $1" &&
	test_must_fail git rev-parse --verify -q refs/perf/hunt/1/1
}

# goes_on [<options of run>]: to the end, with a fixer that defers the second function.
goes_on() {
	fixer <<-\EOS &&
	exit 10
	EOS
	test_expect_code 1 git perfhunt run "$@" >../out 2>../err &&
	test_grep "^2  deferred *mix: " ../out
}

test_expect_success 'the configuration of the repository is watched' '
	(
		abort_with "git.s configuration" <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		git -C "$HOME/hunt" config core.fsmonitor "touch $HOME/evil"
		EOS
		test_path_is_missing ../evil &&
		refused "git.s configuration changed while a fixer worked, or since then; put it back" git perfhunt run &&
		git config --unset core.fsmonitor &&
		goes_on
	)
'

test_expect_success 'the configuration of the user is watched' '
	test_when_finished "git config --global --unset alias.x" &&
	(
		abort_with "git.s configuration" <<-\EOS &&
		git config --global alias.x "!true"
		EOS
		refused "run --accept" git perfhunt run &&
		goes_on --accept
	)
'

test_expect_success 'the configuration of the clone is watched, and what it names does not run' '
	(
		abort_with "the configuration of its clone" <<-\EOS &&
		git config filter.x.clean "touch $HOME/evil; cat"
		mkdir -p .git/info && echo "* filter=x" >.git/info/attributes
		cat "$HOME/known-fast.c" >src/known.c
		EOS
		test_path_is_missing ../evil
	)
'

test_expect_success 'hooks of the clone and of the repository are watched' '
	(
		abort_with "the hooks of its clone" <<-\EOS
		mkdir -p .git/hooks && echo true >.git/hooks/post-checkout
		EOS
	) &&
	(
		abort_with "the hooks of the repository" <<-\EOS
		mkdir -p "$HOME/hunt/.git/hooks" && echo true >"$HOME/hunt/.git/hooks/post-checkout"
		EOS
	)
'

test_expect_success 'branch and database of the hunt are watched' '
	(
		abort_with "the branch of the hunt" <<-\EOS &&
		git -C "$HOME/hunt" branch perfhunt/1
		EOS
		refused "there is to be none: git branch -D perfhunt/1" git perfhunt run --accept &&
		git branch -q -D perfhunt/1 &&
		goes_on
	) &&
	(
		abort_with "the state of the hunt" <<-\EOS
		sqlite3 "$HOME/hunt/.git/perf/perf.db" "INSERT INTO event SELECT session, max(seq) + 1, '\''done'\'', time, '\''{}'\'' FROM event"
		EOS
		refused "the state of the hunt was changed while a fixer worked, .*; git perfhunt reset ends it" git perfhunt run &&
		refused "git perfhunt reset" git perfhunt run --accept &&
		sqlite3 .git/perf/perf.db "INSERT INTO event SELECT session, max(seq) + 1, '\''strange'\'', time, '\''{}'\'' FROM event" &&
		refused "strange.*git perfhunt reset ends the hunt" git perfhunt run &&
		git perfhunt log >../out &&
		git perfhunt reset
	)
'

test_expect_success 'the build that it is compared with is watched' '
	(
		abort_with "the build that it is compared with" <<-\EOS &&
		for tree in tree-a tree-a.spare
		do
			printf "#!/bin/sh\nsleep 1\n" >"$HOME/hunt/.git/perf/hunt/$tree/prog"
		done
		EOS
		goes_on &&
		test_grep "^building " ../err
	)
'

# writes_to <path> <variable>: the candidate is faster, and where the variable is set it makes a
# file there, below the hunt's folder.
writes_to() {
	fixer <<-EOS
	{
		printf "#include <stdio.h>\n#include <stdlib.h>\n"
		sed "s|^map.x. = 1;|&\\nif (getenv(\"$2\")) fclose(fopen(\"../$1\", \"a\"));|" "\$HOME/known-fast.c"
	} >src/known.c
	EOS
}

test_expect_success 'a candidate whose runs, or checks, write to what others are made from is not kept' '
	while read -r path variable result
	do
		(
			hunt_again &&
			writes_to $path $variable &&
			git perfhunt run --once >../out 2>../err &&
			outcome ${result%% *} "${result#* }" &&
			test_path_is_missing .git/perf/hunt/$path
		) || return 1
	done <<-\EOF
	tree-a.spare/more PERF_SEED refused a run changed the copies that runs are made from
	tree-b.spare/more PERF_SEED refused a run changed the copies that runs are made from
	inputs/more PERF_SEED refused a run changed the inputs of others
	tree-b.spare/more HOME failed the check in .* wrote to the copy of what was built
	inputs/more HOME failed the build or the check changed the inputs of the workloads
	EOF
'

test_expect_success 'a candidate that empties the input of another workload is refused, though it is the base that fails' '
	(
		rm -rf hunt && new_program hunt &&
		start_program 1 --run="test -s \"\$PERF_INPUT\" && ./prog \"\$PERF_INPUT\"" >../out 2>../err &&
		fixer <<-\EOS &&
		{
			printf "#include <stdio.h>\n#include <stdlib.h>\n"
			sed "s|^map.x. = 1;|&\nchar *name = getenv(\"PERF_NAME\"); if (name) fclose(fopen(*name == 97 ? \"../inputs/1-some\" : \"../inputs/1-all\", \"w\"));|" "$HOME/known-fast.c"
		} >src/known.c
		EOS
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		# Which is seen first is a matter of the order of runs.
		outcome refused "a run changed the inputs of others\|workload .* ended with status 1"
	)
'

test_expect_success 'what was put back after a second attempt is as it was' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		if test "$PERF_ATTEMPT" = 1
		then
			sed "s/return map\[x\]/return 0/" "$HOME/known-fast.c" >src/known.c
		else
			git -C "$HOME/hunt" config perfhunt.strange 1
		fi
		EOS
		test_expect_code 128 git perfhunt run >../out 2>../err &&
		test_grep "^fatal: the fixer changed git.s configuration; " ../err &&
		git config --unset perfhunt.strange &&
		goes_on
	)
'

test_expect_success 'a change of too many files is deferred' '
	(
		rm -rf hunt && new_program hunt &&
		fixer <<-\EOS &&
		for i in 1 2 3
		do
			echo "int x$i;" >src/x$i.c && git add src/x$i.c
		done
		EOS
		start_program 1 --max-files=2 >../out 2>../err &&
		snapshot >../before &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		outcome deferred "3 files were changed, more than 2" &&
		kept_nothing
	)
'

test_expect_success 'status 10 defers, and the ticket stays open' '
	(
		once_with deferred "the fixer deferred it" <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		exit 10
		EOS
		test_grep "^Status: open\$" .git/perf/hunt/tickets/1-1-is_known.md
	)
'

test_expect_success 'another status is a failure, and the ticket is closed' '
	(
		once_with failed "the fixer ended with status 3" <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		exit 3
		EOS
		test_grep "^Status: closed\$" .git/perf/hunt/tickets/1-1-is_known.md
	)
'

test_expect_success 'a failed check goes back to the fixer once, with what it said' '
	(
		hunt_again &&
		fixer <<-\EOS &&
		if test "$PERF_ATTEMPT" = 1
		then
			sed "s/return map\[x\]/return 0/" "$HOME/known-fast.c" >src/known.c
		else
			cp "$PERF_BRIEF" "$HOME/second.md"
			grep "return 0" src/known.c >"$HOME/was-here"
			cat "$HOME/known-fast.c" >src/known.c
		fi
		EOS
		git perfhunt run --once >../out 2>../err &&
		outcome fixed faster &&
		test_grep "^## The last attempt failed its check" ../second.md &&
		test_grep "^but there are 4 " ../second.md &&
		test -s ../was-here
	)
'

test_expect_success 'what fails its check twice, or does not build, has failed' '
	(
		once_with failed "the check in .* ended with status" <<-\EOS &&
		echo "$PERF_ATTEMPT" >>"$HOME/attempts"
		sed "s/return map\[x\]/return 0/" "$HOME/known-fast.c" >src/known.c
		EOS
		test_write_lines 1 2 >../expect &&
		test_cmp ../expect ../attempts
	) &&
	(
		once_with failed "the build in .* ended with status" <<-\EOS
		echo "no C" >>src/known.c
		EOS
	)
'

test_expect_success 'a fixer that does not exist has failed' '
	(
		hunt_again &&
		rm -f ../fixer &&
		snapshot >../before &&
		test_expect_code 1 git perfhunt run >../out 2>../err &&
		outcome failed "the fixer ended with status" &&
		kept_nothing
	)
'

test_expect_success 'without any fixer it is a sentence, and a person can take its place' '
	(
		rm -rf hunt && new_program hunt &&
		start_program 1 --fixer= >../out 2>../err &&
		refused "there is no fixer; set perfhunt.fixer before the start, or work on it yourself with git perfhunt run --interactive" \
			git perfhunt run &&
		write_script ../person <<-\EOS &&
		cat "$HOME/known-fast.c" >src/known.c
		cp "$PERF_BRIEF" "$HOME/brief.md"
		EOS
		SHELL="$HOME/person" git perfhunt run --interactive --once >../out 2>../err &&
		outcome fixed faster &&
		test_grep "^# Make .is_known. faster" ../brief.md
	)
'

test_done

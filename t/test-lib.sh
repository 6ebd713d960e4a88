# What every shell test begins with:
#
#	#!/bin/sh
#	test_description='what the file is about'
#	. "$(dirname "$0")/test-lib.sh"
#
#	test_expect_success 'title that states one behaviour' '
#		command >actual &&
#		test_cmp expect actual
#	'
#
#	test_done
#
# It is sharness with the chain lint on, a fixed world (dates, names, locale,
# no configuration from outside), the programs under test first on PATH, and
# the helpers below. A test runs in a fresh directory that is also HOME, with
# a blank in its name; it is kept when a test fails.
#
# From the environment: PERF_BUILD, the absolute build folder (default
# build/ beside t/); SHARNESS, sharness.sh where it is not in its usual place.
# Run one file with -v to see what its tests do, with -d to keep the directory.
#
# shellcheck shell=sh disable=SC1090,SC2016,SC2034,SC2154,SC2209

# Nothing of the caller's git may shine through: not its variables, not its
# configuration, not its traces.
for name in $(env | sed -n 's/^\(GIT_[A-Za-z0-9_]*\)=.*/\1/p')
do
	unset "$name"
done
unset name CDPATH COLUMNS LESS LINES MANPATH MANPAGER NO_COLOR XDG_CONFIG_HOME XDG_CACHE_HOME
# Nor may what make was told about the build.
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES MFLAGS BUILD DEVELOPER SANITIZE V

TEST_SOURCE=$(cd "$(dirname "$0")" && pwd -P) || exit 1
PROJECT_SOURCE=$(dirname "$TEST_SOURCE")
: "${PERF_BUILD:=$PROJECT_SOURCE/build}"
export TEST_SOURCE PROJECT_SOURCE PERF_BUILD

# This order of rules is sharness's own: output below the build folder, and
# what it puts in front of PATH.
SHARNESS_TEST_EXTENSION=sh
SHARNESS_TEST_SRCDIR=$TEST_SOURCE
SHARNESS_TEST_DIRECTORY=$PERF_BUILD/t
SHARNESS_TEST_OUTDIR=$SHARNESS_TEST_DIRECTORY
SHARNESS_BUILD_DIRECTORY=$PERF_BUILD/bin
export SHARNESS_TEST_EXTENSION SHARNESS_TEST_SRCDIR SHARNESS_TEST_DIRECTORY
export SHARNESS_TEST_OUTDIR SHARNESS_BUILD_DIRECTORY
mkdir -p "$SHARNESS_TEST_DIRECTORY" || exit 1

for SHARNESS_FILE in "${SHARNESS-}" /usr/share/sharness/sharness.sh /usr/local/share/sharness/sharness.sh \
	"$HOME/share/sharness/sharness.sh"
do
	test ! -f "$SHARNESS_FILE" || break
done
if ! test -f "$SHARNESS_FILE"
then
	echo "Bail out! sharness.sh is missing: run script/deps test, or set SHARNESS"
	exit 1
fi
. "$SHARNESS_FILE"

# sharness cleans up after what passed only; what a test that fails has started ends, too.
trap 'code=$?
	test -n "$EXIT_OK" && test "$test_failure" = 0 || eval "$final_cleanup"
	(exit $code)
	die' EXIT

# sharness 1.0 leaves it off, and a broken && chain then passes silently.
chain_lint=t

# Below script/run-tests, what the tests say goes to a log, from which it
# shows the tests that failed.
if test -n "${HARNESS_ACTIVE-}"
then
	exec 3>"$SHARNESS_TEST_DIRECTORY/$this_test.log" 4>&3
fi

umask 022
LC_ALL=C
LANG=C
TZ=UTC
TERM=dumb
PAGER=cat
EDITOR=:
GIT_CONFIG_NOSYSTEM=1
GIT_ATTR_NOSYSTEM=1
GIT_TERMINAL_PROMPT=0
GIT_MERGE_AUTOEDIT=no
GIT_AUTHOR_NAME='A U Thor'
GIT_AUTHOR_EMAIL=author@example.com
GIT_COMMITTER_NAME='C O Mitter'
GIT_COMMITTER_EMAIL=committer@example.com
# So that no repository around the build folder is ever found.
GIT_CEILING_DIRECTORIES=$SHARNESS_TEST_DIRECTORY
export LC_ALL LANG TZ TERM PAGER EDITOR GIT_CONFIG_NOSYSTEM GIT_ATTR_NOSYSTEM GIT_TERMINAL_PROMPT
export GIT_MERGE_AUTOEDIT GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
export GIT_CEILING_DIRECTORIES
git config --file "$HOME/.gitconfig" init.defaultBranch main
git config --file "$HOME/.gitconfig" gc.auto 0
git config --file "$HOME/.gitconfig" maintenance.auto false

# A sanitizer's report must not look like a status of ours.
ASAN_OPTIONS="exitcode=99:abort_on_error=0:${ASAN_OPTIONS-}"
UBSAN_OPTIONS="exitcode=99:halt_on_error=1:${UBSAN_OPTIONS-}"
LSAN_OPTIONS="exitcode=99:${LSAN_OPTIONS-}"
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

HELPER_PATH=$PERF_BUILD/helper
export HELPER_PATH

# Moves the clock that commits are dated by on by one minute; the first call
# starts it, at the second that git's own tests start at.
test_tick() {
	test_clock=$((${test_clock:-1112911933} + 60))
	GIT_COMMITTER_DATE="$test_clock -0700"
	GIT_AUTHOR_DATE=$GIT_COMMITTER_DATE
	export GIT_COMMITTER_DATE GIT_AUTHOR_DATE
}

# test_create_repo <dir>: an empty repository.
test_create_repo() {
	mkdir -p "$1" &&
	git -C "$1" init -q
}

# test_commit [-C <dir>] [--no-tag] [--append] <message> [<file> [<content> [<tag>]]]
#
# One commit that writes <content> (default: the message) to <file> (default:
# <message>.t), tagged <tag> (default: the message). The clock ticks.
test_commit() {
	commit_dir=.
	commit_tag=t
	commit_append=
	while test $# -gt 0
	do
		case $1 in
		-C)
			commit_dir=$2
			shift
			;;
		--no-tag)
			commit_tag=
			;;
		--append)
			commit_append=t
			;;
		*)
			break
			;;
		esac
		shift
	done
	commit_file=${2:-$1.t}
	test_tick &&
	mkdir -p "$(dirname "$commit_dir/$commit_file")" &&
	if test -n "$commit_append"
	then
		printf '%s\n' "${3-$1}" >>"$commit_dir/$commit_file"
	else
		printf '%s\n' "${3-$1}" >"$commit_dir/$commit_file"
	fi &&
	git -C "$commit_dir" add -- "$commit_file" &&
	git -C "$commit_dir" commit -q -m "$1" &&
	if test -n "$commit_tag"
	then
		git -C "$commit_dir" tag "${4:-$1}"
	fi
}

# test_merge <message> <commit>...: a merge commit, tagged <message>. The
# clock ticks.
test_merge() {
	merge_label=$1
	shift
	test_tick &&
	git merge -q --no-ff -m "$merge_label" "$@" &&
	git tag "$merge_label"
}

# test_grep [!] [grep's options] <pattern> <file>: as grep, but says what was
# searched when it fails, and fails for a file that is not there.
test_grep() {
	grep_not=
	if test "$1" = '!'
	then
		grep_not=t
		shift
	fi
	eval "grep_file=\${$#}"
	if ! test -e "$grep_file"
	then
		echo >&4 "test_grep: no such file: '$grep_file'"
		return 1
	fi
	if test -n "$grep_not"
	then
		! grep "$@" && return 0
		echo >&4 "test_grep: unexpectedly found in '$grep_file' ($*)"
	else
		grep "$@" && return 0
		echo >&4 "test_grep: not found in '$grep_file' ($*):"
	fi
	cat >&4 "$grep_file"
	return 1
}

# test_config [-C <dir>] <key> <value>: configures the repository for the
# rest of this test.
test_config() {
	config_dir=.
	if test "$1" = -C
	then
		config_dir=$2
		shift 2
	fi
	test_when_finished "test_might_fail git -C '$config_dir' config --unset-all '$1'" &&
	git -C "$config_dir" config "$@"
}

# test_cmp_rev [!] <revision> <revision>: both name the same object.
test_cmp_rev() {
	cmp_op='='
	if test "$1" = '!'
	then
		cmp_op='!='
		shift
	fi
	cmp_one=$(git rev-parse --verify "$1") &&
	cmp_two=$(git rev-parse --verify "$2") &&
	if ! test "$cmp_one" "$cmp_op" "$cmp_two"
	then
		echo >&4 "test_cmp_rev: $1 is $cmp_one, $2 is $cmp_two"
		return 1
	fi
}

# test_line_count <operator> <number> <file>: "= 3", "-gt 0", ...
test_line_count() {
	line_count=$(wc -l <"$3") &&
	if ! test "$line_count" "$1" "$2"
	then
		echo >&4 "test_line_count: $3 has $line_count lines, not $1 $2"
		cat >&4 "$3"
		return 1
	fi
}

test_path_is_file() {
	test -f "$1" && return 0
	echo >&4 "no such file: $1"
	return 1
}

test_path_is_dir() {
	test -d "$1" && return 0
	echo >&4 "no such directory: $1"
	return 1
}

test_path_is_missing() {
	test ! -e "$1" && return 0
	echo >&4 "exists: $1"
	return 1
}

test_write_lines() {
	printf '%s\n' "$@"
}

# test_env NAME=value... <command>...: runs a command, also a shell function,
# with the variables set.
test_env() {
	(
		while test $# -gt 0
		do
			case $1 in
			*=*)
				export "${1?}"
				shift
				;;
			*)
				break
				;;
			esac
		done
		"$@"
	)
}

# write_script <file>: an executable shell script from standard input.
write_script() {
	{
		echo '#!/bin/sh' &&
		cat
	} >"$1" &&
	chmod +x "$1"
}

# test_lazy_prereq <NAME> <script>: sets the prerequisite when the script,
# run in a subshell now, succeeds.
test_lazy_prereq() {
	if (eval "$2") >/dev/null 2>&1
	then
		test_set_prereq "$1"
	fi
}

test_lazy_prereq ROOT 'test "$(id -u)" = 0'

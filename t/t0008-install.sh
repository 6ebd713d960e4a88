#!/bin/sh

test_description='what is installed is found by git and by man'

. "$(dirname "$0")/test-lib.sh"

# Only places what is built: nothing is compiled here.
place() {
	make -s -C "$PROJECT_SOURCE" BUILD="$PERF_BUILD" DEPS=: prefix=/opt/perf DESTDIR="$HOME/top" "$@"
}

test_expect_success 'install below DESTDIR' '
	place install-files >out &&
	(cd top && find . -type f | sort) >files &&
	for program in "$PERF_BUILD"/bin/git-*
	do
		name=${program##*/} &&
		test -x top/opt/perf/bin/$name &&
		test_grep -x "./opt/perf/share/man/man1/$name.1" files &&
		test_grep -x "./opt/perf/share/bash-completion/completions/$name" files &&
		test_grep -x "./opt/perf/share/zsh/site-functions/_$name" files &&
		test_grep -x "./opt/perf/share/fish/vendor_completions.d/$name.fish" files || return 1
	done
'

test_expect_success 'the pages of other sections, and contexts to be copied, are installed as well' '
	for page in man5/gitperf-context.5 man7/gitperf-tutorial.7
	do
		test_grep -x "./opt/perf/share/man/$page" files || return 1
	done &&
	for context in "$PROJECT_SOURCE"/contrib/contexts/*
	do
		cmp "$context" "top/opt/perf/share/doc/git-perf/contexts/${context##*/}" || return 1
	done
'

test_expect_success 'nothing is installed elsewhere' '
	test_must_fail grep -v "^./opt/perf/" files
'

# As a user has it whose PATH begins with the installed programs: man finds
# the pages beside them.
as_user() {
	(
		PATH=$HOME/top/opt/perf/bin:$(echo "$PATH" | sed "s,^$PERF_BUILD/bin:,,") &&
		MANWIDTH=80 &&
		export PATH MANWIDTH &&
		unset MANPATH &&
		"$@"
	)
}

# Small images of Ubuntu replace man by a script that only says so.
test_lazy_prereq MAN 'man --version | grep -q "^man [0-9]"'

test_expect_success 'git finds the commands' '
	for program in "$PERF_BUILD"/bin/git-*
	do
		name=${program##*/git-} &&
		test_expect_code 129 as_user git $name -h >out &&
		test_grep "^usage: git $name" out &&
		as_user git $name --version || return 1
	done
'

test_expect_success MAN 'git help and --help open the manual page' '
	for program in "$PERF_BUILD"/bin/git-*
	do
		name=${program##*/git-} &&
		as_user git help $name >help &&
		test_grep "GIT-$(echo $name | tr a-z A-Z)(1)" help &&
		test_grep "^SYNOPSIS" help &&
		as_user git $name --help >dash-help &&
		test_cmp help dash-help || return 1
	done
'

test_expect_success MAN 'man opens the pages of other sections' '
	as_user man gitperf-context >page &&
	test_grep "GITPERF-CONTEXT(5)" page &&
	as_user man gitperf-tutorial >page &&
	test_grep "GITPERF-TUTORIAL(7)" page
'

test_expect_success 'the manual pages say version and date of the release, not of the build' '
	version=$(sed -n "s/^VERSION = //p" "$PROJECT_SOURCE/Makefile") &&
	date=$(sed -n "s/^VERSION_DATE = //p" "$PROJECT_SOURCE/Makefile") &&
	for page in top/opt/perf/share/man/man?/*
	do
		test_grep "^\\.TH .*$date.*$version" $page || return 1
	done
'

test_expect_success 'uninstall takes all of it back' '
	place uninstall &&
	find top -type f >left &&
	test_must_be_empty left
'

test_done

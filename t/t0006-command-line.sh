#!/bin/sh

test_description='what every command line has in common'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-commands.sh"

# each_subcommand <function>: calls it with command and subcommand.
each_subcommand() {
	for command in $(cat commands)
	do
		for subcommand in $(subcommands_of "$command")
		do
			if ! "$1" "$command" "$subcommand"
			then
				echo >&4 "failed for: $command $subcommand"
				return 1
			fi
		done
	done
}

# The commands run through git, as users run them.
perf() {
	perf_command=${1#git-}
	shift
	git "$perf_command" "$@"
}

test_expect_success 'set up' '
	list_commands &&
	test_create_repo repo &&
	test_commit -C repo one &&
	test_commit -C repo two
'

help_is_answered() {
	test_expect_code 129 perf "$1" "$2" -h >out 2>err &&
	test_must_be_empty err &&
	test_grep "^usage: git ${1#git-}" out
}

test_expect_success '-h prints the usage on stdout and exits 129, outside a repository, too' '
	mkdir outside &&
	cd outside &&
	cp ../table-* ../commands . &&
	each_subcommand help_is_answered
'

cd "$HOME" || exit 1

command_help_is_answered() {
	test_expect_code 129 perf "$1" -h >out 2>err &&
	test_must_be_empty err &&
	test_expect_code 0 perf "$1" --version >out &&
	test_grep "^$1 version [0-9]" out
}

test_expect_success 'a command answers -h and --version' '
	each_subcommand command_help_is_answered
'

test_expect_success 'a program without a default says which subcommand may have been meant' '
	test_expect_code 129 git perfbisect statsu >out 2>err &&
	test_must_be_empty out &&
	test_grep "^error: .statsu. is no subcommand; did you mean .status.?" err &&
	test_expect_code 129 git perfbisect >out 2>err &&
	test_must_be_empty out &&
	test_grep "^error: which subcommand?" err
'

unknown_option_is_refused() {
	test_expect_code 129 perf "$1" "$2" --no-such-option-exists >out 2>err &&
	test_must_be_empty out &&
	test_grep "no-such-option-exists" err &&
	test_grep "^usage: " err
}

test_expect_success 'an unknown option exits 129 and shows the usage on stderr' '
	each_subcommand unknown_option_is_refused
'

options_are_listed_for_git() {
	perf "$1" "$2" --git-completion-helper >out &&
	tr " " "\n" <out >words &&
	options_of "$1" "$2" | cut -f 1 | grep -v "^-\$" >names
	while read -r name
	do
		test_grep -x -e "--$name=\\{0,1\\}" words || return 1
	done <names
}

test_expect_success 'git completion learns every option' '
	each_subcommand options_are_listed_for_git
'

outside_is_fatal() {
	perf "$1" "$2" HEAD >out 2>err
	status=$?
	case $status in
	128)
		test_grep "^fatal: " err
		;;
	129)
		test_grep "^usage: " err
		;;
	*)
		echo >&4 "status $status outside a repository"
		return 1
		;;
	esac &&
	test_must_be_empty out
}

test_expect_success 'outside a repository a command ends with 128, or 129 before it looks' '
	cd outside &&
	each_subcommand outside_is_fatal
'

cd "$HOME" || exit 1

full_disk_is_noticed() {
	perf "$1" "$2" -h >/dev/full 2>err
	test $? = 128 &&
	test_grep "^fatal: " err
}

test -c /dev/full && test_set_prereq DEV_FULL

test_expect_success DEV_FULL 'output that cannot be written is an error' '
	each_subcommand full_disk_is_noticed
'

test_done

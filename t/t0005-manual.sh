#!/bin/sh

test_description='commands, manual pages and completion say the same'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-commands.sh"

test_expect_success 'every command lists its subcommands and options' '
	list_commands &&
	test_line_count -gt 0 commands &&
	for command in $(cat commands)
	do
		test -n "$(subcommands_of $command)" || return 1
	done
'

test_expect_success 'every command has a manual page with the sections that matter' '
	for command in $(cat commands)
	do
		test_path_is_file "$(manual_of $command)" &&
		for title in NAME SYNOPSIS DESCRIPTION OPTIONS "EXIT STATUS" CONFIGURATION FILES "SEE ALSO"
		do
			section_of $command "$title" >section &&
			test_grep . section || return 1
		done || return 1
	done
'

# The lines "usage: ..." and "   or: ..." of -h, without those words.
usage_of() {
	"$PERF_BUILD/bin/$1" -h |
		sed -n -e "/^\$/q" -e "s/^usage: //p" -e "s/^ *or: //p"
}

test_expect_success 'the usage of -h is the SYNOPSIS of the manual page' '
	for command in $(cat commands)
	do
		usage_of $command >expect &&
		section_of $command SYNOPSIS | sed -e "/^\\[/d" -e "/^\$/d" -e "s/[\`'\''_]//g" >actual &&
		test_cmp expect actual || return 1
	done
'

# Terms of the page ("-n <n>::", "--[no-]json::"), as bare options. "--no-x"
# speaks of "--x", unless that is what the option is called.
terms_of() {
	grep -E "^[\`'*]*--?[a-zA-Z0-9[].*::\$" "$(manual_of "$1")" |
		sed -e "s/::\$//" -e "s/[\`'*]//g" -e "s/, -/\n-/g" |
		sed -e "s/\[no-\]//" -e "s/[ =[].*//" | sort -u
}

test_expect_success 'every option is in the manual page, and no other' '
	for command in $(cat commands)
	do
		for subcommand in $(subcommands_of $command)
		do
			options_of $command $subcommand
		done >rows &&
		awk -F "\t" "
			\$1 != \"-\" { print \"--\" \$1 }
			\$2 != \"-\" { print \"-\" \$2 }
		" rows | sort -u >expect &&
		terms_of $command >terms &&
		while read -r term
		do
			grep -x -e "$term" expect || echo "--${term#--no-}"
		done <terms | sort -u >actual &&
		test_cmp expect actual || return 1
	done
'

# Commands stand in lines of their own, or between backquotes in one line.
test_expect_success 'the tutorial has no command and no option that is not there' '
	sed -n -e "s/^\(\$ \)*\(git perf\)/\2/p" -e "s/.*\`\(git perf[^\`]*\)\`.*/\1/p" \
		"$PROJECT_SOURCE/Documentation/gitperf-tutorial.adoc" >lines &&
	test_line_count -gt 20 lines &&
	while read -r git command word rest
	do
		test_grep -x "git-$command" commands &&
		subcommands_of "git-$command" >names &&
		if ! grep -x -e "$word" names
		then
			case $word in
			"" | -* | *..*)
				;;
			*)
				echo "$command $word" && return 1
				;;
			esac &&
			rest="$word $rest" &&
			word=$(sed 1q names)
		fi &&
		options_of "git-$command" "$word" | cut -f 1 | sed "s/^/--/" >known &&
		for option in $(echo "$rest" | grep -oE -e "(^| )--[a-z][a-z-]*")
		do
			test_grep -x -e "$option" known || return 1
		done || return 1
	done <lines
'

test_expect_success 'every configuration key is in the CONFIGURATION section, and no other' '
	for command in $(cat commands)
	do
		section=${command#git-} &&
		sed -n "s/.*\\.config = \"\\([a-zA-Z.]*\\)\".*/$section.\\1/p" "$PROJECT_SOURCE/$command"/*.[ch] |
			sort -u >expect &&
		section_of $command CONFIGURATION | sed -n "s/^[\`'\'']*\\($section\\.[a-zA-Z.]*\\)[\`'\'']*::\$/\\1/p" |
			sort -u >actual &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'the manual page names the exit statuses of ui/exit.h' '
	exit_statuses | sort >known &&
	for command in $(cat commands)
	do
		section_of $command "EXIT STATUS" | sed -n "s/^[\`'\'']*\\([0-9][0-9]*\\)[\`'\'']*::\$/\\1/p" |
			sort >actual &&
		comm -23 actual known >unknown &&
		test_must_be_empty unknown &&
		for always in 0 128 129
		do
			test_grep -x $always actual || return 1
		done || return 1
	done
'

test_expect_success 'the shells complete every subcommand and option' '
	for command in $(cat commands)
	do
		cut -f 2 "table-$command" | sed "/^\$/d" | sort -u >names &&
		for file in bash-completion/completions/$command zsh/site-functions/_$command \
			fish/vendor_completions.d/$command.fish
		do
			while read -r name
			do
				test_grep -q -w -e "$name" "$PERF_BUILD/share/$file" || return 1
			done <names || return 1
		done || return 1
	done
'

test_done

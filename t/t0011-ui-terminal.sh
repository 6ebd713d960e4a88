#!/bin/sh
test_description='colour, pager, width and progress on a terminal'
. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH
TERM=xterm
unset PAGER
ESC=$(printf '\033')

# on_terminal <command>...: with its output on a terminal and no pager.
on_terminal() {
	GIT_PAGER="cat" test-pty "$@"
}

plain_or_not() {
	if grep -q "$ESC" "$1"
	then
		echo colour
	else
		echo plain
	fi
}

# check_color <plain | colour> <command>...
check_color() {
	check_expect=$1
	shift
	"$@" >out &&
	test "$(plain_or_not out)" = "$check_expect"
}

test_expect_success 'colour is for terminals' '
	check_color plain test-ui fill line &&
	check_color colour on_terminal test-ui fill line
'

test_expect_success 'always and --color need no terminal' '
	check_color colour test-ui fill --setting=always line &&
	check_color colour test-ui fill --color line &&
	check_color colour test-ui fill --color --setting=never line
'

test_expect_success 'true is auto, as in git' '
	check_color plain test-ui fill --setting=true line &&
	check_color colour on_terminal test-ui fill --setting=true line
'

test_expect_success 'never, false and --no-color mean none on a terminal either' '
	check_color plain on_terminal test-ui fill --setting=never line &&
	check_color plain on_terminal test-ui fill --setting=false line &&
	check_color plain on_terminal test-ui fill --setting=always --no-color line
'

test_expect_success 'NO_COLOR and a dumb terminal switch auto off, not --color' '
	NO_COLOR=1 check_color plain on_terminal test-ui fill line &&
	NO_COLOR= check_color colour on_terminal test-ui fill line &&
	NO_COLOR=1 check_color colour on_terminal test-ui fill --color line &&
	TERM=dumb check_color plain on_terminal test-ui fill line
'

test_expect_success 'colour goes through the pager of git -p' '
	GIT_PAGER_IN_USE=true check_color colour test-ui fill line &&
	GIT_PAGER_IN_USE=false check_color plain test-ui fill line
'

test_expect_success 'messages are coloured where standard error is a terminal' '
	test_expect_code 128 on_terminal sh -c "test-ui say die oops >/dev/null" >actual &&
	test_grep "^$ESC\[31mfatal:$ESC\[m oops" actual &&
	test_expect_code 128 on_terminal sh -c "test-ui say die --setting=never oops" >actual &&
	test_grep "^fatal: oops" actual
'

test_expect_success 'output on a terminal goes through core.pager' '
	test-pty test-ui fill --no-color --pager="sed s/^/paged:/" line >actual &&
	echo paged:line >expect &&
	test_cmp expect actual
'

test_expect_success 'no pager without a terminal' '
	test-ui fill --pager="sed s/^/paged:/" line >actual &&
	echo line >expect &&
	test_cmp expect actual
'

test_expect_success 'GIT_PAGER goes before core.pager, that before PAGER' '
	GIT_PAGER="sed s/^/first:/" PAGER="sed s/^/third:/" \
		test-pty test-ui fill --no-color --pager="sed s/^/second:/" line >actual &&
	echo first:line >expect &&
	test_cmp expect actual &&
	PAGER="sed s/^/third:/" test-pty test-ui fill --no-color --pager="sed s/^/second:/" line >actual &&
	echo second:line >expect &&
	test_cmp expect actual &&
	PAGER="sed s/^/third:/" test-pty test-ui fill --no-color line >actual &&
	echo third:line >expect &&
	test_cmp expect actual
'

test_expect_success 'an empty pager and cat mean none' '
	write_script cat <<-\EOF &&
	sed s/^/paged:/
	EOF
	for pager in cat ""
	do
		PATH=$PWD:$PATH GIT_PAGER=$pager test-pty test-ui fill --no-color line >actual &&
		echo line >expect &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'a pager that does not exist is done without' '
	GIT_PAGER=no-such-pager test-pty test-ui fill --no-color line >actual &&
	echo line >expect &&
	test_cmp expect actual
'

test_expect_success 'less and lv find what git gives them, unless the user said otherwise' '
	unset LESS LV &&
	write_script show-env <<-\EOF &&
	cat >/dev/null
	echo "LESS=$LESS LV=$LV COLUMNS=$COLUMNS"
	EOF
	GIT_PAGER=./show-env test-pty --columns 100 test-ui fill line >actual &&
	echo "LESS=FRX LV=-c COLUMNS=100" >expect &&
	test_cmp expect actual &&
	LESS=S LV=x GIT_PAGER=./show-env test-pty --columns 100 test-ui fill line >actual &&
	echo "LESS=S LV=x COLUMNS=100" >expect &&
	test_cmp expect actual
'

test_expect_success 'a fatal error goes through the pager, and its status does not get lost' '
	test_expect_code 128 test-pty test-ui fill --no-color --loud --pager="sed s/^/paged:/" line >actual &&
	test_write_lines paged:line "paged:fatal: it ended badly" >expect &&
	test_cmp expect actual
'

test_expect_success 'the command waits for its pager' '
	write_script slow <<-\EOF &&
	cat >/dev/null
	sleep 0.3
	echo late
	EOF
	GIT_PAGER=./slow test-pty sh -c "test-ui fill line; echo after" >actual &&
	test_write_lines late after >expect &&
	test_cmp expect actual
'

test_expect_success 'a pager that is left early ends the command by SIGPIPE' '
	test_expect_code 141 env GIT_PAGER="head -n 1" test-pty test-ui fill --no-color -n1000000 line >actual &&
	echo line >expect &&
	test_cmp expect actual
'

test_expect_success 'an interrupt waits for a pager that goes on' '
	write_script stubborn <<-\EOF &&
	trap "" INT
	head -n 1
	sleep 0.3
	printf "\npager ends\n"
	EOF
	test_expect_code 130 env GIT_PAGER=./stubborn test-pty --type reading ^C \
		sh -c "trap : INT; test-ui fill --no-color -n100000000 reading; status=\$?; echo after; exit \$status" \
		>actual &&
	tail -n 2 actual >last &&
	test_write_lines "pager ends" after >expect &&
	test_cmp expect last
'

test_expect_success 'a table is cut to the terminal, by the flexible column' '
	on_terminal --columns 30 test-ui table --no-color A B:flex -- 1 "a subject that is rather long" >actual &&
	cat >expect <<-\EOF &&
	A  B
	1  a subject that is rather...
	EOF
	test_cmp expect actual
'

test_expect_success 'COLUMNS goes before what the terminal says' '
	COLUMNS=25 on_terminal --columns 30 \
		test-ui table --no-color A B:flex -- 1 "a subject that is rather long" >actual &&
	cat >expect <<-\EOF &&
	A  B
	1  a subject that is r...
	EOF
	test_cmp expect actual
'

test_expect_success 'a table in a pager is cut, one in a pipe is not' '
	test-pty --columns 30 \
		test-ui table --no-color --pager="sed s/^/:/" A B:flex -- 1 "a subject that is rather long" >actual &&
	test_grep ":1  a subject that is rather\.\.\." actual &&
	COLUMNS=30 test-ui table A B:flex -- 1 "a subject that is rather long" >actual &&
	test_grep "1  a subject that is rather long" actual
'

GIT_PROGRESS_DELAY=0
export GIT_PROGRESS_DELAY

test_expect_success 'progress is shown on a terminal and ends its line' '
	test-pty test-ui progress -n3 150 >actual &&
	tr "\r" "\n" <actual >lines &&
	test_grep -x "Working:  33% (1/3)" lines &&
	tail -n 1 lines >last &&
	echo "Working: 100% (3/3), done." >expect &&
	test_cmp expect last
'

test_expect_success 'a shorter line of progress leaves nothing of the longer one' '
	test-pty test-ui progress -n9 260 >actual &&
	tr "\r" "\n" <actual >lines &&
	test_grep "^Working:  88% (8/9), 1 s left$" lines &&
	test_grep "^Working: 100% (9/9)          $" lines
'

test_expect_success 'a message takes the line of progress off the screen' '
	test-pty test-ui progress --loud --setting=never -n2 150 >actual &&
	tr "\r" "\n" <actual | sed "s/ *$//" >lines &&
	cat >expect <<-\EOF &&
	Working:  50% (1/2)

	warning: 1
	Working: 100% (2/2)

	warning: 2
	Working: 100% (2/2), done.
	EOF
	test_cmp expect lines
'

test_expect_success 'no progress without a terminal, with --no-progress, before the delay, in the background' '
	test-ui progress -n2 150 2>actual &&
	test_must_be_empty actual &&
	test-pty test-ui progress --no-progress -n2 150 >actual &&
	test_must_be_empty actual &&
	GIT_PROGRESS_DELAY=100 test-pty test-ui progress -n2 150 >actual &&
	test_must_be_empty actual &&
	test-pty sh -c "set -m; test-ui progress -n2 150 & wait" >actual &&
	test_must_be_empty actual
'

test_expect_success 'short work with --progress says nothing before its first minute' '
	test-ui progress --progress -n2 150 2>actual &&
	test_must_be_empty actual
'

test_done

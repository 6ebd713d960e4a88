#!/bin/sh
test_description='what every command has from lib/ui: subcommands, -h, messages, a checked standard output'
. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH

test_expect_success 'the first word selects the subcommand' '
	test-ui fill -n2 line >actual &&
	test_write_lines line line >expect &&
	test_cmp expect actual
'

test_expect_success 'the first row of the table takes all words that select nothing' '
	test-ui one fill -- two >actual &&
	echo "words: one fill | two" >expect &&
	test_cmp expect actual
'

test_expect_success 'the first row can be selected, too, and words may follow options' '
	test-ui words --loud one >actual &&
	echo "words: one" >expect &&
	test_cmp expect actual &&
	test-ui --loud say one >actual &&
	echo "words: say one" >expect &&
	test_cmp expect actual
'

test_expect_success '--version names the program' '
	test-ui --version >actual &&
	test_grep -x "test-ui version [0-9.]*" actual
'

test_expect_success '-h shows every subcommand and the options of the first, with status 129' '
	test_expect_code 129 test-ui -h >actual 2>err &&
	test_must_be_empty err &&
	test_grep -x "usage: test-ui words <range> \[<word>...\]" actual &&
	test_grep -x "   or: test-ui write \[--loud\] <file> (keep | drop | die | wait) <text>" actual &&
	test_grep -x "    -n, --count <n>       how many times (default: 1)" actual
'

test_expect_success '-h after a subcommand shows its usage only' '
	test_expect_code 129 test-ui fill -h >actual &&
	test_grep -x "usage: test-ui fill \[-n <n>\] <line>" actual &&
	test_grep ! words actual
'

test_expect_success 'a wrong option is explained on standard error, with status 129' '
	test_expect_code 129 test-ui fill --cuont=3 >out 2>err &&
	test_must_be_empty out &&
	head -n 2 err >actual &&
	cat >expect <<-\EOF &&
	error: unknown option `cuont'\''; did you mean `--count'\''?
	usage: test-ui fill [-n <n>] <line>
	EOF
	test_cmp expect actual
'

test_expect_success 'a wrong value is explained without the usage' '
	test_expect_code 129 test-ui fill --count=many 2>err &&
	echo "error: option \`count'\'': \`many'\'' is not a whole number (k, m or g may follow)" >expect &&
	test_cmp expect err
'

test_expect_success 'the completion helpers answer with status 0' '
	test-ui fill --git-completion-helper >actual &&
	echo "--loud --color --progress --setting= --pager= --count= --shape= --since= --file=" \
		"--no-loud --no-color --no-progress" >expect &&
	test_cmp expect actual
'

test_expect_success 'the completion table holds all subcommands' '
	test-ui --git-completion-helper-table >actual &&
	grep "^command" actual >commands &&
	test_line_count = 6 commands &&
	printf "option\tpager\t\tno-pager\t<command>\tfile\t\t\tcore.pager\n" >expect &&
	grep "^option.pager" actual | sort -u >pager &&
	test_cmp expect pager
'

test_expect_success 'die ends with status 128 after what was printed before' '
	test_expect_code 128 test-ui say die "no such thing" >actual 2>&1 &&
	test_write_lines before "fatal: no such thing" >expect &&
	test_cmp expect actual
'

test_expect_success 'warnings and hints let the command go on, in order' '
	test-ui say warning careful >actual 2>&1 &&
	test_write_lines before "warning: careful" after >expect &&
	test_cmp expect actual &&
	test-ui say hint "try this" >actual 2>&1 &&
	test_write_lines before "hint: try this" after >expect &&
	test_cmp expect actual
'

test_expect_success 'messages never carry control bytes to the terminal' '
	test_expect_code 128 test-ui say die "$(printf "a\033[31mb\nc")" 2>err &&
	test_write_lines "fatal: a\\x1b[31mb\\nc" >expect &&
	test_cmp expect err
'

test -w /dev/full && test_set_prereq DEV_FULL

test_expect_success DEV_FULL 'output that cannot be written is fatal' '
	test_expect_code 128 test-ui fill line >/dev/full 2>err &&
	echo "fatal: cannot write the output: No space left on device" >expect &&
	test_cmp expect err &&
	test_expect_code 128 test-ui fill -n100000 line >/dev/full 2>err &&
	test_cmp expect err
'

test_expect_success DEV_FULL 'that is so for -h, --version and the completion helpers' '
	for option in -h --version --git-completion-helper --git-completion-helper-table
	do
		test_expect_code 128 test-ui $option >/dev/full 2>err &&
		test_grep "cannot write the output" err || return 1
	done
'

test_expect_success 'a closed standard output is fatal' '
	test_expect_code 128 test-ui fill line >&- 2>err &&
	echo "fatal: cannot write the output: Bad file descriptor" >expect &&
	test_cmp expect err
'

test_expect_success 'a reader that goes away ends the command by SIGPIPE, silently' '
	{
		test-ui fill -n1000000 line 2>err
		echo $? >status
	} | head -n 1 >actual &&
	echo line >expect &&
	test_cmp expect actual &&
	echo 141 >expect &&
	test_cmp expect status &&
	test_must_be_empty err
'

test_expect_success 'that is so where SIGPIPE was ignored by the caller' '
	{
		(
			trap "" PIPE
			test-ui fill -n1000000 line 2>err
			echo $? >status
		)
	} | head -n 1 >actual &&
	echo 141 >expect &&
	test_cmp expect status
'

test_done

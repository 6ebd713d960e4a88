#!/bin/sh
test_description='files are written whole or not at all'
. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH

# Nothing but the files named may be in dir/.
expect_files() {
	test_write_lines "$@" >expect &&
	ls -A dir >actual &&
	test_cmp expect actual
}

expect_content() {
	echo "$2" >expect &&
	test_cmp expect "$1"
}

test_expect_success 'a committed file is there, alone' '
	mkdir dir &&
	test-ui write dir/file keep new &&
	expect_content dir/file new &&
	expect_files file
'

test_expect_success 'a dropped one changes nothing' '
	test-ui write dir/file drop other &&
	expect_content dir/file new &&
	expect_files file
'

test_expect_success 'a fatal error leaves nothing behind' '
	test_expect_code 128 test-ui write --loud dir/file die other 2>err &&
	expect_content dir/file new &&
	expect_files file
'

test_expect_success 'signals leave nothing behind and are the reason of the end' '
	for signal in HUP:129 INT:130 TERM:143
	do
		rm -f ready &&
		mkfifo ready &&
		{
			# A background job of a shell ignores INT, which would be kept.
			env --default-signal=INT test-ui write --loud dir/file wait other >ready &
			pid=$!
		} &&
		read line <ready &&
		test "$line" = waiting &&
		kill -s ${signal%:*} $pid &&
		test_expect_code ${signal#*:} wait $pid &&
		expect_content dir/file new &&
		expect_files file || return 1
	done
'

test_expect_success 'Control-C on a terminal, too' '
	test_expect_code 130 test-pty --type waiting ^C test-ui write --loud dir/file wait other &&
	expect_content dir/file new &&
	expect_files file
'

test_expect_success 'a signal that is ignored stays ignored' '
	{
		env --ignore-signal=HUP test-ui write dir/file wait other >out &
		pid=$!
	} &&
	while ! test -s out
	do
		sleep 0.01
	done &&
	kill -s HUP $pid &&
	kill -s TERM $pid &&
	test_expect_code 143 wait $pid &&
	expect_files file
'

test_expect_success 'a new file has the mode that the umask leaves' '
	(
		umask 027 &&
		test-ui write dir/mode keep x
	) &&
	test "$(stat -c %a dir/mode)" = 640 &&
	rm dir/mode
'

test_expect_success 'a replaced file keeps its mode' '
	chmod 600 dir/file &&
	test-ui write dir/file keep newer &&
	expect_content dir/file newer &&
	test "$(stat -c %a dir/file)" = 600
'

test_expect_success 'a symbolic link stays one' '
	ln -s dir/file link &&
	test-ui write link keep newest &&
	test -L link &&
	expect_content dir/file newest &&
	expect_files file
'

test_expect_success 'what is no regular file is written to, not replaced' '
	mkfifo pipe &&
	{ cat pipe >got & } &&
	test-ui write pipe keep through &&
	wait &&
	test -p pipe &&
	expect_content got through &&
	test-ui write /dev/null keep x &&
	test -c /dev/null
'

test_expect_success 'a name that is taken is not touched' '
	echo mine >dir/file.0.tmp &&
	test-ui write dir/file keep again &&
	expect_content dir/file again &&
	expect_content dir/file.0.tmp mine &&
	rm dir/file.0.tmp
'

test_expect_success 'a folder that does not exist is named' '
	test_expect_code 128 test-ui write none/file keep x 2>err &&
	echo "fatal: cannot create '\''none/file'\'': No such file or directory" >expect &&
	test_cmp expect err
'

test_expect_success 'a folder in its place is named' '
	test_expect_code 128 test-ui write dir keep x 2>err &&
	echo "fatal: cannot create '\''dir'\'': Is a directory" >expect &&
	test_cmp expect err
'

test_expect_success 'a closed standard output does not become the file' '
	test_expect_code 128 test-ui write dir/file keep alone >&- 2>err &&
	expect_content dir/file alone &&
	test_expect_code 128 test-ui write dir/file die x 2>&- >&- <&- &&
	expect_content dir/file alone &&
	expect_files file
'

test -w /dev/full && test_set_prereq DEV_FULL

test_expect_success DEV_FULL 'a full disk is an error of commit' '
	test_expect_code 128 test-ui write /dev/full keep x 2>err &&
	echo "fatal: cannot write '\''/dev/full'\'': No space left on device" >expect &&
	test_cmp expect err
'

test_expect_success !ROOT 'a folder without write permission is an error' '
	mkdir closed &&
	chmod 500 closed &&
	test_expect_code 128 test-ui write closed/file keep x 2>err &&
	test_grep "cannot create .closed/file.: Permission denied" err
'

test_done

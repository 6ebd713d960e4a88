#!/bin/sh
test_description='results of others in a real MariaDB server, on the loopback'
. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-foreign.sh"

for program in mariadbd mariadb-install-db mariadb
do
	if ! PATH=$PATH:/usr/sbin command -v $program >/dev/null
	then
		skip_all="no $program here (package mariadb-server)"
		test_done
	fi
done
PATH=$PATH:/usr/sbin

foreign="$HELPER_PATH/test-foreign"
if "$foreign" list mysql://u@127.0.0.1:1/db 2>&1 | grep -q "built without libmariadb"
then
	skip_all='built without libmariadb'
	test_done
fi

# mariadb-install-db stumbles over blanks, of which there are some in this directory.
data=$(mktemp -d) || exit 1
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
url=mysql://reader@127.0.0.1:$port

sql() {
	mariadb --no-defaults --socket="$data/socket" -u root "$@"
}

start_server() {
	# shellcheck disable=SC2046
	mariadbd --no-defaults $(test "$(id -u)" != 0 || echo --user=root) --datadir="$data" --socket=socket \
		--bind-address=127.0.0.1 --port="$port" --pid-file=pid --skip-log-bin >server.log 2>&1 &
	server=$!
	waited=0
	until sql -e 'SELECT 1' >out 2>&1
	do
		waited=$((waited + 1))
		if test $waited -gt 600 || ! kill -0 $server
		then
			cat server.log out
			return 1
		fi
		sleep 0.1
	done
}

stop_server() {
	if test -n "$server"
	then
		kill $server
		wait $server
	fi
	server=
}

server=
# The shell's own end, also when it is interrupted.
trap 'stop_server; rm -rf "$data"; die' EXIT

# A helper of git's that knows the password of one user, and notes what it is asked.
test_expect_success 'start a server of our own' '
	mariadb-install-db --no-defaults $(test "$(id -u)" != 0 || echo --user=root) --datadir="$data" \
		--auth-root-authentication-method=normal --skip-test-db >install.log 2>&1 &&
	start_server &&
	for generation in old new
	do
		sql -e "CREATE DATABASE $generation" &&
		fastpath_sql $generation | sql $generation || return 1
	done &&
	sql -e "CREATE USER reader IDENTIFIED BY '\''s3cret =&%'\''; GRANT SELECT ON *.* TO reader;
		CREATE USER other IDENTIFIED BY '\''unknown'\''" &&
	write_script helper <<-\EOF &&
	{
		echo "== $1"
		sed "/^password=/s/=.*/=.../"
	} >>"$HOME/asked"
	test "$1" != get || echo "password=s3cret =&%"
	EOF
	git config --file "$HOME/.gitconfig" credential.helper "!\"$HOME/helper\""
'

for generation in old new
do
	test_expect_success "MariaDB of the $generation generation says what SQLite says" "
		make_sqlite $generation $generation.db &&
		check_store sqlite:///$generation.db &&
		check_store $url/$generation
	"
done

test_expect_success 'the password is asked of git, and one that worked is reported to it' '
	rm -f asked &&
	"$foreign" list $url/old >out &&
	cat >expect <<-EOF &&
	== get
	protocol=mysql
	host=127.0.0.1:$port
	username=reader
	== store
	protocol=mysql
	host=127.0.0.1:$port
	username=reader
	password=...
	EOF
	test_cmp expect asked
'

test_expect_success 'one that did not work is reported as well' '
	rm -f asked &&
	test_expect_code 128 "$foreign" list mysql://other@127.0.0.1:$port/old 2>err &&
	test_grep "^error: cannot connect to .mysql://other@127.0.0.1:$port/old.: Access denied" err &&
	test_grep ! s3cret err &&
	test_grep "^== erase" asked &&
	test_grep ! "^== store" asked
'

test_expect_success 'without anybody who knows the password there is an error' '
	test_expect_code 128 env HOME=/nowhere GIT_TERMINAL_PROMPT=0 "$foreign" list $url/old 2>err </dev/null &&
	test_grep "^error: no password for .$url/old.: " err
'

test_expect_success 'what is missing is named' '
	test_expect_code 128 "$foreign" list $url/none 2>err &&
	test_grep "^error: cannot connect to .*none" err &&
	sql -e "CREATE DATABASE empty" &&
	test_expect_code 128 "$foreign" list $url/empty 2>err &&
	test_grep "has no table SWPROFILE" err &&
	fastpath_sql old | sed "s/session_uuid/boot_uuid/" | sql empty &&
	test_expect_code 128 "$foreign" results $url/empty altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "table RESULT of .* has no column session_uuid (it has id, timestamp, " err
'

# shellcheck disable=SC1003
test_expect_success 'text is data, not SQL' '
	test_expect_code 128 "$foreign" results $url/old "x'\''; DROP TABLE RESULT; --" 1 5 events 2>err &&
	test_grep "has no system under test" err &&
	"$foreign" results $url/new altra 6.8.0 sysbench/thread "\\'\'' OR 1 -- " >actual &&
	test_line_count = 1 actual &&
	check_store $url/old
'

test_expect_success 'nothing can be written, whatever the user may do' '
	sql -e "GRANT ALL ON *.* TO reader; CHECKSUM TABLE old.RESULT, old.SUT" >before &&
	check_store $url/old &&
	sql -e "CHECKSUM TABLE old.RESULT, old.SUT" >after &&
	test_cmp before after
'

test_expect_success 'a server that is away is an error' '
	stop_server &&
	test_expect_code 128 "$foreign" list $url/old 2>err &&
	test_grep "^error: cannot connect to .$url/old.: Can.t connect to server" err
'

test_done

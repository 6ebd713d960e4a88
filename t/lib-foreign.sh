# Result stores as Fastpath writes them, of both generations, as far as their
# tables are published (Documentation/technical/stores.adoc), and what has to
# be read from them. To be sourced after test-lib.sh.
#
# shellcheck shell=sh

# Statements that SQLite and MariaDB understand alike. RESULT names its class
# by id, its rows are not in order, and some are of other things.
fastpath_sql() {
	cat <<-\EOF
	CREATE TABLE SUT (id INTEGER PRIMARY KEY, name VARCHAR(64), extra VARCHAR(64));
	INSERT INTO SUT VALUES (10, 'altra', NULL), (2, 'n1', 'x');
	CREATE TABLE SWPROFILE (id INTEGER PRIMARY KEY, bootscript TEXT, sysctl TEXT, cmdline TEXT,
		userspace_name VARCHAR(64), kernel_git_sha VARCHAR(64), kernel_name VARCHAR(64));
	INSERT INTO SWPROFILE VALUES
		(1, '', 'vm.swappiness=1', 'quiet nosmt', 'debian', '0123456789abcdef0123456789abcdef01234567', '6.8.0'),
		(2, ' ', 'vm.swappiness=1', 'quiet nosmt', 'debian', 'fedcba9876543210fedcba9876543210fedcba98', '6.9.0'),
		(3, '', 'vm.swappiness=1', 'quiet', 'debian', NULL, '6.9.0'),
		(11, 'echo "a, b"', 'vm.swappiness=1', 'quiet nosmt', 'debian', NULL, 'last');
	EOF
	case $1 in
	old)
		cat <<-\EOF
		CREATE TABLE BENCHMARK (id INTEGER PRIMARY KEY, suite VARCHAR(64), name VARCHAR(64), type VARCHAR(64),
			image VARCHAR(64), params_hash CHAR(64));
		EOF
		;;
	new)
		cat <<-\EOF
		CREATE TABLE BENCHMARK (roles_hash CHAR(64), image VARCHAR(64), type VARCHAR(64), name VARCHAR(64),
			suite VARCHAR(64), id INTEGER PRIMARY KEY);
		EOF
		;;
	esac
	cat <<-\EOF
	INSERT INTO BENCHMARK (id, suite, name, type, image) VALUES
		(5, 'sysbench', 'thread', 'standard', 'sysbench:1.0'), (6, 'sysbench', 'mutex', NULL, NULL);
	EOF
	case $1 in
	old)
		cat <<-\EOF
		CREATE TABLE RESULTCLASS (id INTEGER PRIMARY KEY, name VARCHAR(64), unit VARCHAR(64),
			improvement VARCHAR(64));
		INSERT INTO RESULTCLASS VALUES (1, 'events', '1/s', 'bigger'), (2, 'latency', 'ms', 'smaller');
		CREATE TABLE RESULT (id INTEGER PRIMARY KEY, timestamp VARCHAR(64), sut_id INTEGER,
			swprofile_id INTEGER, benchmark_id INTEGER, session_uuid CHAR(36), resultclass_id INTEGER,
			value DOUBLE);
		INSERT INTO RESULT VALUES
			(9, '2025-01-02', 10, 1, 5, 'bbbb', 1, 0.1), (10, '2025-01-02', 10, 1, 5, 'aaaa', 1, 104),
			(7, '2025-01-01', 10, 1, 5, 'aaaa', 1, 100.25), (8, '2025-01-01', 10, 1, 5, 'aaaa', 1, 1e-300),
			(1, '2025-01-01', 10, 1, 5, 'aaaa', 2, 7), (2, '2025-01-01', 10, 2, 5, 'cccc', 1, 8),
			(3, '2025-01-01', 10, 1, 6, 'aaaa', 1, 9), (4, '2025-01-01', 2, 1, 5, 'aaaa', 1, 10);
		EOF
		;;
	new)
		cat <<-\EOF
		CREATE TABLE RESULT (value DOUBLE, better VARCHAR(64), unit VARCHAR(64), resultclass VARCHAR(64),
			session_uuid CHAR(36), benchmark_id INTEGER, swprofile_id INTEGER, sut_id INTEGER,
			rolemap_id INTEGER, role_id INTEGER, id INTEGER PRIMARY KEY);
		INSERT INTO RESULT VALUES
			(0.1, 'higher', '1/s', 'events', 'bbbb', 5, 1, 10, 1, 1, 9),
			(104, 'higher', '1/s', 'events', 'aaaa', 5, 1, 10, 1, 1, 10),
			(100.25, 'higher', '1/s', 'events', 'aaaa', 5, 1, 10, 1, 1, 7),
			(1e-300, 'higher', '1/s', 'events', 'aaaa', 5, 1, 10, 1, 1, 8),
			(7, 'lower', 'ms', 'latency', 'aaaa', 5, 1, 10, 1, 1, 1),
			(8, 'higher', '1/s', 'events', 'cccc', 5, 2, 10, 1, 1, 2),
			(9, 'higher', '1/s', 'events', 'aaaa', 6, 1, 10, 1, 1, 3),
			(10, 'higher', '1/s', 'events', 'aaaa', 5, 1, 2, 1, 1, 4);
		EOF
		;;
	esac
}

# make_sqlite <generation> <file>
make_sqlite() {
	fastpath_sql "$1" | sqlite3 "$2"
}

# make_csv <database> <dir>: each table into a file.
make_csv() {
	mkdir -p "$2" &&
	for table in $(sqlite3 "$1" "SELECT name FROM sqlite_schema WHERE type = 'table'")
	do
		sqlite3 -csv -header "$1" "SELECT * FROM $table" >"$2/$table.csv" || return 1
	done
}

# What every kind and generation has to give.
expect_list() {
	cat <<-\EOF
	swprofile 1|6.8.0|0123456789abcdef0123456789abcdef01234567|debian|quiet nosmt|vm.swappiness=1|
	swprofile 2|6.9.0|fedcba9876543210fedcba9876543210fedcba98|debian|quiet nosmt|vm.swappiness=1|SPACE
	swprofile 3|6.9.0||debian|quiet|vm.swappiness=1|
	swprofile 11|last||debian|quiet nosmt|vm.swappiness=1|echo "a, b"
	benchmark 5|sysbench|thread|standard|sysbench:1.0
	benchmark 6|sysbench|mutex||
	sut 2|n1
	sut 10|altra
	EOF
}

expect_results() {
	cat <<-\EOF
	unit '1/s' better 'higher'
	aaaa: 100.25 1e-300 104
	bbbb: 0.10000000000000001
	EOF
}

# check_store <url>: everything that can be asked of such a store.
check_store() {
	foreign="$HELPER_PATH/test-foreign" &&
	"$foreign" list "$1" >actual &&
	expect_list | sed 's/SPACE/ /' >expect &&
	test_cmp expect actual &&
	"$foreign" results "$1" altra 6.8.0 sysbench/thread events >actual &&
	expect_results >expect &&
	test_cmp expect actual &&
	"$foreign" results "$1" 10 1 5 latency >actual &&
	printf "unit 'ms' better 'lower'\naaaa: 7\n" >expect &&
	test_cmp expect actual &&
	"$foreign" results "$1" n1 last sysbench/mutex latency >actual &&
	test_line_count = 1 actual &&
	"$foreign" differ "$1" 1 2 >actual &&
	"$foreign" differ "$1" 6.8.0 3 >>actual &&
	"$foreign" differ "$1" 6.8.0 last >>actual &&
	printf '%s\n' same "cmdline: 'quiet nosmt' 'quiet'" "bootscript: '' 'echo \"a, b\"'" >expect &&
	test_cmp expect actual &&
	test_expect_code 128 "$foreign" results "$1" altra 6.9.0 sysbench/thread events 2>err &&
	test_grep "has 2 software profiles called '6.9.0'; name one by its id: 2, 3" err &&
	test_expect_code 128 "$foreign" results "$1" altra 6.7 sysbench/thread events 2>err &&
	test_grep "has no software profile '6.7' (it has 6.8.0, 6.9.0, 6.9.0, last)" err &&
	test_expect_code 128 "$foreign" results "$1" altra 6.8.0 thread events 2>err &&
	test_grep "has no benchmark 'thread' (it has sysbench/thread, sysbench/mutex)" err &&
	test_expect_code 128 "$foreign" results "$1" m1 6.8.0 sysbench/thread events 2>err &&
	test_grep "has no system under test 'm1' (it has n1, altra)" err
}

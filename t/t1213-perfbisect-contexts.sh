#!/bin/sh

test_description='the contexts that are there to be copied are read, whole'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

contexts=$PROJECT_SOURCE/contrib/contexts

# Results of both ends, as the contexts of a Fastpath lab want them.
store_sql() {
	cat <<-EOF
	CREATE TABLE SUT (id INTEGER PRIMARY KEY, name VARCHAR(64));
	INSERT INTO SUT VALUES (1, 'altra');
	CREATE TABLE SWPROFILE (id INTEGER PRIMARY KEY, bootscript TEXT, sysctl TEXT, cmdline TEXT,
		userspace_name VARCHAR(64), kernel_git_sha VARCHAR(64), kernel_name VARCHAR(64));
	INSERT INTO SWPROFILE VALUES (1, '', '', '', 'debian', '$1', '6.12.0-baseline'),
		(2, '', '', '', 'debian', '$2', '6.17.0-baseline');
	CREATE TABLE BENCHMARK (id INTEGER PRIMARY KEY, suite VARCHAR(64), name VARCHAR(64), type VARCHAR(64),
		image VARCHAR(64));
	INSERT INTO BENCHMARK VALUES (1, 'sysbench', 'thread', NULL, NULL);
	CREATE TABLE RESULTCLASS (id INTEGER PRIMARY KEY, name VARCHAR(64), unit VARCHAR(64), improvement VARCHAR(64));
	INSERT INTO RESULTCLASS VALUES (1, 'sysbenchthread-110', 'events', 'bigger');
	CREATE TABLE RESULT (id INTEGER PRIMARY KEY, timestamp VARCHAR(64), sut_id INTEGER, swprofile_id INTEGER,
		benchmark_id INTEGER, session_uuid CHAR(36), resultclass_id INTEGER, value DOUBLE);
	INSERT INTO RESULT VALUES (1, '2025-01-01', 1, 1, 1, 'aaaa', 1, 110), (2, '2025-01-01', 1, 1, 1, 'bbbb', 1, 111),
		(3, '2025-01-01', 1, 2, 1, 'cccc', 1, 100), (4, '2025-01-01', 1, 2, 1, 'dddd', 1, 101);
	EOF
}

test_expect_success 'set up' '
	(
		new_series series 8 5 &&
		git tag v6.12 c1 && git tag v6.17 c8 && git tag v2.0 c1 && git tag v2.1 c8 &&
		store_sql "$(git rev-parse c1)" "$(git rev-parse c8)" | sqlite3 ../results.db
	)
'

# accept <context> <arguments of start>...: it is taken as it is, but for the paths of
# its example, which are not here; nothing in it is unknown, and a bisection would begin.
accept() {
	file=$1 &&
	shift &&
	sed -e "s,/srv/fastpath/,$HOME/," -e "s,= /src/linux/,= $HOME/,; s,= /srv/bench/,= $HOME/," \
		"$contexts/$file" >"$file" &&
	(
		cd series &&
		git perfbisect start --from="../$file" --no-check "$@" >../out 2>../err &&
		test_must_be_empty ../err &&
		test_grep "^7 commits between " ../out &&
		git perfbisect run --dry-run >../out &&
		test_grep "^Expected: " ../out &&
		git perfbisect reset >../out
	)
}

# What is said to be typed in a comment of each.
test_expect_success 'every context is accepted as its comment says' '
	: >config && : >build && mkdir -p .git/perf/kernel &&
	: >.git/perf/kernel/build && : >.git/perf/kernel/config && : >.git/perf/kernel/initramfs &&
	for path in "$contexts"/*
	do
		name=${path##*/} &&
		arguments=$(sed -n "s/^#	git perfbisect start --from $name//p" "$path" | sed "s/ --rank=[^ ]*//") &&
		test_grep -q "^#	git perfbisect start --from $name" "$path" &&
		test_grep -x "#	git perfbisect run" "$path" &&
		case $name in
		*.yaml)
			sed -n "/^#	git config/{ :more; /\\\\$/{ N; b more; }; s/^#	//; s/\\\\\\n#	//; p; }" "$path" >settings &&
			test_line_count -gt 3 settings &&
			(cd series && . ../settings)
			;;
		esac &&
		accept "$name" $arguments || return 1
	done
'

test_expect_success 'the tutorial says what each is for' '
	for path in "$contexts"/*
	do
		test_grep -x "\`${path##*/}\`::" "$PROJECT_SOURCE/Documentation/gitperf-tutorial.adoc" || return 1
	done
'

# A machine that is this computer prints the line, and the tool reads it.
test_expect_success 'the metrics of the contexts find what the benchmarks print' '
	cat >samples <<-\EOF &&
	laptop-qemu|pipe|metric pipe 3011.20 ns|3011.2
	server-ssh|requests|requests per second:  5123.5|5123.5
	server-kexec|hammerdb/mysql|Vuser 1:TEST RESULT : System achieved 76500 NOPM from 177600 MySQL TPM|76500 177600
	fastpath-lab|sysbench/thread|    total number of events:              54321|54321
	EOF
	while IFS="|" read -r file bench line values
	do
		git config -f "$contexts/$file" --get-all "perfbench.$bench.metric" >metrics &&
		rm -f context &&
		git config -f context perfbench.x.command "echo \"$line\"" &&
		git config -f context perfbench.x.warmups 0 &&
		git config -f context perfsut.local.method local &&
		while read -r metric
		do
			git config -f context --add perfbench.x.metric "$metric" || return 1
		done <metrics &&
		"$HELPER_PATH/test-bench" measure context local 1234abcd . . 1 >out &&
		sed -n "s/^[*]\{0,1\}[a-z0-9-]* 0.0 \([0-9.]*\) .*/\1/p" out | xargs >actual &&
		echo "$values" >expect &&
		test_cmp expect actual || return 1
	done <samples
'

test_done

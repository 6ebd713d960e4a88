#!/bin/sh

test_description='git perfbisect start with baselines of a result store, and with plans of Fastpath'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"
. "$TEST_SOURCE/lib-foreign.sh"

# store_sql <id of the good kernel> <id of the bad one>: results of c1 and c8, and two
# profiles that do not fit.
store_sql() {
	cat <<-EOF
	CREATE TABLE SUT (id INTEGER PRIMARY KEY, name VARCHAR(64));
	INSERT INTO SUT VALUES (1, 'altra'), (2, 'idle');
	CREATE TABLE SWPROFILE (id INTEGER PRIMARY KEY, bootscript TEXT, sysctl TEXT, cmdline TEXT,
		userspace_name VARCHAR(64), kernel_git_sha VARCHAR(64), kernel_name VARCHAR(64));
	INSERT INTO SWPROFILE VALUES
		(1, '', '', '', 'debian', '$1', 'v1'), (2, '', '', '', 'debian', '$2', 'v8'),
		(3, '', '', 'nosmt', 'debian', '$2', 'v8-nosmt'), (4, 'true', '', '', 'debian', '$2', 'v8-script'),
		(5, '', '', '', 'debian', '', 'nameless');
	CREATE TABLE BENCHMARK (id INTEGER PRIMARY KEY, suite VARCHAR(64), name VARCHAR(64), type VARCHAR(64),
		image VARCHAR(64));
	INSERT INTO BENCHMARK VALUES (1, 'suite', 'level', NULL, NULL), (2, 'suite', 'other', NULL, NULL);
	CREATE TABLE RESULTCLASS (id INTEGER PRIMARY KEY, name VARCHAR(64), unit VARCHAR(64), improvement VARCHAR(64));
	INSERT INTO RESULTCLASS VALUES (1, 'time', 's', 'smaller'), (2, 'ops', '1/s', 'bigger');
	CREATE TABLE RESULT (id INTEGER PRIMARY KEY, timestamp VARCHAR(64), sut_id INTEGER, swprofile_id INTEGER,
		benchmark_id INTEGER, session_uuid CHAR(36), resultclass_id INTEGER, value DOUBLE);
	INSERT INTO RESULT VALUES
		(1, '2025-01-01', 1, 1, 1, 'aaaa', 1, 100), (2, '2025-01-01', 1, 1, 1, 'aaaa', 1, 100.5),
		(3, '2025-01-01', 1, 1, 1, 'bbbb', 1, 99.5), (4, '2025-01-01', 1, 2, 1, 'cccc', 1, 110),
		(5, '2025-01-01', 1, 2, 1, 'dddd', 1, 110.5), (6, '2025-01-01', 1, 2, 1, 'dddd', 1, 109.5);
	EOF
}

# start_store <arguments>...: with the series' benchmark, in the current directory.
start_store() {
	git perfbisect start --strategy=adaptive --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" --unit=s \
		--sut=altra --benchmark=suite/level --resultclass=time "$@" -- "$PWD/.git/measure"
}

fresh() {
	rm -rf series &&
	cp -R template series
}

test_expect_success 'set up' '
	(
		new_series template 8 5 &&
		git config perfsut.altra.method local &&
		store_sql "$(git rev-parse c1)" "$(git rev-parse c8)" | sqlite3 ../store.db
	) &&
	make_csv store.db csv
'

for store in "sqlite:///$HOME/store.db" "csv:///$HOME/csv"
do
	test_expect_success "the ends are the profiles' kernels, and their results the baselines: ${store%%:*}" '
		fresh &&
		cp store.db before.db && cp -R csv csv-before &&
		test_when_finished "rm -r csv-before" &&
		(
			cd series &&
			start_store --resultstore="$store" --good-swprofile=v1 --bad-swprofile=v8 >../out &&
			test_grep "^7 commits between $(git rev-parse c1) and $(git rev-parse c8)" ../out &&
			git perfbisect run >../out &&
			first_bad c5 ../out &&
			test_grep ! "^anchor " ../out &&
			test_grep "^Result: REGRESSION detected for resultclass .time. comparing .bisect-$(git rev-parse --short=12 c5). vs .v1.\." ../out
		) &&
		cmp before.db store.db &&
		diff -r csv-before csv
	'
done

test_expect_success 'they are copied into the database, by boots' '
	sqlite3 series/.git/perf/perf.db "SELECT swprofile, value, unit, better FROM sample JOIN boot ON boot.id = sample.boot
		WHERE swprofile IN ('\''v1'\'', '\''v8'\'') ORDER BY sample.id" >actual &&
	cat >expect <<-\EOS &&
	v1|100.0|s|lower
	v1|100.5|s|lower
	v1|99.5|s|lower
	v8|110.0|s|lower
	v8|110.5|s|lower
	v8|109.5|s|lower
	EOS
	test_cmp expect actual &&
	sqlite3 series/.git/perf/perf.db "SELECT count(*) FROM boot WHERE swprofile IN ('\''v1'\'', '\''v8'\'')" >actual &&
	echo 4 >expect &&
	test_cmp expect actual
'

test_expect_success 'today'\''s commits are software profiles of their own' '
	sqlite3 series/.git/perf/perf.db "SELECT DISTINCT swprofile FROM boot WHERE swprofile LIKE '\''bisect-%'\''" >actual &&
	test_grep -x "bisect-$(git -C series rev-parse --short=12 c5)" actual
'

test_expect_success 'sequential measures the ends anew' '
	fresh &&
	(
		cd series &&
		start_store --strategy=sequential --resultstore="sqlite:///$HOME/store.db" \
			--good-swprofile=v1 --bad-swprofile=v8 >../out &&
		git perfbisect run >../out &&
		first_bad c5 ../out &&
		test_grep "^anchor .* good end" ../out &&
		test_grep "^anchor .* bad end" ../out
	)
'

test_expect_success 'ends that differ less today than they did are not reproduced' '
	fresh &&
	(
		cd series &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="^time ([0-9.]+)" --unit=s \
			--sut=altra --benchmark=suite/level --resultclass=time --resultstore="sqlite:///$HOME/store.db" \
			--good-swprofile=v1 --bad-swprofile=v8 -- "echo time \$((\$(cat level) / 10 + 100)) s" >../out &&
		test_expect_code 1 git perfbisect run >../out 2>../err &&
		test_grep -x "Not reproduced" ../out
	)
'

# refused_store <pattern> <arguments>...
refused_store() {
	(
		cd series &&
		pattern=$1 &&
		shift &&
		refused "$pattern" start_store --resultstore="sqlite:///$HOME/store.db" "$@"
	)
}

# multi_node <pattern> <SQL>: what more the store says, and what start says to that.
multi_node() {
	fresh &&
	cp store.db multi.db &&
	sqlite3 multi.db "$2" &&
	rm -rf multi &&
	make_csv multi.db multi &&
	(
		cd series &&
		for store in "sqlite:///$HOME/multi.db" "csv:///$HOME/multi"
		do
			refused "$1" start_store --resultstore="$store" --good-swprofile=v1 --bad-swprofile=v8 || exit 1
		done &&
		test_path_is_missing .git/BISECT_START
	)
}

test_expect_success 'a benchmark with several roles, and a machine with several nodes, are refused' '
	multi_node "benchmark suite/level of .* has results of 2 roles, on several nodes; .* single-node benchmark" \
		"ALTER TABLE RESULT ADD role_id INTEGER; UPDATE RESULT SET role_id = 1 + id % 2" &&
	multi_node "system under test altra of .* has 2 nodes; .* name a single-node system" \
		"CREATE TABLE NODE (id INTEGER, sut_id INTEGER); INSERT INTO NODE VALUES (7, 1), (8, 1), (9, 2)" &&
	multi_node "system under test altra of .* has 3 nodes" \
		"CREATE TABLE CPU (id INTEGER, desc TEXT, cpu_index INTEGER, sut_id INTEGER, node_id INTEGER);
		INSERT INTO CPU VALUES (1, NULL, 0, 1, 7), (2, NULL, 1, 1, 7), (3, NULL, 0, 1, 8), (4, NULL, 0, 1, 9)"
'

test_expect_success 'roles and nodes of others do not matter, nor a single one' '
	fresh &&
	cp store.db single.db &&
	sqlite3 single.db "ALTER TABLE RESULT ADD role_id INTEGER; UPDATE RESULT SET role_id = 1;
		INSERT INTO RESULT VALUES (7, NULL, 1, 1, 2, '\''eeee'\'', 1, 5, 2), (8, NULL, 2, 1, 1, '\''ffff'\'', 1, 5, 3);
		CREATE TABLE NODE (id INTEGER, sut_id INTEGER); INSERT INTO NODE VALUES (7, 1), (8, 2), (9, 2);
		CREATE TABLE CPU (id INTEGER, sut_id INTEGER, node_id INTEGER);
		INSERT INTO CPU VALUES (1, 1, 7), (2, 1, 7), (3, 2, 8), (4, 2, 9)" &&
	(
		cd series &&
		start_store --resultstore="sqlite:///$HOME/single.db" --good-swprofile=v1 --bad-swprofile=v8 >../out &&
		test_grep "^7 commits between " ../out
	)
'

test_expect_success 'what does not fit is named' '
	fresh &&
	refused_store "profiles v1 and v8-nosmt differ in their cmdline (.. and .nosmt.)" \
		--good-swprofile=v1 --bad-swprofile=v8-nosmt &&
	refused_store "differ in their bootscript (.. and .true.)" --good-swprofile=v1 --bad-swprofile=v8-script &&
	refused_store "nameless has no kernel_git_sha; give the revision with --bad" \
		--good-swprofile=v1 --bad-swprofile=nameless &&
	refused_store "has no software profile .v9." --good-swprofile=v1 --bad-swprofile=v9 &&
	refused_store "has no results of suite/level for .ops. on altra with the software profile v1; measure it first" \
		--good-swprofile=v1 --bad-swprofile=v8 --resultclass=ops &&
	refused_store "has no results of suite/other for .time. on altra" \
		--good-swprofile=v1 --bad-swprofile=v8 --benchmark=suite/other &&
	refused_store "has no benchmark .suite/none." --good-swprofile=v1 --bad-swprofile=v8 --benchmark=suite/none &&
	refused_store "has no system under test .m1." --good-swprofile=v1 --bad-swprofile=v8 --no-sut --sut=m1 &&
	refused_store "belong together; give all three" --good-swprofile=v1 &&
	(
		cd series &&
		refused "nowhere" start_store --resultstore="sqlite:///$HOME/nowhere.db" --good-swprofile=v1 --bad-swprofile=v8 &&
		refused "carrier" start_store --resultstore="carrier://pigeon" --good-swprofile=v1 --bad-swprofile=v8 &&
		refused "no bisection is going on here" git perfbisect status
	)
'

test_expect_success 'profiles without a commit, and revisions that are given' '
	sqlite3 store.db "UPDATE SWPROFILE SET kernel_git_sha = '\'''\'' WHERE id IN (1, 2)" &&
	test_when_finished "cp before.db store.db" &&
	refused_store "v1 has no kernel_git_sha" --good-swprofile=v1 --bad-swprofile=v8 &&
	(
		cd series &&
		start_store --resultstore="sqlite:///$HOME/store.db" --good-swprofile=v1 --bad-swprofile=v8 \
			--good=c1 --bad=c8 >../out &&
		test_grep "^7 commits between c1 and c8" ../out
	)
'

test_expect_success 'a store that names a commit which is not here' '
	fresh &&
	sqlite3 store.db "UPDATE SWPROFILE SET kernel_git_sha = '\''0123456789012345678901234567890123456789'\'' WHERE id = 2" &&
	test_when_finished "cp before.db store.db" &&
	refused_store "the bad end: .*0123456789012345678901234567890123456789" --good-swprofile=v1 --bad-swprofile=v8
'

test_expect_success '--from a context of Fastpath' '
	fresh &&
	cat >context.yaml <<-EOS &&
	plan:
	  sut:
	    name: altra
	    connection:
	      method: SSH
	      params:
	        host: 127.0.0.1
	        port: 1
	  swprofiles:
	    - cmdline: []
	  benchmarks:
	    - suite: suite
	      name: level
	  defaults:
	    benchmark:
	      warmups: 0
	      repeats: 1
	      sessions: 3
	good-swprofile: v1
	good_sha: $(git -C series rev-parse c1)
	bad-swprofile: v8
	bad_sha: $(git -C series rev-parse c8)
	resultclass: time
	resultstore: sqlite:///$HOME/store.db
	EOS
	(
		cd series &&
		refused "cannot connect to 127.0.0.1" git perfbisect start --from=../context.yaml \
			--metric="^time ([0-9.]+)" -- "$PWD/.git/measure" &&
		git perfbisect start --from=../context.yaml --no-check --context=../written --strategy=adaptive \
			--metric="^time ([0-9.]+)" -- "$PWD/.git/measure" >../out &&
		test_grep "^7 commits between $(git rev-parse c1) and $(git rev-parse c8)" ../out &&
		for key in sut goodSwprofile badSwprofile benchmark resultclass source
		do
			git config -f ../written "perfbisect.$key" || return 1
		done >../actual &&
		for key in perfsut.altra.host perfsut.altra.port perfbench.suite/level.repeats perfbench.suite/level.sessions
		do
			git config -f ../written "$key" || return 1
		done >>../actual &&
		printf "%s\n" altra v1 v8 suite/level time "sqlite:///$HOME/store.db" 127.0.0.1 1 1 3 >../expect &&
		test_cmp ../expect ../actual
	)
'

test_expect_success 'a context with several roles or nodes is refused' '
	fresh &&
	sed "s/      name: level/&\n      roles: {server: {image: a}, client: {image: b}}/" context.yaml >roles.yaml &&
	sed "s/    name: altra/&\n    nodes: [n1, n2, n3]/" context.yaml >nodes.yaml &&
	(
		cd series &&
		refused "roles.yaml: the benchmark suite/level has 2 roles, on several nodes; .* single-node benchmark" \
			git perfbisect start --from=../roles.yaml --no-check -- true &&
		refused "nodes.yaml: the sut altra has 3 nodes; .* name a single-node sut" \
			git perfbisect start --from=../nodes.yaml --no-check -- true
	)
'

test_expect_success 'a plan that is none says its line' '
	fresh &&
	printf "plan:\n  sut: x\n\tname: y\n" >plan.yaml &&
	(
		cd series &&
		refused "plan.yaml: line 3: " git perfbisect start --from=../plan.yaml main c1 -- true
	)
'

test_done

#!/bin/sh
test_description='the store, seen by the sqlite3 program and by other processes'
. "$(dirname "$0")/test-lib.sh"

store="$HELPER_PATH/test-store"

test_expect_success 'a sample is in the database once it is printed' '
	"$store" write perf boot-1 3 >actual &&
	printf "%s\n" "boot-1.1 0.125" "boot-1.2 0.25" "boot-1.3 0.375" >expect &&
	test_cmp expect actual &&
	sqlite3 -separator " " perf/perf.db "
		SELECT boot_id || \".\" || run, value FROM sample JOIN boot ON boot.id = boot ORDER BY sample.id" >actual &&
	test_cmp expect actual
'

test_expect_success 'the database is ours, of this version, and whole' '
	test "$(sqlite3 perf/perf.db "PRAGMA integrity_check")" = ok &&
	test "$(sqlite3 perf/perf.db "PRAGMA foreign_key_check")" = "" &&
	test "$(sqlite3 perf/perf.db "PRAGMA journal_mode")" = wal &&
	test "$(sqlite3 perf/perf.db "PRAGMA user_version")" = 2 &&
	test "$(sqlite3 perf/perf.db "PRAGMA application_id")" = 1735422566
'

test_expect_success 'a boot keeps what was said of it' '
	sqlite3 perf/perf.db "SELECT id, commit_id, context_hash, machine, swprofile, benchmark, boot_id, class FROM boot" \
		>actual &&
	echo "1|0123456789abcdef0123456789abcdef01234567|c0ffee|local|bisect-0123456789ab|suite/name|boot-1|measured" \
		>expect &&
	test_cmp expect actual
'

test_expect_success 'the same boot is not stored twice' '
	test_expect_code 128 "$store" write perf boot-1 3 2>err &&
	test_grep "^error: boot .boot-1. of machine .local. is stored already" err
'

test_expect_success 'nothing is readable by others' '
	find perf -perm /077 >found &&
	test_must_be_empty found
'

test_expect_success 'events come back, whole and after undo' '
	"$store" start perf /w >actual &&
	echo 1 >expect &&
	test_cmp expect actual &&
	"$store" event perf 1 verdict "{\"bad\": 3}" &&
	"$store" event perf 1 verdict &&
	"$store" undo perf 1 2 &&
	cat >expect <<-\EOT &&
	1 verdict {"bad": 3}
	2 verdict {}
	3 undo {"seq":[2]}
	effective
	1 verdict {"bad": 3}
	EOT
	"$store" events perf 1 >actual &&
	test_cmp expect actual &&
	test "$(sqlite3 perf/perf.db "SELECT count(*) FROM event WHERE json_valid(payload)")" = 3
'

test_expect_success 'a second runner is told who the first is' '
	mkfifo held &&
	{ "$store" lock perf 1 <held >out & } &&
	echo $! >pid &&
	exec 9>held &&
	while ! test -s out
	do
		sleep 0.01
	done &&
	test_expect_code 128 "$store" lock perf 1 2>err </dev/null &&
	exec 9>&- &&
	wait &&
	test_grep "^error: session 1 is run by pid $(cat pid) on $(uname -n) since 2023-11-14 22:13; wait" err &&
	"$store" lock perf 1 </dev/null >actual &&
	echo locked >expect &&
	test_cmp expect actual
'

test_expect_success 'two writers at once lose nothing' '
	{ { "$store" write both a 150 >one; echo $? >one.status; } & } &&
	{ { "$store" write both b 150 >two; echo $? >two.status; } & } &&
	wait &&
	echo 0 >expect &&
	test_cmp expect one.status &&
	test_cmp expect two.status &&
	cat one two | sort >expect &&
	test_line_count = 300 expect &&
	"$store" samples both | sort >actual &&
	test_cmp expect actual &&
	test "$(sqlite3 both/perf.db "PRAGMA integrity_check")" = ok
'

test_expect_success 'of ten that make the database at once none fails' '
	for i in 1 2 3 4 5 6 7 8 9 10
	do
		{ { "$store" write fresh boot-$i 1 >out.$i 2>&1; echo $? >status.$i; } & } || return 1
	done &&
	wait &&
	cat status.* | sort -u >actual &&
	echo 0 >expect &&
	test_cmp expect actual &&
	cat out.? out.10 | sort >expect &&
	"$store" samples fresh | sort >actual &&
	test_cmp expect actual
'

# The program holds its lock until its standard input ends.
test_expect_success 'a lock that another program holds is an error that says so' '
	mkfifo talk &&
	{ sqlite3 perf/perf.db <talk >held.out & } &&
	exec 9>talk &&
	echo "BEGIN IMMEDIATE; SELECT 1;" >&9 &&
	while ! test -s held.out
	do
		sleep 0.01
	done &&
	test_must_fail env GIT_TEST_PERF_STORE_WAIT=20 "$store" write perf locked 1 2>err &&
	exec 9>&- &&
	wait &&
	test_grep "^error: cannot .* another program has held it locked for too long; wait until" err &&
	"$store" write perf free 1
'

test_expect_success 'damage is an error that says what to do' '
	cp -R perf hurt &&
	echo "This is no database, whatever it is called, and long enough to be one" >hurt/perf.db &&
	for how in "samples hurt" "write hurt x 1"
	do
		test_expect_code 128 "$store" $how 2>err &&
		test_grep "file is not a database); restore it from a copy, or move it away" err || return 1
	done
'

test_expect_success 'a newer database is left alone' '
	cp -R perf newer &&
	sqlite3 newer/perf.db "PRAGMA user_version = 7" &&
	cksum newer/perf.db >expect &&
	test_expect_code 128 "$store" write newer x 1 2>err &&
	test_grep "written by a newer version (its schema is 7, this program knows 2); upgrade this program" err &&
	cksum newer/perf.db >actual &&
	test_cmp expect actual
'

test_expect_success 'triggers and views that were planted do nothing' '
	cp -R perf planted &&
	sqlite3 planted/perf.db "CREATE VIEW leak AS SELECT load_extension(\"/x\");
		CREATE TRIGGER go AFTER INSERT ON sample BEGIN SELECT load_extension(\"/x\"); END" &&
	test_expect_code 128 "$store" write planted y 1 2>err &&
	test_grep "error: cannot store a sample" err
'

test_done

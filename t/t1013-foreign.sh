#!/bin/sh
test_description='results of others: CSV, SQLite, and our own, by one interface'
. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-foreign.sh"

foreign="$HELPER_PATH/test-foreign"

for generation in old new
do
	test_expect_success "SQLite of the $generation generation" "
		make_sqlite $generation $generation.db &&
		check_store sqlite:///$generation.db
	"

	test_expect_success "CSV of the $generation generation says the same" "
		make_csv $generation.db $generation &&
		check_store csv:///$generation &&
		check_store ./$generation
	"
done

test_expect_success 'paths from the root, and with an odd name' '
	cp old.db "odd name?#%41.db" &&
	check_store "sqlite:///odd name?#%41.db" &&
	check_store "sqlite://$(pwd)/odd name?#%41.db" &&
	check_store "sqlite:///$(pwd)/odd name?#%41.db" &&
	check_store "csv://$(pwd)/old" &&
	check_store "$(pwd)/old"
'

# The sqlite3 program itself writes fewer digits into CSV.
test_expect_success 'values keep every digit' '
	cp new.db digits.db &&
	sqlite3 digits.db "UPDATE RESULT SET value = 0.30000000000000004 WHERE id = 9" &&
	"$foreign" results sqlite:///digits.db altra 6.8.0 sysbench/thread events >actual &&
	test_grep "^bbbb: 0.30000000000000004\$" actual &&
	cp -R new digits &&
	sed "/,bbbb,/s/^[^,]*/0.30000000000000004/" new/RESULT.csv >digits/RESULT.csv &&
	"$foreign" results csv:///digits altra 6.8.0 sysbench/thread events >actual &&
	test_grep "^bbbb: 0.30000000000000004\$" actual
'

test_expect_success 'names of files and columns have no case, and other columns do not matter' '
	mkdir mixed &&
	for table in SUT SWPROFILE BENCHMARK RESULT RESULTCLASS
	do
		sed "1s/.*/\\U&/; 1s/^/added,/; 2,\$s/^/1,/" old/$table.csv >mixed/$(echo $table | tr A-Z a-z).csv ||
			return 1
	done &&
	check_store csv:///mixed
'

test_expect_success 'a table that is missing is named' '
	cp -R old broken &&
	rm broken/SWPROFILE.csv &&
	test_expect_code 128 "$foreign" list csv:///broken 2>err &&
	echo "error: '\''csv:///broken'\'' has no table SWPROFILE" >expect &&
	test_cmp expect err &&
	sqlite3 old.db .dump | sed "s/RESULTCLASS/OTHER/" | sqlite3 broken.db &&
	test_expect_code 128 "$foreign" results sqlite:///broken.db altra 6.8.0 sysbench/thread events 2>err &&
	echo "error: '\''sqlite:///broken.db'\'' has no table RESULTCLASS" >expect &&
	test_cmp expect err
'

test_expect_success 'a column that is missing is named, with those that are there' '
	cp old/SWPROFILE.csv broken/ &&
	sed "1s/cmdline/command/" old/SWPROFILE.csv >broken/SWPROFILE.csv &&
	test_expect_code 128 "$foreign" list csv:///broken 2>err &&
	test_grep "table SWPROFILE of .* has no column cmdline (it has id, bootscript, sysctl, command, " err &&
	cp old.db broken2.db &&
	sqlite3 broken2.db "ALTER TABLE RESULT RENAME COLUMN session_uuid TO boot" &&
	test_expect_code 128 "$foreign" results sqlite:///broken2.db altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "table RESULT of .* has no column session_uuid (it has id, timestamp" err &&
	sqlite3 broken2.db "ALTER TABLE RESULT RENAME COLUMN boot TO session_uuid;
		ALTER TABLE RESULT RENAME COLUMN resultclass_id TO kind" &&
	test_expect_code 128 "$foreign" results sqlite:///broken2.db altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "has no column resultclass_id and none called resultclass" err
'

test_expect_success 'values that are none, and contradictions, are errors' '
	cp -R new bad &&
	for value in inf nan 1e999 0x10 "" "1 2" many
	do
		sed "/,1,7.\{0,1\}$/s/^[^,]*/$value/" new/RESULT.csv >bad/RESULT.csv &&
		test_expect_code 128 "$foreign" results bad altra 6.8.0 sysbench/thread events 2>err &&
		test_grep "result 7 of .events. in .bad. is .$value., expected a finite number" err || return 1
	done &&
	sed "/,1\/s,.*,bbbb,/s/higher/lower/" new/RESULT.csv >bad/RESULT.csv &&
	test_expect_code 128 "$foreign" results bad altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "contradict each other: their direction is .higher. and .lower." err &&
	sed "/,bbbb,/s,1/s,1/h," new/RESULT.csv >bad/RESULT.csv &&
	test_expect_code 128 "$foreign" results bad altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "contradict each other: their unit is .1/s. and .1/h." err
'

test_expect_success 'a CSV file that is damaged is an error with its line' '
	cp -R new torn &&
	head -c -8 new/RESULT.csv >torn/RESULT.csv &&
	test_expect_code 128 "$foreign" results torn altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "RESULT.csv.: line 9: [0-9]* fields, but 11 columns are named in the first line" err &&
	>torn/RESULT.csv &&
	test_expect_code 128 "$foreign" results torn altra 6.8.0 sysbench/thread events 2>err &&
	test_grep "RESULT.csv.: is empty, expected the names of columns" err
'

test_expect_success 'stores that are not there, or something else' '
	echo text >text &&
	for url in nothing csv:///nothing sqlite:///nothing.db
	do
		test_expect_code 128 "$foreign" list $url 2>err &&
		test_grep "cannot open the result store .$url.: No such file" err || return 1
	done &&
	test_expect_code 128 "$foreign" list text 2>err &&
	test_grep ".text. is no folder of CSV files; a database is named by sqlite:///file" err &&
	test_expect_code 128 "$foreign" list sqlite:///old 2>err &&
	test_grep "it is no regular file" err &&
	test_expect_code 128 "$foreign" list ftp://host/x 2>err &&
	test_grep "is no result store: expected store, csv:///dir" err &&
	(yes "no database" | head -n 1000) >garbage &&
	test_expect_code 128 "$foreign" list sqlite:///garbage 2>err &&
	test_grep "file is not a database); restore it from a copy" err
'

test_expect_success 'nothing is written into a store that is read' '
	mkdir still &&
	cp old.db still &&
	check_store sqlite:///still/old.db &&
	cksum old.db still/old.db | cut -d" " -f1,2 | sort -u >actual &&
	test_line_count = 1 actual &&
	ls still >actual &&
	echo old.db >expect &&
	test_cmp expect actual
'

test_expect_success 'a password in a URL is refused, and not repeated' '
	for url in mysql://me:hunter2@host/db mysql://me:hunter2@host:3306/db mysql://me:hunter2@x
	do
		test_expect_code 128 "$foreign" list $url 2>err &&
		test_grep "has a password in it" err &&
		test_grep ! hunter2 err || return 1
	done
'

test_expect_success 'URLs of servers are looked at closely' '
	for url in mysql://host/db mysql://@host/db mysql://u@/db mysql://u@host mysql://u@host/ mysql://u@h:0/d \
		mysql://u@h:x/d mysql://u@h:99999/d mysql://u%00@h/d mysql://u@h%0a/d mysql://u@[::1]:x/d
	do
		test_expect_code 128 "$foreign" list $url 2>err &&
		test_grep "is no mysql://user@host:port/database\|has a password in it" err || return 1
	done
'

test_expect_success 'our own store is read like another' '
	"$HELPER_PATH/test-store" write perf boot-1 2 >out &&
	"$HELPER_PATH/test-store" write perf boot-2 1 >out &&
	cat >expect <<-\EOF &&
	swprofile bisect-0123456789ab@c0ffee|bisect-0123456789ab|0123456789abcdef0123456789abcdef01234567||||
	benchmark suite/name|suite|name||
	sut local|local
	unit '\''1/s'\'' better '\''higher'\''
	boot-1#1: 0.125 0.25
	boot-2#2: 0.125
	EOF
	"$foreign" list store >actual &&
	"$foreign" results store local bisect-0123456789ab suite/name rate >>actual &&
	test_cmp expect actual
'

test_done

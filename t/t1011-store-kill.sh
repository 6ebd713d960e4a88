#!/bin/sh
test_description='the store survives writers that are killed at any point'
. "$(dirname "$0")/test-lib.sh"

store="$HELPER_PATH/test-store"

# Each time the next run opens the database, finds each sample that was
# printed exactly once, and as many events as samples.
test_expect_success 'two hundred writers are killed, and nothing that they had printed is lost' '
	"$store" kill perf 200 7 >actual &&
	echo "rounds 200, lost 0, doubled 0" >expect &&
	test_cmp expect actual &&
	test "$(sqlite3 perf/perf.db "PRAGMA integrity_check")" = ok
'

test_expect_success 'so it is with the journal of network file systems' '
	GIT_TEST_PERF_NETWORK=1 "$store" kill network 40 11 >actual &&
	echo "rounds 40, lost 0, doubled 0" >expect &&
	test_cmp expect actual &&
	test "$(sqlite3 network/perf.db "PRAGMA journal_mode")" = delete &&
	test "$(sqlite3 network/perf.db "PRAGMA integrity_check")" = ok
'

test_done

#!/bin/sh
test_description='the store on disks that are full or read-only'
. "$(dirname "$0")/test-lib.sh"

store="$HELPER_PATH/test-store"

test_lazy_prereq MOUNT 'mkdir probe && mount -t tmpfs -o size=64k none probe && umount probe'

# same_as_printed <dir> <files...>: what was printed is what is stored.
same_as_printed() {
	"$store" samples "$1" | sort >actual
	shift
	sort "$@" >expect
	test_cmp expect actual
}

test_expect_success 'a file that may grow no further loses nothing that was printed' '
	(
		ulimit -f 200 &&
		test_expect_code 128 "$store" write limited one 100000 >one 2>err
	) &&
	test_grep "^error: cannot .*: no space left on its disk, or in its quota; make room and run the command again" err &&
	test_grep "(nothing of it was stored, what was stored before is safe)" err &&
	test_line_count -gt 0 one &&
	same_as_printed limited one
'

test_expect_success 'with room it goes on' '
	"$store" write limited two 20 >two &&
	same_as_printed limited one two &&
	test "$(sqlite3 limited/perf.db "PRAGMA integrity_check")" = ok
'

test_expect_success MOUNT 'a full disk loses nothing that was printed' '
	mkdir disk &&
	mount -t tmpfs -o size=256k,mode=700 none disk &&
	test_when_finished "umount disk" &&
	test_expect_code 128 "$store" write disk/perf one 100000 >one 2>err &&
	test_grep "^error: cannot .*: no space left on its disk" err &&
	test_line_count -gt 0 one &&
	same_as_printed disk/perf one &&
	mount -o remount,size=4m disk &&
	"$store" write disk/perf two 20 >two &&
	same_as_printed disk/perf one two &&
	test "$(sqlite3 disk/perf/perf.db "PRAGMA integrity_check")" = ok
'

test_expect_success MOUNT 'a disk that is full from the start is said, and leaves nothing half made' '
	mkdir disk2 &&
	mount -t tmpfs -o size=64k,mode=700 none disk2 &&
	test_when_finished "umount disk2" &&
	test_might_fail dd if=/dev/zero of=disk2/fill bs=1k 2>/dev/null &&
	test_expect_code 128 "$store" write disk2/perf one 1 2>err &&
	test_grep "^error: cannot .*: No space left\|: no space left on its disk" err &&
	rm disk2/fill &&
	mount -o remount,size=4m disk2 &&
	"$store" write disk2/perf one 1 >one &&
	same_as_printed disk2/perf one
'

test_expect_success MOUNT 'a read-only file system can be read, and a writer is told' '
	mkdir disk3 &&
	mount -t tmpfs -o size=4m,mode=700 none disk3 &&
	test_when_finished "umount disk3" &&
	"$store" write disk3/perf one 5 >one &&
	mount -o remount,ro disk3 &&
	same_as_printed disk3/perf one &&
	test_expect_code 128 "$store" write disk3/perf two 1 2>err &&
	test_grep "^error: cannot lock .*: Read-only file system" err
'

test_done

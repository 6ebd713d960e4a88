#!/bin/sh

test_description='presets find the numbers in what real benchmarks print'

. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH

for program in perf hackbench sysbench fio
do
	if command -v $program >/dev/null
	then
		test_set_prereq "$(echo $program | tr '[:lower:]' '[:upper:]')"
	fi
done

# finds <preset> <first metric> <command>: with the command, and by its output alone.
finds() {
	sh -c "$3" >out 2>/dev/null &&
	test-bench preset "$3" out >actual &&
	echo "$1" >expect &&
	sed 1q actual >preset &&
	test_cmp expect preset &&
	sed -n "2s/ .*//p" actual >metric &&
	echo "$2" >expect &&
	test_cmp expect metric &&
	test-bench preset unknown out >alone &&
	test_grep ! -x wall alone
}

test_expect_success PERF 'perf bench' '
	finds perf-bench usecs-per-op "perf bench sched pipe -l 200" &&
	finds perf-bench total-time "perf bench sched messaging -l 2 -g 1" &&
	finds perf-bench averaged-ops-per-sec "perf bench futex hash -r 1" &&
	finds perf-bench wakeup-time "perf bench futex wake" &&
	finds perf-bench requeue-time "perf bench futex requeue"
'

test_expect_success HACKBENCH 'hackbench' '
	finds hackbench hackbench-time "hackbench -l 10 -g 1"
'

test_expect_success SYSBENCH 'sysbench' '
	finds sysbench-cpu events-per-second "sysbench cpu --time=1 run" &&
	finds sysbench events "sysbench threads --time=1 run" &&
	finds sysbench-memory memory-rate "sysbench memory --time=1 --memory-total-size=100M run" &&
	finds sysbench-mutex total-time "sysbench mutex --mutex-num=10 --mutex-locks=100 run"
'

test_expect_success FIO 'fio' '
	job="fio --name=t --size=4m --bs=4k --ioengine=psync --filename=file --time_based --runtime=2" &&
	finds fio-json read-iops "$job --rw=read --output-format=json" &&
	finds fio-terse read-iops "$job --rw=randrw --output-format=terse" &&
	finds fio read-iops "$job --rw=read" &&
	finds fio write-iops "$job --rw=write"
'

test_done

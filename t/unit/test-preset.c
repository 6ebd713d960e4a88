#include "unit.h"

#include "base/error.h"
#include "bench/metric.h"
#include "bench/preset.h"

/* "preset: name=value ..." of a command and its output. */
static void expect(const char *command, const char *text, const char *expected)
{
	struct strbuf out = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;
	struct metric_list list = METRIC_LIST_INIT;
	struct metric_source source = { text, strlen(text), 1.5, 0.25, -1 };

	strbuf_addf(&out, "%s:", preset_choose(command, text, strlen(text), &lines));
	for (size_t i = 0; i < lines.nr; i++) {
		struct metric_values values = METRIC_VALUES_INIT;

		assert_int_equal(metric_add(&list, lines.v[i]), 0);
		if (metric_read(&list.items[i], &source, &values))
			fail_msg("%s", error_message());
		strbuf_addf(&out, " %s", list.items[i].name);
		for (size_t j = 0; j < values.nr; j++)
			strbuf_addf(&out, "%c%.10g%s", j ? ',' : '=', values.v[j],
				    list.items[i].higher_is_better ? "+" : "");
		metric_values_release(&values);
	}
	assert_string_equal(out.buf, expected);
	metric_list_release(&list);
	strvec_release(&lines);
	strbuf_release(&out);
}

static void test_perf_bench(void **state UNUSED)
{
	expect("perf bench sched pipe",
	       "# Running 'sched/pipe' benchmark:\n# Executed 2000 pipe operations between two processes\n\n"
	       "     Total time: 0.040 [sec]\n\n      20.146000 usecs/op\n          49637 ops/sec\n",
	       "perf-bench: usecs-per-op=20.146 ops-per-sec=49637+ total-time=0.04");
	expect("taskset -c 0 perf bench sched messaging",
	       "# Running 'sched/messaging' benchmark:\n# 20 sender and receiver processes per group\n"
	       "# 10 groups == 400 processes run\n\n     Total time: 3.746 [sec]\n",
	       "perf-bench: total-time=3.746");
	expect("",
	       "# Running 'mem/memcpy' benchmark:\n# function 'default' (Default memcpy() provided by glibc)\n"
	       "# Copying 1MB bytes ...\n\n      36.438899 GB/sec\n# function 'x86-64-movsq' (movsq-based "
	       "memcpy() in arch/x86/lib/memcpy_64.S)\n# Copying 1MB bytes ...\n\n      41.912554 GB/sec\n",
	       "perf-bench: default-gb-per-sec=36.438899+");
	expect("perf bench futex hash",
	       "# Running 'futex/hash' benchmark:\n[thread  1] futexes: 0x55 ... 0x5a [ 374784 ops/sec ]\n\n"
	       "Averaged 429568 operations/sec (+- 12.75%), total secs = 1\n",
	       "perf-bench: averaged-ops-per-sec=429568+");
	expect("perf bench futex wake",
	       "# Running 'futex/wake' benchmark:\n[Run 10]: Wokeup 2 of 2 threads in 0.1440 ms\n"
	       "Wokeup 2 of 2 threads in 0.1591 ms (+-19.31%)\n",
	       "perf-bench: wakeup-time=0.1591");
}

static void test_hackbench(void **state UNUSED)
{
	expect("./hackbench -g 2",
	       "Running in process mode with 2 groups using 40 file descriptors each (== 80 tasks)\n"
	       "Each sender will pass 10 messages of 100 bytes\nTime: 0.609\n",
	       "hackbench: hackbench-time=0.609");
}

#define SYSBENCH_GENERAL                                                                                                 \
	"General statistics:\n    total time:                          1.0085s\n"                                        \
	"    total number of events:              106\n\nLatency (ms):\n"                                                \
	"         min:                                    1.18\n         avg:                                    9.36\n" \
	"         max:                                   31.01\n         95th percentile:                       16.71\n"

static void test_sysbench(void **state UNUSED)
{
	expect("sysbench threads --threads=110 run", SYSBENCH_GENERAL,
	       "sysbench: events=106+ latency-avg=9.36 latency-95=16.71 total-time=1.0085");
	expect("sysbench mutex run", SYSBENCH_GENERAL, "sysbench-mutex: total-time=1.0085 latency-avg=9.36");
	expect("sysbench cpu run", "CPU speed:\n    events per second:   911.98\n\n" SYSBENCH_GENERAL,
	       "sysbench-cpu: events-per-second=911.98+ latency-avg=9.36 latency-95=16.71 events=106+ "
	       "total-time=1.0085");
	expect("sysbench memory run",
	       "Total operations: 1209712 (1197664.15 per second)\n\n1181.36 MiB transferred (1169.59 MiB/sec)\n",
	       "sysbench-memory: memory-rate=1169.59+ memory-ops=1197664.15+");
}

static void test_fio(void **state UNUSED)
{
	struct strbuf terse = STRBUF_INIT;

	expect("fio --output-format=json job",
	       "note: both iodepth >= 1 and synchronous I/O engine are selected\n{\n\"fio version\" : \"fio-3.33\",\n"
	       "\"jobs\" : [{ \"read\" : { \"iops\" : 1200.5, \"bw_bytes\" : 4917248, \"lat_ns\" : { \"mean\" : 812.25 "
	       "} }, \"write\" : { \"iops\" : 0, \"bw_bytes\" : 0, \"lat_ns\" : { \"mean\" : 0.0 } } }]\n}\n",
	       "fio-json: read-iops=1200.5+ read-bandwidth=4917248+ read-latency=812.25");
	/* fields 6 to 8 are read's, 47 to 49 write's. */
	strbuf_addstr(&terse, "3;fio-3.33;t;0;0;1024;512000;128000;2");
	for (int i = 10; i <= 46; i++)
		strbuf_addstr(&terse, ";0");
	strbuf_addstr(&terse, ";96;48000;12000;2;0\n");
	expect("fio --output-format=terse job", terse.buf,
	       "fio-terse: read-iops=128000+ write-iops=12000+ read-bandwidth=512000+ write-bandwidth=48000+");
	strbuf_release(&terse);
	expect("fio job",
	       "  read: IOPS=12.3k, BW=48.1MiB/s (50.4MB/s)(481MiB/10001msec)\n"
	       "    clat (usec): min=2, max=110, avg= 4.59, stdev=10.39\n"
	       "   bw (  KiB/s): min=48000, max=50000, per=100.00%, avg=49210.11, stdev=9.10, samples=19\n"
	       "   iops        : min=12000, max=12500, avg=12302.53, stdev=2.27, samples=19\n"
	       "  write: IOPS=6.1k, BW=24.1MiB/s (25.4MB/s)(241MiB/10001msec); 0 zone resets\n"
	       "   bw (  KiB/s): min=24000, max=25000, per=100.00%, avg=24605.00, stdev=9.10, samples=19\n"
	       "   iops        : min=6000, max=6250, avg=6151.26, stdev=2.27, samples=19\n",
	       "fio: read-iops=12302.53+ write-iops=6151.26+");
}

static void test_schbench(void **state UNUSED)
{
	expect("schbench -m 2",
	       "Wakeup Latencies percentiles (usec) runtime 10 (s) (5000 total samples)\n"
	       "\t  50.0th: 8          (2000 samples)\n\t* 99.0th: 99         (900 samples)\n"
	       "Wakeup Latencies percentiles (usec) runtime 30 (s) (12345 total samples)\n"
	       "\t  50.0th: 8          (4311 samples)\n\t  90.0th: 12         (3000 samples)\n"
	       "\t* 99.0th: 14         (1000 samples)\n\t  99.9th: 34         (100 samples)\n"
	       "Request Latencies percentiles (usec) runtime 30 (s) (12399 total samples)\n"
	       "\t  50.0th: 3004       (4000 samples)\n\t* 99.0th: 3644       (1000 samples)\n"
	       "average rps: 412.30\n",
	       "schbench: wakeup-latency-99=14 request-latency-99=3644 average-rps=412.3+");
	expect("schbench",
	       "Latency percentiles (usec)\n\t50.0th: 52\n\t75.0th: 66\n\t*99.0th: 124\n\t99.9th: 300\n",
	       "schbench: latency-99=124");
}

static void test_netperf(void **state UNUSED)
{
	expect("netperf -H host",
	       "MIGRATED TCP STREAM TEST from 0.0.0.0 () port 0 AF_INET to localhost () port 0 AF_INET\n"
	       "Recv   Send    Send                          \nSocket Socket  Message  Elapsed              \n"
	       "Size   Size    Size     Time     Throughput  \nbytes  bytes   bytes    secs.    10^6bits/sec  \n\n"
	       "131072  16384  16384    10.00    33612.47   \n",
	       "netperf: throughput=33612.47+");
	expect("netperf -t TCP_RR",
	       "Local /Remote\nSocket Size   Request  Resp.   Elapsed  Trans.\n"
	       "Send   Recv   Size     Size    Time     Rate         \n"
	       "bytes  Bytes  bytes    bytes   secs.    per sec   \n\n"
	       "16384  131072 1        1       10.00    55082.67   \n16384  131072 \n",
	       "netperf: transactions=55082.67+");
}

static void test_unixbench(void **state UNUSED)
{
	expect("./Run",
	       "Dhrystone 2 using register variables       35421212.9 lps   (10.0 s, 7 samples)\n"
	       "                                                                   ========\n"
	       "System Benchmarks Index Score                                        1234.5\n"
	       "running 2 parallel copies of tests\n"
	       "System Benchmarks Index Score                                        2001.7\n",
	       "unixbench: index=2001.7+");
	expect("./Run dhry2reg",
	       "System Benchmarks Index Score (Partial Only)                          3000.1\n",
	       "unixbench: index=3000.1+");
}

static void test_iperf3(void **state UNUSED)
{
	expect("iperf3 --json -c host",
	       "{\"end\":{\"sum_sent\":{\"bits_per_second\":2.5e10},\"sum_received\":{\"bits_per_second\":2.4e10}}}",
	       "iperf3-json: received=2.4e+10+ sent=2.5e+10+");
	expect("iperf3 -c host",
	       "[  5]   0.00-1.00   sec  2.91 GBytes  25.0 Gbits/sec    0   1.12 MBytes       \n"
	       "- - - - - - - - -\n[ ID] Interval           Transfer     Bitrate         Retr\n"
	       "[  5]   0.00-10.00  sec  29.1 GBytes  25.0 Gbits/sec    0             sender\n"
	       "[  5]   0.00-10.04  sec  29.1 GBytes  24.9 Gbits/sec                  receiver\n",
	       "iperf3: stream-gbit=24.9+");
	expect("iperf3 -c host -P 2",
	       "[  5]   0.00-10.04  sec  29.1 GBytes  12.4 Gbits/sec                  receiver\n"
	       "[  7]   0.00-10.04  sec  29.1 GBytes  12.5 Gbits/sec                  receiver\n"
	       "[SUM]   0.00-10.04  sec  58.2 GBytes  24.9 Gbits/sec                  receiver\n",
	       "iperf3: received-gbit=24.9+");
}

static void test_lines(void **state UNUSED)
{
	expect("./mine", "noise 1\nmetric lat 1.5 ms\nmetric rate 7 ops/s\nmetric lat 1.6 ms\nlat 9 ms\n",
	       "lines: lat=1.5,1.6 rate=7+");
	expect("./mine", "lat 1.5 ms\nrate.x 7 events\n", "lines: lat=1.5 rate.x=7+");
	expect("./mine", "lat 1.5 ms\nand more\n", "wall: wall=1.5 cpu=0.25");
	expect("./mine", "metric lat many ms\n", "wall: wall=1.5 cpu=0.25");
	expect("./mine", "", "wall: wall=1.5 cpu=0.25");
}

static void expect_command(const char *command, const char *expected)
{
	const struct preset *preset = preset_of_command(command);

	assert_string_equal(preset ? preset_name(preset) : "none", expected);
}

static void test_commands(void **state UNUSED)
{
	expect_command("cd /opt && A=b env X=1 nice -n 5 taskset -c 0-3 /usr/bin/sysbench cpu run",
		       "sysbench-cpu");
	expect_command("make >/dev/null; time timeout 10 hackbench -l 1 | tee log", "hackbench");
	expect_command("perf stat true", "none");
	expect_command("perf bench mem memcpy", "perf-bench");
	expect_command("echo sysbench", "none");
	expect_command("./fiox", "none");
	expect_command("", "none");
	assert_non_null(preset_find("netperf"));
	assert_null(preset_find("nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_bench), cmocka_unit_test(test_hackbench),
		cmocka_unit_test(test_sysbench),   cmocka_unit_test(test_fio),
		cmocka_unit_test(test_schbench),   cmocka_unit_test(test_netperf),
		cmocka_unit_test(test_unixbench),  cmocka_unit_test(test_iperf3),
		cmocka_unit_test(test_lines),      cmocka_unit_test(test_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

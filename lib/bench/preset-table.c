#include "bench/preset-table.h"

/*
 * Patterns follow what the programs' sources and manuals print. A value that
 * a program repeats (at intervals, for each stream) is taken where it is final.
 */

#define NUMBER "([\\d.]+)"

/* tools/perf/bench/ of Linux. */
static const char *const perf_bench[] = {
	"usecs-per-op lower usecs ^\\s*" NUMBER " usecs/op$",
	"ops-per-sec higher ops/s ^\\s*" NUMBER " ops/sec$",
	"total-time lower s ^\\s*Total time: " NUMBER " \\[sec\\]",
	"default-gb-per-sec higher GB/s function 'default'.*\\n(?:#.*\\n|\\s*\\n)*\\s+" NUMBER " GB/sec",
	"default-mb-per-sec higher MB/s function 'default'.*\\n(?:#.*\\n|\\s*\\n)*\\s+" NUMBER " MB/sec",
	"averaged-ops-per-sec higher ops/s ^Averaged " NUMBER " operations/sec",
	"wakeup-time lower ms ^(?:Wokeup|Avg per-thread latency|Woke up) .* in " NUMBER " ms",
	"requeue-time lower ms ^Requeued .* in " NUMBER " ms",
	NULL,
};

static const char *const hackbench[] = { "hackbench-time lower s ^Time: " NUMBER "$", NULL };

/* src/sb_report.c and the tests of sysbench 1.0. */
#define SYSBENCH_LATENCY                                                        \
	"latency-avg lower ms ^\\s+avg:\\s+" NUMBER "$",                        \
		"latency-95 lower ms ^\\s+95th percentile:\\s+" NUMBER "$",     \
		"events higher events ^\\s+total number of events:\\s+(\\d+)$", \
		"total-time lower s ^\\s+total time:\\s+" NUMBER "s$"

static const char *const sysbench_cpu[] = {
	"events-per-second higher events/s ^\\s+events per second:\\s+" NUMBER "$", SYSBENCH_LATENCY, NULL
};
static const char *const sysbench_memory[] = {
	"memory-rate higher MiB/s ^[\\d.]+ MiB transferred \\(" NUMBER " MiB/sec\\)",
	"memory-ops higher ops/s ^Total operations: \\d+ \\(\\s*" NUMBER " per second\\)",
	SYSBENCH_LATENCY,
	NULL,
};
static const char *const sysbench_mutex[] = {
	"total-time lower s ^\\s+total time:\\s+" NUMBER "s$",
	"latency-avg lower ms ^\\s+avg:\\s+" NUMBER "$",
	NULL,
};
static const char *const sysbench[] = {
	"events higher events ^\\s+total number of events:\\s+(\\d+)$",
	"latency-avg lower ms ^\\s+avg:\\s+" NUMBER "$",
	"latency-95 lower ms ^\\s+95th percentile:\\s+" NUMBER "$",
	"total-time lower s ^\\s+total time:\\s+" NUMBER "s$",
	NULL,
};

/* fio(1): --output-format=json, terse (version 3), normal. */
static const char *const fio_json[] = {
	"read-iops higher iops json /jobs/0/read/iops",
	"write-iops higher iops json /jobs/0/write/iops",
	"read-bandwidth higher B/s json /jobs/0/read/bw_bytes",
	"write-bandwidth higher B/s json /jobs/0/write/bw_bytes",
	"read-latency lower ns json /jobs/0/read/lat_ns/mean",
	"write-latency lower ns json /jobs/0/write/lat_ns/mean",
	NULL,
};
static const char *const fio_terse[] = {
	"read-iops higher iops ^3;fio-(?:[^;]*;){6}(\\d+);",
	"write-iops higher iops ^3;fio-(?:[^;]*;){47}(\\d+);",
	"read-bandwidth higher KiB/s ^3;fio-(?:[^;]*;){5}(\\d+);",
	"write-bandwidth higher KiB/s ^3;fio-(?:[^;]*;){46}(\\d+);",
	NULL,
};
/* The lines that are not rounded to three digits. */
#define FIO_AFTER(what) "^\\s+" what ": IOPS=.*\\n(?:(?!\\s+(?:read|write)\\s*:).*\\n)*?"
static const char *const fio[] = {
	"read-iops higher iops " FIO_AFTER("read") "\\s+iops\\s*: min=.*avg=" NUMBER ",",
	"write-iops higher iops " FIO_AFTER("write") "\\s+iops\\s*: min=.*avg=" NUMBER ",",
	NULL,
};

/* schbench.c; reports at intervals look like the last one. */
#define SCHBENCH(what, percentile)                           \
	"^" what "percentiles \\(usec\\)(?![\\s\\S]*^" what  \
	"percentiles).*\\n(?:\\s+\\*?\\s*[\\d.]+th:.*\\n)*?" \
	"\\s+\\*?\\s*" percentile "0?th: (\\d+)"
static const char *const schbench[] = {
	"wakeup-latency-99 lower usec " SCHBENCH("Wakeup Latencies ", "99\\.0"),
	"request-latency-99 lower usec " SCHBENCH("Request Latencies ", "99\\.0"),
	"latency-99 lower usec " SCHBENCH("Latency ", "99\\.0"),
	"average-rps higher req/s ^average rps: " NUMBER,
	NULL,
};

/* netperf's classic output. */
static const char *const netperf[] = {
	"throughput higher Mbit/s 10\\^6bits/sec\\s*\\n\\s*\\n\\s*\\d+\\s+\\d+\\s+\\d+\\s+[\\d.]+\\s+" NUMBER
	"\\s*$",
	"transactions higher trans/s per sec\\s*\\n\\s*\\n\\s*\\d+\\s+\\d+\\s+\\d+\\s+\\d+\\s+[\\d.]+\\s+" NUMBER
	"\\s*$",
	NULL,
};

/* Run of UnixBench; with one copy, then with one a processor: the last counts. */
static const char *const unixbench[] = {
	"index higher score ^System Benchmarks Index Score(?: \\(Partial Only\\))?\\s+" NUMBER
	"\\s*$(?![\\s\\S]*Benchmarks Index Score)",
	NULL,
};

/* iperf3(1): --json, and the lines at the end. */
#define IPERF(who, unit) \
	"^\\[\\s*" who "\\]\\s+0\\.00-[\\d.]+\\s+sec\\s+\\S+ \\S+\\s+" NUMBER " " unit "bits/sec.*receiver"
static const char *const iperf3_json[] = {
	"received higher bit/s json /end/sum_received/bits_per_second",
	"sent higher bit/s json /end/sum_sent/bits_per_second",
	NULL,
};
static const char *const iperf3[] = {
	"received-gbit higher Gbit/s " IPERF("SUM", "G"),
	"received-mbit higher Mbit/s " IPERF("SUM", "M"),
	"stream-gbit higher Gbit/s " IPERF("\\d+", "G"),
	"stream-mbit higher Mbit/s " IPERF("\\d+", "M"),
	NULL,
};

const struct preset preset_table[] = {
	{ "perf-bench", "perf bench", "# Running '", perf_bench },
	{ "hackbench", "hackbench", "file descriptors each (== ", hackbench },
	{ "sysbench-cpu", "sysbench cpu", "events per second:", sysbench_cpu },
	{ "sysbench-memory", "sysbench memory", " MiB transferred (", sysbench_memory },
	{ "sysbench-mutex", "sysbench mutex", "sysbench mutex", sysbench_mutex },
	{ "sysbench", "sysbench", "total number of events:", sysbench },
	{ "fio-json", "fio --output-format=json", "\"fio version\"", fio_json },
	{ "fio-terse", "fio --output-format=terse", "3;fio-", fio_terse },
	{ "fio", "fio", ": IOPS=", fio },
	{ "schbench", "schbench", "percentiles (usec)", schbench },
	{ "netperf", "netperf", "Socket", netperf },
	{ "unixbench", "Run", "System Benchmarks Index Score", unixbench },
	{ "iperf3-json", "iperf3 --json", "\"sum_received\"", iperf3_json },
	{ "iperf3", "iperf3", "bits/sec", iperf3 },
	{ "lines", NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

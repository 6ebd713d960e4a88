/*
 * Metrics of benchmarks that many people use, so that they need not be
 * spelled out: recognised by the command, or by what it printed.
 *
 *	const struct preset *preset = preset_of_command("perf bench sched pipe");
 *	struct strvec lines = STRVEC_INIT;
 *
 *	preset_metrics(preset, output, len, &lines);
 *
 * The lines are metrics as metric.h reads them, the most useful first: they
 * are written to the context, where a person may change them.
 *
 * Known: perf-bench, hackbench, sysbench, fio, schbench, netperf, unixbench,
 * iperf3; "lines" for what prints "metric NAME VALUE UNIT" or "NAME VALUE UNIT"
 * lines; "wall" (wall, CPU seconds) for everything else.
 */
#ifndef BENCH_PRESET_H
#define BENCH_PRESET_H

#include "base/strvec.h"

struct preset;

const struct preset *preset_find(const char *name);
/* By the words of a shell command, leading NAME=value, env, time, nice, taskset, numactl passed over; or NULL. */
const struct preset *preset_of_command(const char *command);
/* By what was printed; "lines" where these are all there is; or NULL. */
const struct preset *preset_of_output(const char *text, size_t len);
const char *preset_name(const struct preset *preset);
/*
 * Adds the metric lines of the preset that `text`, an output of it, has values
 * for; returns their number. None is a sign that it was not the preset's.
 */
size_t preset_metrics(const struct preset *preset, const char *text, size_t len, struct strvec *lines);

/*
 * What both together say of a benchmark that names no metric: the command's
 * preset if its output has it, else the output's, else wall and CPU time.
 * Returns the preset's name.
 */
const char *preset_choose(const char *command, const char *text, size_t len, struct strvec *lines);

#endif

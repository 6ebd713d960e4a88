/*
 * The parts of the slurm machine: its boots (slurm.c), and the runs of one
 * (slurm-run.c). For these files.
 */
#ifndef BENCH_MACHINE_SLURM_PRIVATE_H
#define BENCH_MACHINE_SLURM_PRIVATE_H

#include "bench/machine/machine-private.h"
#include "bench/slurm.h"

struct slurm {
	struct slurm_job job;
	/* Below the folder of logs: what begins the paths of all that is ours. */
	char *base;
	/* Why a job has to run where it waits to; NULL: it may run anywhere. */
	char *bound;
	/* The last request, and the last that was taken. */
	long asked, taken;
	bool runs;
};

/* A file of the job's folder: <n><suffix>. For free(). */
char *slurm_path(const struct slurm *s, long n, const char *suffix);
int slurm_write_file(const char *path, const char *text) MUST_CHECK;
/* A file that is a line or two. */
int slurm_read_small(const char *path, struct strbuf *text) MUST_CHECK;
void slurm_assign(struct strbuf *script, const char *name, const char *value);

/* As machine_ops.run. */
enum outcome slurm_run(struct machine *m, struct machine_run *run);

#endif

/*
 * A batch job of a Slurm cluster, by the user's own sbatch, squeue and scancel.
 *
 *	struct slurm_job job = SLURM_JOB_INIT;
 *
 *	slurm_find(&job, conf, base, purpose, &found)	the one that a process of ours left behind
 *	if (!found) {
 *		slurm_prepare(&job, purpose)		job.dir is there, for the script to use
 *		slurm_submit(&job, script, nodes)
 *	}
 *	slurm_wait(&job, "end", 0)			for a file that the script leaves there
 *	slurm_end(&job)
 *	slurm_release(&job)
 *
 * `base` is a path on a file system that the nodes share. <base>.job names the
 * job (its name, its purpose, its id), and is on the disk before the job is
 * submitted; <base>-<token> is its folder, which is gone after slurm_end(). The
 * name has an unpredictable word: a job whose id was not heard any more is found
 * by it.
 *
 * A job that is not ended is cancelled when a signal ends us, and at exit; scancel
 * is waited for a few seconds only. After
 * `kill -9` it goes on: whoever looks for the same purpose has it, and whoever
 * looks for another one cancels it first.
 *
 * A job that waits for its turn waits as long as it takes, or as the plan says; `tell`
 * hears why. A controller that does not answer is asked again, for a while. All that goes wrong is
 * OUTCOME_INFRASTRUCTURE with a recorded sentence.
 */
#ifndef BENCH_SLURM_H
#define BENCH_SLURM_H

#include "base/strbuf.h"
#include "bench/outcome.h"
#include "bench/plan.h"

typedef void slurm_tell_fn(const char *what, void *data);

struct slurm_job {
	/* Borrowed. */
	const struct plan_machine *conf;
	char *record;
	char *base;
	/* NULL: there is no job. */
	char *name, *dir, *purpose;
	/* As sbatch said it; NULL: not known. */
	char *id;
	/* What the cluster said last: "RUNNING"; and why it has not begun: "Resources", or "". */
	char state[32], reason[128];
	/* Where its nodes were laid down, for whoever wonders why it waits; NULL: any will do. Borrowed. */
	const char *bound;
	/* How a job waits; NULL: as before, some time has passed. May be NULL. */
	slurm_tell_fn *tell;
	void *data;
	/* What cancels it, for a signal; and who does so then. */
	char *cancel;
	pid_t canceller;
	struct slurm_job *next;
};

#define SLURM_JOB_INIT       \
	{                    \
		.conf = NULL \
	}

/* Does the cluster answer, and would it take a job? */
enum outcome slurm_check(const struct plan_machine *conf) MUST_CHECK;
/* One that has ended is found as well where it left a file "end". */
enum outcome slurm_find(struct slurm_job *job, const struct plan_machine *conf, const char *base,
			const char *purpose, bool *found) MUST_CHECK;
enum outcome slurm_prepare(struct slurm_job *job, const char *purpose) MUST_CHECK;
/* `nodes`: where it has to run, as Slurm writes it; NULL: anywhere. The struct must stay where it is. */
enum outcome slurm_submit(struct slurm_job *job, const struct strbuf *script, const char *nodes) MUST_CHECK;
/*
 * Until the file is in job.dir. -1 as *late when that took more than `timeout` seconds (0: any) from
 * the job's start on; it still runs then.
 */
enum outcome slurm_wait(struct slurm_job *job, const char *file, double timeout, bool *late) MUST_CHECK;
/*
 * For a command that failed in the job: was it the command, not the end of the job? It has to run
 * still or, with `over`, to come to its own end.
 */
enum outcome slurm_confirm(struct slurm_job *job, bool over) MUST_CHECK;
/* Cancels it unless it has ended or left a file "end" or "ended", and removes its folder and record. */
void slurm_end(struct slurm_job *job);
/* Forgets it, as it is: one that was not ended goes on. */
void slurm_release(struct slurm_job *job);
/* Cancelled when we end: by its name, and, when called again, by its id. */
void slurm_watch(struct slurm_job *job);
void slurm_unwatch(struct slurm_job *job);
/* A small number that a script of ours wrote: an exit status, a flag. */
bool slurm_small_number(const char *word, int *number);
/* A list of nodes, as Slurm writes it, that is safe as a word. */
bool slurm_is_nodes(const char *text);

#endif

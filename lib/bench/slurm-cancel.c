/* Jobs that are not ended are cancelled when we end, however that comes. */
#include "bench/slurm.h"

#include <poll.h>
#include <sys/wait.h>

#include "base/cleanup.h"

/* In a signal scancel is waited for so many times so many milliseconds: it goes on without us. */
#define CANCEL_TRIES 100
#define CANCEL_MILLISECONDS 50

/* Those that are to be cancelled when we end. */
static struct slurm_job *running;

/* In a signal: nothing but fork and exec. */
static pid_t cancel_now(const struct slurm_job *job)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, job->cancel, NULL };
	pid_t pid = fork();

	if (!pid) {
		execve("/bin/sh", argv, environ);
		_exit(127);
	}
	return pid;
}

/* A cluster that hangs does not keep us from ending. */
static void cancel_all(int signal UNUSED)
{
	for (struct slurm_job *job = running; job; job = job->next)
		job->canceller = cancel_now(job);
	for (int i = 0; i < CANCEL_TRIES; i++) {
		bool left = false;

		for (struct slurm_job *job = running; job; job = job->next) {
			if (job->canceller > 0 && waitpid(job->canceller, NULL, WNOHANG))
				job->canceller = 0;
			left = left || job->canceller > 0;
		}
		if (!left)
			return;
		poll(NULL, 0, CANCEL_MILLISECONDS);
	}
}

void slurm_watch(struct slurm_job *job)
{
	char *cancel = xstrfmt("%s --name=%s %s >/dev/null 2>&1 </dev/null",
			       job->conf->scancel ? job->conf->scancel : "scancel", job->name,
			       job->id ? job->id : "");

	cleanup_add(cancel_all);
	cleanup_block();
	if (!job->cancel) {
		job->next = running;
		running = job;
	}
	free(job->cancel);
	job->cancel = cancel;
	cleanup_unblock();
}

void slurm_unwatch(struct slurm_job *job)
{
	struct slurm_job **at = &running;

	cleanup_block();
	while (*at && *at != job)
		at = &(*at)->next;
	if (*at)
		*at = job->next;
	free(job->cancel);
	job->cancel = NULL;
	cleanup_unblock();
}

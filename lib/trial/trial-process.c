#include "trial/trial-private.h"

#include <sys/socket.h>

#include "base/error.h"

/* Seconds for what the process's own jobs need to end. */
#define GRACE 5

void trial_process_close(struct trial_process *process)
{
	if (process->requests < 0)
		return;
	close(process->requests);
	process->requests = -1;
	process->job.line = NULL;
}

void trial_process_end(struct trial_process *process)
{
	trial_process_close(process);
	job_release(&process->job);
}

int trial_process_start(struct trial_process *process, const char *name, int (*run)(void *data),
			job_line_fn *line, void *data)
{
	struct job *job = &process->job;
	int ends[2], result;

	if (process->requests >= 0 && job->end == JOB_RUNNING)
		return 0;
	trial_process_end(process);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return error_set("cannot talk to a process of ours: %s", strerror(errno));
	strvec_push(&job->args, name);
	job->run = run;
	job->run_data = data;
	job->in_fd = ends[0];
	job->line = line;
	job->data = data;
	job->grace = GRACE;
	result = job_start(job);
	close(ends[0]);
	if (result)
		close(ends[1]);
	else
		process->requests = ends[1];
	return result;
}

int trial_process_say(struct trial_process *process, const char *line)
{
	size_t len = strlen(line);

	while (len) {
		/* Without a signal when it is gone. */
		ssize_t n = process->requests < 0 ? -1 : send(process->requests, line, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR && process->requests >= 0)
			continue;
		if (n <= 0)
			return error_set("%s has ended",
					 process->job.args.nr ? process->job.args.v[0] : "a process of ours");
		line += n;
		len -= (size_t)n;
	}
	return 0;
}

/* One line, for free(). */
static char *line_of(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII), *line;

	json_decref(object);
	if (!text)
		BUG("what is said to a process is no JSON");
	line = xstrfmt("%s\n", text);
	free(text);
	return line;
}

int trial_process_ask(struct trial_process *process, json_t *object)
{
	char *line = line_of(object);
	int result = trial_process_say(process, line);

	free(line);
	return result;
}

bool trial_process_is_gone(const struct trial_process *process, struct strbuf *how)
{
	if (process->requests < 0 || process->job.end == JOB_RUNNING)
		return false;
	strbuf_addf(how, "%s ", process->job.args.v[0]);
	if (!job_failed(&process->job, how))
		strbuf_addstr(how, "has ended");
	return true;
}

void trial_process_tell(const char *kind, json_t *object)
{
	json_t *root = json_object();
	char *line;

	json_set(root, kind, object);
	line = line_of(root);
	/* Nobody there: the supervisor will end us. */
	dprintf(STDOUT_FILENO, "%s", line);
	free(line);
}

bool trial_process_hear(struct strbuf *line)
{
	char c;

	strbuf_reset(line);
	for (;;) {
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (c == '\n')
			return true;
		strbuf_addch(line, c);
	}
}

const char *trial_text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

double trial_number_of(json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

#include "bench/slurm.h"

#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/job.h"
#include "base/quote.h"
#include "base/tempfile.h"
#include "bench/machine/machine-private.h"

/* Seconds between two questions to the cluster, and of one question. */
#define POLL 10
#define ASK_TIMEOUT 300
/* How often a cluster that does not answer is asked, before it is given up. */
#define ASK_TRIES 60
/* A file may be seen later than the end of the job that wrote it: on a shared file system. */
#define FILE_TRIES 5
/* Seconds between two looks for a file. */
#define LOOK 0.1
#define RECORD_MAX 4096
#define ID_LEN_MAX 20

/* The user's command, with words of ours behind it. */
static void fill_command(struct job *job, const char *command)
{
	char *script = xstrfmt("%s \"$@\"", command);

	job_shell(job, script);
	strvec_push(&job->args, "sh");
	job->timeout = ASK_TIMEOUT;
	free(script);
}

/* --- asking --- */

/* The last line that is not empty, without its end; in the middle of `text`. */
static char *last_line(struct strbuf *text)
{
	char *line;

	strbuf_rtrim(text);
	line = strrchr(text->buf, '\n');
	return line ? line + 1 : text->buf;
}

static enum outcome ask(struct job *job, const char *what, struct strbuf *out)
{
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	job->out = out;
	if (job_run(job)) {
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (job_failed(job, &how)) {
		machine_add_last_line(&how, job->tail.buf);
		error_set("%s %s", what, how.buf);
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	strbuf_release(&how);
	return outcome;
}

/* "<id>|<state>|<name>|<reason>"; a squeue of the user's own may know nothing of the last. */
static void take_state(struct slurm_job *job, char *line)
{
	size_t len = strspn(line, "0123456789");
	char *state = line + len + 1, *name, *reason;

	if (!len || len > ID_LEN_MAX || line[len] != '|')
		return;
	name = strchr(state, '|');
	if (!name)
		return;
	*name++ = '\0';
	reason = strchr(name, '|');
	if (reason)
		*reason++ = '\0';
	if (strcmp(name, job->name) != 0)
		return;
	if (!job->id)
		job->id = xmemdupz(line, len);
	snprintf(job->state, sizeof(job->state), "%.*s", (int)strspn(state, WORD_CHARS), state);
	if (reason && strcmp(reason, "None") != 0)
		snprintf(job->reason, sizeof(job->reason), "%s", reason);
	for (char *at = job->reason; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

/*
 * The state of the job, "" when the cluster knows none. By its id where there is one, since a
 * cluster may have many thousand jobs; a cluster gives ids anew, so the name has to be ours, too.
 */
static enum outcome ask_state(struct slurm_job *slurm)
{
	struct job job = JOB_INIT;
	struct strbuf out = STRBUF_INIT;
	enum outcome outcome;

	fill_command(&job, slurm->conf->squeue ? slurm->conf->squeue : "squeue");
	strvec_pushl(&job.args, "--noheader", "--states=all", "--format=%i|%T|%j|%r", NULL);
	if (slurm->id)
		strvec_pushf(&job.args, "--jobs=%s", slurm->id);
	else
		strvec_pushf(&job.args, "--name=%s", slurm->name);
	outcome = ask(&job, "squeue", &out);
	if (outcome && strstr(job.tail.buf, "Invalid job id")) {
		error_clear();
		strbuf_reset(&out);
		outcome = OUTCOME_MEASURED;
	}
	slurm->state[0] = slurm->reason[0] = '\0';
	if (!outcome)
		take_state(slurm, last_line(&out));
	job_release(&job);
	strbuf_release(&out);
	return outcome;
}

/* Every other state is one of a job that will run, runs, or is about to end. */
static bool has_ended(const char *state)
{
	static const char *const ended[] = { "",          "BOOT_FAIL", "CANCELLED", "COMPLETED",
					     "DEADLINE",  "FAILED",    "NODE_FAIL", "OUT_OF_MEMORY",
					     "PREEMPTED", "REVOKED",   "TIMEOUT" };

	for (size_t i = 0; i < ARRAY_SIZE(ended); i++)
		if (!strcmp(state, ended[i]))
			return true;
	return false;
}

static bool is_waiting(const char *state)
{
	return !strcmp(state, "PENDING") || !strcmp(state, "CONFIGURING") || starts_with(state, "REQUEUE") ||
	       !strcmp(state, "RESV_DEL_HOLD") || !strcmp(state, "SPECIAL_EXIT");
}

static void pause_for(double seconds)
{
	struct timespec pause = { .tv_sec = (time_t)seconds };

	pause.tv_nsec = (long)((seconds - (double)pause.tv_sec) * 1e9);
	nanosleep(&pause, NULL);
}

static double poll_of(const struct plan_machine *conf)
{
	return conf->poll > 0 ? conf->poll : POLL;
}

/* The same, asked again and again for a while. */
static enum outcome learn_state(struct slurm_job *job)
{
	for (int i = 1;; i++) {
		if (!ask_state(job))
			return OUTCOME_MEASURED;
		if (i == ASK_TRIES)
			return OUTCOME_INFRASTRUCTURE;
		error_clear();
		pause_for(poll_of(job->conf));
	}
}

enum outcome slurm_check(const struct plan_machine *conf)
{
	static const char script[] = "#!/bin/sh\n:\n";
	struct slurm_job nobody = { .conf = conf, .name = (char[]){ "perf-check" } };
	enum outcome outcome = ask_state(&nobody);
	struct strbuf input = STRBUF_INIT;
	struct job job = JOB_INIT;

	free(nobody.id);
	if (outcome)
		return outcome;
	strbuf_addstr(&input, script);
	fill_command(&job, conf->sbatch ? conf->sbatch : "sbatch");
	strvec_push(&job.args, "--test-only");
	job.input = &input;
	outcome = ask(&job, "sbatch --test-only", NULL);
	job_release(&job);
	strbuf_release(&input);
	return outcome;
}

/* --- the record --- */

static bool is_there(const struct slurm_job *job, const char *file)
{
	char *path = xstrfmt("%s/%s", job->dir, file);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

static void forget(struct slurm_job *job)
{
	slurm_unwatch(job);
	free(job->name);
	free(job->dir);
	free(job->purpose);
	free(job->id);
	job->name = job->dir = job->purpose = job->id = NULL;
	job->state[0] = '\0';
}

void slurm_release(struct slurm_job *job)
{
	forget(job);
	free(job->record);
	free(job->base);
	*job = (struct slurm_job)SLURM_JOB_INIT;
}

/* "<name>\n<purpose>\n<id>\n"; what it holds is ours, and yet looked at. */
static bool read_record(const char *path, struct strvec *words)
{
	struct strbuf text = STRBUF_INIT;
	bool ok;

	if (access(path, F_OK) || strbuf_read_file(&text, path, RECORD_MAX) < 0) {
		error_clear();
		return false;
	}
	for (const char *at = text.buf; *at; at += strcspn(at, "\n"), at += *at == '\n')
		strvec_pushf(words, "%.*s", (int)strcspn(at, "\n"), at);
	strbuf_release(&text);
	ok = words->nr >= 2 && starts_with(words->v[0], "perf-") &&
	     strspn(words->v[0], WORD_CHARS "-") == strlen(words->v[0]);
	if (words->nr > 2 && strspn(words->v[2], "0123456789") != strlen(words->v[2]))
		ok = false;
	return ok;
}

static int write_record(const struct slurm_job *job)
{
	struct tempfile file = TEMPFILE_INIT;

	if (tempfile_create(&file, job->record))
		return -1;
	fprintf(file.fp, "%s\n%s\n%s", job->name, job->purpose, job->id ? job->id : "");
	return tempfile_commit(&file);
}

static char *record_path(const char *base)
{
	return xstrfmt("%s.job", base);
}

static void name_job(struct slurm_job *job, const char *name, const char *purpose)
{
	job->name = xstrdup(name);
	job->purpose = xstrdup(purpose);
	job->dir = xstrfmt("%s-%s", job->base, name + strlen("perf-"));
}

/* Looks for the file as long as it takes until the cluster is asked again. */
static bool look(const struct slurm_job *job, const char *file)
{
	double until = clock_monotonic() + poll_of(job->conf);

	do {
		if (is_there(job, file))
			return true;
		pause_for(poll_of(job->conf) < LOOK ? poll_of(job->conf) : LOOK);
	} while (clock_monotonic() < until);
	return is_there(job, file);
}

/* Did one that has ended come to the end of its script? What it left may be seen late. */
static bool left_its_end(const struct slurm_job *job)
{
	for (int i = 0; i < FILE_TRIES && !strcmp(job->state, "COMPLETED") && !is_there(job, "ended"); i++)
		if (look(job, "end"))
			return true;
	return is_there(job, "end");
}

enum outcome slurm_find(struct slurm_job *job, const struct plan_machine *conf, const char *base,
			const char *purpose, bool *found)
{
	struct strvec words = STRVEC_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	*found = false;
	job->conf = conf;
	if (!job->base) {
		job->base = xstrdup(base);
		job->record = record_path(base);
	}
	if (read_record(job->record, &words)) {
		name_job(job, words.v[0], words.v[1]);
		if (words.nr > 2 && *words.v[2])
			job->id = xstrdup(words.v[2]);
		outcome = learn_state(job);
		if (!outcome && !strcmp(job->purpose, purpose) &&
		    (!has_ended(job->state) || left_its_end(job))) {
			*found = true;
			slurm_watch(job);
		} else if (!outcome) {
			slurm_end(job);
			if (!access(job->record, F_OK)) {
				error_set("the job of '%s' cannot be ended", job->record);
				outcome = OUTCOME_INFRASTRUCTURE;
			}
		} else {
			forget(job);
		}
	}
	strvec_release(&words);
	return outcome;
}

enum outcome slurm_prepare(struct slurm_job *job, const char *purpose)
{
	char token[33], *name;

	machine_token(token);
	name = xstrfmt("perf-%s", token);
	name_job(job, name, purpose);
	free(name);
	if (!make_directories(job->dir))
		return OUTCOME_MEASURED;
	forget(job);
	return OUTCOME_INFRASTRUCTURE;
}

/* "<id>[;<cluster>]", on the last line that sbatch prints. */
static enum outcome take_id(struct slurm_job *job, struct strbuf *out)
{
	const char *line = last_line(out);
	size_t len = strspn(line, "0123456789");

	if (!len || len > ID_LEN_MAX || (line[len] && line[len] != ';')) {
		error_set("sbatch --parsable printed no id of a job, but '%.80s'", line);
		return OUTCOME_INFRASTRUCTURE;
	}
	job->id = xmemdupz(line, len);
	slurm_watch(job);
	return write_record(job) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
}

enum outcome slurm_submit(struct slurm_job *slurm, const struct strbuf *script, const char *nodes)
{
	struct job job = JOB_INIT;
	struct strbuf out = STRBUF_INIT;
	enum outcome outcome = write_record(slurm) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;

	if (outcome) {
		slurm_end(slurm);
		return outcome;
	}
	slurm_watch(slurm);
	fill_command(&job, slurm->conf->sbatch ? slurm->conf->sbatch : "sbatch");
	strvec_pushl(&job.args, "--parsable", "--no-requeue", "--output=/dev/null", NULL);
	strvec_pushf(&job.args, "--job-name=%s", slurm->name);
	if (nodes)
		strvec_pushf(&job.args, "--nodelist=%s", nodes);
	job.input = script;
	outcome = ask(&job, "sbatch", &out);
	if (!outcome)
		outcome = take_id(slurm, &out);
	job_release(&job);
	strbuf_release(&out);
	if (outcome)
		slurm_end(slurm);
	return outcome;
}

/* --- waiting --- */

static enum outcome lost(const struct slurm_job *job)
{
	error_set("the job %s was lost (%s)", job->id ? job->id : job->name,
		  *job->state ? job->state : "the cluster does not know it");
	return OUTCOME_INFRASTRUCTURE;
}

/* "the job 7 is PENDING (ReqNodeNotAvail)", and why it has to be that node. */
static void add_waiting(const struct slurm_job *job, struct strbuf *out)
{
	strbuf_addf(out, "the job %s is %s", job->id ? job->id : job->name, job->state);
	if (*job->reason)
		strbuf_addf(out, " (%s)", job->reason);
	if (job->bound)
		strbuf_addf(out, ", %s", job->bound);
}

/* Says how it waits when that is new. Returns whether it has waited too long, with a recorded error. */
static bool waits_too_long(const struct slurm_job *job, double since, struct strbuf *said)
{
	struct strbuf now = STRBUF_INIT;
	double limit = job->conf->queue_timeout;
	bool is_new;

	add_waiting(job, &now);
	is_new = strcmp(now.buf, said->buf) != 0;
	if (job->tell)
		job->tell(is_new ? now.buf : NULL, job->data);
	strbuf_reset(said);
	strbuf_addstr(said, now.buf);
	strbuf_release(&now);
	if (limit <= 0 || clock_monotonic() - since <= limit)
		return false;
	error_set("perfsut.%s.queueTimeout: after %g s %s", job->conf->name, limit, said->buf);
	return true;
}

enum outcome slurm_wait(struct slurm_job *job, const char *file, double timeout, bool *late)
{
	double start = -1, asked = clock_monotonic();
	struct strbuf said = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;
	int ended = 0;

	*late = false;
	while (!outcome && !look(job, file)) {
		outcome = learn_state(job);
		if (outcome)
			break;
		if (is_waiting(job->state)) {
			if (waits_too_long(job, asked, &said))
				outcome = OUTCOME_INFRASTRUCTURE;
			continue;
		}
		if (has_ended(job->state)) {
			if (++ended == FILE_TRIES)
				outcome = lost(job);
			continue;
		}
		ended = 0;
		if (start < 0)
			start = clock_monotonic();
		*late = timeout > 0 && clock_monotonic() - start > timeout;
		if (*late)
			outcome = OUTCOME_INFRASTRUCTURE;
	}
	strbuf_release(&said);
	return outcome;
}

enum outcome slurm_confirm(struct slurm_job *job, bool over)
{
	for (int i = 0; i < ASK_TRIES; i++) {
		if (learn_state(job))
			return OUTCOME_INFRASTRUCTURE;
		if (!over || has_ended(job->state))
			break;
		pause_for(poll_of(job->conf) < 1 ? poll_of(job->conf) : 1);
	}
	if (!strcmp(job->state, over ? "COMPLETED" : "RUNNING"))
		return OUTCOME_MEASURED;
	return lost(job);
}

/* Until it is seen to be over: what comes next may need its node, or its folder. */
static bool cancel(struct slurm_job *slurm)
{
	struct job job = JOB_INIT;

	fill_command(&job, slurm->conf->scancel ? slurm->conf->scancel : "scancel");
	strvec_pushf(&job.args, "--name=%s", slurm->name);
	if (slurm->id)
		strvec_push(&job.args, slurm->id);
	/* One that has ended, or a cluster that is gone: there is nothing better to do. */
	if (ask(&job, "scancel", NULL))
		error_clear();
	job_release(&job);
	for (int i = 0; i < ASK_TRIES && !ask_state(slurm); i++) {
		if (has_ended(slurm->state))
			return true;
		pause_for(poll_of(slurm->conf) < 1 ? poll_of(slurm->conf) : 1);
	}
	return false;
}

void slurm_end(struct slurm_job *job)
{
	char *why = xstrdup(error_message());

	if (job->name) {
		bool over = is_there(job, "end") || is_there(job, "ended") ||
			    (*job->state && has_ended(job->state)) || cancel(job);

		/* Else it is looked for again, by the record. */
		if (over && !remove_tree(job->dir))
			unlink(job->record);
		forget(job);
	}
	error_set("%s", why);
	free(why);
}

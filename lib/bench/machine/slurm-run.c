/*
 * The runs of a boot: requests to the agent, and its answers.
 */

#include <math.h>

#include "base/error.h"
#include "base/quote.h"
#include "bench/machine/slurm-private.h"

/* A command's status when TERM ended it. */
#define STATUS_TERM (128 + 15)
/* Seconds that our end waits longer than the other, which is to tell what happened. */
#define GRACE 60

/*
 * $mark is the job's, $limit whole seconds (0: none), $command what to run, $wrap what
 * runs it, $answer where to, $mask its umask. What is of the command has the mark in its environment.
 */
static const char request[] =
	"marked() {\n"
	"	grep -ls \"PERF_MARK=$mark\" /proc/[0-9]*/environ 2>/dev/null | sed 's,^/proc/\\([0-9]*\\)/.*,\\1,'\n"
	"}\n"
	"end_all() {\n"
	"	for signal in TERM TERM KILL KILL KILL\n"
	"	do\n"
	"		pids=$(marked)\n"
	"		test -n \"$pids\" || return 0\n"
	"		kill -s $signal $pids 2>/dev/null\n"
	"		for wait in 1 2 3 4 5\n"
	"		do\n"
	"			test -n \"$(marked)\" || return 0\n"
	"			sleep 0.2 2>/dev/null || sleep 1\n"
	"		done\n"
	"	done\n"
	"}\n"
	"late=0 watcher=\n"
	"trap 'late=1' USR1\n"
	"if test $limit -gt 0\n"
	"then\n"
	"	{\n"
	"		trap 'kill $line 2>/dev/null; exit 0' TERM\n"
	"		sleep $limit &\n"
	"		line=$!\n"
	"		wait $line\n"
	"		kill -s USR1 $$\n"
	"		end_all\n"
	"	} &\n"
	"	watcher=$!\n"
	"fi\n"
	"start=$(date +%s.%N)\n"
	"(umask $mask && exec setsid env \"PERF_MARK=$mark\" $wrap sh -c \"$command\") \\\n"
	"	>\"$answer.out\" 2>\"$answer.err\" </dev/null &\n"
	"child=$!\n"
	"while :\n"
	"do\n"
	"	wait $child\n"
	"	status=$?\n"
	"	kill -0 $child 2>/dev/null || break\n"
	"done\n"
	"end=$(date +%s.%N)\n"
	"times=$(times | sed -n 2p)\n"
	"test -z \"$watcher\" || { kill $watcher; wait $watcher; } 2>/dev/null\n"
	"end_all\n"
	"test -z \"$file\" || cp -- \"$file\" \"$answer.file\" || :\n"
	"echo $status $late $start $end $times >\"$answer.new\" && mv \"$answer.new\" \"$answer.end\"\n";

static void add_environment(const struct machine *m, const struct machine_run *run, struct strbuf *script)
{
	struct strvec env = STRVEC_INIT;

	machine_environment(m, &env);
	for (size_t i = 0; run->env && i < run->env->nr; i++)
		strvec_push(&env, run->env->v[i]);
	for (size_t i = 0; i < env.nr; i++) {
		const char *equals = strchr(env.v[i], '=');

		if (!equals) {
			strbuf_addf(script, "unset %s\n", env.v[i]);
			continue;
		}
		strbuf_addf(script, "export %.*s=", (int)(equals - env.v[i]), env.v[i]);
		quote_shell(script, equals + 1);
		strbuf_addch(script, '\n');
	}
	strvec_release(&env);
}

/* Behind the first line nothing differs between two runs of the same command. */
static void compose(const struct machine *m, const struct machine_run *run, struct strbuf *script)
{
	const struct slurm *s = m->kind;
	const char *dir = m->conf->directory ? m->conf->directory : m->software.worktree;
	struct strbuf wrap = STRBUF_INIT;

	strbuf_addf(script, "limit=%.0f\nanswer=$1 mask=$2\n", ceil(run->timeout));
	slurm_assign(script, "mark", s->job.name);
	slurm_assign(script, "command", run->command);
	slurm_assign(script, "file", run->file ? run->file : "");
	if (m->conf->cpus)
		strbuf_addf(&wrap, "taskset -c %s ", m->conf->cpus);
	if (run->instructions)
		strbuf_addstr(&wrap, "perf stat -x, -e instructions --log-fd 3 -- ");
	slurm_assign(script, "wrap", wrap.buf);
	add_environment(m, run, script);
	if (!dir)
		dir = m->software.out;
	strbuf_addstr(script, "cd ");
	quote_shell(script, dir ? dir : "/");
	strbuf_addstr(script, " || exit 1\n");
	if (run->file)
		strbuf_addstr(script, "rm -rf -- \"$file\"\n");
	if (run->instructions)
		strbuf_addstr(script, "exec 3>\"$answer.count\"\n");
	strbuf_addstr(script, request);
	strbuf_release(&wrap);
}

/* "0m1.5s" as `times` prints it; -1. */
static double minutes_seconds(const char *text)
{
	char *end;
	double minutes = strtod(text, &end), seconds = *end == 'm' ? strtod(end + 1, &end) : -1;

	return *end == 's' && seconds >= 0 ? 60 * minutes + seconds : -1;
}

/* "<status> <late> <start> <end> <user> <system>"; returns whether it was late, or -1. */
static int parse_end(const char *text, struct machine_run *run)
{
	char status[64], is_late[64], start[64], end[64], user[64] = "", sys[64] = "";
	double from, to, cpu[2];
	int late;

	if (sscanf(text, "%63s %63s %63s %63s %63s %63s", status, is_late, start, end, user, sys) < 4 ||
	    !slurm_small_number(status, &run->status) || !slurm_small_number(is_late, &late))
		return -1;
	if (metric_number(start, strlen(start), &from) && metric_number(end, strlen(end), &to))
		run->wall = to - from;
	cpu[0] = minutes_seconds(user);
	cpu[1] = minutes_seconds(sys);
	run->cpu = cpu[0] >= 0 && cpu[1] >= 0 ? cpu[0] + cpu[1] : -1;
	return late;
}

static double read_count(const struct slurm *s, long n)
{
	struct strbuf text = STRBUF_INIT;
	char *path = slurm_path(s, n, ".count");
	double count = -1;

	if (slurm_read_small(path, &text))
		error_clear();
	for (const char *at = text.buf; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (*at != '#' && metric_number(at, strcspn(at, ","), &count))
			break;
	free(path);
	strbuf_release(&text);
	return count;
}

static enum outcome read_part(const struct slurm *s, long n, const char *suffix, struct strbuf *out)
{
	char *path = slurm_path(s, n, suffix);
	bool ok = strbuf_read_file(out, path, MACHINE_OUT_MAX) >= 0;

	free(path);
	return ok ? OUTCOME_MEASURED : OUTCOME_BENCH_FAILED;
}

static void hand_on(const struct machine_run *run, const struct strbuf *text, bool is_err)
{
	for (const char *at = text->buf; run->line && *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (run->line(at, strcspn(at, "\n"), is_err, run->data))
			return;
}

/* As the request had it, which a process before this one may have asked. */
static double limit_of(const struct slurm *s, long n)
{
	struct strbuf text = STRBUF_INIT;
	char *path = slurm_path(s, n, "");
	double limit = 0;

	if (strbuf_read_file(&text, path, 0) >= 0 && starts_with(text.buf, "limit="))
		limit = strtod(text.buf + strlen("limit="), NULL);
	free(path);
	strbuf_release(&text);
	return limit;
}

static enum outcome judge(struct slurm *s, long n, const char *end, struct machine_run *run)
{
	struct strbuf how = STRBUF_INIT, err = STRBUF_INIT;
	int late = parse_end(end, run);
	enum outcome outcome = read_part(s, n, ".out", &run->out);

	if (read_part(s, n, ".err", &err))
		error_clear();
	hand_on(run, &run->out, false);
	hand_on(run, &err, true);
	machine_add_last_line(&how, err.len ? err.buf : run->out.buf);
	/* What ends a job ends the command first. */
	if ((late < 0 || run->status) && slurm_confirm(&s->job, false)) {
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (late < 0) {
		error_set("the job cannot run a command in its folder, which the nodes have to share%s",
			  how.buf);
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (late) {
		error_set("the command took more than %g s", limit_of(s, n));
		outcome = OUTCOME_BENCH_FAILED;
	} else if (run->status == STATUS_TERM) {
		/* A job that is to make room runs for a while yet, but what it runs has been told to end. */
		error_set("the command was ended by TERM, as a cluster does to a job that is to make room%s",
			  how.buf);
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (run->status) {
		error_set("the command ended with status %d%s", run->status, how.buf);
		outcome = OUTCOME_BENCH_FAILED;
	} else if (!outcome && run->file) {
		outcome = read_part(s, n, ".file", &run->file_text);
	}
	if (run->instructions)
		run->count = read_count(s, n);
	strbuf_release(&how);
	strbuf_release(&err);
	return outcome;
}

/* Waits for an answer; infrastructure ends the job, of which nothing more can be had. */
static enum outcome await(struct machine *m, long n, double timeout)
{
	struct slurm *s = m->kind;
	char *name = xstrfmt("%ld.end", n);
	bool late;
	enum outcome outcome = slurm_wait(&s->job, name, timeout > 0 ? timeout + GRACE : 0, &late);

	if (late)
		error_set("the job %s does not answer any more", s->job.id);
	free(name);
	if (outcome) {
		s->runs = false;
		slurm_end(&s->job);
	}
	return outcome;
}

/* The same that is asked for already, but for its time limit, which a process learns from what it saw? */
static bool asked_before(const struct slurm *s, const struct strbuf *script)
{
	struct strbuf text = STRBUF_INIT;
	char *path = slurm_path(s, s->asked, "");
	const char *there = strbuf_read_file(&text, path, 0) >= 0 ? strchr(text.buf, '\n') : NULL;
	const char *here = strchr(script->buf, '\n');
	bool same = there && here && !strcmp(there, here);

	error_clear();
	free(path);
	strbuf_release(&text);
	return same;
}

/* Its request: one that is under way is waited for, and is the answer if it is the same. */
static enum outcome ask(struct machine *m, const struct machine_run *run, const struct strbuf *script)
{
	struct slurm *s = m->kind;
	enum outcome outcome = OUTCOME_MEASURED;
	char *path;

	if (s->asked > s->taken) {
		bool before = asked_before(s, script);

		outcome = await(m, s->asked, run->timeout);
		if (outcome || before)
			return outcome;
	}
	s->asked++;
	path = slurm_path(s, s->asked, "");
	if (slurm_write_file(path, script->buf))
		outcome = OUTCOME_INFRASTRUCTURE;
	free(path);
	return outcome ? outcome : await(m, s->asked, run->timeout);
}

/* An answer counts once, whatever becomes of us: it is taken before it is used. */
static enum outcome take(struct slurm *s)
{
	char *path = xstrfmt("%s/taken", s->job.dir), *text = xstrfmt("%ld\n", s->asked);
	enum outcome outcome = slurm_write_file(path, text) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;

	s->taken = s->asked;
	free(path);
	free(text);
	return outcome;
}

enum outcome slurm_run(struct machine *m, struct machine_run *r)
{
	struct slurm *s = m->kind;
	struct strbuf script = STRBUF_INIT, end = STRBUF_INIT;
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;
	char *path = NULL;

	if (!s || !s->runs) {
		error_set("there is no job that could run a command");
		return OUTCOME_INFRASTRUCTURE;
	}
	compose(m, r, &script);
	outcome = ask(m, r, &script);
	if (!outcome) {
		path = slurm_path(s, s->asked, ".end");
		outcome = slurm_read_small(path, &end) ? OUTCOME_INFRASTRUCTURE : take(s);
	}
	if (!outcome)
		outcome = judge(s, s->asked, end.buf, r);
	free(path);
	strbuf_release(&script);
	strbuf_release(&end);
	return outcome;
}

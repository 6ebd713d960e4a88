/*
 * Commands over the connection. A script of ours goes to the stdin of `sh` on
 * the machine, which stays open until the command has ended: that it closes
 * (we are gone, the connection broke) or that time is over ends everything of
 * the command there, since killing ssh here would leave it running. What is
 * "of the command" is known by a mark in its environment, which children
 * inherit into whatever session they flee.
 *
 * The machine itself says how the command ended, in a last line with an
 * unpredictable word; without that line it was the connection that failed,
 * whatever status ssh has.
 */

#include "bench/machine/ssh-private.h"

#include <math.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/process.h"

/* Seconds that our end waits longer than the other, which is to tell what happened. */
#define REMOTE_GRACE 15
#define PUT_TIMEOUT 3600

/*
 * $mark and $last are words of ours, $limit whole seconds (0: none), $command
 * what to run, $wrap what runs it. 3 is the lifeline.
 */
static const char run_script[] =
	"	exec 3<&0 </dev/null\n"
	"	marked() {\n"
	"		grep -ls \"PERF_MARK=$mark\" /proc/[0-9]*/environ 2>/dev/null | sed 's,^/proc/\\([0-9]*\\)/.*,\\1,'\n"
	"	}\n"
	"	end_all() {\n"
	"		for signal in TERM TERM KILL KILL KILL\n"
	"		do\n"
	"			pids=$(marked)\n"
	"			test -n \"$pids\" || return 0\n"
	"			kill -s $signal $pids 2>/dev/null\n"
	"			kill -s CONT $pids 2>/dev/null\n"
	"			for wait in 1 2 3 4 5\n"
	"			do\n"
	"				test -n \"$(marked)\" || return 0\n"
	"				sleep 0.2 2>/dev/null || sleep 1\n"
	"			done\n"
	"		done\n"
	"	}\n"
	"	late=0\n"
	"	trap 'late=1' USR1\n"
	"	{\n"
	"		trap 'kill $line 2>/dev/null; exit 0' TERM\n"
	"		if test $limit -gt 0\n"
	"		then\n"
	"			timeout $limit cat <&3 >/dev/null 2>&1 &\n"
	"			line=$!\n"
	"		else\n"
	"			cat <&3 >/dev/null 2>&1 &\n"
	"			line=$!\n"
	"		fi\n"
	"		wait $line || kill -s USR1 $$\n"
	"		end_all\n"
	"	} >/dev/null 2>&1 &\n"
	"	watcher=$!\n"
	"	start=$(date +%s.%N)\n"
	"	setsid env \"PERF_MARK=$mark\" $wrap sh -c \"$command\" 3<&- </dev/null &\n"
	"	child=$!\n"
	"	while :\n"
	"	do\n"
	"		wait $child\n"
	"		status=$?\n"
	"		kill -0 $child 2>/dev/null || break\n"
	"	done\n"
	"	end=$(date +%s.%N)\n"
	"	printf '\\nperf-times %s ' $last\n"
	"	times\n"
	"	kill $watcher 2>/dev/null\n"
	"	wait $watcher 2>/dev/null\n"
	"	end_all\n";

static const char end_script[] = "	printf '\\nperf-end %s %s %s %s %s\\n' $last $status $late $start $end\n"
				 "	exit 0\n";

static void add_assignment(struct strbuf *script, const char *name, const char *value)
{
	strbuf_addf(script, "	%s=", name);
	quote_shell(script, value);
	strbuf_addch(script, '\n');
}

/* Environment of the command, for the shell there. Removals are of no matter on another machine. */
static void add_exports(struct strbuf *script, const struct strvec *env)
{
	for (size_t i = 0; env && i < env->nr; i++) {
		const char *equals = strchr(env->v[i], '=');

		if (!equals)
			continue;
		strbuf_addf(script, "	export %.*s=", (int)(equals - env->v[i]), env->v[i]);
		quote_shell(script, equals + 1);
		strbuf_addch(script, '\n');
	}
}

/* Paths are those of the other side. */
static void add_environment(struct machine *m, const struct machine_run *run, struct strbuf *script)
{
	const struct ssh *s = m->kind;
	struct strvec env = STRVEC_INIT;
	char *out = s->remote ? xstrfmt("%s/out", s->remote) : xstrdup("");

	machine_environment(m, &env);
	strvec_push(&env, "PERF_WORKTREE=");
	strvec_pushf(&env, "PERF_OUT=%s", out);
	add_exports(script, &env);
	add_exports(script, run->env);
	strvec_release(&env);
	free(out);
}

struct words {
	char mark[33], last[33];
};

static void compose(struct machine *m, const struct machine_run *run, bool anywhere,
		    const struct words *words, struct strbuf *script)
{
	const struct ssh *s = m->kind;
	struct strbuf wrap = STRBUF_INIT;

	strbuf_addstr(script, "perf_main() {\n");
	add_assignment(script, "mark", words->mark);
	add_assignment(script, "last", words->last);
	strbuf_addf(script, "	limit=%.0f\n", ceil(run->timeout));
	add_assignment(script, "command", run->command);
	if (m->conf->cpus && !anywhere) {
		strbuf_addstr(&wrap, "taskset -c ");
		strbuf_addstr(&wrap, m->conf->cpus);
	}
	if (run->instructions && !anywhere)
		strbuf_addf(&wrap, " perf stat -x, -e instructions -o %s/count --", s->remote);
	add_assignment(script, "wrap", wrap.buf);
	add_environment(m, run, script);
	if (!anywhere)
		strbuf_addf(script, "	cd %s/out 2>/dev/null || cd %s || exit 1\n", s->remote, s->remote);
	if (run->file) {
		add_assignment(script, "file", run->file);
		strbuf_addstr(script, "	rm -f -- \"$file\"\n");
	}
	strbuf_addstr(script, run_script);
	if (run->instructions && !anywhere)
		strbuf_addf(script, "	printf '\\nperf-count %%s %%s\\n' $last \"$(grep -v '^#' %s/count)\"\n",
			    s->remote);
	if (run->file)
		strbuf_addstr(script,
			      "	size=$(wc -c <\"$file\") && printf '\\nperf-file %s %s\\n' $last $size && "
			      "cat -- \"$file\"\n");
	strbuf_addstr(script, end_script);
	strbuf_addstr(script, "}\nperf_main\n");
	strbuf_release(&wrap);
}

/* Cuts "\n<word> <last> ..." off the end of the output; what followed the words, or NULL. */
static char *cut_part(struct strbuf *out, const char *word, const char *last, size_t *len)
{
	char *needle = xstrfmt("\n%s %s ", word, last), *part = NULL;
	const char *at = memmem(out->buf, out->len, needle, strlen(needle));

	if (at) {
		const char *from = at + strlen(needle);

		*len = (size_t)(out->buf + out->len - from);
		part = xmemdupz(from, *len);
		strbuf_setlen(out, (size_t)(at - out->buf));
	}
	free(needle);
	return part;
}

/* "0m1.5s" as `times` prints it. */
static double minutes_seconds(const char *text)
{
	char *end;
	double minutes = strtod(text, &end), seconds = *end == 'm' ? strtod(end + 1, &end) : -1;

	return *end == 's' ? 60 * minutes + seconds : -1;
}

static bool is_int(const char *text, int *value)
{
	char *end;
	long number = strtol(text, &end, 10);

	*value = (int)number;
	return end > text && !*end && *value == number;
}

/* "<status> <late> <start> <end>": takes status and time; returns whether it was late, or -1. */
static int parse_end(const char *text, struct machine_run *run)
{
	char status[16], late_word[16], start[64], end[64];
	double from, to;
	int late;

	if (sscanf(text, "%15s %15s %63s %63s", status, late_word, start, end) != 4 ||
	    !is_int(status, &run->status) || !is_int(late_word, &late))
		return -1;
	if (metric_number(start, strlen(start), &from) && metric_number(end, strlen(end), &to))
		run->wall = to - from;
	return late;
}

/* Two lines of `times`; the second is of the command. */
static void take_times(struct machine_run *run, const char *last)
{
	char user[64], sys[64];
	size_t len;
	char *text = cut_part(&run->out, "perf-times", last, &len);

	if (text && sscanf(text, "%*s %*s %63s %63s", user, sys) == 2) {
		double a = minutes_seconds(user), b = minutes_seconds(sys);

		run->cpu = a >= 0 && b >= 0 ? a + b : -1;
	}
	free(text);
}

static void take_file(struct machine_run *run, const char *last)
{
	size_t len, size;
	char *text = cut_part(&run->out, "perf-file", last, &len), *line;

	line = text ? memchr(text, '\n', len) : NULL;
	if (line) {
		size = strtoul(text, NULL, 10);
		len -= (size_t)(line + 1 - text);
		strbuf_add(&run->file_text, line + 1, size < len ? size : len);
	}
	free(text);
}

static void take_count(struct machine_run *run, const char *last)
{
	size_t len;
	char *text = cut_part(&run->out, "perf-count", last, &len);

	if (!text || !metric_number(text, strcspn(text, ","), &run->count))
		run->count = -1;
	free(text);
}

/* Hands lines on, but for those that are between the machine and us. */
struct relay {
	const struct machine_run *run;
	const struct words *words;
	bool done;
	/* An empty line that may be the one before the machine's own. */
	bool held;
	/* What was said last; for a message. */
	struct strbuf said;
};

static int hand_on(const struct relay *relay, const char *line, size_t len, bool is_err)
{
	return relay->run->line ? relay->run->line(line, len, is_err, relay->run->data) : 0;
}

static int relay_line(const char *line, size_t len, bool is_err, void *data)
{
	struct relay *relay = data;
	bool held = relay->held;

	if (!is_err && len > 5 && !memcmp(line, "perf-", 5) &&
	    memmem(line, len, relay->words->last, strlen(relay->words->last)))
		relay->done = true;
	if (relay->done && !is_err)
		return 0;
	if (len) {
		strbuf_reset(&relay->said);
		strbuf_add(&relay->said, line, len);
	}
	if (is_err)
		return hand_on(relay, line, len, is_err);
	relay->held = !len;
	if (held && hand_on(relay, "", 0, false))
		return 1;
	return len ? hand_on(relay, line, len, is_err) : 0;
}

/* What the machine said of the command's end, if it did. */
static enum outcome judge(const struct machine *m, const struct job *job, struct machine_run *run,
			  const struct relay *relay)
{
	const struct words *words = relay->words;
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_BENCH_FAILED;
	size_t len;
	char *end = cut_part(&run->out, "perf-end", words->last, &len);
	int late = end ? parse_end(end, run) : -1;

	take_file(run, words->last);
	take_count(run, words->last);
	take_times(run, words->last);
	if (late < 0) {
		job_failed(job, &how);
		error_set("lost the connection to %s before the command ended (ssh %s)", m->conf->host,
			  how.len ? how.buf : "ended with status 0");
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (late) {
		error_set("the command took more than %g s", run->timeout);
	} else if (job->out_dropped) {
		error_set("the command printed more than %d MiB", MACHINE_OUT_MAX >> 20);
	} else if (run->status) {
		error_set("the command ended with status %d%s%s", run->status, relay->said.len ? ": " : "",
			  relay->said.buf);
	} else {
		outcome = OUTCOME_MEASURED;
	}
	free(end);
	strbuf_release(&how);
	return outcome;
}

static enum outcome run_script_there(struct machine *m, struct machine_run *run, bool anywhere)
{
	struct job job = JOB_INIT;
	struct strbuf script = STRBUF_INIT;
	struct words words;
	struct relay relay = { .run = run, .words = &words, .said = STRBUF_INIT };
	enum outcome outcome;

	machine_token(words.mark);
	machine_token(words.last);
	compose(m, run, anywhere, &words, &script);
	ssh_arguments(m, &job.args, false, MACHINE_HOOK_TIMEOUT);
	strvec_push(&job.args, "sh");
	job.input = &script;
	job.hold_in = true;
	job.out = &run->out;
	job.out_max = MACHINE_OUT_MAX;
	job.line = relay_line;
	job.data = &relay;
	/* The machine watches the time; this is for one that does no longer. */
	job.timeout = run->timeout > 0 ? run->timeout + REMOTE_GRACE : 0;
	outcome = job_run(&job) ? OUTCOME_INFRASTRUCTURE : judge(m, &job, run, &relay);
	job_release(&job);
	strbuf_release(&script);
	strbuf_release(&relay.said);
	return outcome;
}

/* Ending ssh closes its stdin there, which ends the command. */
enum outcome ssh_start(struct machine *m, const char *command, struct job *job, struct strbuf *input)
{
	struct machine_run run = MACHINE_RUN_INIT;
	struct words words;

	run.command = command;
	machine_token(words.mark);
	machine_token(words.last);
	compose(m, &run, true, &words, input);
	ssh_arguments(m, &job->args, false, MACHINE_HOOK_TIMEOUT);
	strvec_push(&job->args, "sh");
	job->input = input;
	job->hold_in = true;
	return OUTCOME_MEASURED;
}

enum outcome ssh_run(struct machine *m, struct machine_run *run)
{
	return run_script_there(m, run, false);
}

enum outcome ssh_run_anywhere(struct machine *m, struct machine_run *run)
{
	return run_script_there(m, run, true);
}

/* tar here into tar there; the names are ours, of plain characters. */
enum outcome ssh_put(struct machine *m, const char *dir, const char *name)
{
	const struct ssh *s = m->kind;
	struct process tar = PROCESS_INIT;
	struct job job = JOB_INIT;
	struct strbuf out = STRBUF_INIT;
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;
	char last[33], *expected;

	machine_token(last);
	expected = xstrfmt("perf-put %s\n", last);
	strvec_pushl(&tar.args, "tar", "-C", dir, "-cf", "-", ".", NULL);
	tar.out = PROCESS_PIPE;
	ssh_arguments(m, &job.args, false, MACHINE_HOOK_TIMEOUT);
	strvec_pushf(&job.args,
		     "sh -c 'rm -rf %s/%s && mkdir -p %s/%s && tar -C %s/%s -xf - && echo perf-put %s'",
		     s->remote, name, s->remote, name, s->remote, name, last);
	job.timeout = PUT_TIMEOUT;
	job.out = &out;
	if (!process_start(&tar)) {
		bool sent;

		job.in_fd = tar.out_fd;
		sent = !job_run(&job) && !strcmp(out.buf, expected);
		/* A tar that fails half-way ends the other as if all were well. */
		if (!sent) {
			process_kill(&tar);
			error_set("cannot copy '%s' to %s: %s", dir, m->conf->host,
				  job.tail.len ? job.tail.buf : "the connection broke");
		} else if (!process_finish(&tar)) {
			outcome = OUTCOME_MEASURED;
		}
	}
	free(expected);
	strbuf_release(&out);
	job_release(&job);
	return outcome;
}
